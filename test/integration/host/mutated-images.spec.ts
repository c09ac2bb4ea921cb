/**
 * Only verified bytes are mounted: a thousand seeded changes of two real images, before, between and during the check and the mount, on the real store and the real kernel. Each is refused by name, nothing of it is
 * mounted, and a tree that is mounted meanwhile does not notice.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createImageMounts } from '../../../src/host/linux/image-mounts.js';
import { randomFrom, sha256Hex } from '../../../src/lib/index.js';
import { hasCode, type ImageRef, imageMountPath, RackError } from '../../../src/model/index.js';
import { MountRig, packSquashfs, treeSpec } from '../../support/mount-rig.js';
import { refusal } from '../../support/refusal.js';

/** Fields of a squashfs superblock, as offsets: magic, inode count, block size, compressor, version, bytes used, and where its tables begin. */
const superblock = [0, 4, 12, 20, 22, 24, 28, 32, 40, 48, 56, 64, 72, 80, 88];
const seed = Number(process.env.RACKOPS_SEED ?? 4);
const rounds = 1_000;

describe('an image that was changed', function () {
  this.timeout(60_000);
  let rig: MountRig;

  beforeEach(async () => {
    rig = await MountRig.create();
  });
  afterEach(async () => {
    await rig.dispose();
  });

  const file = (name: string) => join(rig.layout.iso, name);
  const version = (image: ImageRef) =>
    readFileSync(join(imageMountPath(rig.layout, image.sha256), 'etc/version'), 'utf8');
  const copies = () => (existsSync(file('.store')) ? readdirSync(file('.store')) : []);

  /** `<name>.iso` with text that compresses and bytes that do not; `options` of mksquashfs. */
  async function pack(name: string, random: () => number, ...options: readonly string[]): Promise<ImageRef> {
    const source = await mkdtemp(join(rig.directory, 'image-'));
    await writeFile(join(source, 'text'), `${name} `.repeat(20_000));
    await writeFile(join(source, 'random'), bytesFrom(random, 30_000));
    packSquashfs(source, file(`${name}.iso`), '-b', '4096', ...options);
    await rm(source, { recursive: true });
    return { file: `${name}.iso`, sha256: sha256Hex(readFileSync(file(`${name}.iso`))) };
  }

  it(`is refused ${rounds} times of ${rounds}, and the rack that runs is not touched`, async () => {
    const random = randomFrom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const tree = treeSpec('web', await rig.mountedImage('running'));
    await rig.mounts.prepareTree(tree);
    await rig.mounts.mountTree(tree);
    const before = mountsOf(rig.directory);
    const other = readFileSync(file('running.iso'));
    const images = [
      await pack('compressed', random),
      await pack('stored', random, '-noI', '-noD', '-noF', '-noX'),
    ];
    const originals = images.map((image) => readFileSync(file(image.file)));

    const flip = (bytes: Buffer, at: number): Buffer => {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ (1 + below(255)), at);
      return changed;
    };
    const changes: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
      ['a flipped byte', (bytes) => flip(bytes, below(bytes.length))],
      ['a flipped byte of its last block', (bytes) => flip(bytes, bytes.length - 1 - below(4_096))],
      ['a changed superblock', (bytes) => flip(bytes, superblock[below(superblock.length)] ?? 0)],
      ['a cut', (bytes) => bytes.subarray(0, below(bytes.length))],
      ['more at its end', (bytes) => Buffer.concat([bytes, bytesFrom(random, 1 + below(5_000))])],
      ['a hole', (bytes) => Buffer.from(bytes).fill(0, 96 + below(bytes.length - 4_200), bytes.length)],
      [
        'two blocks swapped',
        (bytes) => Buffer.concat([bytes.subarray(0, 96), bytes.subarray(5_000), bytes.subarray(96, 5_000)]),
      ],
      ['the bytes of another image', () => other],
      ['no image in it', () => Buffer.from('<html>not found</html>'.repeat(1 + below(50)))],
    ];
    const codes = new Map<string, number>();
    for (let round = 0; round < rounds; round++) {
      const image = images[round % 2] ?? tree.image;
      const original = originals[round % 2] ?? other;
      const [what, change] = changes[below(changes.length)] ?? ['nothing', (bytes: Buffer) => bytes];
      const isSwapped = below(4) === 0;
      const path = file(image.file);
      // Found good first, then changed: in place, or by another file of its name.
      if (isSwapped) {
        writeFileSync(path, original);
        await rig.images.ensure(image, () => {});
      }
      if (below(2) === 0) writeFileSync(path, change(original));
      else {
        writeFileSync(`${path}.new`, change(original));
        renameSync(`${path}.new`, path);
      }
      const error = await rig.mounts.mountImage(image).then(
        () => null,
        (reason: unknown) => reason,
      );
      const about = `seed ${seed}, round ${round}: ${what}${isSwapped ? ' after the check' : ''}: ${String(error)}`;
      if (!(error instanceof RackError)) throw new Error(about);
      expect(error.message, about).to.contain(image.file).and.to.contain(image.sha256);
      expect(error.hint, about).not.to.equal(undefined);
      codes.set(error.code, (codes.get(error.code) ?? 0) + 1);
    }
    expect([...codes]).to.deep.equal([['E_IMAGE_DIGEST', rounds]]);
    expect(mountsOf(rig.directory)).to.deep.equal(before);
    expect(rig.loops().filter((path) => path.includes('/iso/'))).to.deep.equal([file('running.iso')]);
    expect(rig.read('web', 'etc/version')).to.equal('running');
    expect(copies()).to.deep.equal([]);
    await rig.mounts.unmountTree('web');
  });

  it('while it is being mounted, by somebody who exchanges it all the time, shows the verified bytes or is refused', async () => {
    const good = await rig.putImage('good');
    const evil = await rig.putImage('evil');
    for (const name of ['good', 'evil']) copyFileSync(file(`${name}.iso`), join(rig.directory, name));
    const actor = spawn(
      process.execPath,
      [
        '-e',
        `const { copyFileSync, renameSync } = require('node:fs');
        const [directory, target] = process.argv.slice(1);
        for (let i = 0; ; i++) {
          copyFileSync(directory + '/' + (i % 2 ? 'good' : 'evil'), target + '.new');
          renameSync(target + '.new', target);
        }`,
        rig.directory,
        file(good.file),
      ],
      { stdio: 'ignore' },
    );
    try {
      let mounted = 0;
      for (let round = 0; round < 200; round++) {
        try {
          await rig.images.ensure(good, () => {});
          await rig.mounts.mountImage(good);
        } catch (error) {
          if (!hasCode(error, 'E_IMAGE_DIGEST', 'E_IMAGE_NOT_FOUND')) throw error;
          continue;
        }
        mounted++;
        expect(version(good)).to.equal('good');
        await rig.mounts.unmountImage(good.sha256);
      }
      expect(mounted, 'the right one was met sometimes').to.be.greaterThan(0);
      expect(evil.sha256).not.to.equal(good.sha256);
    } finally {
      const gone = once(actor, 'exit');
      actor.kill('SIGKILL');
      await gone;
    }
  });

  it('between the check and the mount, in place, by root, is unmounted again before anybody has looked', async () => {
    const image = await rig.putImage('one');
    const bytes = readFileSync(file('one.iso'));
    const mounts = createImageMounts(rig.layout, {
      ...rig.images,
      openVerified: async (wanted) => {
        const verified = await rig.images.openVerified(wanted);
        const changed = Buffer.from(bytes);
        changed.writeUInt8(changed.readUInt8(200) ^ 1, 200);
        writeFileSync(file('one.iso'), changed);
        return verified;
      },
    });
    // One byte of the data block: the kernel mounts it, and would show it.
    await refusal(mounts.mount(image), 'E_IMAGE_DIGEST', 'E_MOUNT');
    expect(rig.mountsBelow()).to.deep.equal([]);
    expect(rig.loops()).to.deep.equal([]);
  });

  it("by somebody who opened it while it was still his is changed in vain: it is root's now, and copied nevertheless", async () => {
    const image = await rig.putImage('one');
    chownSync(file('one.iso'), 1000, 1000);
    const open = openSync(file('one.iso'), 'r+');
    try {
      chownSync(file('one.iso'), 0, 0);
      await rig.mounts.mountImage(image);
      expect(rig.loops()).to.deep.equal([join(file('.store'), image.sha256)]);
      writeSync(open, Buffer.alloc(4_096), 0, 4_096, 0);
      expect(version(image)).to.equal('one');
    } finally {
      closeSync(open);
    }
  });

  it('in the tick of the clock in which it was hashed does not pass for what it was', async () => {
    const image = await rig.putImage('one');
    const good = readFileSync(file('one.iso'));
    const changed = Buffer.from(good);
    changed.writeUInt8(changed.readUInt8(300) ^ 1, 300);
    for (let round = 0; round < 50; round++) {
      writeFileSync(file('one.iso'), good);
      await rig.images.ensure(image, () => {});
      writeFileSync(file('one.iso'), changed);
      await refusal(
        rig.images.ensure(image, () => {}),
        'E_IMAGE_DIGEST',
      );
    }
  });
});

function bytesFrom(random: () => number, count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, () => Math.floor(random() * 256)));
}

/** Lines of the mount table; other suites mount at the same moment. */
function mountsOf(directory: string): readonly string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(directory));
}
