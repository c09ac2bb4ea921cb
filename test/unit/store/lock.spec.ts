import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { bundle } from '../../../scripts/bundle.js';
import { hasCode, hostPath } from '../../../src/model/index.js';
import { acquireLock, lockHolder } from '../../../src/store/index.js';
import { scratchDirectory } from '../../support/scratch.js';

const modules = join(process.cwd(), 'node_modules');

describe('the lock', () => {
  let directory: string;
  let program: string;
  const path = () => hostPath(join(directory, 'run', 'lock'));
  const children: ChildProcess[] = [];
  const helpers: number[] = [];

  before(function () {
    this.timeout(30_000);
    directory = scratchDirectory();
    program = join(directory, 'lock-child.cjs');
    // One file of plain JavaScript: twenty of them start in a moment.
    bundle('test/unit/store/lock-child.ts', 'cjs', `--outfile=${program}`);
  });
  afterEach(async () => {
    for (const pid of helpers.splice(0)) end(pid);
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
  after(() => rm(directory, { recursive: true }));

  /** Starts a contender; `says` is its next line. */
  function contend(timeoutMs: number, mode = 'hold') {
    const child = spawn(process.execPath, [program, path(), String(timeoutMs), mode], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NODE_PATH: modules },
    });
    children.push(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return { child, says: async (): Promise<string> => (await lines.next()).value ?? '' };
  }
  const acquire = (timeoutMs = 0) =>
    acquireLock({ path: path(), command: 'sync', bootId: 'boot', timeoutMs });
  const refusal = async (timeoutMs = 0) =>
    acquire(timeoutMs).then(
      () => null,
      (error: unknown) => error,
    );

  it('is held by one process, told with its pid, command and since when, and free after it', async () => {
    expect(await lockHolder(path())).to.equal(null);
    const lock = await acquire();
    const holder = await lockHolder(path());
    expect(holder).to.include({ pid: process.pid, command: 'sync', bootId: 'boot' });
    expect(Date.parse(holder?.since ?? '')).to.be.closeTo(Date.now(), 60_000);
    const error = await refusal();
    expect(hasCode(error, 'E_LOCKED')).to.equal(true);
    expect(String(error)).to.include(`pid ${process.pid} (rackops sync, since ${holder?.since})`);
    await lock.release();
    await lock.release();
    expect(await lockHolder(path())).to.equal(null);
    await (await acquire()).release();
  });

  it('goes to exactly one of twenty that want it at once', async function () {
    this.timeout(30_000);
    const contenders = Array.from({ length: 20 }, () => contend(0));
    const said = await Promise.all(contenders.map(({ says }) => says()));
    expect(said.filter((line) => line === 'held')).to.have.length(1);
    const pid = contenders[said.indexOf('held')]?.child.pid;
    for (const line of said) if (line !== 'held') expect(line).to.match(/holds the lock|another process/);
    expect((await lockHolder(path()))?.pid).to.equal(pid);
  });

  it('is free at once when its holder is killed, whatever its file says', async () => {
    const { child, says } = contend(0);
    expect(await says()).to.equal('held');
    const waiting = acquire(10_000);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const killedAt = performance.now();
    const lock = await waiting;
    expect(performance.now() - killedAt).to.be.below(5_000);
    await lock.release();
  });

  it('is not free while a program that the killed holder started still runs', async () => {
    const { child, says } = contend(0, 'helper');
    const pid = Number((await says()).replace('helper ', ''));
    helpers.push(pid);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const error = await refusal();
    expect(hasCode(error, 'E_LOCKED')).to.equal(true);
    expect(String(error)).to.include(`started by pid ${child.pid} (rackops test helper`);
    end(pid);
    await (await acquire(5_000)).release();
  });

  it('is not free either while a helper of a holder that let go still runs', async () => {
    const { child, says } = contend(0, 'helper');
    const pid = Number((await says()).replace('helper ', ''));
    helpers.push(pid);
    child.stdin?.write('\n');
    expect(await says()).to.equal('released');
    expect(hasCode(await refusal(), 'E_LOCKED')).to.equal(true);
    end(pid);
    await (await acquire(5_000)).release();
  });

  it('is waited for until the timeout, and then the waiter says so', async () => {
    const { child, says } = contend(0, 'release');
    expect(await says()).to.equal('held');
    const begin = performance.now();
    expect(String(await refusal(300))).to.include('holds the lock for over 300ms');
    expect(performance.now() - begin).to.be.within(280, 3_000);
    const waiting = acquire(10_000);
    child.stdin?.write('\n');
    await (await waiting).release();
  });

  it('does not fail one who does not wait because somebody looks who has it', async () => {
    let looking = true;
    const looker = (async () => {
      while (looking) await lockHolder(path());
    })();
    for (let round = 0; round < 50; round++) await (await acquire()).release();
    looking = false;
    await looker;
  });

  it('is that of the file at its path: a copy or a deleted file is none', async () => {
    const lock = await acquire();
    await copyFile(path(), `${path()}.copy`);
    expect(await lockHolder(hostPath(`${path()}.copy`))).to.equal(null);
    await lock.release();
    await writeFile(path(), 'no JSON');
    const next = await acquire();
    expect((await lockHolder(path()))?.pid).to.equal(process.pid);
    await next.release();
  });
});

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}
