/** Records and journals that were written before layers were sealed: read as what they meant. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { sealed } from '../../../src/store/versioned.js';
import { aJournal, aRack, aRecord, committed } from '../../support/builders.js';
import { stateDirectory } from './support.js';

/** As the first rackops wrote it. */
function old<T>(document: T): T {
  return JSON.parse(
    JSON.stringify(document).replaceAll(',"sealed":[]', '').replaceAll(',"data":"keep","snapshots":3', ''),
  );
}

describe('a document of before layers were sealed', () => {
  it('has one layer and keeps its data', async () => {
    const rack = aRack();
    const record = aRecord({ committed: committed(rack) });
    const journal = aJournal(aRack({ dependsOn: ['database'] }), { from: committed(rack) });
    const state = await stateDirectory();
    for (const [folder, document] of [
      ['racks', record],
      ['journal', journal],
    ] as const) {
      expect(JSON.stringify(old(document)))
        .not.to.contain('sealed')
        .and.not.contain('snapshots');
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
