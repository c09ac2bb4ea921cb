import { execFileSync } from 'node:child_process';
import { chmod, cp, rm } from 'node:fs/promises';
import { expect } from 'chai';
import { hasCode, hostPath } from '../../../src/model/index.js';
import { openStore, readStore } from '../../../src/store/index.js';
import { aRack, aRecord, committed } from '../../support/builders.js';
import { scratchDirectory } from '../../support/scratch.js';

const older = aRecord({ committed: committed(aRack()) });
const newer = aRecord({ committed: committed(aRack(), { generation: 2 }) });

async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}

describe('a file system that refuses', () => {
  let directory: string;
  beforeEach(async () => {
    directory = scratchDirectory();
  });
  afterEach(async () => {
    execFileSync('umount', [directory]);
    await rm(directory, { recursive: true });
  });
  const mounted = async (options: string) => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'rackops-test', directory]);
    await chmod(directory, 0o700);
    return hostPath(directory);
  };
  const open = (path: string) => openStore({ directory: hostPath(path), emit: () => {} });

  it('for want of space says so, and leaves the old content and no temporary file', async () => {
    const path = await mounted('size=64k');
    const store = await open(path);
    await store.writeRecord(older);
    const big = aRecord({
      ...newer,
      lastFailure: { digest: '', reason: '', message: 'x'.repeat(80_000), at: '' },
    });
    const error = await caught(store.writeRecord(big));
    expect(hasCode(error, 'E_STATE_FULL')).to.equal(true);
    expect(String(error)).to.include('no space left');
    expect(await store.record('web')).to.deep.equal(older);
    expect(await readStore(path).record('web')).to.deep.equal(older);
    await store.writeRecord(newer);
  });

  it('for want of inodes says so', async () => {
    const path = await mounted('nr_inodes=8');
    const store = await open(path);
    const error = await caught(
      (async () => {
        for (const name of ['a', 'b', 'c', 'd', 'e']) await store.writeRecord(aRecord({ rack: name }));
      })(),
    );
    expect(String(error)).to.include('no inodes left');
  });

  it('because it is read-only says so, and can still be read', async () => {
    const path = await mounted('size=1m');
    await (await open(path)).writeRecord(older);
    execFileSync('mount', ['-o', 'remount,ro', directory]);
    const store = await open(path);
    expect(await store.record('web')).to.deep.equal(older);
    expect(hasCode(await caught(store.writeRecord(newer)), 'E_STATE_READONLY')).to.equal(true);
    expect(
      hasCode(
        await caught(store.writeLastPass({ id: '', startedAt: '', endedAt: '', result: 'ok' })),
        'E_STATE_READONLY',
      ),
    ).to.equal(true);
  });

  it('is copied as it is: a state directory has no hidden ties', async () => {
    const path = await mounted('size=1m');
    await (await open(path)).writeRecord(older);
    const copy = scratchDirectory();
    await cp(path, copy, { recursive: true });
    expect(await readStore(hostPath(copy)).record('web')).to.deep.equal(older);
    await rm(copy, { recursive: true });
  });
});
