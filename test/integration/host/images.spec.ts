/** The image store on the real file system: only verified bytes are mounted, used in place or copied, and a wrong file is named for what it is. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createImageStore } from '../../../src/host/linux/image-store.js';
import { MS_BIND, mount, unmount } from '../../../src/kernel/index.js';
import { sha256Hex } from '../../../src/lib/index.js';
import { type ImageRef, imageMountPath, plainDirectory } from '../../../src/model/index.js';
import { MountRig } from '../../support/mount-rig.js';
import { refusal } from '../../support/refusal.js';

describe('the image store', () => {
  let rig: MountRig;

  beforeEach(async () => {
    rig = await MountRig.create();
  });
  afterEach(async () => {
    await rig.dispose();
  });

  const file = (name: string) => join(rig.layout.iso, name);
  const ensure = (image: ImageRef) => rig.images.ensure(image, () => {});
  const store = () => (existsSync(file('.store')) ? readdirSync(file('.store')) : []);

  /** A file of any bytes, with its right digest. */
  function put(name: string, bytes: string | Buffer): ImageRef {
    writeFileSync(file(name), bytes);
    return { file: name, sha256: sha256Hex(bytes) };
  }

  it('looks on when the disk cannot give the bytes of a copy, and says so when nobody else has them', async () => {
    const image = put('broken.iso', 'x');
    // A regular file whose bytes cannot be read.
    await mount(`/proc/${process.pid}/mem`, file('broken.iso'), '', MS_BIND, '');
    try {
      expect(await refusal(ensure(image), 'E_IMAGE_DAMAGED')).to.match(/EIO/);
    } finally {
      await unmount(file('broken.iso'));
    }
  });

  it("uses root's own file where it is", async () => {
    const image = await rig.mountedImage('one');
    expect(rig.loops()).to.deep.equal([file('one.iso')]);
    expect(store()).to.deep.equal([]);
    expect(readFileSync(join(imageMountPath(rig.layout, image.sha256), 'etc/version'), 'utf8')).to.equal(
      'one',
    );
  });

  const ofOthers: readonly (readonly [string, (path: string) => void])[] = [
    ["another user's file", (path) => chownSync(path, 1000, 1000)],
    ['a file that its group can write', (path) => chmodSync(path, 0o664)],
    ['a file that anybody can write', (path) => chmodSync(path, 0o646)],
  ];
  for (const [what, spoil] of ofOthers) {
    it(`copies ${what} first, root's and 0600, and what becomes of the file then is no matter`, async () => {
      const image = await rig.putImage('one');
      spoil(file('one.iso'));
      await rig.mounts.mountImage(image);
      expect(store()).to.deep.equal([image.sha256]);
      const copy = join(file('.store'), image.sha256);
      expect(rig.loops()).to.deep.equal([copy]);
      const { uid, mode } = statSync(copy);
      expect({ uid, mode: mode & 0o777 }).to.deep.equal({ uid: 0, mode: 0o600 });
      expect(statSync(file('.store')).mode & 0o777).to.equal(0o700);
      writeFileSync(file('one.iso'), 'something else');
      await ensure(image);
      expect(readFileSync(join(imageMountPath(rig.layout, image.sha256), 'etc/version'), 'utf8')).to.equal(
        'one',
      );
    });
  }

  it('copies once for racks that ask at the same moment, and replaces what a crash left of a copy', async () => {
    const image = await rig.putImage('one');
    chownSync(file('one.iso'), 1000, 1000);
    execFileSync('mkdir', ['-m', '700', file('.store')]);
    writeFileSync(join(file('.store'), `${image.sha256}.partial`), 'half');
    await Promise.all(Array.from({ length: 5 }, () => ensure(image)));
    expect(store()).to.deep.equal([image.sha256]);
  });

  it('copies again when its own copy was spoilt', async () => {
    const image = await rig.putImage('one');
    chownSync(file('one.iso'), 1000, 1000);
    await ensure(image);
    writeFileSync(join(file('.store'), image.sha256), 'spoilt');
    await rig.mounts.mountImage(image);
    expect(sha256Hex(readFileSync(join(file('.store'), image.sha256)))).to.equal(image.sha256);
  });

  it('refuses a copy for which there is no space, and leaves no part of it', async () => {
    await mount('tmpfs', rig.layout.iso, 'tmpfs', 0, 'size=16m,mode=755');
    const image = await rig.putImage('one');
    chownSync(file('one.iso'), 1000, 1000);
    expect(await refusal(ensure(image), 'E_DISK_SPACE')).to.contain('one.iso');
    expect(store()).to.deep.equal([]);
    await unmount(rig.layout.iso);
  });

  it('finds a file in any of its sources, the first right one counts', async () => {
    const image = await rig.putImage('one');
    const other = join(rig.directory, 'other');
    execFileSync('mkdir', [other]);
    renameSync(file('one.iso'), join(other, 'one.iso'));
    writeFileSync(file('one.iso'), 'of the same name, and wrong');
    const { hostPath } = await import('../../../src/model/index.js');
    const images = createImageStore({
      layout: rig.layout,
      sources: [plainDirectory(rig.layout.iso), plainDirectory(hostPath(other))],
    });
    await images.ensure(image, () => {});
    expect(store()).to.deep.equal([image.sha256]);
  });

  it('follows no symbolic link and waits on no pipe', async () => {
    const image = await rig.putImage('one');
    symlinkSync(file('one.iso'), file('link.iso'));
    execFileSync('mkfifo', [file('pipe.iso')]);
    execFileSync('mkdir', [file('directory.iso')]);
    await refusal(ensure({ ...image, file: 'link.iso' }), 'E_IMAGE_FORMAT');
    await refusal(ensure({ ...image, file: 'pipe.iso' }), 'E_IMAGE_FORMAT');
    await refusal(ensure({ ...image, file: 'directory.iso' }), 'E_IMAGE_FORMAT');
  });

  it('refuses one flipped byte, a cut-off and a lengthened file, saying what it wants and what it got', async () => {
    const image = await rig.putImage('one');
    const good = readFileSync(file('one.iso'));
    const wrong: readonly Buffer[] = [
      Buffer.concat([good.subarray(0, 200), Buffer.from([(good[200] ?? 0) ^ 1]), good.subarray(201)]),
      good.subarray(0, good.length - 1),
      Buffer.concat([good, Buffer.from([0])]),
      Buffer.alloc(0),
    ];
    for (const bytes of wrong) {
      writeFileSync(file('one.iso'), bytes);
      const message = await refusal(rig.mounts.mountImage(image), 'E_IMAGE_DIGEST');
      expect(message).to.contain(image.sha256).and.to.contain(sha256Hex(bytes));
    }
    expect(rig.mountsBelow()).to.deep.equal([]);
    expect(rig.loops()).to.deep.equal([]);
    writeFileSync(file('one.iso'), good);
    await rig.mounts.mountImage(image);
  });

  it('mounts none of 200 random changes of an image', async () => {
    const image = await rig.putImage('one');
    const good = readFileSync(file('one.iso'));
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let round = 0; round < 200; round++) {
      const bytes = Buffer.from(good);
      const at = random(bytes.length);
      bytes.writeUInt8((bytes.readUInt8(at) + 1 + random(255)) % 256, at);
      writeFileSync(file('one.iso'), bytes);
      await refusal(rig.mounts.mountImage(image), 'E_IMAGE_DIGEST');
    }
    expect(rig.mountsBelow()).to.deep.equal([]);
  });

  it('refuses a file that was swapped between the check and the mount', async () => {
    const image = await rig.putImage('one');
    await ensure(image);
    const { mtime, atime } = statSync(file('one.iso'));
    const bytes = readFileSync(file('one.iso'));
    bytes.writeUInt8(bytes.readUInt8(300) ^ 1, 300);
    writeFileSync(file('one.iso'), bytes);
    const { utimesSync } = await import('node:fs');
    utimesSync(file('one.iso'), atime, mtime);
    await refusal(rig.mounts.mountImage(image), 'E_IMAGE_DIGEST');
    await rig.putImage('two');
    copyFileSync(file('two.iso'), file('one.iso'));
    await refusal(rig.mounts.mountImage(image), 'E_IMAGE_DIGEST');
  });

  it('keeps the running image when its file is replaced by a rename', async () => {
    const image = await rig.mountedImage('one');
    const two = await rig.putImage('two');
    renameSync(file(two.file), file(image.file));
    expect(readFileSync(join(imageMountPath(rig.layout, image.sha256), 'etc/version'), 'utf8')).to.equal(
      'one',
    );
    expect((await rig.mounts.observe()).images).to.deep.equal([{ sha256: image.sha256, asMade: true }]);
  });

  it('reads a file once: another process finds the digest, until the file changes', async () => {
    const image = put('big.iso', Buffer.concat([squashfsHead(), Buffer.alloc(8_000_000)]));
    await ensure(image);
    const again = createImageStore({ layout: rig.layout, sources: [plainDirectory(rig.layout.iso)] });
    const before = bytesRead();
    await again.ensure(image, () => {});
    expect(bytesRead() - before).to.be.lessThan(1_000_000);
    truncateSync(file('big.iso'), 7_000_000);
    await refusal(
      again.ensure(image, () => {}),
      'E_IMAGE_DIGEST',
    );
  });

  it('does without its cache when that was spoilt', async () => {
    const image = await rig.putImage('one');
    for (const text of ['', '{', 'null', '[]', '{"1:2:3:4":5}', '\0\0\0']) {
      writeFileSync(join(rig.layout.state, 'image-cache.json'), text);
      const again = createImageStore({ layout: rig.layout, sources: [plainDirectory(rig.layout.iso)] });
      await again.ensure(image, () => {});
    }
  });

  describe('with a right digest still refuses', () => {
    const wrong: readonly (readonly [string, Buffer, RegExp])[] = [
      ['an HTML page', Buffer.from('<!DOCTYPE html><html>not found</html>'.repeat(9)), /HTML/],
      ['a zip archive', Buffer.from('504b0304'.padEnd(400, '0'), 'hex'), /zip/],
      ['an ext4 file system', ext4(), /ext4/],
      [
        'a pointer of Git LFS',
        Buffer.from(`version https://git-lfs.github.com/spec/v1\n${'x'.repeat(99)}`),
        /LFS/,
      ],
      ['an empty file', Buffer.alloc(0), /empty/],
      ['an old squashfs', squashfsHead(3), /version 3/],
    ];
    for (const [what, bytes, says] of wrong) {
      it(`${what}, and says so`, async () => {
        expect(await refusal(rig.mounts.mountImage(put('one.iso', bytes)), 'E_IMAGE_FORMAT')).to.match(says);
        expect(rig.mountsBelow()).to.deep.equal([]);
      });
    }

    it('a squashfs that was cut off before somebody wrote down its digest', async () => {
      await rig.putImage('one');
      const bytes = readFileSync(file('one.iso'));
      await refusal(ensure(put('cut.iso', bytes.subarray(0, 200))), 'E_IMAGE_SIZE');
    });
  });

  it('gives a file that the kernel cannot mount the name of the file, and leaves nothing', async () => {
    const image = put('one.iso', Buffer.concat([squashfsHead(), Buffer.alloc(4_096)]));
    expect(await refusal(rig.mounts.mountImage(image), 'E_MOUNT')).to.contain('one.iso');
    expect(rig.mountsBelow()).to.deep.equal([]);
    expect(rig.loops()).to.deep.equal([]);
  });

  it('does not take a file outside its sources, whatever the name', async () => {
    const image = await rig.putImage('one');
    copyFileSync(file('one.iso'), join(rig.directory, 'racks', 'outside.iso'));
    await refusal(ensure({ ...image, file: '../outside.iso' }), 'E_IMAGE_NOT_FOUND');
  });
});

/** The first 96 bytes of a squashfs of that version that claims to be no longer than they are. */
function squashfsHead(major = 4): Buffer {
  const head = Buffer.alloc(96);
  head.write('hsqs', 0, 'latin1');
  head.writeUInt16LE(major, 28);
  head.writeBigUInt64LE(96n, 40);
  return head;
}

function ext4(): Buffer {
  const bytes = Buffer.alloc(4_096);
  bytes.writeUInt16LE(0xef53, 1_080);
  return bytes;
}

/** Bytes that this process has read so far. */
function bytesRead(): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
}
