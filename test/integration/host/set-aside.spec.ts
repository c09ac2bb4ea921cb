/** Entries leave the writable layer and come back, on the real overlay: what is seen then, that nothing is lost, that a crash between any two renames is finished either way, and that no link leads out. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { expect } from 'chai';
import { createShadows } from '../../../src/host/linux/shadows.js';
import type { Shadows } from '../../../src/host/ports.js';
import { asidePath, type ImageRef, type LayerStack } from '../../../src/model/index.js';
import { MountRig, treeSpec } from '../../support/mount-rig.js';
import { refusal } from '../../support/refusal.js';
import { viewOf } from '../../support/tree-view.js';

const single: LayerStack = { layer: 1, sealed: [] };

describe('entries that are set aside', function () {
  this.timeout(30_000);
  let rig: MountRig;
  let image: ImageRef;
  let shadows: Shadows;

  beforeEach(async () => {
    rig = await MountRig.create();
    shadows = createShadows(rig.layout, rig.images);
    image = await rig.mountedImage('one', {
      'etc/a': 'image',
      'etc/b': 'image',
      'etc/d/x': 'image',
      'etc/d/y': 'image',
    });
    await mount();
  });
  afterEach(async () => {
    await rig.dispose();
  });

  let generation = 0;
  async function mount(stack: LayerStack = single): Promise<void> {
    const tree = treeSpec('web', image, { generation: ++generation, ...stack });
    await rig.mounts.prepareTree(tree);
    await rig.mounts.mountTree(tree);
  }
  const at = (path: string): string => rig.tree('web', path);
  const aside = (id: string): string => asidePath(rig.layout, 'web', id);
  const seen = (path: string): string | null =>
    existsSync(at(path)) ? readFileSync(at(path), 'utf8') : null;
  /** An edit, a deletion, and a directory made anew with a file of the service's own. */
  function change(): void {
    writeFileSync(at('etc/a'), 'mine');
    rmSync(at('etc/b'));
    rmSync(at('etc/d'), { recursive: true });
    mkdirSync(at('etc/d'));
    writeFileSync(at('etc/d/own'), 'mine');
  }
  const paths = ['/etc/a', '/etc/b', '/etc/d'];

  it("let the image's be seen, and are where they were after the way back", async () => {
    change();
    const drops = await shadows.drops('web', single, paths, false);
    expect(drops).to.deep.equal([
      { path: '/etc/a', how: 'entry' },
      { path: '/etc/b', how: 'entry' },
      { path: '/etc/d', how: 'opaque' },
    ]);
    await rig.mounts.unmountTree('web');
    const before = viewOf(rig.layer('web'));
    await shadows.setAside('web', 'r1', single, drops);
    await shadows.setAside('web', 'r1', single, drops);
    await mount();
    expect(['etc/a', 'etc/b', 'etc/d/x', 'etc/d/own'].map(seen)).to.deep.equal([
      'image',
      'image',
      'image',
      'mine',
    ]);
    await rig.mounts.unmountTree('web');
    await shadows.putBack('web', 'r1', single);
    await shadows.putBack('web', 'r1', single);
    expect(viewOf(rig.layer('web'))).to.deep.equal(before);
    expect(existsSync(aside('r1'))).to.equal(false);
    await shadows.putBack('web', 'never', single);
  });

  it('are finished by the next call after a crash between any two of them, forward and back', async () => {
    change();
    const drops = await shadows.drops('web', single, paths, false);
    await rig.mounts.unmountTree('web');
    const before = viewOf(rig.layer('web'));
    for (let done = 0; done <= drops.length; done++) {
      // As if this process had died after so many of them: the list names all, the rest is where it was.
      await shadows.setAside('web', 'part', single, drops.slice(0, done));
      writeFileSync(`${aside('part')}/entries.json`, JSON.stringify({ format: 1, drops }));
      if (done % 2 === 0) await shadows.setAside('web', 'part', single, drops);
      await shadows.putBack('web', 'part', single);
      expect(viewOf(rig.layer('web')), `${done}`).to.deep.equal(before);
    }
  });

  it('come back over what was written in their place, which is kept as well', async () => {
    change();
    await rig.mounts.unmountTree('web');
    await shadows.setAside('web', 'r1', single, [{ path: '/etc/a', how: 'entry' }]);
    await mount();
    writeFileSync(at('etc/a'), 'of the new version');
    await rig.mounts.unmountTree('web');
    await shadows.putBack('web', 'r1', single);
    expect(readFileSync(rig.layer('web', 'etc/a'), 'utf8')).to.equal('mine');
    expect(readdirSync(aside('r1'))).to.deep.equal(['0.new']);
  });

  it('are refused while the tree is mounted', async () => {
    change();
    const drops = await shadows.drops('web', single, paths, false);
    await refusal(shadows.setAside('web', 'r1', single, drops), 'E_MOUNTED');
    expect(seen('etc/a')).to.equal('mine');
  });

  it("are refused where the image's would not be seen, with what to do instead", async () => {
    change();
    mkdirSync(at('etc/e'));
    const no = async (path: string, whole = false, stack = single): Promise<string> =>
      await refusal(shadows.drops('web', stack, [path], whole), 'E_SHADOW_RESET');
    expect(await no('/etc/d/own')).to.contain('"/etc/d" shows nothing of the image');
    expect(await shadows.drops('web', single, ['/etc/d/own', '/etc/d'], false)).to.have.length(2);
    expect(await no('/etc/nothing')).to.contain('nothing there');
    expect(await no('/etc')).to.contain('it is a directory');
    expect(await shadows.drops('web', single, ['/etc'], true)).to.deep.equal([
      { path: '/etc', how: 'entry' },
    ]);
    for (const path of ['etc/a', '/etc/../etc/a', '//etc/a', '/etc/'])
      expect(await no(path)).to.contain('plain path');
    await rig.mounts.unmountTree('web');
    const two: LayerStack = { layer: 2, sealed: ['1'] };
    await rig.data.sealLayer('web', two, []);
    await mount(two);
    writeFileSync(at('etc/a'), 'again');
    expect(await no('/etc/a', false, two)).to.contain('sealed layer 1 has it too');
    expect(await no('/etc/b', false, two)).to.contain('sealed layer 1');
    await refusal(shadows.checkDrops('web', two, [{ path: '/etc/a', how: 'entry' }]), 'E_SHADOW_RESET');
  });

  it('are found by no link that a service put on the way', async () => {
    const outside = `${rig.directory}/outside`;
    mkdirSync(outside);
    writeFileSync(`${outside}/a`, "the host's");
    rmSync(at('etc/d'), { recursive: true });
    symlinkSync(outside, at('etc/d'));
    await refusal(shadows.drops('web', single, ['/etc/d/a'], false), 'E_SHADOW_RESET');
    await rig.mounts.unmountTree('web');
    await shadows.setAside('web', 'r1', single, [{ path: '/etc/d/a', how: 'entry' }]);
    expect(readFileSync(`${outside}/a`, 'utf8')).to.equal("the host's");
    await shadows.putBack('web', 'r1', single);
  });
});
