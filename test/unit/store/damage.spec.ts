import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { hasCode } from '../../../src/model/index.js';
import { readStore } from '../../../src/store/index.js';
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
