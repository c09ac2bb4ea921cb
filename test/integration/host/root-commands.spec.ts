/** Commands in the root of an image that is being made, by each runtime that works here: what they may do, what they may not, and that nothing of them is left. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RootCommand, RootCommandResult } from '../../../src/host/index.js';
import { createRootCommands } from '../../../src/host/linux/root-commands.js';
import { cgroupsUnder } from '../../../src/kernel/index.js';
import { cgroupRoot, hostPath } from '../../../src/model/index.js';
import { tinyImage } from '../../support/images.js';
import { refusal } from '../../support/refusal.js';
import { scratchDirectory } from '../../support/scratch.js';

/** Seconds that no other run on this machine sleeps. */
const long = 10_000_000 + process.pid;

describe('a command in the root of an image', function () {
  this.timeout(30_000);
  let directory: string;
  let root: string;

  before(async () => {
    directory = realpathSync(scratchDirectory());
    root = join(directory, 'root');
    mkdirSync(join(directory, 'run'), { mode: 0o700 });
    const image = await tinyImage('tiny', '1.0');
    execFileSync('unsquashfs', ['-q', '-n', '-d', root, image.path], { stdio: 'ignore' });
  });
  after(() => {
    expect(readdirSync(join(directory, 'run')).filter((name) => name.startsWith('command-'))).to.deep.equal(
      [],
    );
    rmSync(directory, { recursive: true });
  });

  for (const runtime of ['crun', 'runc']) {
    describe(`under ${runtime}`, () => {
      async function run(script: string, more: Partial<RootCommand> = {}): Promise<RootCommandResult> {
        const commands = createRootCommands({ scratch: hostPath(join(directory, 'run')), runtime });
        return await commands.run({
          root: hostPath(root),
          command: ['/bin/sh', '-c', script],
          network: 'none',
          timeoutMs: 20_000,
          ...more,
        });
      }

      it('changes the root and nothing else, gives its lines as they come, and its exit code', async () => {
        const lines: string[] = [];
        const script =
          'echo one; echo two >&2; chown 33:33 /etc/passwd; echo x > /tmp/gone; echo y > /etc/kept; exit 3';
        const result = await run(script, { onLine: (line) => lines.push(line) });
        expect(result).to.include({ exitCode: 3 });
        expect(lines).to.have.members(['one', 'two']);
        expect(result.tail).to.have.members(['one', 'two']);
        expect(readFileSync(join(root, 'etc/kept'), 'utf8')).to.equal('y\n');
        expect(readdirSync(join(root, 'tmp'))).to.deep.equal([]);
      });

      it('can neither mount, nor make a device or a namespace, nor write to what is the kernel’s', async () => {
        const attempts = [
          'mount -t tmpfs x /srv',
          'mknod /etc/null c 1 3',
          'unshare -m true',
          'echo 1 > /proc/sys/vm/drop_caches',
          'mkdir /sys/fs/cgroup/x',
          'hostname other',
        ];
        for (const attempt of attempts) {
          const { exitCode, tail } = await run(`${attempt} && echo done`);
          expect(exitCode, attempt).to.not.equal(0);
          expect(tail.join('\n'), attempt).to.not.include('done');
        }
      });

      it('follows no link of the root to the host, and leaves nothing where one leads to', async () => {
        // Not below /tmp, which is another one for the command.
        const outside = join(directory, 'outside');
        mkdirSync(outside);
        const link = join(root, 'etc/resolv.conf');
        rmSync(link, { force: true });
        symlinkSync(join(outside, 'resolv.conf'), link);
        const before = readdirSync(root);
        const { exitCode } = await run('test -s /etc/resolv.conf', { network: 'host' });
        expect(exitCode).to.equal(0);
        expect(readdirSync(outside)).to.deep.equal([]);
        expect(readdirSync(root)).to.deep.equal(before);
        expect(existsSync(join(root, directory)), 'what was made inside').to.equal(false);
        mkdirSync(join(root, outside), { recursive: true });
        await run('test -s /etc/resolv.conf', { network: 'host' });
        expect(readdirSync(join(root, outside)), 'a directory that was there').to.deep.equal([]);
        rmSync(link);
        for (const made of [outside, join(root, directory)]) rmSync(made, { recursive: true });
      });

      it('has a loopback and no other network, unless it is asked for; then the resolver too, which does not stay', async () => {
        const interfaces = 'cat /proc/net/dev | tail -n +3 | cut -d: -f1';
        const alone = await run(
          `${interfaces}; ping -c 1 -W 1 127.0.0.1 >/dev/null 2>&1; test ! -e /etc/resolv.conf`,
        );
        expect(alone.tail.map((line) => line.trim())).to.deep.equal(['lo']);
        const outside = readdirSync('/sys/class/net');
        const shared = await run(`${interfaces}; cat /etc/resolv.conf >/dev/null`, { network: 'host' });
        expect(shared.exitCode).to.equal(0);
        expect(shared.tail.map((line) => line.trim())).to.have.members(outside);
        expect(readdirSync(join(root, 'etc'))).to.not.include('resolv.conf');
      });

      it('says to package scripts that nothing is to be started, and leaves no trace of that', async () => {
        mkdirSync(join(root, 'usr/sbin'), { recursive: true });
        writeFileSync(join(root, 'usr/sbin/invoke-rc.d'), '');
        const { exitCode } = await run('/usr/sbin/policy-rc.d');
        expect(exitCode).to.equal(101);
        expect(readdirSync(join(root, 'usr/sbin'))).to.deep.equal(['invoke-rc.d']);
      });

      it('ends with all that it started: by itself, at its deadline, when aborted', async () => {
        const lingering = `(setsid sleep ${long} &); echo up`;
        expect(await run(lingering)).to.include({ exitCode: 0 });
        expect(await run(`${lingering}; sleep ${long}`, { timeoutMs: 1_000 })).to.include({ exitCode: null });
        const stop = new AbortController();
        const aborted = run(`${lingering}; sleep ${long}`, {
          signal: stop.signal,
          onLine: () => stop.abort(new Error('told to stop')),
        });
        expect(await aborted.catch((error: Error) => error.message)).to.equal('told to stop');
        const own = `${cgroupRoot(join(directory, 'run'))}.`;
        expect(cgroupsUnder('').filter((name) => name.startsWith(own))).to.deep.equal([]);
        expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).to.not.include(`sleep ${long}`);
      });

      it('is refused with the reason when its program is not in the image', async () => {
        const message = await refusal(run('', { command: ['no-such-program'] }), 'E_RUNTIME');
        expect(message).to.include('no-such-program').and.include('not found');
      });
    });
  }
});
