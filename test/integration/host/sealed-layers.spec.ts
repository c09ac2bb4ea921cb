/**
 * Sealed layers on the real kernel: what was there at the stop is there again after a rollback, byte by byte; what was merged looks as before, with overlayfs itself as the judge. Nothing sealed
 * is ever written to, and nothing in use is deleted.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  ftruncateSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { expect } from 'chai';
import { getXattr, makeNode, setTimes, setXattr } from '../../../src/kernel/index.js';
import { randomFrom } from '../../../src/lib/index.js';
import {
  dataPath,
  foldLayers,
  type ImageRef,
  type LayerName,
  type LayerStack,
  layerPath,
  layersOf,
  manifestPath,
  mergedName,
  type Snapshot,
  type TreeSpec,
} from '../../../src/model/index.js';
import { readable } from '../../support/builders.js';
import { MountRig, treeSpec } from '../../support/mount-rig.js';
import { refusal } from '../../support/refusal.js';
import { viewOf } from '../../support/tree-view.js';

const never = new AbortController().signal;

describe('sealed layers', function () {
  this.timeout(60_000);
  let rig: MountRig;
  let image: ImageRef;
  let generation: number;

  beforeEach(async () => {
    rig = await MountRig.create();
    generation = 0;
    image = await rig.mountedImage('one', {
      '.': { kind: 'directory', mode: 0o750, uid: 33, gid: 34 },
      'etc/edited': '1',
      'etc/deleted': '1',
      'lib/a': '1',
      'lib/deep/b': '1',
      'opt/x': '1',
      'opt/y': '1',
      data: { kind: 'directory', mode: 0o1777 },
    });
  });
  afterEach(async () => {
    await rig.dispose();
  });

  async function mount(stack: LayerStack, of = image): Promise<TreeSpec> {
    const tree = treeSpec('web', of, { generation: ++generation, ...stack });
    await rig.mounts.unmountTree('web');
    await rig.mounts.prepareTree(tree);
    await rig.mounts.mountTree(tree);
    return tree;
  }

  /** As a rollout does: unmounted, sealed, mounted again on the same or another image. */
  async function seal(stack: LayerStack, of = image): Promise<LayerStack> {
    const next = { layer: stack.layer + 1, sealed: layersOf(stack) };
    await rig.mounts.unmountTree('web');
    await rig.data.sealLayer('web', next, []);
    await mount(next, of);
    return next;
  }

  const tree = (...names: readonly string[]): string => rig.tree('web', ...names);
  const layer = (name: LayerName, ...names: readonly string[]): string =>
    [layerPath(rig.layout, 'web', name), ...names].join('/');
  const layersThere = (): readonly string[] =>
    readdirSync(layerPath(rig.layout, 'web', '1').slice(0, -2)).sort();

  /** Every kind of change that a service can make. */
  function fill(): void {
    writeFileSync(tree('etc/edited'), 'mine');
    rmSync(tree('etc/deleted'));
    rmSync(tree('lib'), { recursive: true });
    mkdirSync(tree('lib'), { mode: 0o2775 });
    writeFileSync(tree('lib/own'), 'own');
    rmSync(tree('opt/x'));
    mkdirSync(tree('opt/x'));
    writeFileSync(tree('opt/x/in'), 'in');
    rmSync(tree('opt/y'));
    symlinkSync('../etc/edited', tree('opt/y'));
    lchownSync(tree('opt/y'), 1_000, 1_001);
    writeFileSync(tree('data/linked'), 'linked');
    linkSync(tree('data/linked'), tree('data/other-name'));
    linkSync(tree('data/linked'), tree('lib/third-name'));
    writeFileSync(tree('data/program'), '#!/bin/sh\n');
    chownSync(tree('data/program'), 33, 34);
    chmodSync(tree('data/program'), 0o6755);
    setXattr(tree('data/program'), 'security.capability', capability);
    setXattr(tree('data/program'), 'user.note', Buffer.from('kept'));
    setXattr(tree('data'), 'trusted.own', Buffer.from([0, 1, 2, 255]));
    execFileSync('mkfifo', [tree('data/pipe')]);
    makeNode(tree('data/device'), 0o020640, 259n);
    writeFileSync(Buffer.concat([Buffer.from(`${tree('data')}/`), Buffer.from([0xfc, 0x0a])]), 'odd name');
    const sparse = openSync(tree('data/sparse'), 'w');
    writeSync(sparse, 'begin', 0);
    writeSync(sparse, 'middle', 8 * 1_048_576);
    ftruncateSync(sparse, 64 * 1_048_576);
    closeSync(sparse);
    setTimes(tree('data/linked'), 1_000_000_000_123_456_789n, 1_000_000_000_987_654_321n);
    setTimes(tree('lib'), -1_250_000_000n, -1_250_000_000n);
  }

  /** What version 2 does to data that it does not understand. */
  function spoil(): void {
    writeFileSync(tree('etc/edited'), 'spoilt');
    writeFileSync(tree('etc/deleted'), 'back again');
    rmSync(tree('lib'), { recursive: true });
    rmSync(tree('data/linked'));
    writeFileSync(tree('data/other-name'), 'spoilt');
    chownSync(tree('data/program'), 0, 0);
    chmodSync(tree('data'), 0o700);
    chmodSync(tree(), 0o700);
    truncateSync(tree('data/sparse'), 1);
    renameSync(tree('data/pipe'), tree('data/moved'));
    writeFileSync(tree('new'), 'new');
  }

  it('give back what was there at the stop, whatever the version on top of them did', async () => {
    const first = { layer: 1, sealed: [] };
    await mount(first);
    fill();
    await rig.mounts.unmountTree('web');
    const before = viewOf(layer('1'));
    await mount(first);
    const seen = viewOf(tree());
    const two = await rig.mountedImage('two', { 'etc/edited': '2', 'lib/b': '2', 'etc/fresh': '2' });
    const second = await seal(first, two);
    expect(rig.read('web', 'etc/version')).to.equal('two');
    expect(rig.read('web', 'etc/edited')).to.equal('mine');
    expect(existsSync(tree('etc/deleted'))).to.equal(false);
    expect(readdirSync(tree('lib')).sort()).to.deep.equal(['own', 'third-name']);
    spoil();
    expect(viewOf(layer('1')), 'the sealed layer').to.deep.equal(before);
    expect(await rig.data.observe('web')).to.deep.include({ rack: 'web', stack: second });

    await mount(first);
    await rig.data.releaseLayers('web', first, [], ['1']);
    expect(viewOf(tree())).to.deep.equal(seen);
    await rig.mounts.unmountTree('web');
    expect(viewOf(layer('1')), 'the layer after the rollback').to.deep.equal(before);
    expect(layersThere()).to.deep.equal(['1']);
    expect(readdirSync(`${rig.layout.readwrite}/.work/web`)).to.deep.equal(['1']);
    expect(readdirSync(`${rig.layout.readwrite}/.trash`)).to.deep.equal([]);
  });

  it('look the same once merged, and stay as they were', async () => {
    let stack: LayerStack = { layer: 1, sealed: [] };
    await mount(stack);
    fill();
    stack = await seal(stack);
    spoil();
    mkdirSync(tree('lib'));
    writeFileSync(tree('lib/again'), 'again');
    stack = await seal(stack);
    rmSync(tree('data'), { recursive: true });
    stack = await seal(stack);
    mkdirSync(tree('data'));
    writeFileSync(tree('data/last'), 'last');
    stack = await seal(stack);
    const seen = viewOf(tree());
    const sealed = ['1', '2', '3', '4'].map((name) => viewOf(layer(name)));
    await rig.data.mergeLayers('web', stack.sealed, never);
    expect(viewOf(tree()), 'while they are mounted').to.deep.equal(seen);
    expect(['1', '2', '3', '4'].map((name) => viewOf(layer(name)))).to.deep.equal(sealed);
    const merged = { layer: 5, sealed: foldLayers(stack.sealed, ['1-4']) };
    await mount(merged);
    expect(merged.sealed).to.deep.equal(['1-4']);
    expect(viewOf(tree())).to.deep.equal(seen);
    await rig.data.releaseLayers('web', merged, [], ['5', '1-4']);
    expect(layersThere()).to.deep.equal(['1-4', '5', 'layers.json']);
    expect(viewOf(tree())).to.deep.equal(seen);
  });

  it('keep holes and names of one file when they are merged', async () => {
    let stack: LayerStack = { layer: 1, sealed: [] };
    await mount(stack);
    fill();
    stack = await seal(stack);
    stack = await seal(stack);
    await rig.data.mergeLayers('web', stack.sealed, never);
    expect(lstatSync(layer('1-2', 'data/linked')).nlink).to.equal(3);
    const { size, blocks } = statSync(layer('1-2', 'data/sparse'));
    expect(size).to.equal(64 * 1_048_576);
    expect(blocks * 512).to.be.lessThan(1_048_576);
    expect(getXattr(layer('1-2', 'data/program'), 'security.capability')).to.deep.equal(capability);
    expect(statSync(layer('1-2', 'lib'), { bigint: true }).mtimeNs).to.equal(-1_250_000_000n);
  });

  it('look the same once merged, whatever services did (random trees, overlayfs as the judge)', async () => {
    for (let seed = 1; seed <= 12; seed++) {
      const random = randomFrom(seed);
      let stack: LayerStack = { layer: 1, sealed: [] };
      rmSync(layer('1').slice(0, -2), { recursive: true, force: true });
      rmSync(`${rig.layout.readwrite}/.work/web`, { recursive: true, force: true });
      await mount(stack);
      const count = 2 + Math.floor(random() * 4);
      for (let sealed = 0; sealed < count; sealed++) {
        for (let act = 0; act < 40; act++) scribble(tree(), random);
        stack = await seal(stack);
      }
      for (let act = 0; act < 5; act++) scribble(tree(), random);
      const seen = viewOf(tree());
      // A run anywhere in the pile: at the top, in the middle, down to the image.
      const from = Math.floor(random() * (stack.sealed.length - 1));
      const to = from + 2 + Math.floor(random() * (stack.sealed.length - from - 1));
      const run = stack.sealed.slice(from, to);
      await rig.data.mergeLayers('web', run, never);
      const sealed = foldLayers(stack.sealed, [mergedName(run)]);
      expect(sealed, `seed ${seed}`).to.have.length(stack.sealed.length - run.length + 1);
      await mount({ ...stack, sealed });
      expect(viewOf(tree()), `seed ${seed}: ${run.join(' ')} of ${layersOf(stack).join(' ')}`).to.deep.equal(
        seen,
      );
      await rig.mounts.unmountTree('web');
    }
  });

  it('are seen as made only with all of them, in their order', async () => {
    let stack: LayerStack = { layer: 1, sealed: [] };
    await mount(stack);
    stack = await seal(await seal(stack));
    const [seen] = (await rig.mounts.observe()).trees;
    expect(seen).to.deep.include({ layers: ['3', '2', '1'], asMade: true });
  });

  it('give their face to the next one: the root that services see does not change', async () => {
    await mount({ layer: 1, sealed: [] });
    chmodSync(tree(), 0o711);
    chownSync(tree(), 5, 6);
    setXattr(tree(), 'user.root', Buffer.from('mine'));
    await seal({ layer: 1, sealed: [] });
    const { mode, uid, gid } = statSync(tree());
    expect({ mode: mode & 0o7777, uid, gid }).to.deep.equal({ mode: 0o711, uid: 5, gid: 6 });
    expect(getXattr(tree(), 'user.root')?.toString()).to.equal('mine');
    expect(readdirSync(layer('2'))).to.deep.equal([]);
  });

  it('are refused when one is missing, or when there are too many, before anything is touched', async () => {
    const stack = { layer: 3, sealed: ['2', '1'] };
    await mount({ layer: 1, sealed: [] });
    expect(await refusal(rig.data.sealLayer('web', stack, []), 'E_LAYER_MISSING')).to.contain('web/2');
    await refusal(
      rig.mounts.prepareTree(treeSpec('web', image, { generation: 9, ...stack })),
      'E_LAYER_MISSING',
    );
    for (let number = 2; number <= 17; number++) mkdirSync(layer(String(number)));
    const many = { layer: 18, sealed: Array.from({ length: 17 }, (_, index) => String(17 - index)) };
    const message = await refusal(
      rig.mounts.prepareTree(treeSpec('web', image, { generation: 9, ...many })),
      'E_LAYER_LIMIT',
    );
    expect(message).to.contain('16');
    expect(existsSync(layer('18'))).to.equal(false);
    expect(rig.read('web', 'etc/version')).to.equal('one');
  });

  it('are refused when an overlay with other features wrote one, also one below a layer that is still to be made', async () => {
    const stack = { layer: 3, sealed: ['2', '1'] };
    const prepare = (tree: LayerStack): Promise<void> =>
      rig.mounts.prepareTree(treeSpec('web', image, { generation: ++generation, ...tree }));
    for (const name of ['1', '2']) mkdirSync(layer(name, 'deep'), { recursive: true, mode: 0o700 });
    setXattr(layer('1', 'deep'), 'trusted.overlay.redirect', Buffer.from('/elsewhere'));
    // As a restored backup is: the layer on top may be there or not, no work directory is.
    for (const top of [undefined, '3']) {
      if (top !== undefined) mkdirSync(layer(top));
      expect(await refusal(prepare(stack), 'E_OVERLAY_FEATURE')).to.contain('1/deep');
    }
    rmSync(layer('1', 'deep'), { recursive: true });
    await mount(stack);
    await rig.mounts.unmountTree('web');
  });

  it('may be sixteen', async () => {
    let stack: LayerStack = { layer: 1, sealed: [] };
    await mount(stack);
    for (let number = 1; number <= 16; number++) {
      writeFileSync(tree(`data/${number}`), `${number}`);
      stack = await seal(stack);
    }
    expect(readdirSync(tree('data'))).to.have.length(16);
    expect(stack.sealed).to.have.length(16);
  });

  it('are not deleted while a mount uses them', async () => {
    const stack = await (async () => {
      await mount({ layer: 1, sealed: [] });
      return seal({ layer: 1, sealed: [] });
    })();
    await rig.data.releaseLayers('web', { layer: 9, sealed: [] }, [], ['9']);
    expect(layersThere()).to.include.members(['1', '2']);
    await rig.mounts.unmountTree('web');
    await rig.data.releaseLayers('web', stack, [], ['2']);
    expect(layersThere().filter((name) => name !== 'layers.json')).to.deep.equal(['2']);
    mkdirSync(`${rig.layout.readwrite}/.trash/web-1-2/half/deleted`, { recursive: true });
    mkdirSync(`${rig.layout.readwrite}/.trash/web-2-1-2`);
    await rig.data.releaseLayers('web', stack, [], ['2']);
    expect(readdirSync(`${rig.layout.readwrite}/.trash`)).to.deep.equal(['web-2-1-2']);
    rmSync(`${rig.layout.readwrite}/.trash/web-2-1-2`, { recursive: true });
  });

  it('have a manifest beside them; without one their numbers count, and one that cannot be read is left as it is', async () => {
    const snapshot: Snapshot = {
      id: '1',
      layers: ['1'],
      at: '2026-01-01T00:00:00.000Z',
      image,
      digest: 'sha256:00',
      revision: '0'.repeat(40),
      generation: 1,
      reason: 'rollout',
    };
    await mount({ layer: 1, sealed: [] });
    await rig.mounts.unmountTree('web');
    const stack = { layer: 2, sealed: ['1'] };
    await rig.data.sealLayer('web', stack, [snapshot]);
    expect(await rig.data.observe('web')).to.deep.include({ stack, snapshots: [snapshot] });
    expect(readdirSync(layer('2'))).to.deep.equal([]);
    const path = manifestPath(rig.layout, 'web');
    const whole = readFileSync(path, 'utf8');
    const damaged: Readonly<Record<string, () => void>> = {
      'cut off': () => writeFileSync(path, whole.slice(0, 40)),
      empty: () => writeFileSync(path, ''),
      'of another format': () => writeFileSync(path, whole.replace('"format": 1', '"format": 2')),
      'with a snapshot that is none': () => writeFileSync(path, whole.replace('"id": "1"', '"id": "one"')),
      'no file': () => {
        rmSync(path);
        mkdirSync(path);
      },
    };
    const third = { layer: 3, sealed: ['2'] };
    for (const [what, damage] of Object.entries(damaged)) {
      damage();
      const left = statSync(path, { bigint: true });
      const seen = await rig.data.observe('web');
      expect(seen, what).to.have.keys('rack', 'unreadable');
      expect(JSON.stringify(seen), what).to.contain(path);
      for (const act of [
        () => rig.data.sealLayer('web', third, [snapshot]),
        () => rig.data.releaseLayers('web', third, [], ['2']),
      ])
        expect(await refusal(act(), 'E_DATA_UNREADABLE'), what).to.contain(path);
      expect(layersThere(), what).to.deep.equal(['1', '2', 'layers.json']);
      const { mtimeNs, ino } = statSync(path, { bigint: true });
      expect({ mtimeNs, ino }, what).to.deep.equal({ mtimeNs: left.mtimeNs, ino: left.ino });
    }
    rmSync(path, { recursive: true });
    expect(await rig.data.observe('web')).to.deep.include({ stack, snapshots: [] });
    expect(await rig.data.observe('nobody')).to.equal(null);
  });

  it('whose directory cannot be read are not taken for none', async () => {
    writeFileSync(dataPath(rig.layout, 'web'), 'no directory');
    const seen = await rig.data.observe('web');
    rmSync(dataPath(rig.layout, 'web'));
    expect(seen).to.have.keys('rack', 'unreadable');
    expect(await rig.data.observe('web')).to.equal(null);
  });

  it('are merged again after a crash left half of it, and not at all when one goes meanwhile', async () => {
    await mount({ layer: 1, sealed: [] });
    fill();
    const stack = await seal(await seal({ layer: 1, sealed: [] }));
    mkdirSync(`${rig.layout.readwrite}/.merging/web/1-2/rest`, { recursive: true });
    const told = new AbortController();
    told.abort(new Error('told to stop'));
    await rig.data.mergeLayers('web', stack.sealed, told.signal).catch((error) => {
      expect(error.message).to.equal('told to stop');
    });
    expect(existsSync(layer('1-2'))).to.equal(false);
    await rig.data.mergeLayers('web', stack.sealed, never);
    expect(readdirSync(layer('1-2'))).not.to.include('rest');
    expect(existsSync(`${rig.layout.readwrite}/.merging/web`)).to.equal(false);
    await rig.mounts.unmountTree('web');
    rmSync(layer('1-2'), { recursive: true });
    rmSync(layer('1'), { recursive: true });
    const missing = await rig.data.mergeLayers('web', stack.sealed, never).catch((error) => error.code);
    expect(missing).to.equal('ENOENT');
    expect(existsSync(layer('1-2'))).to.equal(false);
  });

  it('tell what big files in them will cost', async () => {
    await mount({ layer: 1, sealed: [] });
    const file = openSync(tree('data/big'), 'w');
    for (let block = 0; block < 65; block++) writeSync(file, Buffer.alloc(1_048_576, 1));
    closeSync(file);
    writeFileSync(tree('data/small'), 'small');
    const { files, bytes } = await rig.data.bigFiles('web', '1');
    expect(files).to.equal(1);
    expect(bytes).to.be.within(65 * 1_048_576, 66 * 1_048_576);
  });

  it('are seen in the backup that they are: all is below one directory', async () => {
    await mount({ layer: 1, sealed: [] });
    fill();
    await seal({ layer: 1, sealed: [] });
    writeFileSync(tree('new'), 'new');
    const seen = viewOf(tree());
    await rig.mounts.unmountTree('web');
    const archive = `${rig.directory}/backup.tar`;
    const tar = ['--xattrs', '--xattrs-include=*', '--acls', '-S'];
    execFileSync('tar', [...tar, '-cpf', archive, '-C', rig.layout.readwrite, 'web']);
    await rig.data.purge('web');
    execFileSync('tar', [...tar, '--numeric-owner', '-xpf', archive, '-C', rig.layout.readwrite]);
    const data = readable(await rig.data.observe('web'));
    expect(data.stack).to.deep.equal({ layer: 2, sealed: ['1'] });
    await mount({ layer: 2, sealed: ['1'] });
    expect(viewOf(tree())).to.deep.equal(seen);
    expect(readFileSync(tree('new'), 'utf8')).to.equal('new');
  });
});

