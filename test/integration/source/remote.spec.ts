import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { hostPath, type RepositoryUrl } from '../../../src/model/index.js';
import { endOrphanedGit, type MirrorOptions } from '../../../src/source/index.js';
import { gitBackend, processesWith, rejection, Scene } from './support.js';

const secret = 'canary-5f2c/+%@x';

describe('mirror over https', () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.end());

  const at = (port: number, path = '/origin'): RepositoryUrl => ({
    kind: 'https',
    url: `https://127.0.0.1:${port}${path}`,
    host: '127.0.0.1',
  });
  const token = (file: string, usernameFile: string | null = null): MirrorOptions['auth'] => ({
    kind: 'token',
    tokenFile: hostPath(file),
    usernameFile: usernameFile === null ? null : hostPath(usernameFile),
  });
  const ca = (file: string) => ({ caFile: hostPath(file) });

  it('fetches with a token that has a line end in its file, and shows it nowhere', async () => {
    const origin = scene.repository();
    const tip = origin.commit({ a: '1' });
    const { port, caFile } = await scene.https(gitBackend(origin, () => `git:${secret}`));
    mkdirSync(scene.path('bin'));
    scene.write(
      'bin/git',
      `#!/bin/sh\necho "$@" >> ${scene.path('seen')}; env >> ${scene.path('seen')}\nexec /usr/bin/git "$@"\n`,
      0o755,
    );
    const searchPath = `${scene.path('bin')}:${process.env.PATH}`;
    for (const ending of ['', '\n', '\r\n']) {
      const source = scene.source({
        url: at(port),
        auth: token(scene.write('token', `${secret}${ending}`)),
        ...ca(caFile),
        searchPath,
      });
      expect(await source.tip()).to.equal(tip);
      await source.fetch();
      expect(await source.list(tip)).to.have.length(1);
    }
    rmSync(scene.path('token'));
    expect(readFileSync(scene.path('seen'), 'utf8'))
      .to.contain('ls-remote')
      .and.not.contain('canary');
    expect(
      execFileSync('sh', ['-c', `grep -rl canary ${scene.root} || true`], { encoding: 'utf8' }),
    ).to.equal('');
  });

  it('takes the user name from its file', async () => {
    const origin = scene.repository();
    const tip = origin.commit({ a: '1' });
    const { port, caFile } = await scene.https(gitBackend(origin, () => `robot:${secret}`));
    const auth = token(scene.write('token', secret), scene.write('user', 'robot\n'));
    expect(await scene.source({ url: at(port), auth, ...ca(caFile) }).tip()).to.equal(tip);
  });

  it('says that the credentials were refused, without showing them, and takes a rotated token without a restart', async () => {
    const origin = scene.repository();
    const tip = origin.commit({ a: '1' });
    const { port, caFile } = await scene.https(gitBackend(origin, () => `git:${secret}`));
    const source = scene.source({
      url: at(port),
      auth: token(scene.write('token', 'canary-old')),
      ...ca(caFile),
    });
    for (const call of [() => source.tip(), () => source.fetch()]) {
      const error = await rejection(call());
      expect(error.code).to.equal('E_GIT_AUTH');
      expect(`${error.message} ${error.hint} ${error.stack}`).to.not.contain('canary');
    }
    scene.write('token', secret);
    expect(await source.tip()).to.equal(tip);
    const without = scene.source({ url: at(port), ...ca(caFile) });
    expect((await rejection(without.tip())).code).to.equal('E_GIT_AUTH');
  });

  it("refuses a token file that others can read, that is not root's, empty or missing, and says what to do", async () => {
    const { port, caFile } = await scene.https((_request, response) => response.end());
    const file = scene.write('token', secret, 0o644);
    const source = scene.source({ url: at(port), auth: token(file), ...ca(caFile) });
    const refused = async (): Promise<string> => {
      const error = await rejection(source.tip());
      expect(error.code).to.equal('E_GIT_AUTH_FILE');
      return `${error.message} - ${error.hint}`;
    };
    expect(await refused())
      .to.contain(file)
      .and.contain('0644')
      .and.contain('chmod 600')
      .and.not.contain('canary');
    scene.write('token', '\n');
    expect(await refused()).to.contain('empty');
    scene.write('token', `${secret}\nurl=https://evil\n`);
    expect(await refused())
      .to.contain('more than one line')
      .and.not.contain('canary');
    scene.write('token', secret);
    execFileSync('chown', ['1234', file]);
    expect(await refused())
      .to.contain('1234')
      .and.contain('chown root:root');
    rmSync(file);
    expect(await refused()).to.contain('does not exist');
  });

  it('never follows a redirect, and gives the credential to nobody else', async () => {
    const origin = scene.repository();
    origin.commit({ a: '1' });
    const seen: string[] = [];
    const other = await scene.https((request, response) => {
      seen.push(request.headers.authorization ?? 'nothing');
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    });
    for (const target of [
      `https://127.0.0.1:${other.port}/origin/info/refs?service=git-upload-pack`,
      `https://localhost:${other.port}/x`,
      'http://127.0.0.1:1/x',
      'file:///etc/passwd',
      '/elsewhere',
    ]) {
      for (const status of [301, 302, 307, 308]) {
        const { port, caFile } = await scene.https((request, response) => {
          // With and without asking for the credential first.
          if (status === 302 && request.headers.authorization === undefined) {
            response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
          } else response.writeHead(status, { location: target }).end();
        });
        const source = scene.source({
          url: at(port),
          auth: token(scene.write('token', secret)),
          ...ca(caFile),
        });
        expect((await rejection(source.tip())).code, `${status} ${target}`).to.equal('E_GIT_REDIRECT');
      }
    }
    expect(seen).to.deep.equal([]);
  }).timeout(30_000);

  it('tells an untrusted certificate, an error of the server, a missing repository and a wrong protocol apart', async () => {
    const origin = scene.repository();
    origin.commit({ a: '1' });
    let status = 500;
    const { port, caFile } = await scene.https((_request, response) =>
      response.writeHead(status, { 'content-type': 'text/html' }).end('<html>'),
    );
    expect((await rejection(scene.source({ url: at(port) }).tip())).code).to.equal('E_GIT_TLS');
    const source = scene.source({ url: at(port), ...ca(caFile) });
    const codes: (string | undefined)[] = [];
    for (status of [500, 503, 429, 404, 403, 200]) codes.push((await rejection(source.tip())).code);
    expect(codes.slice(0, 5)).to.deep.equal([...Array(4).fill('E_GIT_UNREACHABLE'), 'E_GIT_AUTH']);
    expect(codes[5]).to.match(/^E_GIT/);
    const plain = await scene.tcp((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
    expect((await rejection(scene.source({ url: at(plain) }).tip())).code).to.equal('E_GIT_TLS');
    expect((await rejection(scene.source({ url: at(1) }).tip())).code).to.equal('E_GIT_UNREACHABLE');
  });

  it('survives a server that cuts the connection anywhere', async () => {
    const origin = scene.repository();
    const tip = origin.commit({ a: randomBytes(20_000), b: '2' });
    const serve = gitBackend(origin, () => null);
    let budget = 0;
    const { port, caFile } = await scene.https((request, response) => {
      const end = response.end.bind(response);
      Object.assign(response, {
        end: (chunk: Buffer) => {
          if (!Buffer.isBuffer(chunk) || chunk.length <= budget) return end(chunk);
          response.setHeader('content-length', chunk.length);
          return response.write(chunk.subarray(0, budget), () => response.socket?.destroy());
        },
      });
      serve(request, response);
    });
    const source = scene.source({ url: at(port), ...ca(caFile) });
    for (budget of [1, 40, 150, 1_000, 10_000]) {
      const error = await rejection(source.fetch());
      expect(error.code, `${budget} ${error.message}`).to.match(/^E_GIT/);
    }
    budget = 10_000_000;
    await source.fetch();
    expect(await source.list(tip)).to.have.length(2);
    expect(scene.events).to.deep.equal([]);
  }).timeout(20_000);

  describe('with a server that', () => {
    async function endsInTime(port: number, over: Partial<MirrorOptions> = {}): Promise<void> {
      const source = scene.source({ url: at(port), timeoutMs: 1_000, ...over });
      for (const call of [() => source.tip(), () => source.fetch()]) {
        const begin = performance.now();
        const error = await rejection(call());
        expect(error.code, error.message).to.equal('E_GIT_TIMEOUT');
        expect(performance.now() - begin).to.be.lessThan(20_000);
        expect(processesWith(`:${port}`)).to.deep.equal([]);
      }
    }

    it('accepts and stays silent: ends at the deadline and leaves no process', async () => {
      await endsInTime(await scene.tcp(() => {}));
    });

    it('takes the request and never answers: ends at the deadline and leaves no process', async () => {
      const { port, caFile } = await scene.https(() => {});
      await endsInTime(port, ca(caFile));
    });

    it('drips: ends at the deadline and leaves no process', async () => {
      const timers: NodeJS.Timeout[] = [];
      const { port, caFile } = await scene.https((_request, response) => {
        response.writeHead(200, { 'content-type': 'application/x-git-upload-pack-advertisement' });
        response.write('001e# service=git-upload-pack\n0000');
        timers.push(setInterval(() => response.write('0'), 100));
      });
      await endsInTime(port, ca(caFile));
      for (const timer of timers) clearInterval(timer);
    });

    it('stays silent: ends when the caller does not want to wait any longer', async () => {
      const port = await scene.tcp(() => {});
      const stop = new AbortController();
      const source = scene.source({ url: at(port) });
      const waiting = rejection(source.tip(stop.signal));
      while (processesWith(`:${port}`).length === 0) await sleep(20);
      const begin = performance.now();
      stop.abort(new Error('agent stops'));
      expect((await waiting).message).to.equal('agent stops');
      expect(performance.now() - begin).to.be.lessThan(20_000);
      expect(processesWith(`:${port}`)).to.deep.equal([]);
    });

    it('stays silent while rackops is killed: the next one ends what it left', async () => {
      const port = await scene.tcp(() => {});
      const options = {
        directory: scene.path('state/mirror'),
        url: at(port),
        branch: 'main',
        auth: { kind: 'none' },
        timeoutMs: 60_000,
        runDirectory: scene.path('run'),
      };
      const script = `import { createMirror } from ${JSON.stringify(new URL('../../../src/source/index.ts', import.meta.url).pathname)};
        createMirror({ ...${JSON.stringify(options)}, emit: () => {} }).tip().catch(() => {});`;
      const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
        stdio: 'ignore',
      });
      while (
        processesWith(`https://127.0.0.1:${port}`).filter((line) => line.includes('remote-https')).length ===
        0
      )
        await sleep(20);
      const gone = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGKILL');
      await gone;
      expect(processesWith(`https://127.0.0.1:${port}`)).to.not.deep.equal([]);
      expect(await endOrphanedGit(scene.path('state/mirror'))).to.not.deep.equal([]);
      expect(processesWith(`https://127.0.0.1:${port}`)).to.deep.equal([]);
    }).timeout(20_000);
  });
});

