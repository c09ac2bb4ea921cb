/** Deleting as root: only the data of the rack named, nothing behind a mount or a link, and never under a tree that lives. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { mount, unmount } from '../../../src/kernel/index.js';
import { dataPath, overlayWorkPath } from '../../../src/model/index.js';
import { MountRig, treeSpec } from '../../support/mount-rig.js';
import { refusal } from '../../support/refusal.js';

const MS_BIND = 4096;

describe('purging the data of a rack', () => {
  let rig: MountRig;
  let host: string;

  beforeEach(async () => {
    rig = await MountRig.create();
    host = join(rig.directory, 'host');
    mkdirSync(host);
    writeFileSync(join(host, 'sentinel'), 'of the host');
    const image = await rig.mountedImage('one');
    for (const rack of ['web', 'web-2']) await rig.mounts.prepareTree(treeSpec(rack, image));
  });
  afterEach(async () => {
    expect(readFileSync(join(host, 'sentinel'), 'utf8')).to.equal('of the host');
    await rig.dispose();
  });

  const left = () => readdirSync(rig.layout.readwrite).filter((name) => !name.startsWith('.'));
  const trash = () => readdirSync(join(rig.layout.readwrite, '.trash'));

  it('deletes its layers, work directories and logs, and those of no other rack', async () => {
    const logs = join(rig.layout.state, 'logs', 'web');
    mkdirSync(logs, { recursive: true });
    mkdirSync(`${logs}-2`);
    await rig.data.purge('web');
    expect(left()).to.deep.equal(['web-2']);
    expect(existsSync(overlayWorkPath(rig.layout, 'web', 1))).to.equal(false);
    expect(existsSync(overlayWorkPath(rig.layout, 'web-2', 1))).to.equal(true);
    expect(readdirSync(join(rig.layout.state, 'logs'))).to.deep.equal(['web-2']);
    expect(trash()).to.deep.equal([]);
  });

  it('follows no link out of it', async () => {
    symlinkSync(host, rig.layer('web', 'to-host'));
    symlinkSync('/', rig.layer('web', 'to-root'));
    await rig.data.purge('web');
    expect(left()).to.deep.equal(['web-2']);
  });

  it('refuses while a directory of the host is mounted in it, and deletes nothing', async () => {
    mkdirSync(rig.layer('web', 'mounted'));
    writeFileSync(rig.layer('web', 'kept'), '');
    await mount(host, rig.layer('web', 'mounted'), '', MS_BIND, '');
    expect(await refusal(rig.data.purge('web'), 'E_MOUNTED')).to.contain(rig.layer('web', 'mounted'));
    expect(existsSync(rig.layer('web', 'kept'))).to.equal(true);
    await unmount(rig.layer('web', 'mounted'));
    await rig.data.purge('web');
    expect(left()).to.deep.equal(['web-2']);
  });

  it('refuses under an overlay that somebody mounted on its layer at any place', async () => {
    const place = join(rig.directory, 'elsewhere');
    mkdirSync(place);
    const options = `lowerdir=${host},upperdir=${rig.layer('web')},workdir=${overlayWorkPath(rig.layout, 'web', 1)}`;
    execFileSync('mount', ['-t', 'overlay', 'by-hand', '-o', options, place]);
    expect(await refusal(rig.data.purge('web'), 'E_MOUNTED')).to.contain(place);
    await unmount(place);
    await rig.data.purge('web');
  });

  it('refuses while the tree lives on in another mount namespace', async () => {
    const image = await rig.mountedImage('one');
    await rig.mounts.mountTree(treeSpec('web', image));
    const stranger = await rig.leak();
    await unmount(rig.tree('web'));
    await refusal(rig.data.purge('web'), 'E_MOUNTED');
    expect(left()).to.deep.equal(['web', 'web-2']);
    await stranger.end();
    await rig.mounts.unmountTree('web');
    await rig.data.purge('web');
    expect(left()).to.deep.equal(['web-2']);
  });

  it('finishes what a purge that was killed left, of this rack only', async () => {
    for (const name of ['web-1-1', 'web-2-1-1'])
      mkdirSync(join(rig.layout.readwrite, '.trash', name, 'rest'), { recursive: true });
    await rig.data.purge('web');
    await rig.data.purge('web');
    expect(trash()).to.deep.equal(['web-2-1-1']);
  });

  it('deletes names that are no UTF-8, immutable modes and deep trees', async () => {
    const script = `printf x > "$(printf 'f\\374r')"; mkdir -p "$(printf 'd\\344')/below"; mkdir -m 000 closed; mkdir -p ${'d/'.repeat(200)}`;
    execFileSync('sh', ['-c', script], { cwd: rig.layer('web') });
    await rig.data.purge('web');
    expect(left()).to.deep.equal(['web-2']);
    expect(trash()).to.deep.equal([]);
  });

  it('counts bytes on disk, and follows no link for that', async () => {
    writeFileSync(rig.layer('web', 'big'), Buffer.alloc(1_000_000, 1));
    execFileSync('sync', [rig.layer('web', 'big')]);
    symlinkSync('/', rig.layer('web', 'to-root'));
    const bytes = await rig.data.sizeBytes('web');
    expect(bytes).to.be.within(1_000_000, 1_200_000);
    expect(statSync(dataPath(rig.layout, 'web')).isDirectory()).to.equal(true);
  });

  it('counts files whose names are no UTF-8', async () => {
    execFileSync('sh', ['-c', `head -c 1000000 /dev/zero | tr '\\0' x > "$(printf 'f\\374r')"; sync .`], {
      cwd: rig.layer('web'),
    });
    expect(await rig.data.sizeBytes('web')).to.be.greaterThan(1_000_000);
  });
});
