import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { hasCode, hostPath } from '../../../src/model/index.js';
import { openStore, readStore } from '../../../src/store/index.js';
import { migrate } from '../../../src/store/versioned.js';
import { aJournal, aRack, aRecord, committed } from '../../support/builders.js';
import { type StateDirectory, stateDirectory } from './support.js';

const older = aRecord({ committed: committed(aRack()) });
const newer = aRecord({ committed: committed(aRack(), { generation: 2 }) });

async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: unknown) => error,
  );
}

describe('a damaged state', () => {
  let state: StateDirectory;
  let path: string;
  beforeEach(async () => {
    state = await stateDirectory();
    const store = await state.open();
    await store.writeRecord(older);
    await store.writeRecord(newer);
    path = join(state.path, 'racks', 'web.json');
  });
  afterEach(() => state.dispose());

  const damages: readonly (readonly [string, (text: string) => string])[] = [
    ['empty', () => ''],
    ['cut in half', (text) => text.slice(0, text.length / 2)],
    ['filled with NUL', (text) => '\0'.repeat(text.length)],
    ['another JSON', () => '[1]'],
    ['edited by hand', (text) => text.replace('"generation":2', '"generation":7')],
  ];
  for (const [name, damage] of damages) {
    it(`falls back to the generation before when a record is ${name}`, async () => {
      await writeFile(path, damage(await readFile(path, 'utf8')));
      expect(await (await state.open()).record('web')).to.deep.equal(older);
      expect(state.warnings).to.deep.equal([`"${path}" is damaged, the generation before it is used`]);
      expect(await readStore(state.path).record('web')).to.deep.equal(older);
    });
  }

  it('is old or new wherever a bit of a record flips', async () => {
    const whole = await readFile(path);
    for (let index = 0; index < whole.length; index += 3) {
      const flipped = Buffer.from(whole);
      flipped[index] = (flipped[index] ?? 0) ^ (1 << (index % 8));
      await writeFile(path, flipped);
      expect(await readStore(state.path).record('web'), `byte ${index}`).to.deep.equal(older);
    }
  });

  it('takes a rack whose record and predecessor are gone as never installed, and says so', async () => {
    await writeFile(path, '');
    await writeFile(`${path}.old`, '');
    expect(await (await state.open()).records()).to.deep.equal([]);
    expect(state.warnings[0]).to.include('no readable generation before it');
  });

  it('does not bring back a deleted record by its predecessor', async () => {
    const store = await state.open();
    await store.writeJournal(aJournal(aRack()));
    await store.writeJournal(aJournal(aRack(), { triesLeft: 2 }));
    await store.deleteJournal('web');
    await rm(path);
    expect(await (await state.open()).records()).to.deep.equal([]);
    expect(await (await state.open()).journals()).to.deep.equal([]);
  });

  it('of a newer rackops is refused before anything is written', async () => {
    for (const name of [path, `${path}.old`]) {
      await writeFile(name, (await readFile(name, 'utf8')).replace('"format":1', '"format":2'));
    }
    await writeFile(`${path}.1-1.tmp`, 'left');
    const error = await caught(state.open());
    expect(hasCode(error, 'E_STATE_NEWER')).to.equal(true);
    expect(hasCode(await caught(readStore(state.path).records()), 'E_STATE_NEWER')).to.equal(true);
    expect(await readFile(`${path}.1-1.tmp`, 'utf8')).to.equal('left');
  });

  it('of an older rackops is migrated step by step', () => {
    const steps = [
      (document: Readonly<Record<string, unknown>>) => ({ ...document, format: 2, second: true }),
      (document: Readonly<Record<string, unknown>>) => ({ ...document, format: 3, third: document.second }),
    ];
    expect(migrate('x', { format: 1 }, steps)).to.deep.equal({ format: 3, second: true, third: true });
    expect(migrate('x', { format: 2, second: 0 }, steps)).to.deep.equal({ format: 3, second: 0, third: 0 });
    expect(migrate('x', { format: 3 }, steps)).to.deep.equal({ format: 3 });
    expect(() => migrate('x', { format: 4 }, steps)).to.throw('format 4, this rackops knows up to 3');
  });
});

describe('a file system that refuses', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp('/var/tmp/rackops-test-full-');
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
    const copy = await mkdtemp('/var/tmp/rackops-test-copy-');
    await cp(path, copy, { recursive: true });
    expect(await readStore(hostPath(copy)).record('web')).to.deep.equal(older);
    await rm(copy, { recursive: true });
  });
});