describe('mirror over ssh', () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene();
  });
  afterEach(() => scene.end());

  const over = (keyFile: string, knownHostsFile: string): Pick<MirrorOptions, 'auth'> => ({
    auth: { kind: 'ssh', sshKeyFile: hostPath(keyFile), knownHostsFile: hostPath(knownHostsFile) },
  });

  it('fetches with a key and a known host; refuses another host key, a missing one and another key', async () => {
    const origin = scene.repository();
    const tip = origin.commit({ a: '1' });
    const { port, keyFile, hostKey } = await scene.sshd();
    const url: RepositoryUrl = {
      kind: 'ssh',
      url: `ssh://root@127.0.0.1:${port}${origin.path}`,
      host: '127.0.0.1',
    };
    const source = scene.source({ url, ...over(keyFile, scene.write('known', hostKey)) });
    expect(await source.tip()).to.equal(tip);
    await source.fetch();
    expect(await source.list(tip)).to.have.length(1);

    scene.write('known', '');
    const unknown = await rejection(source.tip());
    expect(unknown.code).to.equal('E_GIT_HOST_KEY');
    expect(unknown.hint).to.contain('knownHostsFile');
    scene.write('known', `[127.0.0.1]:${port} ${readFileSync(`${keyFile}.pub`, 'utf8')}`);
    expect((await rejection(source.tip())).code).to.equal('E_GIT_HOST_KEY');
    scene.write('known', hostKey);

    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', scene.path('other_key')]);
    const stranger = scene.source({ url, ...over(scene.path('other_key'), scene.path('known')) });
    expect((await rejection(stranger.tip())).code).to.equal('E_GIT_AUTH');
    scene.write('user_key', readFileSync(keyFile), 0o644);
    expect((await rejection(source.tip())).code).to.equal('E_GIT_AUTH_FILE');
    scene.write('user_key', readFileSync(keyFile), 0o600);
    expect(await source.tip()).to.equal(tip);
    const away: RepositoryUrl = {
      kind: 'ssh',
      url: `ssh://root@127.0.0.1:${port}/nowhere`,
      host: '127.0.0.1',
    };
    expect(
      (await rejection(scene.source({ url: away, ...over(keyFile, scene.path('known')) }).tip())).code,
    ).to.equal('E_GIT_UNREACHABLE');
  }).timeout(20_000);

  it('ends at the deadline and leaves no ssh when the server stays silent', async () => {
    const port = await scene.tcp(() => {});
    const url: RepositoryUrl = { kind: 'ssh', url: `ssh://root@127.0.0.1:${port}/x`, host: '127.0.0.1' };
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', scene.path('key')]);
    const source = scene.source({
      url,
      timeoutMs: 1_000,
      ...over(scene.path('key'), scene.write('known', '')),
    });
    expect((await rejection(source.tip())).code).to.equal('E_GIT_TIMEOUT');
    expect(processesWith(scene.root)).to.deep.equal([]);
  });

  it('runs nothing that an address could smuggle in', async () => {
    const marker = scene.path('ran');
    for (const text of [
      `ssh://-oProxyCommand=touch${marker}/x`,
      `-oProxyCommand=touch ${marker}:x`,
      `ext::touch ${marker}`,
    ]) {
      const source = scene.source({ url: { kind: 'ssh', url: text, host: 'x' } });
      expect((await rejection(source.tip())).code, text).to.equal('E_GIT_URL');
    }
    expect(existsSync(marker)).to.equal(false);
  });
});
