import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { sha256Hex } from '../../../src/lib/index.js';
import { type HistoryEntry, hasCode, rackPath } from '../../../src/model/index.js';
import { type DesiredSummary, type Evidence, readBlob, readStore } from '../../../src/store/index.js';
import { aJournal, aRack, aRecord, committed, imageRef, testEpochMs } from '../../support/builders.js';
import { type StateDirectory, stateDirectory } from './support.js';

const at = new Date(testEpochMs).toISOString();

describe('the store', () => {
  let state: StateDirectory;
  beforeEach(async () => {
    state = await stateDirectory();
  });
  afterEach(() => state.dispose());

  it('remembers records, journals and the applied revision over a restart', async () => {
    const store = await state.open();
    const records = [aRecord({ rack: 'web', committed: committed(aRack()) }), aRecord({ rack: 'db' })];
    for (const record of records) await store.writeRecord(record);
    const journal = aJournal(aRack());
    await store.writeJournal(journal);
    const applied = {
      format: 1,
      revision: 'a'.repeat(40),
      fullyAppliedRevision: null,
      sourceDigest: 's',
    } as const;
    await store.writeApplied(applied);
    for (const again of [store, await state.open(), readStore(state.path)]) {
      expect(await again.records()).to.deep.equal([records[1], records[0]]);
      expect(await again.record('web')).to.deep.equal(records[0]);
      expect(await again.record('none')).to.equal(null);
      expect(await again.journals()).to.deep.equal([journal]);
      expect(await again.applied()).to.deep.equal(applied);
    }
    await store.deleteJournal('web');
    await store.deleteJournal('web');
    await store.deleteRecord('db');
    const last = await state.open();
    expect(await last.journals()).to.deep.equal([]);
    expect((await last.records()).map((record) => record.rack)).to.deep.equal(['web']);
  });

  it('reads an empty or missing directory as nothing, without making it', async () => {
    const empty = await stateDirectory();
    await state.dispose();
    for (const reader of [readStore(state.path), readStore(empty.path)]) {
      expect(await reader.records()).to.deep.equal([]);
      expect(await reader.journals()).to.deep.equal([]);
      expect(await reader.applied()).to.equal(null);
      expect(await reader.summary()).to.equal(null);
      expect(await reader.lastPass()).to.equal(null);
      expect(await reader.history(null, 10)).to.deep.equal([]);
      expect(await reader.evidence('web')).to.deep.equal([]);
      expect(await reader.hostSuspended()).to.equal(null);
    }
    expect(await stat(state.path).catch(() => null)).to.equal(null);
    expect(await readdir(empty.path)).to.deep.equal([]);
    await empty.dispose();
  });

  it('keeps everything to root, and leaves no temporary file', async () => {
    const store = await state.open();
    await store.writeRecord(aRecord());
    await store.writeRecord(aRecord({ lastGeneration: 2 }));
    await store.writeLastPass({ id: 'p', startedAt: at, endedAt: at, result: 'ok' });
    const files = await readdir(state.path, { recursive: true });
    expect(files.filter((name) => name.endsWith('.tmp'))).to.deep.equal([]);
    expect(files).to.include.members(['racks/web.json', 'racks/web.json.old', 'last-pass.json']);
    for (const name of files) {
      expect((await stat(join(state.path, name))).mode & 0o077, name).to.equal(0);
    }
  });

  it('removes at the next opening what a crash left half-written', async () => {
    await state.open();
    await writeFile(join(state.path, 'racks', 'web.json.99-1.tmp'), '{"half');
    const store = await state.open();
    expect(await readdir(join(state.path, 'racks'))).to.deep.equal([]);
    expect(await store.records()).to.deep.equal([]);
  });

  it('writes the summary only when it differs', async () => {
    const summary: DesiredSummary = {
      format: 1,
      revision: null,
      racks: [],
      invalid: [],
      problems: [],
      heldRemovals: [],
      explanation: [],
      sourceError: null,
    };
    const inode = async () => (await stat(join(state.path, 'summary.json'))).ino;
    await (await state.open()).writeSummary(summary);
    const first = await inode();
    const store = await state.open();
    await store.writeSummary({ ...summary });
    expect(await inode()).to.equal(first);
    await store.writeSummary({ ...summary, invalid: ['web'] });
    expect(await inode()).not.to.equal(first);
    expect((await readStore(state.path).summary())?.invalid).to.deep.equal(['web']);
  });

  it('keeps blobs that a rack, a record or a journal still needs', async () => {
    const store = await state.open();
    const rackWith = (name: string) => {
      const content = Buffer.from(`content of ${name}`);
      const sha256 = sha256Hex(content);
      const rack = aRack({ name, files: [{ path: rackPath('/etc/x'), sha256, mode: 0o644 }] });
      return { rack, content, sha256 };
    };
    const [wanted, kept, from, to, gone] = ['wanted', 'kept', 'from', 'to', 'gone'].map(rackWith);
    if (!wanted || !kept || !from || !to || !gone) throw new Error('five racks');
    for (const { sha256, content } of [wanted, kept, from, to, gone]) await store.putBlob(sha256, content);
    await store.writeRecord(aRecord({ committed: committed(kept.rack) }));
    await store.writeJournal(aJournal(to.rack, { from: committed(from.rack) }));
    await store.sweepBlobs([wanted.rack]);
    for (const { sha256, content } of [wanted, kept, from, to]) {
      expect(Buffer.from(await readBlob(state.path, sha256))).to.deep.equal(content);
    }
    expect(await readdir(join(state.path, 'blobs'))).not.to.include(gone.sha256);
  });

  it('gives out no damaged blob, and replaces it when it is put again', async () => {
    const store = await state.open();
    const content = Buffer.from('server {}');
    const sha256 = sha256Hex(content);
    await store.putBlob(sha256, content);
    await writeFile(join(state.path, 'blobs', sha256), 'sErver {}');
    const error = await readBlob(state.path, sha256).catch((caught: unknown) => caught);
    expect(hasCode(error, 'E_STATE')).to.equal(true);
    await store.putBlob(sha256, content);
    expect(Buffer.from(await readBlob(state.path, sha256))).to.deep.equal(content);
  });

  it('keeps the last five evidences of a rack', async () => {
    const store = await state.open();
    const evidence = (rolloutId: string): Evidence => ({
      rolloutId,
      rack: 'web',
      at,
      image: imageRef('web-2.0'),
      digest: 'sha256:0',
      revision: 'a'.repeat(40),
      failure: { reason: 'ProbeFailed', message: 'HTTP 500', phase: 'bake' },
      phases: [],
      probes: [],
      output: { web: ['last words'] },
    });
    for (const number of [1, 2, 3, 4, 5, 6]) await store.writeEvidence(evidence(`r${number}`));
    const kept = await store.evidence('web');
    expect(kept.map((item) => item.rolloutId)).to.deep.equal(['r2', 'r3', 'r4', 'r5', 'r6']);
    expect(kept[0]).to.deep.equal(evidence('r2'));
    await store.deleteEvidence('web');
    expect(await store.evidence('web')).to.deep.equal([]);
  });

  it('stays suspended when only the file that says so is damaged', async () => {
    const store = await state.open();
    await store.writeHostSuspended({ at });
    expect(await readStore(state.path).hostSuspended()).to.deep.equal({ at });
    await writeFile(join(state.path, 'suspended.json'), '');
    expect(await (await state.open()).hostSuspended()).not.to.equal(null);
    await store.writeHostSuspended(null);
    expect(await store.hostSuspended()).to.equal(null);
  });
});

