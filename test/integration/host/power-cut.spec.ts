/**
 * What a power cut leaves of a seal, on a file system of its own: its disk is copied at the moment at which the seal counts, and the copy is mounted. Nothing that a cache holds is in it.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { unmount } from '../../../src/kernel/index.js';
import { layerPath, manifestPath } from '../../../src/model/index.js';
import { aRack, aSnapshot } from '../../support/builders.js';
import { MountRig, treeSpec } from '../../support/mount-rig.js';
import { scratchDirectory } from '../../support/scratch.js';

describe('a power cut after a seal', function () {
  this.timeout(60_000);
  let directory: string;
  let rig: MountRig | undefined;
  const at = (name: string): string => `${directory}/${name}`;

  /** It commits by itself only once a minute. */
  function mountDisk(file: string, place: string): void {
    mkdirSync(at(place));
    execFileSync('mount', ['-o', 'loop,commit=60', at(file), at(place)]);
  }

  beforeEach(() => {
    directory = scratchDirectory();
    execFileSync('truncate', ['-s', '64M', at('disk')]);
    execFileSync('mkfs.ext4', ['-q', '-m', '0', at('disk')]);
    mountDisk('disk', 'live');
  });
  afterEach(async () => {
    await rig?.dispose();
    rig = undefined;
    for (const place of ['live', 'after']) if (existsSync(at(place))) await unmount(at(place));
    rmSync(directory, { recursive: true });
  });

  it('finds the layer, its face and the list that names it, or all as before', async () => {
    mkdirSync(at('live/rig'));
    rig = await MountRig.at(at('live/rig'));
    const image = await rig.mountedImage('one');
    const tree = treeSpec('web', image);
    await rig.mounts.prepareTree(tree);
    await rig.mounts.mountTree(tree);
    writeFileSync(rig.tree('web', 'state'), 'state');
    await rig.mounts.unmountTree('web');
    const { layout } = rig;
    const seen = (place: string, path: string): string => path.replace(at('live'), at(place));

    const stack = { layer: 2, sealed: ['1'] };
    await rig.data.sealLayer('web', stack, [aSnapshot(aRack(), '1')]);
    copyFileSync(at('disk'), at('copy'));

    mountDisk('copy', 'after');
    const path = manifestPath(layout, 'web');
    expect(existsSync(seen('after', layerPath(layout, 'web', 2))), 'layer 2').to.equal(true);
    expect(readFileSync(seen('after', path), 'utf8')).to.equal(readFileSync(path, 'utf8'));
    expect(readFileSync(seen('after', `${layerPath(layout, 'web', 1)}/state`), 'utf8')).to.equal('state');
  });
});
