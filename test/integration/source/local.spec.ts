import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { hostPath } from '../../../src/model/index.js';
import { rejection, Scene } from './support.js';

describe('mirror of a local repository', () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.end());

  it('reads the files of the branch with their exact bytes, also when they are binary, empty or equal', async () => {
    const origin = scene.repository();
    const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256));
    const tip = origin.commit({
      'racks/a.yaml': 'a: 1\n',
      'racks/copy.yaml': 'a: 1\n',
      'files/bin': bytes,
      'files/empty': '',
    });
    const source = scene.local(origin);
    expect(await source.tip()).to.equal(tip);
    expect(await source.resolve(tip)).to.equal(null);
    await source.fetch();
    expect(await source.resolve(tip)).to.equal(tip);
    const entries = await source.list(tip);
    expect(entries.map(({ path }) => path)).to.deep.equal([
      'files/bin',
      'files/empty',
      'racks/a.yaml',
      'racks/copy.yaml',
    ]);
    const contents = await source.readBlobs(entries);
    const content = (path: string) => contents.get(entries.find((entry) => entry.path === path)?.oid ?? '');
    expect(Buffer.compare(Buffer.from(content('files/bin') ?? []), bytes)).to.equal(0);
    expect(content('files/empty')).to.have.length(0);
    expect(Buffer.from(content('racks/copy.yaml') ?? []).toString()).to.equal('a: 1\n');
    expect(await source.readBlobs([])).to.have.property('size', 0);
  });

  it('works over file:// and with a repository of another user', async () => {
    const origin = scene.repository();
    const tip = origin.commit({ a: '1' });
    execFileSync('chown', ['-R', '1234:1234', origin.path]);
    for (const url of [`file://${origin.path}`, origin.path, join(origin.path, '.git')]) {
      const source = scene.source({ url: { kind: 'local', url } });
      expect(await source.tip(), url).to.equal(tip);
      await source.fetch();
      expect(await source.list(tip)).to.have.length(1);
    }
  });

  it('shows links and submodules as what they are, and runs nothing that the repository brings along', async () => {
    const origin = scene.repository();
    const marker = scene.path('ran');
    const script = `#!/bin/sh\ntouch ${marker}\ncat\n`;
    for (const hook of ['post-checkout', 'reference-transaction', 'pre-auto-gc', 'post-update']) {
      scene.write(`origin/.git/hooks/${hook}`, script, 0o755);
    }
    origin.commit({ 'racks/a.yaml': 'a\n' });
    symlinkSync('/etc/shadow', `${origin.path}/link`);
    const tip = origin.commit({
      '.gitattributes': '* filter=evil diff=evil\n',
      '.gitmodules': `[submodule "s"]\n\tpath = s\n\turl = ext::sh -c touch% ${marker}\n`,
      '.lfsconfig': 'x',
    });
    rmSync(marker, { force: true });
    const source = scene.local(origin);
    await source.fetch();
    const entries = await source.list(tip);
    expect(entries.find(({ path }) => path === 'link')?.mode).to.equal('120000');
    await source.readBlobs(entries);
    await source.messages(null, tip);
    expect(existsSync(marker)).to.equal(false);
  });

  it('starts exactly one git for a tip, which names the run directory; writes nothing while nothing changed', async () => {
    const origin = scene.repository();
    const tip = origin.commit({ a: '1' });
    mkdirSync(scene.path('bin'));
    scene.write('bin/git', `#!/bin/sh\necho "$@" >> ${scene.path('calls')}\nexec /usr/bin/git "$@"\n`, 0o755);
    const searchPath = `${scene.path('bin')}:${process.env.PATH}`;
    await scene.local(origin, { searchPath }).fetch();
    rmSync(scene.path('calls'));
    const before = execFileSync(
      'find',
      [scene.path('state'), '-newermt', '1970-01-01', '-printf', '%p %T@ %C@\n'],
      { encoding: 'utf8' },
    );
    const source = scene.local(origin, { searchPath });
    expect(await source.tip()).to.equal(tip);
    expect(await source.tip()).to.equal(tip);
    const calls = readFileSync(scene.path('calls'), 'utf8').trim().split('\n');
    expect(calls).to.deep.equal(
      Array(2).fill(`-c rackops.run=${scene.path('run')} ls-remote -- ${origin.path} refs/heads/main`),
    );
    const after = execFileSync(
      'find',
      [scene.path('state'), '-newermt', '1970-01-01', '-printf', '%p %T@ %C@\n'],
      { encoding: 'utf8' },
    );
    expect(after).to.equal(before);
  });

  it('does not listen to the environment, the user and the system about configuration', async () => {
    const origin = scene.repository();
    origin.commit({ a: '1' });
    const saved = { ...process.env };
    const config = scene.write(
      'evil',
      `[core]\n\tsshCommand = touch ${scene.path('ran')}\n[url "/nowhere"]\n\tinsteadOf = ${origin.path}\n`,
    );
    Object.assign(process.env, {
      HOME: scene.root,
      PATH: '/nowhere',
      GIT_CONFIG_GLOBAL: config,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'url./nowhere.insteadOf',
      GIT_CONFIG_VALUE_0: origin.path,
      GIT_DIR: '/nowhere',
      GIT_SSH_COMMAND: 'false',
      GIT_EXEC_PATH: '/nowhere',
      GIT_ASKPASS: '/bin/false',
      GIT_TRACE: scene.path('trace'),
      LANG: 'de_DE.UTF-8',
    });
    try {
      const source = scene.local(origin);
      await source.fetch();
      expect(existsSync(scene.path('trace'))).to.equal(false);
    } finally {
      for (const name of Object.keys(process.env)) if (!(name in saved)) delete process.env[name];
      Object.assign(process.env, saved);
    }
  });

  it('says that the branch is missing: in an empty repository, and after it was deleted', async () => {
    const origin = scene.repository();
    const source = scene.local(origin);
    expect((await rejection(source.tip())).code).to.equal('E_GIT_REF');
    expect((await rejection(source.fetch())).code).to.equal('E_GIT_REF');
    const tip = origin.commit({ a: '1' });
    await source.fetch();
    origin.git('checkout', '--quiet', '-b', 'other');
    origin.git('branch', '-D', 'main');
    expect((await rejection(source.tip())).code).to.equal('E_GIT_REF');
    expect((await rejection(source.fetch())).code).to.equal('E_GIT_REF');
    expect(await source.list(tip)).to.have.length(1);
  });

  it('is not fooled by a tag or a longer name that ends like the branch', async () => {
    const origin = scene.repository();
    const tip = origin.commit({ a: '1' });
    origin.git('tag', 'main');
    origin.git('update-ref', 'refs/other/refs/heads/main', 'HEAD');
    origin.commit({ a: '2' });
    origin.git('update-ref', 'refs/heads/main', tip);
    expect(await scene.local(origin).tip()).to.equal(tip);
  });

  it('keeps the old commits after a forced push, and says that history was rewound', async () => {
    const origin = scene.repository();
    const first = origin.commit({ a: '1' }, 'first');
    const second = origin.commit({ a: '2' }, 'second');
    const source = scene.local(origin);
    await source.fetch();
    expect(await source.isAncestor(first, second)).to.equal(true);
    expect(await source.isAncestor(second, second)).to.equal(true);
    origin.git('reset', '--hard', '--quiet', first);
    const sideways = origin.commit({ a: '3' }, 'sideways');
    await source.fetch();
    expect(await source.tip()).to.equal(sideways);
    expect(await source.isAncestor(second, sideways)).to.equal(false);
    expect(await source.isAncestor(second, first)).to.equal(false);
    expect(await source.list(second)).to.have.length(1);
    expect(await source.isAncestor('0'.repeat(40), sideways)).to.equal(false);
  });

  it('gives the messages of the commits since another one, newest first', async () => {
    const origin = scene.repository();
    const first = origin.commit({ a: '1' }, 'first');
    origin.commit({ a: '2' }, 'second\n\nRackops-Allow-Prune: 2');
    const third = origin.commit({ a: '3' }, 'third');
    const source = scene.local(origin);
    await source.fetch();
    expect(await source.messages(first, third)).to.deep.equal([
      'third\n',
      'second\n\nRackops-Allow-Prune: 2\n',
    ]);
    expect(await source.messages(null, third)).to.deep.equal(['third\n']);
    expect(await source.messages(third, third)).to.deep.equal([]);
    expect(await source.messages('0'.repeat(40), third)).to.deep.equal(['third\n']);
  });

  it('resolves the branch, another branch, a tag and a short commit; nothing else', async () => {
    const origin = scene.repository();
    const first = origin.commit({ a: '1' });
    origin.git('tag', '-a', 'v1', '-m', 'one');
    const tip = origin.commit({ a: '2' });
    origin.git('checkout', '--quiet', '-b', 'feature/x');
    const feature = origin.commit({ a: '3' });
    const source = scene.local(origin);
    await source.fetch();
    for (const [ref, revision] of [
      ['main', tip],
      ['refs/heads/main', tip],
      ['feature/x', feature],
      ['v1', first],
      [tip.slice(0, 8), tip],
      ['nope', null],
      ['0000000', null],
    ] as const) {
      expect(await source.resolve(ref), ref).to.equal(revision);
    }
    for (const ref of ['--help', '--upload-pack=x', 'main^', 'main..v1', ':/x', 'a b', '']) {
      expect((await rejection(source.resolve(ref))).code, ref).to.equal('E_GIT_REF_NAME');
    }
  });

  it('runs nothing that an address or branch could smuggle in', async () => {
    const origin = scene.repository();
    origin.commit({ a: '1' });
    const marker = scene.path('ran');
    for (const url of [
      `--upload-pack=touch ${marker}`,
      `--upload-pack=touch\${IFS}${marker}`,
      `ext::touch ${marker}`,
      '-u',
    ]) {
      expect((await rejection(scene.source({ url: { kind: 'local', url } }).tip())).code, url).to.equal(
        'E_GIT_URL',
      );
    }
    for (const branch of [`--upload-pack=touch ${marker}`, '--upload-pa=x', '-x']) {
      const source = scene.local(origin, { branch });
      expect((await rejection(source.tip())).code).to.equal('E_GIT_REF_NAME');
      expect((await rejection(source.fetch())).code).to.equal('E_GIT_REF_NAME');
    }
    expect(existsSync(marker)).to.equal(false);
  });

  it('refuses a repository with sha256 names clearly', async () => {
    const origin = scene.repository('origin', '--object-format=sha256');
    origin.commit({ a: '1' });
    const source = scene.local(origin);
    expect((await rejection(source.tip())).code).to.equal('E_GIT_OBJECT_FORMAT');
    expect((await rejection(source.fetch())).code).to.equal('E_GIT_OBJECT_FORMAT');
  });

  it('says that a repository that is not there cannot be reached, and comes back with it', async () => {
    const origin = scene.repository();
    const tip = origin.commit({ a: '1' });
    const source = scene.local(origin);
    await source.fetch();
    execFileSync('mv', [origin.path, `${origin.path}.away`]);
    expect((await rejection(source.tip())).code).to.equal('E_GIT_UNREACHABLE');
    expect(await source.list(tip)).to.have.length(1);
    execFileSync('mv', [`${origin.path}.away`, origin.path]);
    expect(await source.tip()).to.equal(tip);
  });

  it('comes back when someone deletes the mirror under it', async () => {
    const origin = scene.repository();
    const tip = origin.commit({ a: '1' });
    const source = scene.local(origin);
    await source.fetch();
    rmSync(scene.path('state/mirror'), { recursive: true });
    expect(await source.tip()).to.equal(tip);
    expect(await source.resolve(tip)).to.equal(null);
    await source.fetch();
    expect(await source.list(tip)).to.have.length(1);
    expect(scene.events.map(({ code }) => code)).to.deep.equal(['MirrorRemade']);
  });

  it('says that its directory cannot be written', async () => {
    const origin = scene.repository();
    scene.write('file', '');
    const error = await rejection(
      scene.local(origin, { directory: hostPath(scene.path('file/mirror')) }).tip(),
    );
    expect(error.code).to.equal('E_STATE');
  });

  it('stops at once when told to', async () => {
    const origin = scene.repository();
    origin.commit({ a: '1' });
    const signal = AbortSignal.abort(new Error('told to'));
    expect((await rejection(scene.local(origin).tip(signal))).message).to.equal('told to');
  });

  describe('that was damaged', () => {
    const mirror = () => scene.path('state/mirror');
    const packs = () =>
      readdirSync(join(mirror(), 'objects/pack'))
        .filter((name) => name.endsWith('.pack'))
        .map((name) => join(mirror(), 'objects/pack', name));
    const content = Buffer.from(Array.from({ length: 20_000 }, (_, index) => (index * index * 31) % 251));
    async function aMirror() {
      const origin = scene.repository();
      const tip = origin.commit({ 'racks/a.yaml': content });
      await scene.local(origin).fetch();
      scene.events.length = 0;
      return { origin, tip, source: scene.local(origin) };
    }
    async function readsAgain({ tip, source }: Awaited<ReturnType<typeof aMirror>>): Promise<void> {
      const [blob] = (await source.readBlobs(await source.list(tip))).values();
      expect(Buffer.compare(Buffer.from(blob ?? []), content)).to.equal(0);
      expect(scene.events.map(({ code }) => code)).to.deep.equal(['MirrorRemade']);
      expect(readdirSync(scene.path('state')).sort()).to.deep.equal(['mirror', 'mirror.gitconfig']);
    }

    it('by a flipped byte in a pack is made anew', async () => {
      const scenario = await aMirror();
      const [pack = ''] = packs();
      chmodSync(pack, 0o600);
      const file = openSync(pack, 'r+');
      const middle = Math.floor(statSync(pack).size / 2);
      writeSync(file, Buffer.from([(readFileSync(pack)[middle] ?? 0) ^ 0xff]), 0, 1, middle);
      closeSync(file);
      await readsAgain(scenario);
    });

    it('by a truncated pack is made anew', async () => {
      const scenario = await aMirror();
      chmodSync(packs()[0] ?? '', 0o600);
      truncateSync(packs()[0] ?? '', 100);
      await scenario.source.fetch();
      await readsAgain(scenario);
    });

    it('by missing objects is whole again after a fetch', async () => {
      const { tip, source } = await aMirror();
      rmSync(packs()[0] ?? '');
      await source.fetch();
      const [blob] = (await source.readBlobs(await source.list(tip))).values();
      expect(Buffer.compare(Buffer.from(blob ?? []), content)).to.equal(0);
    });

    it('by one missing blob is made anew', async () => {
      const scenario = await aMirror();
      execFileSync(
        'sh',
        ['-c', 'cp objects/pack/*.pack p && rm -f objects/pack/* && git unpack-objects -q < p && rm p'],
        {
          cwd: mirror(),
        },
      );
      const [entry] = await scenario.source.list(scenario.tip);
      const oid = entry?.oid ?? '';
      rmSync(join(mirror(), 'objects', oid.slice(0, 2), oid.slice(2)));
      await readsAgain(scenario);
    });

    it('because its making was interrupted is made anew', async () => {
      const scenario = await aMirror();
      rmSync(join(mirror(), 'HEAD'));
      mkdirSync(scene.path('state/mirror.making-999999999'));
      await scenario.source.fetch();
      await readsAgain(scenario);
    });

    it('by an empty reference is made anew', async () => {
      const scenario = await aMirror();
      writeFileSync(join(mirror(), 'refs/rackops/tip'), '');
      await scenario.source.fetch();
      await readsAgain(scenario);
    });

    it('while the remote is down is reported, and mended when it is back', async () => {
      const scenario = await aMirror();
      chmodSync(packs()[0] ?? '', 0o600);
      truncateSync(packs()[0] ?? '', 100);
      execFileSync('mv', [scenario.origin.path, `${scenario.origin.path}.away`]);
      const error = await rejection(scenario.source.list(scenario.tip));
      expect(error.code).to.equal('E_GIT_CORRUPT');
      expect(error.hint).to.contain('next poll');
      execFileSync('mv', [`${scenario.origin.path}.away`, scenario.origin.path]);
      await scenario.source.fetch();
      await readsAgain(scenario);
    });

    it('by stale locks works again, and says so', async () => {
      const { origin, source } = await aMirror();
      const tip = origin.commit({ 'racks/a.yaml': 'new' });
      const long = new Date(Date.now() - 3_600_000);
      for (const name of [
        'packed-refs.lock',
        'shallow.lock',
        'HEAD.lock',
        'refs/rackops/tip.lock',
        'config.lock',
      ]) {
        writeFileSync(join(mirror(), name), '');
        utimesSync(join(mirror(), name), long, long);
      }
      await source.fetch();
      expect(await source.resolve(tip)).to.equal(tip);
      expect(
        scene.events.map((event) => (event.code === 'Warning' ? event.warning : event.code)),
      ).to.deep.equal(['StaleLockRemoved']);
      writeFileSync(join(mirror(), 'refs/rackops/tip.lock'), '');
      const next = origin.commit({ 'racks/a.yaml': 'newer' });
      await source.fetch();
      expect(await source.resolve(next)).to.equal(next);
    });

    it('in its configuration gets ours again', async () => {
      const { source, origin } = await aMirror();
      writeFileSync(
        join(mirror(), 'config'),
        `[core]\n\tbare = true\n\tfsmonitor = touch ${scene.path('ran')}\n[alias]\n\tls-remote = !touch ${scene.path('ran')}\n[url "/nowhere"]\n\tinsteadOf = /\n`,
      );
      origin.commit({ b: '1' });
      await source.fetch();
      expect(readFileSync(join(mirror(), 'config'), 'utf8')).to.not.contain('alias');
      expect(existsSync(scene.path('ran'))).to.equal(false);
    });

    it('by another owner is refused, too wide a mode is tightened', async () => {
      const { origin } = await aMirror();
      chmodSync(mirror(), 0o777);
      await scene.local(origin).fetch();
      expect(statSync(mirror()).mode & 0o777).to.equal(0o700);
      execFileSync('chown', ['1234', mirror()]);
      const error = await rejection(scene.local(origin).fetch());
      expect(error.code).to.equal('E_STATE');
      expect(error.message).to.contain(mirror());
    });
  });

  it('lets two rackops fetch into the same mirror at the same moment', async () => {
    const origin = scene.repository();
    const sources = [scene.local(origin), scene.local(origin)];
    origin.commit({ a: '0' });
    await sources[0]?.fetch();
    for (let round = 1; round <= 5; round++) {
      const tip = origin.commit({ a: String(round) });
      await Promise.all(sources.map((source) => source.fetch()));
      for (const source of sources) expect(await source.resolve(tip)).to.equal(tip);
    }
  });

  it('joins its packs when they become many', async function () {
    this.timeout(30_000);
    const origin = scene.repository();
    const source = scene.local(origin);
    const first = origin.commit({ a: 'first' });
    await source.fetch();
    for (let round = 0; round < 42; round++) {
      origin.commit({ a: String(round) });
      await source.fetch();
    }
    expect(
      readdirSync(scene.path('state/mirror/objects/pack')).filter((name) => name.endsWith('.pack')).length,
    ).to.be.lessThan(10);
    expect(await source.list(first)).to.have.length(1);
  });

  it('keeps its directory to root', async () => {
    const origin = scene.repository();
    origin.commit({ a: '1' });
    await scene.local(origin, { directory: hostPath(scene.path('state/mirror')) }).fetch();
    expect(statSync(scene.path('state/mirror')).mode & 0o777).to.equal(0o700);
  });
});