/** cap_net_bind_service=ep, as the kernel stores it. */
const capability = Buffer.from('0100000200040000000000000000000000000000', 'hex');

/** One act at a random place; what cannot be done there is left. */
function scribble(root: string, random: () => number): void {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const place = (): string => {
    const depth = 1 + Math.floor(random() * 3);
    return [root, ...Array.from({ length: depth }, () => pick(['a', 'b', 'lib', 'opt', 'x']))].join('/');
  };
  const path = place();
  const text = String(Math.floor(random() * 1_000));
  const acts: readonly (() => void)[] = [
    () => writeFileSync(path, text),
    () => mkdirSync(path),
    () => mkdirSync(path, { recursive: true }),
    () => rmSync(path, { recursive: true }),
    () => {
      rmSync(path, { recursive: true });
      mkdirSync(path);
    },
    () => {
      rmSync(path, { recursive: true });
      writeFileSync(path, text);
    },
    () => symlinkSync(text, path),
    () => linkSync(path, place()),
    () => chmodSync(path, pick([0o700, 0o755, 0o2770])),
    () => chownSync(path, Number(text), 7),
    () => setXattr(path, 'user.scribble', Buffer.from(text)),
    () => renameSync(path, place()),
  ];
  try {
    pick(acts)();
  } catch {
    // A parent that is missing or a file, a directory with several names: the next one fits.
  }
}
