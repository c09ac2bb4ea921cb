/** Entries leave the writable layer and come back, on the real overlay: what is seen then, that nothing is lost, that a crash between any two renames is finished either way, and that no link leads out. */
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { expect } from 'chai';
import { createShadows } from '../../../src/host/linux/shadows.js';
import type { Shadows } from '../../../src/host/shadow-port.js';
import { getXattr, setXattr } from '../../../src/kernel/index.js';
import {
  asidePath,
  type ErrorCode,
  type ImageRef,
  type LayerStack,
  type ResetManner,
  type ShadowDrop,
} from '../../../src/model/index.js';
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
  const dropsOf = (
    wanted: readonly string[],
    manner: ResetManner,
    stack = single,
  ): Promise<readonly ShadowDrop[]> => shadows.drops({ rack: 'web', stack, running: image }, wanted, manner);
  const paths = ['/etc/a', '/etc/b', '/etc/d'];

  it("let the image's be seen, and are where they were after the way back", async () => {
    change();
    const drops = await dropsOf(paths, 'plain');
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
    const drops = await dropsOf(paths, 'plain');
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

  it('stay where they are, and are named, when the new version removed the directory that they were in', async () => {
    change();
    writeFileSync(at('etc/d/y'), 'mine');
    await rig.mounts.unmountTree('web');
    await shadows.setAside('web', 'r1', single, [{ path: '/etc/d/y', how: 'entry' }]);
    await mount();
    rmSync(at('etc/d'), { recursive: true });
    await rig.mounts.unmountTree('web');
    for (const time of ['once', 'twice'])
      expect(await shadows.putBack('web', 'r1', single), time).to.deep.equal(['/etc/d/y']);
    expect(readdirSync(aside('r1'))).to.have.members(['0', 'entries.json']);
  });

  it('leave once: what the new version makes in their place is its own', async () => {
    change();
    const drops = await dropsOf(paths, 'plain');
    await rig.mounts.unmountTree('web');
    await shadows.setAside('web', 'r1', single, drops);
    await mount();
    rmSync(at('etc/d'), { recursive: true });
    mkdirSync(at('etc/d'));
    await rig.mounts.unmountTree('web');
    await shadows.setAside('web', 'r1', single, drops);
    await mount();
    expect(seen('etc/d/x')).to.equal(null);
  });

  it('are refused in a directory made anew within another one, until both of them show the image again', async () => {
    rmSync(at('etc'), { recursive: true });
    for (const directory of ['etc', 'etc/d']) mkdirSync(at(directory));
    // As a service makes it that packs its own directory out: opaque by itself, in one that is.
    setXattr(rig.layer('web', 'etc/d'), 'trusted.overlay.opaque', Buffer.from('y'));
    writeFileSync(at('etc/d/x'), 'mine');
    const message = await refusal(dropsOf(['/etc/d/x', '/etc'], 'plain'), 'E_SHADOW_RESET');
    expect(message).to.contain('"/etc/d" shows nothing of the image');
    const drop: ShadowDrop = { path: '/etc/d/x', how: 'entry' };
    await refusal(
      shadows.checkDrops('web', single, [{ path: '/etc', how: 'opaque' }, drop]),
      'E_SHADOW_RESET',
    );
    const drops = await dropsOf(['/etc/d/x', '/etc', '/etc/d'], 'plain');
    await rig.mounts.unmountTree('web');
    await shadows.setAside('web', 'r1', single, drops);
    await mount();
    expect(['etc/a', 'etc/d/x', 'etc/d/y'].map(seen)).to.deep.equal(['image', 'image', 'image']);
  });

  it('are refused while the tree is mounted', async () => {
    change();
    const drops = await dropsOf(paths, 'plain');
    await refusal(shadows.setAside('web', 'r1', single, drops), 'E_MOUNTED');
    expect(seen('etc/a')).to.equal('mine');
  });

  it("are refused where the image's would not be seen, with what to do instead", async () => {
    change();
    writeFileSync(at('etc/mine'), 'mine');
    const no = async (path: string, manner: ResetManner = 'plain', stack = single): Promise<string> =>
      await refusal(dropsOf([path], manner, stack), 'E_SHADOW_RESET');
    expect(await no('/etc/mine')).to.contain('only the service has something there');
    expect(await dropsOf(['/etc/mine'], 'whole')).to.have.length(1);
    writeFileSync(at('etc/d/y'), 'mine');
    expect(await no('/etc/d/y')).to.contain('"/etc/d" shows nothing of the image');
    expect(await dropsOf(['/etc/d/y', '/etc/d'], 'plain')).to.have.length(2);
    expect(await no('/etc/d\\x2f..\\x2fa')).to.contain('plain path');
    expect(await no('/etc/\\x00')).to.contain('plain path');
    expect(await no('/etc/nothing')).to.contain('nothing there');
    expect(await no('/etc')).to.contain('it is a directory');
    expect(await dropsOf(['/etc'], 'whole')).to.deep.equal([{ path: '/etc', how: 'entry' }]);
    for (const path of ['etc/a', '/etc/../etc/a', '//etc/a', '/etc/'])
      expect(await no(path)).to.contain('plain path');
    await rig.mounts.unmountTree('web');
    const two: LayerStack = { layer: 2, sealed: ['1'] };
    await rig.data.sealLayer('web', two, []);
    await mount(two);
    writeFileSync(at('etc/a'), 'again');
    expect(await no('/etc/a', 'plain', two)).to.contain('sealed layer 1 has it too');
    expect(await no('/etc/b', 'plain', two)).to.contain('sealed layer 1');
    await refusal(shadows.checkDrops('web', two, [{ path: '/etc/a', how: 'entry' }]), 'E_SHADOW_RESET');
  });

  describe('and replaced', () => {
    const never = new AbortController().signal;
    let next: ImageRef;
    const drops: readonly ShadowDrop[] = [{ path: '/etc/a', how: 'refresh' }];
    const merging: readonly ShadowDrop[] = [{ path: '/etc/text', how: 'merge', next: { file: 'next.iso' } }];
    const prepare = async (id: string, wanted = drops): Promise<void> =>
      await shadows.prepareAside({ rack: 'web', id, stack: single, running: image, next }, wanted, never);
    const faceOf = (path: string): string => {
      const { mode, uid, gid } = statSync(path);
      return `${(mode & 0o7777).toString(8)} ${uid}:${gid} ${getXattr(path, 'user.note') ?? ''}`;
    };

    beforeEach(async () => {
      await rig.mounts.unmountTree('web');
      image = await rig.mountedImage('old', {
        'etc/a': 'old',
        'etc/text': 'one\n\n\n\ntwo\n',
        'etc/e': 'old',
      });
      const later = { kind: 'file', text: 'newer', mode: 0o755, uid: 7 } as const;
      next = await rig.putImage('next', { 'etc/a': later, 'etc/text': 'one\n\n\n\nthree\n' });
      await mount();
      chmodSync(at('etc/a'), 0o600);
      chownSync(at('etc/a'), 0, 33);
      setXattr(at('etc/a'), 'user.note', Buffer.from('mine'));
      writeFileSync(at('etc/text'), 'mine\n\n\n\ntwo\n');
      chmodSync(at('etc/text'), 0o640);
    });

    it("have the new image's content, and of owner, mode and attributes what was changed here, until the way back", async () => {
      await prepare('r1');
      await prepare('r1');
      expect(seen('etc/a')).to.equal('old');
      await rig.mounts.unmountTree('web');
      const before = viewOf(rig.layer('web'));
      expect(await shadows.setAside('web', 'r1', single, drops)).to.deep.equal([]);
      expect(await shadows.setAside('web', 'r1', single, drops)).to.deep.equal([]);
      expect(readFileSync(rig.layer('web', 'etc/a'), 'utf8')).to.equal('newer');
      expect(faceOf(rig.layer('web', 'etc/a'))).to.equal('600 7:33 mine');
      expect(readFileSync(`${aside('r1')}/0`, 'utf8')).to.equal('old');
      await shadows.putBack('web', 'r1', single);
      await shadows.putBack('web', 'r1', single);
      expect(viewOf(rig.layer('web'))).to.deep.equal(before);
      expect(existsSync(aside('r1'))).to.equal(false);
    });

    it('have a merge in their place, whose text is both, and whose face is theirs', async () => {
      await prepare('r1', merging);
      await rig.mounts.unmountTree('web');
      await shadows.setAside('web', 'r1', single, merging);
      await mount();
      expect(seen('etc/text')).to.equal('mine\n\n\n\nthree\n');
      expect(faceOf(at('etc/text'))).to.equal('640 0:0 ');
      writeFileSync(at('etc/text'), 'of the new version');
      await rig.mounts.unmountTree('web');
      await shadows.putBack('web', 'r1', single);
      expect(readFileSync(rig.layer('web', 'etc/text'), 'utf8')).to.equal('mine\n\n\n\ntwo\n');
      expect(readdirSync(aside('r1'))).to.deep.equal(['0.new']);
      await shadows.discardAside('web', 'r1');
      await shadows.putBack('web', 'r1', single);
      expect(readdirSync(aside('r1'))).to.deep.equal(['0.new']);
    });

    it('are as they were when they changed meanwhile: a refresh is left out, a merge is an error', async () => {
      await prepare('r1');
      await prepare('r2', merging);
      chmodSync(at('etc/a'), 0o644);
      writeFileSync(at('etc/text'), 'something else');
      await rig.mounts.unmountTree('web');
      expect(await shadows.setAside('web', 'r1', single, drops)).to.deep.equal(['/etc/a']);
      await refusal(shadows.setAside('web', 'r2', single, merging), 'E_SHADOW_CHANGED');
      await shadows.putBack('web', 'r2', single);
      expect(readFileSync(rig.layer('web', 'etc/a'), 'utf8')).to.equal('old');
      expect(readFileSync(rig.layer('web', 'etc/text'), 'utf8')).to.equal('something else');
      expect(existsSync(aside('r2'))).to.equal(false);
    });

    it('are finished by the next call after a crash between the two renames, forward and back', async () => {
      for (const way of ['forward', 'back']) {
        await prepare(way);
        await rig.mounts.unmountTree('web');
        const before = viewOf(rig.layer('web'), false);
        await shadows.setAside('web', way, single, []);
        writeFileSync(`${aside(way)}/entries.json`, JSON.stringify({ format: 1, drops }));
        renameSync(rig.layer('web', 'etc/a'), `${aside(way)}/0`);
        if (way === 'forward') await shadows.setAside('web', way, single, drops);
        expect(existsSync(rig.layer('web', 'etc/a'))).to.equal(way === 'forward');
        await shadows.putBack('web', way, single);
        expect(viewOf(rig.layer('web'), false), way).to.deep.equal(before);
        expect(existsSync(aside(way))).to.equal(false);
      }
    });

    it('are made anew after a crash before all were made, and nothing is left when they are discarded', async () => {
      await prepare('r1');
      rmSync(`${aside('r1')}/replacements.json`);
      await prepare('r1');
      expect(readdirSync(aside('r1'))).to.have.members(['0.put', 'replacements.json']);
      await shadows.discardAside('web', 'r1');
      await shadows.discardAside('web', 'r1');
      expect(existsSync(aside('r1'))).to.equal(false);
    });

    it('are refused where one of the three is no file, by no link, and with conflicts; nothing is left then', async () => {
      const no = async (path: string, code: ErrorCode = 'E_SHADOW_RESET'): Promise<string> =>
        await refusal(prepare('r1', [{ path, how: 'refresh' }]), code);
      writeFileSync(at('etc/e'), 'mine');
      expect(await no('/etc/e')).to.contain('the new image has no regular file');
      mkdirSync(`${rig.directory}/outside`);
      writeFileSync(`${rig.directory}/outside/a`, "the host's");
      symlinkSync(`${rig.directory}/outside`, at('etc/out'));
      expect(await no('/etc/out/a')).to.contain('the writable layer has no regular file');
      await refusal(dropsOf(['/etc/out'], 'refresh'), 'E_SHADOW_RESET');
      expect(await dropsOf(['/etc/a'], 'refresh')).to.deep.equal(drops);
      writeFileSync(at('etc/text'), 'one\n\n\n\nmine\n');
      await refusal(prepare('r1', merging), 'E_SHADOW_CONFLICT');
      writeFileSync(at('etc/text'), 'one\n\n\n\nthree\n');
      await refusal(prepare('r1', merging), 'E_SHADOW_MERGE');
      await shadows.discardAside('web', 'r1');
      expect(existsSync(aside('r1'))).to.equal(false);
    });
  });

  it('are found by no link that a service put on the way', async () => {
    const outside = `${rig.directory}/outside`;
    mkdirSync(outside);
    writeFileSync(`${outside}/a`, "the host's");
    rmSync(at('etc/d'), { recursive: true });
    symlinkSync(outside, at('etc/d'));
    await refusal(dropsOf(['/etc/d/a'], 'plain'), 'E_SHADOW_RESET');
    await rig.mounts.unmountTree('web');
    await shadows.setAside('web', 'r1', single, [{ path: '/etc/d/a', how: 'entry' }]);
    expect(readFileSync(`${outside}/a`, 'utf8')).to.equal("the host's");
    await shadows.putBack('web', 'r1', single);
  });
});
