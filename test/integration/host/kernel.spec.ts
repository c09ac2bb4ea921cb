/** System calls that Node does not offer, on the real kernel: what they do, how they fail, and what they must never follow or inherit. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  attachLoop,
  closeOnExecFrom,
  getXattr,
  hasXattr,
  isKernelError,
  KernelError,
  listenTcp,
  listXattrs,
  MS_RDONLY,
  mount,
  openInRoot,
  pipe,
  setInheritable,
  setXattr,
  syncfs,
  tryLock,
  unmount,
  waitChild,
} from '../../../src/kernel/index.js';
import { packSquashfs, until } from '../../support/mount-rig.js';
import { scratchDirectory } from '../../support/scratch.js';

describe('system calls', () => {
  let directory: string;
  const path = (...names: string[]) => join(directory, ...names);
  const fds = new Set<number>();
  const keep = (fd: number) => {
    fds.add(fd);
    return fd;
  };

  beforeEach(async () => {
    directory = scratchDirectory();
  });
  afterEach(async () => {
    for (const fd of fds) closeSync(fd);
    fds.clear();
    await rm(directory, { recursive: true });
  });

  it('fail with the name of the error, of the call and of what it was about, each its own when several fail at once', async () => {
    const calls = Array.from({ length: 12 }, (_, index) =>
      mount('x', index % 2 === 0 ? path('missing') : directory, `nosuchfs`, MS_RDONLY, '').catch(
        (error: unknown) => error,
      ),
    );
    const errors = await Promise.all(calls);
    for (const [index, error] of errors.entries()) {
      expect(error).to.be.instanceOf(KernelError);
      expect(isKernelError(error, index % 2 === 0 ? 'ENOENT' : 'ENODEV'), String(error)).to.equal(true);
      expect(String(error)).to.contain('mount nosuchfs at ');
    }
    expect(isKernelError(await unmount(directory).catch((error: unknown) => error), 'EINVAL')).to.equal(true);
  });

  it('let other work go on while one waits in the kernel', async () => {
    const fd = keep(openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY));
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 1);
    await Promise.all([syncfs(fd), new Promise((resolve) => setTimeout(resolve, 30))]);
    clearInterval(ticking);
    expect(ticks).to.be.greaterThan(0);
  });

  describe('opening in a root', () => {
    const O_PATH = 0o10000000;
    const openIn = (name: string, flags: number, noSymlinks = false) =>
      keep(
        openInRoot(
          keep(openSync(path('root'), constants.O_RDONLY | constants.O_DIRECTORY)),
          name,
          flags,
          noSymlinks,
        ),
      );

    beforeEach(() => {
      mkdirSync(path('root', 'etc'), { recursive: true });
      writeFileSync(path('root', 'etc', 'name'), 'inside');
      writeFileSync(path('name'), 'outside');
    });

    it('finds its way over links with dots while other files are being renamed', async () => {
      symlinkSync(`${'../etc/'.repeat(20)}name`, path('root', 'etc', 'link'));
      const root = keep(openSync(path('root'), constants.O_RDONLY | constants.O_DIRECTORY));
      const renames = `const fs = require('node:fs'); fs.writeFileSync('a', ''); process.stdout.write('going');
        for (;;) { fs.renameSync('a', 'b'); fs.renameSync('b', 'a'); }`;
      const other = spawn(process.execPath, ['-e', renames], { cwd: directory });
      try {
        await once(other.stdout, 'data');
        const deadline = Date.now() + 300;
        while (Date.now() < deadline) closeSync(openInRoot(root, '/etc/link', O_PATH));
      } finally {
        other.kill('SIGKILL');
        await once(other, 'exit');
      }
    });

    const escapes: readonly (readonly [string, string])[] = [
      ['an absolute link', '/etc/name'],
      ['dots beyond the root', '../../../../etc/name'],
      ['an absolute link with dots', '/../../etc/name'],
    ];
    for (const [what, to] of escapes) {
      it(`follows ${what} only within it`, () => {
        symlinkSync(to, path('root', 'link'));
        const fd = openIn('/link', constants.O_RDONLY);
        expect(readFileSync(fd, 'utf8')).to.equal('inside');
      });
    }

    it('never gets at a file beside it', () => {
      symlinkSync('../name', path('root', 'link'));
      expect(() => openIn('/link', constants.O_RDONLY)).to.throw('ENOENT');
      expect(() => openIn('../name', constants.O_RDONLY)).to.throw('ENOENT');
    });

    it('refuses links altogether where that is asked for, and shows a link itself', () => {
      symlinkSync('etc', path('root', 'link'));
      expect(() => openIn('/link/name', O_PATH, true)).to.throw('ELOOP');
      expect(fstatSync(openIn('/link', O_PATH | constants.O_NOFOLLOW)).isSymbolicLink()).to.equal(true);
    });

    it('gives descriptors that no program inherits', () => {
      const fd = openIn('/etc/name', constants.O_RDONLY);
      expect(inherited()).not.to.include(readlinkSync(`/proc/self/fd/${fd}`));
    });
  });

  it('read and write extended attributes of a link-free path, also of a name that is no UTF-8', () => {
    writeFileSync(path('file'), '');
    symlinkSync('file', path('link'));
    setXattr(path('file'), 'user.a', Buffer.from([0, 1, 255]));
    expect(getXattr(path('file'), 'user.a')).to.deep.equal(Buffer.from([0, 1, 255]));
    expect(getXattr(path('link'), 'user.a')).to.equal(null);
    expect(listXattrs(path('file'))).to.include('user.a');
    expect(getXattr(path('file'), 'user.b')).to.equal(null);
    const odd = Buffer.concat([Buffer.from(`${directory}/`), Buffer.from([0xff, 0xfe])]);
    writeFileSync(odd, '');
    setXattr(odd, 'user.a', Buffer.from('x'));
    expect(hasXattr(odd, 'user.a')).to.equal(true);
    expect(hasXattr(odd, 'user.b')).to.equal(false);
    expect(() => hasXattr('/etc\0/passwd', 'user.a')).to.throw('zero byte');
  });

  it('lock a file for one holder at a time', () => {
    const [one, two] = [0, 1].map(() => keep(openSync(path('lock'), 'a')));
    expect(tryLock(one ?? -1)).to.equal(true);
    expect(tryLock(two ?? -1)).to.equal(false);
    closeSync(one ?? -1);
    fds.delete(one ?? -1);
    expect(tryLock(two ?? -1)).to.equal(true);
  });

  it('give one descriptor to programs, and take all others back', () => {
    const fd = keep(openSync(path('given'), 'a'));
    setInheritable(fd, true);
    expect(inherited()).to.include(path('given'));
    closeOnExecFrom(3);
    expect(inherited()).not.to.include(path('given'));
  });

  it('make pipes that a program can open again by name', () => {
    const { read, write } = pipe();
    keep(read);
    keep(write);
    const again = keep(openSync(`/proc/self/fd/${write}`, 'w'));
    writeSync(again, 'through');
    const buffer = Buffer.alloc(20);
    expect(buffer.toString('utf8', 0, readSync(read, buffer))).to.equal('through');
  });

  it('refuse to reap what is no child', () => {
    expect(() => waitChild(1)).to.throw('ECHILD');
  });

  describe('listening', () => {
    it('connects clients before anybody accepts, for both families', async () => {
      for (const [family, host] of [
        ['v4', '127.0.0.1'],
        ['v6', '::1'],
      ] as const) {
        const port = await freePort(host);
        keep(listenTcp({ family, host, port }, 8));
        const client = connect(port, host);
        await once(client, 'connect');
        client.destroy();
      }
    });

    it('names an address that is taken, and keeps no descriptor', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const port = portOf(server);
      const before = readdirSync('/proc/self/fd').length;
      expect(() => listenTcp({ family: 'v4', host: '127.0.0.1', port }, 8)).to.throw('EADDRINUSE');
      expect(() => listenTcp({ family: 'v4', host: '192.0.2.1', port }, 8)).to.throw('EADDRNOTAVAIL');
      expect(readdirSync('/proc/self/fd').length).to.equal(before);
      server.close();
      await once(server, 'close');
    });
  });

  describe('attaching a loop device', () => {
    beforeEach(() => {
      mkdirSync(path('source'));
      packSquashfs(path('source'), path('image'));
    });

    it('is read-only, and ends with its last user', async () => {
      const file = openSync(path('image'), 'r');
      const loop = attachLoop(file, 'a name');
      closeSync(file);
      expect(readFileSync(`/sys/block/loop${loop.number}/ro`, 'utf8').trim()).to.equal('1');
      expect(readFileSync(`/sys/block/loop${loop.number}/loop/autoclear`, 'utf8').trim()).to.equal('1');
      expect(readFileSync(`/sys/block/loop${loop.number}/loop/backing_file`, 'utf8').trim()).to.equal(
        path('image'),
      );
      closeSync(loop.fd);
      await until('detached', () => !readdirSync(`/sys/block/loop${loop.number}`).includes('loop'));
    });

    it('gives everyone a device of his own when many ask at once', async () => {
      const script = `import { openSync } from 'node:fs';
        const { attachLoop } = await import('${process.cwd()}/src/kernel/index.ts');
        const numbers = Array.from({ length: 10 }, () => attachLoop(openSync(process.argv[1], 'r'), 'x').number);
        console.log(numbers.join(' '));
        process.stdin.resume(); process.stdin.on('end', () => process.exit());`;
      const children = [0, 1].map(() =>
        spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script, path('image')], {
          stdio: ['pipe', 'pipe', 'inherit'],
        }),
      );
      const lines = await Promise.all(
        children.map(async (child) => String((await once(child.stdout, 'data'))[0])),
      );
      const numbers = lines.join(' ').trim().split(/\s+/);
      expect(numbers).to.have.length(20);
      expect(new Set(numbers).size).to.equal(20);
      for (const child of children) {
        child.stdin.end();
        await once(child, 'exit');
      }
    });

    it('makes the device node where /dev is a copy that does not have it', () => {
      const script = `import { openSync, existsSync, closeSync } from 'node:fs';
        const { attachLoop } = await import('${process.cwd()}/src/kernel/index.ts');
        const before = existsSync('/dev/loop0');
        const loop = attachLoop(openSync(process.argv[1], 'r'), 'x');
        console.log(before, existsSync(loop.path));
        closeSync(loop.fd);`;
      const prepare =
        'mkdir "$1/dev" && cp -a /dev/loop-control /dev/null /dev/urandom /dev/random "$1/dev" 2>/dev/null; mount --bind "$1/dev" /dev && shift && exec "$@"';
      const out = execFileSync(
        'unshare',
        [
          ...['-m', '--propagation', 'private', 'sh', '-c', prepare, 'sh', directory],
          ...[process.execPath, '--import', 'tsx', '--input-type=module', '-e', script, path('image')],
        ],
        { encoding: 'utf8' },
      );
      expect(out.trim()).to.equal('false true');
    });
  });

  /** What a program that is started now would have open. */
  function inherited(): readonly string[] {
    const stdio = ['ignore', 'pipe', 'ignore'] as const;
    return execFileSync('sh', ['-c', 'for fd in /proc/$$/fd/*; do readlink "$fd" || true; done'], {
      encoding: 'utf8',
      stdio: [...stdio],
    }).split('\n');
  }
});

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  await once(server, 'close');
  return port;
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}
