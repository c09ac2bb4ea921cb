/** What a failed version wrote, as evidence: found on a real overlay, by the times of its writable layer. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { changedFiles } from '../../../src/host/linux/changed-files.js';
import { layerPath } from '../../../src/model/index.js';
import { MountRig, treeSpec } from '../../support/mount-rig.js';

describe('files that changed in a writable layer', () => {
  let rig: MountRig;

  beforeEach(async () => {
    rig = await MountRig.create();
  });
  afterEach(async () => {
    await rig.dispose();
  });

  it('are those written, deleted or given away since a moment, wherever they are, links not followed', async () => {
    const image = await rig.mountedImage('one', { 'etc/old': 'from the image', 'etc/kept': 'too' });
    await rig.mounts.prepareTree(treeSpec('web', image));
    await rig.mounts.mountTree(treeSpec('web', image));
    writeFileSync(rig.tree('web', 'etc/before'), 'by the old version');
    await sleep(30);
    const since = Date.now();
    await sleep(30);
    mkdirSync(rig.tree('web', 'var/lib/app'), { recursive: true });
    writeFileSync(rig.tree('web', 'var/lib/app/data'), 'by the new one');
    rmSync(rig.tree('web', 'etc/old'));
    symlinkSync('/etc', rig.tree('web', 'etc/link'));
    execFileSync('chown', ['33', rig.tree('web', 'etc/kept')]);
    const layer = layerPath(rig.layout, 'web', '1');
    expect(await changedFiles(layer, since)).to.deep.equal({
      files: ['/etc/kept', '/etc/link', '/etc/old (deleted)', '/var/lib/app/data'],
      complete: true,
    });
    expect((await changedFiles(layer, 0)).files).to.include('/etc/before');
  });

  it('are a hundred at most, and it is said that there are more; none where there is no layer', async () => {
    const image = await rig.mountedImage('one');
    await rig.mounts.prepareTree(treeSpec('web', image));
    await rig.mounts.mountTree(treeSpec('web', image));
    for (let number = 0; number < 120; number++) writeFileSync(rig.tree('web', `file-${number}`), '');
    const { files, complete } = await changedFiles(layerPath(rig.layout, 'web', '1'), 0);
    expect({ count: files.length, complete }).to.deep.equal({ count: 100, complete: false });
    expect(await changedFiles('/nowhere', 0)).to.deep.equal({ files: [], complete: true });
  });
});
