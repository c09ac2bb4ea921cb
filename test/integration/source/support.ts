/** Real Git servers for the tests of the mirror: a repository, https with `git http-backend`, sshd. All on loopback, all removed by `Scene.end`. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../../scripts/sandbox/index.js';
import { type Event, hostPath } from '../../../src/model/index.js';
import { createMirror, type MirrorOptions, type Source } from '../../../src/source/index.js';
import { selfSigned } from '../../support/certificate.js';
import { scratchDirectory } from '../../support/scratch.js';

const gitEnvironment = {
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  HOME: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example',
};

/** A repository with a work tree, as a team would push to it. */
export class Repository {
  constructor(readonly path: string) {}
  git(...args: readonly string[]): string {
    return execFileSync('git', ['-C', this.path, '-c', 'safe.directory=*', ...args], {
      encoding: 'utf8',
      env: gitEnvironment,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  }
  /** Commits these files on the current branch; the new commit's id. */
  commit(files: Readonly<Record<string, string | Buffer>>, message = 'change'): string {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(this.path, name)), { recursive: true });
      writeFileSync(join(this.path, name), content);
    }
    this.git('add', '-A');
    this.git('commit', '--quiet', '--allow-empty', '-m', message);
    return this.git('rev-parse', 'HEAD');
  }
}

export class Scene {
  readonly root = scratchDirectory();
  readonly events: Event[] = [];
  private readonly ends: (() => unknown)[] = [];

  path(name: string): string {
    return join(this.root, name);
  }

  write(name: string, content: string | Buffer, mode = 0o600): string {
    writeFileSync(this.path(name), content);
    chmodSync(this.path(name), mode);
    return this.path(name);
  }

  repository(name = 'origin', ...init: readonly string[]): Repository {
    execFileSync('git', ['init', '--quiet', '-b', 'main', ...init, this.path(name)], { env: gitEnvironment });
    return new Repository(this.path(name));
  }

  source(over: Partial<MirrorOptions> & Pick<MirrorOptions, 'url'>): Source {
    return createMirror({
      directory: hostPath(this.path('state/mirror')),
      branch: 'main',
      auth: { kind: 'none' },
      timeoutMs: 10_000,
      runDirectory: hostPath(this.path('run')),
      emit: (event) => this.events.push(event),
      ...over,
    });
  }

  local(repository: Repository, over: Partial<MirrorOptions> = {}): Source {
    return this.source({ url: { kind: 'local', url: repository.path }, ...over });
  }

  /** https server on 127.0.0.1 with a certificate of an own authority. */
  async https(
    handle: (request: IncomingMessage, response: ServerResponse) => void,
  ): Promise<{ port: number; caFile: string }> {
    const caFile = this.certificate();
    const server = createServer(
      { key: readFileSync(this.path('tls.key')), cert: readFileSync(caFile) },
      handle,
    );
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => sockets.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.ends.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return { port: portOf(server), caFile };
  }

  /** TCP server that is left to `handle`. */
  async tcp(handle: (socket: Socket) => void): Promise<number> {
    const sockets = new Set<Socket>();
    const server = createTcpServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      handle(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    this.ends.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return portOf(server);
  }

  private certificate(): string {
    const caFile = this.path('tls.crt');
    selfSigned(this.path('tls.key'), caFile, 'IP:127.0.0.1');
    return caFile;
  }

  /** sshd with an own host key that lets root in with one key. */
  async sshd(): Promise<{ port: number; keyFile: string; hostKey: string }> {
    for (const name of ['host_key', 'user_key']) {
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', this.path(name)]);
    }
    writeFileSync(this.path('authorized_keys'), readFileSync(this.path('user_key.pub')));
    const port = await freePort();
    const config = [
      `ListenAddress 127.0.0.1:${port}`,
      `HostKey ${this.path('host_key')}`,
      `AuthorizedKeysFile ${this.path('authorized_keys')}`,
      'StrictModes no',
      'UsePAM no',
      'PermitRootLogin prohibit-password',
      'PidFile none',
    ];
    // Debian's sshd wants its empty directory; a container without a running sshd has none.
    if (mkdirSync('/run/sshd', { recursive: true }) !== undefined)
      this.ends.push(() => rmdirSync('/run/sshd'));

    const daemon = spawn(
      '/usr/sbin/sshd',
      ['-D', '-e', '-f', this.write('sshd_config', `${config.join('\n')}\n`)],
      { stdio: 'ignore' },
    );
    this.ends.push(() => daemon.kill('SIGTERM'));
    await answers(port);
    const hostKey = readFileSync(this.path('host_key.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
    return { port, keyFile: this.path('user_key'), hostKey: `[127.0.0.1]:${port} ${hostKey}\n` };
  }

  async end(): Promise<void> {
    for (const end of this.ends.splice(0)) end();
    rmSync(this.root, { recursive: true, force: true });
  }
}

async function answers(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.on('error', () => resolve(false));
    });
    if (open) return;
    await sleep(50);
  }
  throw new Error(`nothing listens on port ${port}`);
}

function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** `git http-backend` behind a Node server; `credential` is `user:password`, null lets everybody in. */
export function gitBackend(repository: Repository, credential: () => string | null) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const wanted = credential();
    const given = /^Basic (.*)$/.exec(request.headers.authorization ?? '')?.[1];
    if (wanted !== null && Buffer.from(given ?? '', 'base64').toString() !== wanted) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('no');
      return;
    }
    const [path = '/', query = ''] = (request.url ?? '/').split('?');
    const backend = spawn('git', ['http-backend'], {
      env: {
        ...gitEnvironment,
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'safe.directory',
        GIT_CONFIG_VALUE_0: '*',
        GIT_PROJECT_ROOT: dirname(repository.path),
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: path,
        QUERY_STRING: query,
        REQUEST_METHOD: request.method ?? 'GET',
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    request.pipe(backend.stdin);
    backend.stdin.on('error', () => {});
    const chunks: Buffer[] = [];
    backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    backend.on('close', () => {
      const output = Buffer.concat(chunks);
      const end = output.indexOf('\r\n\r\n');
      let status = 200;
      for (const line of output.toString('latin1', 0, end).split('\r\n')) {
        const [name = '', value = ''] = line.split(/:\s*/, 2);
        if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
        else response.setHeader(name, value);
      }
      response.statusCode = status;
      response.end(output.subarray(end + 4));
    });
  };
}

/** Command lines of living processes that contain `text`. */
export function processesWith(text: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(text));
}

/** What a rejected promise was rejected with; fails when it was not. */
export async function rejection(
  promise: Promise<unknown>,
): Promise<Error & { code?: string; hint?: string }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('expected a failure');
}
