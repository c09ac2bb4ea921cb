/** When an overlay is dead, and who keeps it alive: the kernel facts that a swap relies on, each shown on this kernel. */
import { execFileSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { mount, unmount } from '../../../src/kernel/index.js';
import { generatedLayerFile, type TreeSpec } from '../../../src/model/index.js';
import { MountRig, mountPoint, treeSpec, until } from '../../support/mount-rig.js';
import { refusal } from '../../support/refusal.js';

const MS_BIND = 4096;

describe('the life of an overlay', () => {
  let rig: MountRig;

  beforeEach(async () => {
    rig = await MountRig.create();
  });
  afterEach(async () => {
    await rig.dispose();
  });

  async function mountedTree(rack = 'web', home = rig): Promise<TreeSpec> {
    const tree = treeSpec(rack, await home.mountedImage('one'), { mountPoints: [mountPoint('/data')] });
    await home.mounts.prepareTree(tree);
    await home.mounts.mountTree(tree);
    return tree;
  }

  const tokens = () => rig.loops().filter((file) => file.startsWith(`${rig.layout.run}/`));
  const token = (generation = 1) => generatedLayerFile(rig.layout, 'web', generation);

  it('is exactly that of the loop device of its generated layer, which is mounted nowhere', async () => {
    await mountedTree();
    expect(tokens()).to.deep.equal([token()]);
    expect(rig.mountsBelow().filter((point) => point.startsWith(rig.layout.run))).to.deep.equal([]);
    await rig.mounts.unmountTree('web');
    expect(tokens()).to.deep.equal([]);
  });

  it('is told by that device also when the file of the layer is released meanwhile', async () => {
    await mountedTree();
    const stranger = await rig.leak();
    await rig.mounts.releaseTree('web', 1);
    await unmount(rig.tree('web'));
    await refusal(rig.mounts.mountTree(treeSpec('web', await rig.putImage('one'))), 'E_LEAKED_MOUNT');
    await stranger.end();
  });

  it('goes on in a private mount namespace after the unmount, and ends with that namespace', async () => {
    await mountedTree();
    const stranger = await rig.leak();
    await unmount(rig.tree('web'));
    expect(tokens()).to.deep.equal([token()]);
    await stranger.end();
    await until('the token is gone', () => tokens().length === 0);
  });

  it('goes on after a lazy unmount by hand for whoever is in it: nothing is mounted on its layer until then', async () => {
    const tree = await mountedTree();
    const stranger = await rig.hold('web', '/etc');
    execFileSync('umount', ['-l', rig.tree('web')]);
    expect((await rig.mounts.observe()).trees).to.deep.equal([]);
    await refusal(rig.mounts.mountTree(tree), 'E_LEAKED_MOUNT');
    await stranger.end();
    await until('the token is gone', () => tokens().length === 0);
    await rig.mounts.mountTree(tree);
  });

  it('goes on where a part of it is mounted at another place, and that place is named', async () => {
    await mountedTree();
    const place = join(rig.directory, 'elsewhere');
    await mkdir(place);
    await mount(rig.tree('web', 'etc'), place, '', MS_BIND, '');
    expect((await rig.mounts.holders('web')).map(({ how }) => how)).to.deep.equal([`at ${place}`]);
    expect(await refusal(rig.mounts.unmountTree('web'), 'E_LEAKED_MOUNT')).to.contain(
      `the mount at ${place}`,
    );
    await unmount(place);
    await rig.mounts.unmountTree('web');
  }).timeout(10_000);

  it('is not ended over a mount that somebody made in it, which is named', async () => {
    const tree = await mountedTree();
    const place = rig.tree('web', 'data');
    await mount('tmpfs', place, 'tmpfs', 0, '');
    const next = treeSpec('web', tree.image, { generation: 2 });
    expect(await refusal(rig.mounts.prepareTree(next), 'E_BUSY')).to.contain(`the mount at ${place}`);
    expect(await refusal(rig.mounts.unmountTree('web'), 'E_BUSY')).to.contain(`the mount at ${place}`);
    expect(rig.mountsBelow()).to.include(place);
    await unmount(place);
    await rig.mounts.unmountTree('web');
  });

  it('is found again by a process that remembers nothing', async () => {
    const tree = await mountedTree();
    const stranger = await rig.leak();
    await unmount(rig.tree('web'));
    await refusal(rig.anotherMounts().mountTree(tree), 'E_LEAKED_MOUNT');
    await stranger.end();
    await rig.anotherMounts().unmountTree('web');
    await rig.anotherMounts().mountTree(tree);
  });

  it('must be over before the next generation is mounted', async () => {
    const old = await mountedTree();
    const stranger = await rig.leak();
    await unmount(rig.tree('web'));
    const next = treeSpec('web', old.image, { generation: 2 });
    await refusal(rig.mounts.mountTree(next), 'E_LEAKED_MOUNT');
    await stranger.end();
    await rig.mounts.unmountTree('web');
    await rig.mounts.mountTree(next);
    expect(tokens()).to.deep.equal([token(2)]);
  });

  describe('is held', () => {
    const whats: readonly (readonly [
      string,
      (rig: MountRig) => readonly [string, readonly string[]],
      RegExp,
    ])[] = [
      ['a working directory', () => ['sleep', ['1000']], /^cwd$/],
      ['an open file', (home) => ['tail', ['-f', home.tree('web', 'etc/version')]], /^fd \d+$/],
      ['a root', (home) => ['chroot', [home.tree('web'), '/bin/sleep', '1000']], /^(root|cwd)$/],
    ];
    for (const [what, command, how] of whats) {
      it(`by ${what}`, async () => {
        const image = await rig.mountedImage('one', await sleepImage());
        await rig.mounts.mountTree(treeSpec('web', image));
        const [program, args] = command(rig);
        const stranger = await rig.start(program, args, what.startsWith('a working') ? rig.tree('web') : '/');
        await eventuallyHeld(rig, stranger.pid, how);
        expect(await refusal(rig.mounts.unmountTree('web'), 'E_BUSY')).to.contain(`pid ${stranger.pid} `);
        await stranger.end();
        await rig.mounts.unmountTree('web');
      });
    }

    it("by nobody whose pid is one of the rack's own", async () => {
      await mountedTree();
      const own = await rig.hold('web');
      rig.ownPids.add(own.pid);
      expect(await rig.mounts.holders('web')).to.deep.equal([]);
      await own.end();
    });

    it('by no namespace that is gone within a moment, such as that of a container which is being started', async () => {
      const tree = await mountedTree();
      const starting = await rig.leak();
      const prepared = rig.mounts.prepareTree(treeSpec('web', tree.image, { generation: 2 }));
      await sleep(100);
      await starting.end();
      await prepared;
    });

    it('by no namespace that our unmount reaches', async () => {
      execFileSync('mount', ['--bind', rig.directory, rig.directory]);
      execFileSync('mount', ['--make-shared', rig.directory]);
      const tree = await mountedTree();
      const service = await rig.leak('slave');
      expect(await rig.mounts.holders('web')).to.deep.equal([]);
      await rig.mounts.unmountTree('web');
      await rig.mounts.mountTree(tree);
      await service.end();
    });

    it('by no copy of a rack of the same name in another root', async () => {
      const other = await MountRig.create();
      const tree = await mountedTree();
      await rig.mounts.unmountTree('web');
      await mountedTree('web', other);
      const stranger = await other.leak();
      await rig.mounts.mountTree(tree);
      expect(await rig.mounts.holders('web')).to.deep.equal([]);
      await stranger.end();
      await other.dispose();
    });
  });

  it('shares the loop device of the image with every rack of that image, and needs one of its own', async () => {
    const image = await rig.mountedImage('one');
    const racks = Array.from({ length: 8 }, (_, index) => `rack-${index}`);
    await Promise.all(racks.map((rack) => rig.mounts.mountTree(treeSpec(rack, image))));
    expect(rig.loops().filter((file) => file.endsWith('one.iso'))).to.have.length(1);
    expect(tokens()).to.have.length(racks.length);
    await Promise.all(racks.map((rack) => rig.mounts.unmountTree(rack)));
    expect(await rig.mounts.unmountImage(image.sha256)).to.equal(true);
    expect(rig.loops()).to.deep.equal([]);
  });

  it('ends with nothing left when its mount is refused', async () => {
    const image = await rig.mountedImage('one', { 'srv/data': 'a file' });
    const tree = treeSpec('web', image, { mountPoints: [mountPoint('/srv/data')] });
    await refusal(rig.mounts.mountTree(tree), 'E_MOUNT_TARGET');
    expect(rig.mountsBelow()).to.deep.equal([join(rig.layout.readonly, image.sha256)]);
    expect(tokens()).to.deep.equal([]);
  });
});

/** A static program that sleeps, if this machine has one; else the test's own shared libraries. */
async function sleepImage(): Promise<Record<string, { kind: 'copy'; of: string }>> {
  const libraries = execFileSync('ldd', ['/bin/sleep'], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => /(\/\S+)/.exec(line)?.[1] ?? []);
  return Object.fromEntries(
    ['/bin/sleep', ...libraries].map((path) => [path.slice(1), { kind: 'copy' as const, of: path }]),
  );
}

async function eventuallyHeld(rig: MountRig, pid: number, how: RegExp): Promise<void> {
  for (const deadline = Date.now() + 5_000; ; await sleep(5)) {
    const holder = (await rig.mounts.holders('web')).find((seen) => seen.pid === pid);
    if (holder !== undefined && how.test(holder.how)) return;
    if (Date.now() > deadline) throw new Error(`not seen as a holder: ${JSON.stringify(holder)}`);
  }
}
