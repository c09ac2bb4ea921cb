/** The base directories: made right, tightened, or refused with the reason, before anything is put into them. */
import { chmodSync, chownSync, mkdirSync, realpathSync, rmdirSync, statSync, symlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { mountsUnder } from '../../../scripts/sandbox/index.js';
import { ensureDirectories } from '../../../src/host/linux/directories.js';
import { MS_RDONLY, mount, unmount } from '../../../src/kernel/index.js';
import { hostPath, type Layout, layoutOf } from '../../../src/model/index.js';
import { refusal } from '../../support/refusal.js';
import { scratchDirectory } from '../../support/scratch.js';

describe('the base directories', () => {
  let directory: string;
  let layout: Layout;

  beforeEach(async () => {
    directory = realpathSync(scratchDirectory());
    layout = at(directory);
  });
  afterEach(async () => {
    for (const point of mountsUnder(directory).reverse()) await unmount(point);
    await rm(directory, { recursive: true });
  });

  const at = (base: string) => {
    const path = (name: string) => hostPath(join(base, name));
    return layoutOf({ root: path('racks'), state: path('state'), run: path('run') });
  };
  const modeOf = (path: string) => statSync(path).mode & 0o7777;

  it('are made when missing: what is private 0700, what is shared 0755', async () => {
    await ensureDirectories(layout);
    for (const path of [layout.readonly, layout.readwrite, layout.active, layout.state, layout.run])
      expect(modeOf(path), path).to.equal(0o700);
    for (const path of [layout.root, layout.iso, layout.share]) expect(modeOf(path), path).to.equal(0o755);
  });

  it('of root that are too open are tightened, those that are tighter are left', async () => {
    mkdirSync(layout.state);
    chmodSync(layout.state, 0o777);
    mkdirSync(layout.root);
    chmodSync(layout.root, 0o711);
    await ensureDirectories(layout);
    expect(modeOf(layout.state)).to.equal(0o700);
    expect(modeOf(layout.root)).to.equal(0o711);
  });

  it("of another user are refused, and stay that user's", async () => {
    mkdirSync(layout.state);
    chownSync(layout.state, 1000, 1000);
    expect(await refusal(ensureDirectories(layout), 'E_DIR_OWNER')).to.contain(layout.state);
    expect(statSync(layout.state).uid).to.equal(1000);
  });

  it('that are a symbolic link are refused', async () => {
    mkdirSync(join(directory, 'real'));
    symlinkSync(join(directory, 'real'), layout.state);
    await refusal(ensureDirectories(layout), 'E_DIR_OWNER');
  });

  it('below a symbolic link are refused with the path to write instead: the kernel shows mounts and loop devices by that one', async () => {
    mkdirSync(join(directory, 'real'));
    symlinkSync(join(directory, 'real'), join(directory, 'link'));
    const linked = at(join(directory, 'link'));
    const message = await refusal(ensureDirectories(linked), 'E_DIR_OWNER');
    expect(message).to.contain(join(directory, 'real', 'racks'));
  });

  it('on a read-only file system or a full one are refused, each by its name', async () => {
    mkdirSync(layout.state);
    await mount('tmpfs', layout.state, 'tmpfs', MS_RDONLY, '');
    const inside = { ...layout, state: hostPath(join(layout.state, 'deeper')) };
    await refusal(ensureDirectories(inside), 'E_STATE_READONLY');
    await unmount(layout.state);
    await mount('tmpfs', layout.state, 'tmpfs', 0, 'nr_inodes=1');
    await refusal(ensureDirectories(inside), 'E_NO_INODES', 'E_DISK_SPACE');
    await unmount(layout.state);
    rmdirSync(layout.state);
  });

  it('that are there already on a read-only file system are refused too: they must be written to', async () => {
    mkdirSync(layout.state);
    await mount('tmpfs', layout.state, 'tmpfs', MS_RDONLY, 'mode=700');
    expect(await refusal(ensureDirectories(layout), 'E_STATE_READONLY')).to.contain(layout.state);
    await unmount(layout.state);
  });
});
