/** Trees that are deeper than any path, as a service can make them one directory at a time: deleted, walked and merged like others, or left with a word, and never in anybody's way. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { deleteTree } from '../../../src/host/linux/delete-tree.js';
import { mergeLayers } from '../../../src/host/linux/merge-layers.js';
import { removeView } from '../../../src/host/linux/rehearsal-view.js';
import { walk } from '../../../src/host/linux/walk.js';
import { MS_BIND, mount, unmount } from '../../../src/kernel/index.js';
import { layerPath, mergingPath, rehearsalPaths } from '../../../src/model/index.js';
import { dig, longNames, shortNames } from '../../support/deep.js';
import { MountRig, treeSpec } from '../../support/mount-rig.js';
import { refusal } from '../../support/refusal.js';

const never = new AbortController().signal;

describe('a tree deeper than any path', function () {
  this.timeout(60_000);
  let rig: MountRig;
  const layer = (name: string, ...names: readonly string[]): string =>
    join(layerPath(rig.layout, 'web', name), ...names);
  const makeLayers = (...names: readonly string[]): void => {
    for (const name of names) mkdirSync(layer(name), { recursive: true });
  };

  beforeEach(async () => {
    rig = await MountRig.create();
  });
  afterEach(async () => {
    await deleteTree(rig.layout.readwrite, { rack: 'web', what: 'what a test left', hint: '' });
    await rig.dispose();
  });

  describe('is deleted', () => {
    const data = { rack: 'web', what: 'the data of "web"', hint: 'unmount it' };

    it('by a purge, by its names as by their number', async () => {
      makeLayers('1');
      dig(layer('1'), longNames, 'echo text > file; ln -s / link');
      dig(layer('1'), shortNames(5_000), 'mkfifo pipe');
      await rig.data.purge('web');
      expect(existsSync(layer('1'))).to.equal(false);
      expect(readdirSync(join(rig.layout.readwrite, '.trash'))).to.deep.equal([]);
    });

    it('when a layer is released', async () => {
      makeLayers('1', '2');
      dig(layer('1'), longNames);
      await rig.data.releaseLayers('web', { layer: 2, sealed: [] }, [], ['2']);
      expect(existsSync(layer('1'))).to.equal(false);
      expect(readdirSync(join(rig.layout.readwrite, '.trash'))).to.deep.equal([]);
    });

    it('with what is left of a rehearsal', async () => {
      const { directory } = rehearsalPaths(rig.layout, 'web');
      mkdirSync(directory, { recursive: true });
      dig(directory, longNames);
      await removeView(rig.layout, 'web');
      expect(existsSync(directory)).to.equal(false);
    });

    it('only when nothing is mounted in it', async () => {
      const [host, place] = [join(rig.directory, 'host'), layer('1', longNames[0] ?? '')];
      makeLayers('1');
      mkdirSync(host);
      writeFileSync(join(host, 'sentinel'), 'of the host');
      dig(layer('1'), longNames);
      await mount(host, place, '', MS_BIND, '');
      expect(await refusal(deleteTree(layer('1'), data), 'E_MOUNTED')).to.contain(place);
      await unmount(place);
      await deleteTree(layer('1'), data);
      expect(readFileSync(join(host, 'sentinel'), 'utf8')).to.equal('of the host');
    });

    it('if there is one', async () => {
      await deleteTree(layer('1'), data);
    });
  });

  it('is walked to its end, with a few descriptors', async () => {
    makeLayers('1');
    dig(layer('1'), longNames, 'echo text > file');
    dig(layer('1'), shortNames(3_000));
    let [directories, files] = [0, 0];
    for await (const { path, stat } of walk(layer('1'))) {
      if (stat.isDirectory()) directories++;
      else files++;
      if (stat.isFile()) expect(path.toString()).to.equal([...longNames, 'file'].join('/'));
      if (directories % 100 === 0) expect(readdirSync('/proc/self/fd').length).to.be.lessThan(60);
    }
    expect({ directories, files }).to.deep.equal({ directories: 3_020, files: 1 });
  });

  it('is walked in all its branches, whichever of its directories are held', async () => {
    makeLayers('1');
    const branch = 'for n in 1 2 3; do mkdir -p b$n/c; echo > b$n/c/file; done';
    for (const depth of [255, 256, 257, 600]) dig(layer('1'), shortNames(depth), branch);
    dig(layer('1'), [...shortNames(256), 'other', ...shortNames(300)], branch);
    const files: string[] = [];
    for await (const { path, stat } of walk(layer('1'))) if (stat.isFile()) files.push(path.toString());
    const tops = [255, 256, 257, 600].map((depth) => 'd/'.repeat(depth));
    const wanted = [...tops, `${'d/'.repeat(256)}other/${'d/'.repeat(300)}`];
    expect(files.sort()).to.deep.equal(
      wanted.flatMap((top) => ['b1', 'b2', 'b3'].map((name) => `${top}${name}/c/file`)).sort(),
    );
  });

  it('is walked down to ten thousand directories, and what is below is told', async () => {
    makeLayers('1');
    dig(layer('1'), shortNames(10_010));
    let directories = 0;
    const told: unknown[] = [];
    for await (const _ of walk(layer('1'), (error) => told.push(error))) directories++;
    expect(directories).to.equal(10_001);
    expect(String(told)).to.match(/^RackError: "\/d\/d\/.{60,90} is more than 10000 directories deep$/);
  });

  describe('of sealed layers', () => {
    it('is merged, with the names of one file at its end', async () => {
      makeLayers('1', '2', '3');
      dig(layer('1'), longNames, 'echo one > file; ln file other; echo one > gone; touch -d @1000 .');
      dig(layer('1'), longNames.slice(0, 3), `echo one > top`);
      dig(layer('2'), longNames, 'echo two > more; mknod gone c 0 0; touch -d @2000 .');
      await rig.data.mergeLayers('web', ['2', '1'], never);
      const seen = dig(layer('1-2'), longNames, 'ls; cat file other more; stat -c "%h %Y %F" file . gone');
      expect(seen.split('\n').slice(0, 7)).to.deep.equal('file gone more other one one two'.split(' '));
      expect(seen).to.match(/2 \d+ regular file\n2 2000 directory\n1 \d+ character special file\n$/);
      expect(existsSync(mergingPath(rig.layout, 'web'))).to.equal(false);
    });

    it('is left with a word when it is too deep, and the others are merged without it until there is a newer one', async () => {
      makeLayers('1', '2', '3', '4');
      dig(layer('2'), shortNames(2_100));
      writeFileSync(layer('2', 'whole'), '2');
      expect(await rig.data.unmergeable('web')).to.deep.equal([]);
      const message = await refusal(rig.data.mergeLayers('web', ['3', '2', '1'], never), 'E_LAYER_DEPTH');
      expect(message).to.match(
        /sealed layer 2 of "web" .*"\/d\/d\/d\/.*" is more than 2048 directories deep/,
      );
      expect(message.length).to.be.lessThan(300);
      expect(readdirSync(join(rig.layout.readwrite, 'web')).sort()).to.deep.equal(['1', '2', '3', '4']);
      expect(existsSync(mergingPath(rig.layout, 'web'))).to.equal(false);
      expect(statSync(layer('2', 'd/d')).nlink).to.equal(3);
      expect(await rig.data.unmergeable('web')).to.deep.equal(['2']);
      await rig.data.sealLayer('web', { layer: 5, sealed: ['4', '3', '2', '1'] }, []);
      expect(await rig.data.unmergeable('web')).to.deep.equal([]);
    });

    it('is merged away when a newer layer hides it', async () => {
      makeLayers('1', '2', '3');
      dig(layer('1'), shortNames(2_100));
      dig(layer('2'), ['x'], 'mknod ../d c 0 0');
      await rig.data.mergeLayers('web', ['2', '1'], never);
      expect(statSync(layer('1-2', 'd')).isCharacterDevice()).to.equal(true);
    });

    it('does not take the descriptors that the agent needs, however many layers have it', async () => {
      const names = ['1', '2', '3', '4', '5', '6', '7', '8'];
      makeLayers(...names);
      for (const name of names) dig(layer(name), shortNames(950));
      const error = await mergeLayers(
        names.map((name) => layer(name)),
        layer('merged'),
        never,
      ).catch((reason) => String(reason));
      expect(error).to.match(/is more than \d{3} directories deep$/);
    });

    it('that a killed agent left half-merged is deleted by the next one', async () => {
      makeLayers('1', '2');
      mkdirSync(join(mergingPath(rig.layout, 'web'), '1-2'), { recursive: true });
      dig(join(mergingPath(rig.layout, 'web'), '1-2'), longNames);
      await rig.data.mergeLayers('web', ['2', '1'], never);
      expect(readdirSync(layer('1-2'))).to.deep.equal([]);
    });
  });

  it('in a layer of another host does not keep a rack from being started', async () => {
    const image = await rig.mountedImage('one');
    makeLayers('1');
    dig(layer('1'), longNames);
    await rig.mounts.prepareTree(treeSpec('web', image));
    await rig.mounts.mountTree(treeSpec('web', image));
    expect(rig.read('web', 'etc/version')).to.equal('one');
    await rig.mounts.unmountTree('web');
  });
});
