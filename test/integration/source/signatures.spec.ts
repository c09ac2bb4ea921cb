/** Signatures of commits, with real ssh-keygen, gpg and git: only what is clearly good, by somebody who is listed, gets through. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { runProgram } from '../../../src/host/linux/index.js';
import { type CommitVerification, type ErrorCode, hostPath } from '../../../src/model/index.js';
import type { Source } from '../../../src/source/index.js';
import { refusal } from '../../support/refusal.js';
import { Signers } from '../../support/signers.js';
import { type Repository, Scene } from './support.js';

describe('signatures of commits', function () {
  this.timeout(30_000);
  let scene: Scene;
  let signers: Signers;
  let origin: Repository;
  let base: string;

  beforeEach(() => {
    scene = new Scene();
    signers = new Signers(scene.root);
    origin = scene.repository();
    base = origin.commit({ 'racks/a.yaml': 'a: 1\n' }, 'before anybody signed');
  });
  afterEach(async () => {
    signers.end();
    await scene.end();
  });

  const git = (...args: string[]) => origin.git(...args);
  const commit = (key: string | null, message = 'change', digest?: string): string => {
    signers.use(git, key, digest);
    return origin.commit({ 'racks/a.yaml': `a: "${message}"\n` }, message);
  };
  /** A commit object of this text instead of the one named, as the branch's tip. */
  const forged = (revision: string, change: (text: string) => string): string => {
    const text = change(`${git('cat-file', 'commit', revision)}\n`);
    const made = execFileSync('git', ['-C', origin.path, 'hash-object', '-t', 'commit', '-w', '--stdin'], {
      input: text,
      encoding: 'utf8',
    }).trim();
    git('update-ref', 'refs/heads/main', made);
    return made;
  };
  const policy = (over: Partial<CommitVerification>): CommitVerification => ({
    mode: 'every',
    allowedSignersFile: null,
    revokedKeysFile: null,
    gpgKeysFile: null,
    gpgFingerprints: [],
    ...over,
  });
  const source = (over: Partial<CommitVerification>, searchPath?: string): Source =>
    scene.local(origin, {
      verification: { policy: policy(over), runTool: runProgram },
      ...(searchPath === undefined ? {} : { searchPath }),
    });
  const file = (name: string, content: string) => hostPath(scene.write(name, content));
  const bySsh = (...lines: readonly string[]) => ({ allowedSignersFile: file('allowed', lines.join('')) });
  const byGpg = (...keys: readonly string[]) => ({
    gpgKeysFile: file('keys.asc', signers.exported(...keys)),
  });

  async function accepted(by: Partial<CommitVerification>, tip: string, since: string | null = base) {
    const checked = source(by);
    await checked.fetch();
    return checked.verify(since, tip);
  }
  async function refused(
    by: Partial<CommitVerification>,
    tip: string,
    code: ErrorCode,
    since: string | null = base,
  ): Promise<string> {
    const checked = source(by);
    await checked.fetch();
    const message = await refusal(checked.verify(since, tip), code);
    expect(message).to.contain(tip);
    expect(readdirSync(scene.path('state')), 'no key directory is left').to.not.include.members([
      `mirror.keys-${process.pid}`,
    ]);
    return message;
  }

  it('are not looked at where none are asked for', async () => {
    const checked = scene.local(origin);
    await checked.fetch();
    expect(await checked.verify(null, base)).to.equal(null);
  });

  describe('by SSH keys', () => {
    it('count when the key is listed, whatever other names and comments are in the file', async () => {
      const key = signers.ssh('good');
      const tip = commit(key);
      const by = bySsh(
        '# our people\n\n',
        '"a b",c@example.test ',
        signers.allowed(signers.ssh('other')),
        signers.allowed(key),
      );
      expect(await accepted(by, tip)).to.deep.equal({
        mode: 'every',
        revision: tip,
        unsigned: 0,
        firstUnsigned: null,
      });
    });

    it('count inside the time of their entry only', async () => {
      const key = signers.ssh('good');
      const tip = commit(key);
      await accepted(bySsh(signers.allowed(key, 'valid-after="20200101",valid-before="20900101"')), tip);
      expect(
        await refused(bySsh(signers.allowed(key, 'valid-before="20200101"')), tip, 'E_SIG_KEY'),
      ).to.match(/has expired/);
      expect(await refused(bySsh(signers.allowed(key, 'valid-after="20900101"')), tip, 'E_SIG_KEY')).to.match(
        /not yet valid/,
      );
      await refused(bySsh(signers.allowed(key, 'namespaces="file"')), tip, 'E_SIG_INVALID');
    });

    it('do not count when there is none, when nobody listed the key, and when it is revoked', async () => {
      const key = signers.ssh('good');
      const by = bySsh(signers.allowed(key));
      await refused(by, commit(null), 'E_SIG_MISSING');
      const tip = commit(key, 'signed over an unsigned one');
      await refused(by, commit(signers.ssh('stranger'), 'by a stranger'), 'E_SIG_KEY');
      await refused({ ...by, mode: 'head', revokedKeysFile: hostPath(`${key}.pub`) }, tip, 'E_SIG_INVALID');
    });

    it('do not count for a commit that was changed, of another namespace, or when they are damaged', async () => {
      const key = signers.ssh('good');
      const by = bySsh(signers.allowed(key));
      const signed = commit(key, 'good');
      await refused(
        by,
        forged(signed, (text) => text.replace('\ngood', '\nevil')),
        'E_SIG_INVALID',
      );
      const damaged = forged(signed, (text) => text.replace(/^ [A-Za-z0-9+/=]{20,}\n/m, ''));
      await refused(by, damaged, 'E_SIG_INVALID');
      const ofFile = forged(signed, (text) => {
        const payload = text.replace(/^gpgsig [\s\S]*?END SSH SIGNATURE-----\n/m, '');
        scene.write('payload', payload);
        execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', 'file', '-f', key, scene.path('payload')], {
          stdio: 'ignore',
        });
        const signature = execFileSync('cat', [scene.path('payload.sig')], { encoding: 'utf8' }).trim();
        return payload.replace('\n\n', `\ngpgsig ${signature.replaceAll('\n', '\n ')}\n\n`);
      });
      expect(await refused(by, ofFile, 'E_SIG_INVALID')).to.match(/namespace/);
    });

    it('a tag does not make up for', async () => {
      const key = signers.ssh('good');
      const tip = commit(null);
      signers.use(git, key);
      git('tag', '-s', '-m', 'signed', 'v1');
      await refused(bySsh(signers.allowed(key)), tip, 'E_SIG_MISSING');
    });
  });

  describe('in a history', () => {
    let key: string;
    beforeEach(() => {
      key = signers.ssh('good');
    });

    /** A signed merge of a side branch with one commit; the side commit and the merge. */
    function merge(sideKey: string | null): { side: string; tip: string } {
      git('checkout', '--quiet', '-b', 'side');
      const side = commit(sideKey, 'on the side');
      git('checkout', '--quiet', 'main');
      signers.use(git, key);
      git('merge', '--quiet', '--no-ff', '-m', 'merge', 'side');
      return { side, tip: git('rev-parse', 'HEAD') };
    }

    it('are asked for on each side of a merge in mode every, and the side commit is named', async () => {
      const by = bySsh(signers.allowed(key));
      const { side, tip } = merge(null);
      const checked = source(by);
      await checked.fetch();
      expect(await refusal(checked.verify(base, tip), 'E_SIG_MISSING')).to.contain(side);
      // Nothing new: the verdict of before, also after the mirror was asked again.
      expect(await refusal(checked.verify(base, tip), 'E_SIG_MISSING')).to.contain(side);
    });

    it('of the tip alone count in mode head, which says what it let pass', async () => {
      const { side, tip } = merge(null);
      expect(await accepted({ ...bySsh(signers.allowed(key)), mode: 'head' }, tip)).to.deep.equal({
        mode: 'head',
        revision: tip,
        unsigned: 1,
        firstUnsigned: side,
      });
    });

    it('are asked for on every one of many commits', async () => {
      signers.use(git, key);
      for (let index = 0; index < 27; index++)
        git('commit', '--quiet', '--allow-empty', '-m', 'change', ...(index === 1 ? ['--no-gpg-sign'] : []));
      const [tip = '', ...older] = git('rev-list', 'HEAD', `^${base}`).split('\n');
      const unsigned = older.at(-2) ?? '';
      const checked = source(bySsh(signers.allowed(key)));
      await checked.fetch();
      expect(await refusal(checked.verify(base, tip), 'E_SIG_MISSING')).to.contain(unsigned);
      expect(await checked.verify(unsigned, tip)).to.have.property('unsigned', 0);
    });

    it('of the tip alone count where there is nothing to count from', async () => {
      const tip = commit(key);
      expect(await accepted(bySsh(signers.allowed(key)), tip, null)).to.have.property('revision', tip);
      await refused(bySsh(signers.allowed(key)), commit(null), 'E_SIG_MISSING', null);
    });

    it('are counted from nowhere when the revision that was applied last is not here', async () => {
      const tip = commit(key);
      const checked = source(bySsh(signers.allowed(key)));
      await checked.fetch();
      await refusal(checked.verify('0'.repeat(40), tip), 'E_SIG_VERIFIER');
    });

    it('count no more from the moment on that the key is taken out of the file', async () => {
      const other = signers.ssh('other');
      const tip = commit(key);
      const checked = source(bySsh(signers.allowed(key), signers.allowed(other)));
      await checked.fetch();
      await checked.verify(base, tip);
      file('allowed', signers.allowed(other));
      await refusal(checked.verify(base, tip), 'E_SIG_KEY');
      file('allowed', signers.allowed(key));
      await checked.verify(base, tip);
    });
  });

  describe('by OpenPGP keys', () => {
    it('count by a listed key or its subkey, and by no key that has expired, was revoked, is unknown, or signs with SHA-1', async () => {
      const good = signers.gpg('good');
      const expiring = signers.expiredGpg('expiring');
      const other = signers.gpg('other');
      const tips = {
        good: commit(good, 'good'),
        sha1: commit(good, 'sha1', 'SHA1'),
        expired: commit(expiring, 'expired'),
        other: commit(other, 'other'),
        subkey: '',
      };
      const subkey = signers.gpgSubkey(good);
      tips.subkey = commit(good, 'subkey');
      const unsigned = commit(null, 'unsigned');
      const by = { ...byGpg(good, expiring), mode: 'head' as const };
      await accepted(by, tips.good);
      await accepted(by, tips.subkey);
      await refused(by, unsigned, 'E_SIG_MISSING');
      await refused(by, tips.sha1, 'E_SIG_INVALID');
      expect(await refused(by, tips.expired, 'E_SIG_KEY')).to.match(/expired/);
      await refused(by, tips.other, 'E_SIG_KEY');
      await refused(
        by,
        forged(tips.good, (text) => text.replace('\ngood', '\nevil')),
        'E_SIG_INVALID',
      );

      await accepted({ ...by, gpgFingerprints: [subkey] }, tips.subkey);
      await refused({ ...by, gpgFingerprints: [subkey] }, tips.good, 'E_SIG_KEY');
      signers.revokeGpg(good);
      expect(await refused({ ...byGpg(good), mode: 'head' }, tips.good, 'E_SIG_KEY')).to.match(/revoked/);
    });

    it('count beside SSH keys only where both kinds are listed', async () => {
      const ssh = signers.ssh('good');
      const gpg = signers.gpg('good');
      const first = commit(ssh, 'by ssh');
      const tip = commit(gpg, 'by gpg');
      await accepted({ ...bySsh(signers.allowed(ssh)), ...byGpg(gpg) }, tip);
      await refused(bySsh(signers.allowed(ssh)), tip, 'E_SIG_MISSING');
      await refused(byGpg(gpg), first, 'E_SIG_MISSING');
      const x509 = forged(tip, (text) => text.replaceAll('PGP SIGNATURE', 'SIGNED MESSAGE'));
      await refused({ ...bySsh(signers.allowed(ssh)), ...byGpg(gpg) }, x509, 'E_SIG_MISSING');
    });
  });

  describe('cannot be checked, so nothing counts,', () => {
    it('without ssh-keygen, and with one that dies or hangs', async () => {
      const key = signers.ssh('good');
      const tip = commit(key);
      const programs = scene.path('programs');
      mkdirSync(programs);
      for (const name of ['git', 'git-upload-pack', 'sh'])
        symlinkSync(execFileSync('which', [name], { encoding: 'utf8' }).trim(), join(programs, name));
      const by = bySsh(signers.allowed(key));
      const checked = source(by, programs);
      await checked.fetch();
      expect(await refusal(checked.verify(base, tip), 'E_SIG_VERIFIER')).to.match(/ssh-keygen/);
      const fake = (script: string) =>
        writeFileSync(join(programs, 'ssh-keygen'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
      fake('kill -SEGV $$');
      await refusal(source(by, programs).verify(base, tip), 'E_SIG_INVALID');
      fake('exec /bin/sleep 1000');
      const slow = scene.local(origin, {
        verification: { policy: policy(by), runTool: runProgram },
        searchPath: programs,
        timeoutMs: 500,
      });
      expect(await refusal(slow.verify(base, tip), 'E_SIG_VERIFIER')).to.match(/within 0.5 s/);
      // What lies is caught by the fingerprint that nobody listed.
      fake(
        'case "$*" in *find-principals*) echo me;; *) echo \'Good "git" signature for me with ED25519 key SHA256:abc\';; esac',
      );
      await refusal(source(by, programs).verify(base, tip), 'E_SIG_KEY');
      unlinkSync(join(programs, 'ssh-keygen'));
      symlinkSync(
        execFileSync('which', ['ssh-keygen'], { encoding: 'utf8' }).trim(),
        join(programs, 'ssh-keygen'),
      );
      await checked.verify(base, tip);
    });

    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDQGO4xqtnF9pZKDBvQxzZ3H2mSyN5jWq9C5QyZ3ZkZk';
    const wrong: readonly (readonly [string, string, RegExp])[] = [
      ['an empty file', '', /empty/],
      ['a file of comments', '# nobody yet\n', /lists no key/],
      ['a public key without a name', `${key}\n`, /line 1/],
      ['a private key', '-----BEGIN OPENSSH PRIVATE KEY-----\n', /line 1/],
      ['a key that is cut off', `a@b ${key.slice(0, 20)}\n`, /line 1/],
      ['a certificate authority', `*@b cert-authority ${key}\n`, /authorities/],
    ];
    for (const [what, content, says] of wrong) {
      it(`with ${what} as the allowed signers, and that is said before any commit is looked at`, async () => {
        const checked = source(bySsh(content));
        expect(await refusal(checked.checkKeys(false), 'E_SIG_CONFIG')).to.match(says);
      });
    }

    it("with a key file that is not there, is a directory, another user's, or can be written by others", async () => {
      const path = file('allowed', `a@b ${key}\n`);
      const checked = source({ allowedSignersFile: path });
      await checked.checkKeys(true);
      chmodSync(path, 0o664);
      expect(await refusal(checked.checkKeys(false), 'E_SIG_CONFIG')).to.match(/0664/);
      chmodSync(path, 0o644);
      chownSync(path, 1000, 1000);
      expect(await refusal(checked.checkKeys(false), 'E_SIG_CONFIG')).to.match(/user 1000/);
      unlinkSync(path);
      expect(await refusal(checked.checkKeys(false), 'E_SIG_CONFIG')).to.match(/does not exist/);
      mkdirSync(path);
      expect(await refusal(checked.checkKeys(false), 'E_SIG_CONFIG')).to.match(/not a file/);
    });

    it('with OpenPGP keys that are none, or lack the one that is named', async () => {
      const garbage = source({ gpgKeysFile: file('keys.asc', 'no key at all\n') });
      await refusal(garbage.checkKeys(true), 'E_SIG_CONFIG');
      const good = signers.gpg('good');
      const missing = source({ ...byGpg(good), gpgFingerprints: ['0'.repeat(40)] });
      expect(await refusal(missing.checkKeys(true), 'E_SIG_CONFIG')).to.contain('0'.repeat(40));
      await source(byGpg(good)).checkKeys(true);
    });
  });
});
