/** Programs that are started without a copy of the starter: which descriptors, signals and variables they have, and what is left in the starter. */
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type ProcessExit, type ProgramStart, startProgram, waitChild } from '../../../src/kernel/index.js';
import { until } from '../../support/mount-rig.js';
import { scratchDirectory } from '../../support/scratch.js';

describe('a program that is started', () => {
  let directory: string;
  const own: number[] = [];

  const file = (name: string): number => {
    const fd = openSync(join(directory, name), 'w+');
    own.push(fd);
    return fd;
  };
  const written = (name: string): string => readFileSync(join(directory, name), 'utf8');
  const ended = async (pid: number): Promise<ProcessExit> => {
    let exit: ProcessExit | null = null;
    await until('the program has ended', () => {
      exit ??= waitChild(pid);
      return exit !== null;
    });
    return exit ?? { code: null, signal: null };
  };
  const shell = (script: string, stdio: ProgramStart['stdio'], env = {}): Promise<ProcessExit> =>
    ended(startProgram({ path: '/bin/sh', name: 'sh', args: ['-c', script], env, stdio }));

  beforeEach(async () => {
    directory = scratchDirectory();
  });
  afterEach(async () => {
    for (const fd of own.splice(0)) closeSync(fd);
    await rm(directory, { recursive: true });
  });

  it('has the descriptors it is given, in their order, and none of the starter’s', async () => {
    const out = file('out');
    const [a, b] = [file('a'), file('b')];
    const before = readdirSync('/proc/self/fd').length;
    const names = 'ls -l /proc/$$/fd; true';
    expect(await shell(names, ['ignore', out, out, b, a])).to.deep.equal({ code: 0, signal: null });
    // Whoever runs the tests may have left inheritable ones of his own open.
    const seen = [...written('out').matchAll(/(\d+) -> (\/.*)/g)].map(([, fd, target]) => `${fd} ${target}`);
    expect(seen).to.deep.equal([
      '0 /dev/null',
      ...['1', '2'].map((fd) => `${fd} ${join(directory, 'out')}`),
      `3 ${join(directory, 'b')}`,
      `4 ${join(directory, 'a')}`,
    ]);
    expect(readdirSync('/proc/self/fd').length).to.be.at.most(before);
  });

  it('gets descriptors right that are each other’s places', async () => {
    const out = file('out');
    // Whatever is free here: each is handed over as what the other is.
    const [low, high] = [file('a'), file('b')].sort((x, y) => x - y);
    if (low === undefined || high === undefined) throw new Error('no descriptors');
    const count = high + 1;
    const stdio = Array.from({ length: count }, (_, fd): number | 'ignore' => {
      if (fd === low) return high;
      if (fd === high) return low;
      return fd === 1 ? out : 'ignore';
    });
    await shell(`readlink /proc/$$/fd/${low} /proc/$$/fd/${high}`, stdio);
    expect(written('out')).to.equal(
      `${readlinkSync(`/proc/self/fd/${high}`)}\n${readlinkSync(`/proc/self/fd/${low}`)}\n`,
    );
  });

  it('meets signals as by default, although Node ignores some', async () => {
    const status = file('status');
    await shell('grep -E "^Sig(Blk|Ign)" /proc/$$/status', ['ignore', status, status]);
    expect(written('status')).to.equal('SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n');
  });

  it('has its variables and no others, and its arguments as they are', async () => {
    const out = file('out');
    const args = ['-c', 'env; printf "<%s>" "$@"', 'sh', 'a b', '', '$HOME', 'ü'];
    await ended(
      startProgram({
        path: '/bin/sh',
        name: 'sh',
        args,
        env: { ONE: '1', TWO: 'a=b', NONE: undefined },
        stdio: ['ignore', out, out],
      }),
    );
    expect(written('out')).to.match(/^(?:PWD=.*\n|ONE=1\n|TWO=a=b\n)+<a b><><\$HOME><ü>$/);
    expect(written('out')).to.contain('ONE=1\n').and.to.contain('TWO=a=b\n');
  });

  it('tells by which code or signal it ended', async () => {
    expect(await shell('exit 7', ['ignore', 'ignore', 'ignore'])).to.deep.equal({ code: 7, signal: null });
    expect(await shell('kill -9 $$', ['ignore', 'ignore', 'ignore'])).to.deep.equal({
      code: null,
      signal: 9,
    });
  });

  it('is refused with the reason when there is none, and nothing stays open', () => {
    const before = readdirSync('/proc/self/fd').length;
    const start = (path: string) =>
      startProgram({ path, name: 'x', args: [], env: {}, stdio: ['ignore', file('out'), 'ignore'] });
    expect(() => start(join(directory, 'missing')))
      .to.throw('missing')
      .with.property('code', 'ENOENT');
    expect(() => start(directory))
      .to.throw()
      .with.property('code', 'EACCES');
    expect(() => startProgram({ path: '/bin/true', name: 'true', args: [], env: {}, stdio: [999_999] }))
      .to.throw()
      .with.property('code', 'EBADF');
    expect(readdirSync('/proc/self/fd').length).to.be.at.most(before + own.length);
  });
});
