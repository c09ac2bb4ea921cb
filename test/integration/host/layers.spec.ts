/** The layers of a tree on the real kernel: what a writable layer keeps over a new image, what the generated one adds, what is refused, and that nothing lands where it must not. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { optionValue, readMountinfo } from '../../../src/host/linux/mountinfo.js';
import { getXattr, mount, setXattr, unmount } from '../../../src/kernel/index.js';
import { dataPath, imageMountPath, overlayWorkPath, type TreeSpec } from '../../../src/model/index.js';
import { type ImageTree, MountRig, mountPoint, treeSpec } from '../../support/mount-rig.js';
import { refusal } from '../../support/refusal.js';

describe('the layers of a tree', () => {
  let rig: MountRig;

  beforeEach(async () => {
    rig = await MountRig.create();
  });
  afterEach(async () => {
    await rig.dispose();
  });

  async function mounted(image: ImageTree = {}, overrides: Partial<TreeSpec> = {}): Promise<TreeSpec> {
    const tree = treeSpec('web', await rig.mountedImage('one', image), overrides);
    await rig.mounts.prepareTree(tree);
    await rig.mounts.mountTree(tree);
    return tree;
  }

  async function swapTo(name: string, image: ImageTree): Promise<void> {
    const next = treeSpec('web', await rig.mountedImage(name, image), { generation: 2 });
    await rig.mounts.prepareTree(next);
    await rig.mounts.unmountTree('web');
    await rig.mounts.mountTree(next);
  }

  describe('the writable one', () => {
    it('keeps edits, deletions and replaced directories over a new image, and shows what is new in it', async () => {
      await mounted({ 'etc/edited': '1', 'etc/deleted': '1', 'etc/untouched': '1', 'lib/a': '1' });
      writeFileSync(rig.tree('web', 'etc/edited'), 'mine');
      writeFileSync(rig.tree('web', 'etc/state'), 'state');
      rmSync(rig.tree('web', 'etc/deleted'));
      rmSync(rig.tree('web', 'lib'), { recursive: true });
      mkdirSync(rig.tree('web', 'lib'));
      await swapTo('two', {
        'etc/edited': '2',
        'etc/deleted': '2',
        'etc/untouched': '2',
        'etc/new': '2',
        'lib/b': '2',
      });
      expect(rig.read('web', 'etc/version')).to.equal('two');
      expect(rig.read('web', 'etc/edited')).to.equal('mine');
      expect(rig.read('web', 'etc/state')).to.equal('state');
      expect(rig.read('web', 'etc/untouched')).to.equal('2');
      expect(rig.read('web', 'etc/new')).to.equal('2');
      expect(existsSync(rig.tree('web', 'etc/deleted'))).to.equal(false);
      expect(readdirSync(rig.tree('web', 'lib'))).to.deep.equal([]);
    });

    it('serves no stale file after ten swaps with edits in between', async () => {
      const files = Array.from({ length: 20 }, (_, index) => `d${index % 4}/f${index}`);
      const content = (version: number) => Object.fromEntries(files.map((path) => [path, `${version}`]));
      await mounted(content(0));
      for (let version = 1; version <= 10; version++) {
        const edited = files[version] ?? '';
        writeFileSync(rig.tree('web', edited), 'mine');
        const image = await rig.mountedImage(`v${version}`, content(version));
        await rig.mounts.unmountTree('web');
        await rig.mounts.mountTree(treeSpec('web', image, { generation: version + 1 }));
        for (const [index, path] of files.entries())
          expect(rig.read('web', path), path).to.equal(
            index >= 1 && index <= version ? 'mine' : `${version}`,
          );
      }
    }).timeout(30_000);

    it("has the mode, owner and attributes of the image's root, because services see it as /", async () => {
      const image = await rig.putImage('one', {
        '.': { kind: 'directory', mode: 0o750, uid: 33, gid: 34 },
      });
      await rig.mounts.mountImage(image);
      await rig.mounts.mountTree(treeSpec('web', image));
      for (const path of [rig.layer('web'), rig.tree('web')]) {
        const { mode, uid, gid } = statSync(path);
        expect({ mode: mode & 0o7777, uid, gid }).to.deep.equal({ mode: 0o750, uid: 33, gid: 34 });
      }
    });

    it('is out of reach for users of the host: its directory is 0700', async () => {
      await mounted();
      expect(statSync(dataPath(rig.layout, 'web')).mode & 0o777).to.equal(0o700);
      expect(statSync(rig.layout.readwrite).mode & 0o777).to.equal(0o700);
    });

    it('gets nothing from us: it is empty until a service writes', async () => {
      await mounted({}, { mountPoints: [mountPoint('/srv/a/b'), mountPoint('/etc/site.conf', 'file')] });
      expect(readdirSync(rig.layer('web'))).to.deep.equal([]);
    });

    it('made by a crash half-way is made anew', async () => {
      const tree = treeSpec('web', await rig.mountedImage('one'));
      await mkdir(`${rig.layer('web')}.making/rest`, { recursive: true });
      await rig.mounts.mountTree(tree);
      expect(readdirSync(dataPath(rig.layout, 'web'))).to.deep.equal(['1']);
      expect(readdirSync(rig.layer('web'))).to.deep.equal([]);
    });

    for (const feature of ['trusted.overlay.redirect', 'trusted.overlay.metacopy']) {
      it(`that another overlay wrote with ${feature} is refused, naming the file`, async () => {
        const tree = treeSpec('web', await rig.mountedImage('one'));
        const moved = rig.layer('web', 'deep', 'moved');
        await mkdir(moved, { recursive: true });
        setXattr(moved, feature, Buffer.from('/old'));
        const message = await refusal(rig.mounts.prepareTree(tree), 'E_OVERLAY_FEATURE');
        expect(message).to.contain('deep/moved').and.to.contain(feature);
        expect(existsSync(overlayWorkPath(rig.layout, 'web', 1))).to.equal(false);
      });
    }

    it('with names that are no UTF-8 is taken into use', async () => {
      const tree = treeSpec('web', await rig.mountedImage('one'));
      await mkdir(rig.layer('web'), { recursive: true });
      const name = Buffer.concat([Buffer.from(`${rig.layer('web')}/`), Buffer.from([0x66, 0xfc, 0x72])]);
      mkdirSync(name);
      writeFileSync(Buffer.concat([name, Buffer.from([0x2f, 0xe4])]), 'content');
      await rig.mounts.prepareTree(tree);
      await rig.mounts.mountTree(tree);
      expect(readdirSync(rig.tree('web'), 'latin1')).to.include('f\u00fcr');
    });

    it('with a forbidden attribute below a name that is no UTF-8 is refused', async () => {
      const tree = treeSpec('web', await rig.mountedImage('one'));
      await mkdir(rig.layer('web', 'x', 'moved'), { recursive: true });
      setXattr(rig.layer('web', 'x', 'moved'), 'trusted.overlay.redirect', Buffer.from('/old'));
      execFileSync('sh', ['-c', "mv x $(printf 'f\\374r')"], { cwd: rig.layer('web') });
      await refusal(rig.mounts.prepareTree(tree), 'E_OVERLAY_FEATURE');
    });

    it('on a file system without space or without inodes is refused, each by its name', async () => {
      const tree = treeSpec('web', await rig.mountedImage('one'));
      await mount('tmpfs', rig.layout.readwrite, 'tmpfs', 0, 'size=8m');
      await refusal(rig.mounts.prepareTree(tree), 'E_DISK_SPACE');
      await unmount(rig.layout.readwrite);
      await mount('tmpfs', rig.layout.readwrite, 'tmpfs', 0, 'size=64m,nr_inodes=50');
      await refusal(rig.mounts.prepareTree(tree), 'E_NO_INODES');
      expect(readdirSync(rig.layout.readwrite)).to.deep.equal([]);
    });
  });

  describe('the generated one', () => {
    it("adds the mount points that the image lacks, and gives their parents the image's mode and owner", async () => {
      await mounted(
        {
          srv: { kind: 'directory', mode: 0o2750, uid: 33, gid: 34 },
          'srv/there': 'from the image',
        },
        { mountPoints: [mountPoint('/srv/new/deep'), mountPoint('/etc/site.conf', 'file')] },
      );
      expect(statSync(rig.tree('web', 'srv/new/deep')).isDirectory()).to.equal(true);
      expect(statSync(rig.tree('web', 'etc/site.conf')).isFile()).to.equal(true);
      const { mode, uid, gid } = statSync(rig.tree('web', 'srv'));
      expect({ mode: mode & 0o7777, uid, gid }).to.deep.equal({ mode: 0o2750, uid: 33, gid: 34 });
      expect(rig.read('web', 'srv/there')).to.equal('from the image');
    });

    it('adds what the runtime always mounts onto', async () => {
      await mounted();
      for (const name of ['proc', 'dev', 'sys'])
        expect(statSync(rig.tree('web', name)).isDirectory(), name).to.equal(true);
    });

    it("follows the image's links within the image, never onto the host", async () => {
      const outside = join(rig.directory, 'outside');
      await mkdir(outside);
      await mounted(
        {
          run: { kind: 'directory' },
          'var/run': { kind: 'link', to: '/run' },
          escape: { kind: 'link', to: `../../../../../../..${outside}` },
        },
        { mountPoints: [mountPoint('/var/run/app'), mountPoint('/escape/app')] },
      ).catch(() => {});
      expect(readdirSync(outside)).to.deep.equal([]);
      await rig.mounts.unmountTree('web');
      const image = await rig.mountedImage('two', {
        run: { kind: 'directory' },
        'var/run': { kind: 'link', to: '/run' },
      });
      await rig.mounts.mountTree(
        treeSpec('web', image, { generation: 2, mountPoints: [mountPoint('/var/run/app')] }),
      );
      expect(statSync(rig.tree('web', 'run/app')).isDirectory()).to.equal(true);
    });

    it('lies below the writable one: what a service did to a directory of it holds', async () => {
      const tree = await mounted({}, { mountPoints: [mountPoint('/etc/app')] });
      await chmod(rig.tree('web', 'etc'), 0o700);
      await chown(rig.tree('web', 'etc'), 33, 33);
      await rig.mounts.unmountTree('web');
      await rig.mounts.mountTree(tree);
      const { mode, uid } = statSync(rig.tree('web', 'etc'));
      expect({ mode: mode & 0o777, uid }).to.deep.equal({ mode: 0o700, uid: 33 });
    });

    it('is made again after a boot has emptied the run directory', async () => {
      const tree = await mounted({}, { mountPoints: [mountPoint('/data')] });
      await rig.mounts.unmountTree('web');
      rmSync(join(rig.layout.run, 'layers'), { recursive: true });
      await mkdir(join(rig.layout.run, 'layers'));
      await rig.mounts.mountTree(tree);
      expect(statSync(rig.tree('web', 'data')).isDirectory()).to.equal(true);
    });

    it('never turns a file of the image into a directory', async () => {
      const image = await rig.mountedImage('one', { 'etc/app': 'a file' });
      const tree = treeSpec('web', image, { mountPoints: [mountPoint('/etc/app/below')] });
      await refusal(rig.mounts.mountTree(tree), 'E_MOUNT_TARGET');
      await rig.mounts.mountTree({ ...tree, generation: 2, mountPoints: [] });
      expect(rig.read('web', 'etc/app')).to.equal('a file');
    });
  });

  describe('a mount point', () => {
    const hostile: readonly (readonly [string, string, ImageTree])[] = [
      ['/proc that is a link to /', '/proc', { proc: { kind: 'link', to: '/' } }],
      ['/dev that is a link to the host', '/dev', { dev: { kind: 'link', to: '/dev' } }],
      ['/sys that is a link that leads nowhere', '/sys', { sys: { kind: 'link', to: '/nowhere' } }],
      ['that is a link', '/data', { data: { kind: 'link', to: 'etc' } }],
      ['that is a chain of links out of the root', '/data', { data: { kind: 'link', to: '../../../root' } }],
      ['that is a file', '/data', { data: 'a file' }],
      ['that is a pipe', '/data', { data: { kind: 'pipe' } }],
    ];
    for (const [what, path, image] of hostile) {
      it(`${what} is refused by name, and nothing stays mounted`, async () => {
        const ref = await rig.mountedImage('one', image);
        const tree = treeSpec('web', ref, { mountPoints: [mountPoint('/data')] });
        const message = await refusal(rig.mounts.mountTree(tree), 'E_MOUNT_TARGET');
        expect(message).to.contain(`"${path}"`).and.to.contain('"web"');
        expect(rig.mountsBelow()).to.deep.equal([imageMountPath(rig.layout, ref.sha256)]);
        expect(readdirSync(rig.layer('web'))).to.deep.equal([]);
      });
    }

    it('that a service replaced by a link in its writable layer is refused', async () => {
      const tree = await mounted({}, { mountPoints: [mountPoint('/data')] });
      rmSync(rig.tree('web', 'data'), { recursive: true });
      execFileSync('ln', ['-s', '/etc', rig.tree('web', 'data')]);
      await rig.mounts.unmountTree('web');
      const message = await refusal(rig.mounts.mountTree(tree), 'E_MOUNT_TARGET');
      expect(message).to.contain('symbolic link').and.to.contain('/etc');
    });

    it('that a service deleted in its writable layer is refused, with what to do', async () => {
      const tree = await mounted({}, { mountPoints: [mountPoint('/data')] });
      rmSync(rig.tree('web', 'data'), { recursive: true });
      await rig.mounts.unmountTree('web');
      await refusal(rig.mounts.mountTree(tree), 'E_MOUNT_TARGET');
    });
  });

  describe('the mount', () => {
    it('has nosuid and nodev, and none of the features that tie a layer to one image', async () => {
      await mounted();
      const record = (await readMountinfo()).find(({ mountPoint: at }) => at === rig.tree('web'));
      expect(record?.options).to.include.members(['nosuid', 'nodev', 'rw']);
      const text = record?.superOptions.join(',') ?? '';
      expect(text).not.to.match(/(index|metacopy|xino|nfs_export)=on|redirect_dir=(on|follow)|volatile/);
      expect(optionValue(record?.superOptions ?? [], 'upperdir')).to.equal(rig.layer('web'));
    });

    it('refuses a base directory that would be read as options or as several directories', async () => {
      for (const name of ['a,index=on', 'a:b', 'we\\b', 'a b']) {
        const directory = join(rig.directory, name);
        await mkdir(directory);
        const odd = await MountRig.at(directory);
        const image = await odd.putImage('one');
        await refusal(odd.mounts.mountTree(treeSpec('web', image)), 'E_BASE_DIR');
        expect((await odd.mounts.observe()).trees, name).to.deep.equal([]);
      }
    });

    it('is drift when somebody replaced it by hand, and mounting over it is refused', async () => {
      const tree = await mounted();
      const options = `lowerdir=${imageMountPath(rig.layout, tree.image.sha256)},upperdir=${rig.layer('web')},workdir=${overlayWorkPath(rig.layout, 'web', 1)}`;
      await unmount(rig.tree('web'));
      execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, rig.tree('web')]);
      expect((await rig.mounts.observe()).trees).to.deep.equal([
        { rack: 'web', generation: null, digest: null, layers: [], asMade: false },
      ]);
      await refusal(rig.mounts.mountTree(tree), 'E_MOUNT');
      await rig.mounts.unmountTree('web');
      await rig.mounts.mountTree(tree);
      expect((await rig.mounts.observe()).trees[0]?.asMade).to.equal(true);
    });

    it('is drift when it was made read-only by hand', async () => {
      await mounted();
      execFileSync('mount', ['-o', 'remount,bind,ro', rig.tree('web')]);
      expect((await rig.mounts.observe()).trees[0]?.asMade).to.equal(false);
    });

    it('of an image is drift when somebody mounted another squashfs there by hand', async () => {
      const image = await rig.mountedImage('one');
      const other = await rig.putImage('two');
      const place = imageMountPath(rig.layout, image.sha256);
      await unmount(place);
      execFileSync('mount', ['-o', 'loop,ro', join(rig.layout.iso, other.file), place]);
      expect((await rig.mounts.observe()).images).to.deep.equal([{ sha256: image.sha256, asMade: false }]);
      await refusal(rig.mounts.mountTree(treeSpec('web', image)), 'E_MOUNT');
    });
  });

  it('carry extended attributes of the image root to the writable one', async () => {
    const source = join(rig.directory, 'with-attributes');
    await mkdir(source);
    setXattr(source, 'user.label', Buffer.from('value'));
    execFileSync('mksquashfs', [source, join(rig.layout.iso, 'x.iso'), '-quiet', '-no-progress', '-xattrs']);
    const { sha256Hex } = await import('../../../src/lib/index.js');
    const sha256 = sha256Hex(readFileSync(join(rig.layout.iso, 'x.iso')));
    await rig.mounts.mountTree(treeSpec('web', { file: 'x.iso', sha256 }));
    expect(getXattr(rig.layer('web'), 'user.label')?.toString()).to.equal('value');
  });
});