describe('the history', () => {
  let state: StateDirectory;
  beforeEach(async () => {
    state = await stateDirectory();
  });
  afterEach(() => state.dispose());

  const entry = (rack: string, message: string): HistoryEntry => ({
    at,
    rack,
    rolloutId: null,
    event: 'installed',
    revision: null,
    fromImage: null,
    toImage: null,
    digest: null,
    generation: null,
    reason: '',
    message,
    durationMs: 1,
  });

  it('gives the newest last, of one rack or of all', async () => {
    const store = await state.open();
    for (const [rack, message] of [
      ['web', '1'],
      ['db', '2'],
      ['web', '3'],
    ] as const)
      await store.appendHistory(entry(rack, message));
    const messages = async (rack: string | null, limit: number) =>
      (await store.history(rack, limit)).map((item) => item.message);
    expect(await messages(null, 10)).to.deep.equal(['1', '2', '3']);
    expect(await messages(null, 2)).to.deep.equal(['2', '3']);
    expect(await messages('web', 10)).to.deep.equal(['1', '3']);
  });

  it('skips a torn line and goes on behind it', async () => {
    const store = await state.open();
    await store.appendHistory(entry('web', 'whole'));
    const path = join(state.path, 'history.jsonl');
    await writeFile(path, `${await readFile(path, 'utf8')}\n{"at":"2026-0`);
    await (await state.open()).appendHistory(entry('web', 'after'));
    expect((await store.history('web', 10)).map((item) => item.message)).to.deep.equal(['whole', 'after']);
  });

  it('is rotated once when many append at the same time, and loses nothing of the older file', async () => {
    const store = await state.open();
    await mkdir(state.path, { recursive: true });
    const long = 'x'.repeat(1_000);
    const old = Array.from({ length: 5_500 }, (_, index) => JSON.stringify(entry('old', `${index} ${long}`)));
    await writeFile(join(state.path, 'history.jsonl'), old.join('\n'));
    await Promise.all([1, 2, 3, 4].map((number) => store.appendHistory(entry('web', `${number}`))));
    const all = await store.history(null, 100_000);
    expect(all).to.have.length(5_504);
    expect(all.slice(-4).map((item) => item.message)).to.deep.equal(['1', '2', '3', '4']);
    expect(await readdir(state.path)).to.include('history.jsonl.1');
  });
});
