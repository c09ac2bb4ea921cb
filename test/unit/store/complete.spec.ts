/** Records and journals that were written before there were sealed layers and rehearsals: read as what they meant. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { hostPath, rackPath } from '../../../src/model/index.js';
import { sealed } from '../../../src/store/versioned.js';
import { aJournal, aRack, aRecord, committed } from '../../support/builders.js';
import { stateDirectory } from './support.js';

/** Came later, in format 1. */
const later: readonly string[] = ['sealed', 'data', 'snapshots', 'rehearse'];

/** As the first rackops wrote it. */
function old<T>(document: T): T {
  return JSON.parse(JSON.stringify(document, (key, value) => (later.includes(key) ? undefined : value)));
}

describe('a document of the first rackops', () => {
  it('has one layer, keeps its data, is rehearsed where that can be, and shows its mounts read-only in that', async () => {
    const [source, target] = [hostPath('/home'), rackPath('/home')];
    const rack = aRack({ mounts: [{ source, target, readOnly: false, rehearse: 'readOnly' }] });
    const record = aRecord({ committed: committed(rack) });
    const journal = aJournal(aRack({ dependsOn: ['database'] }), { from: committed(rack) });
    const state = await stateDirectory();
    for (const [folder, document] of [
      ['racks', record],
      ['journal', journal],
    ] as const) {
      for (const field of later) expect(JSON.stringify(old(document))).not.to.contain(`"${field}"`);
      await mkdir(join(state.path, folder), { recursive: true });
      await writeFile(join(state.path, folder, 'web.json'), sealed(old(document)));
    }
    const store = await state.open();
    expect(await store.record('web')).to.deep.equal(record);
    expect(await store.journals()).to.deep.equal([journal]);
    expect(state.warnings).to.deep.equal([]);
    await state.dispose();
  });
});
