/** A look at a tree before it is mounted, on this kernel: what is seen, that nothing can be written, that nothing stays. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { withPreview } from '../../../src/host/linux/preview.js';
import { deferred } from '../../../src/lib/index.js';
import type { HostPath } from '../../../src/model/index.js';
import { MountRig, type Stranger, treeSpec } from '../../support/mount-rig.js';
import { refusal } from '../../support/refusal.js';

describe('a view of the tree to come', () => {
  let rig: MountRig;

  beforeEach(async () => {
    rig = await MountRig.create();
  });
  afterEach(async () => {
    await rig.dispose();
  });

  async function runningAndNext() {
    const running = treeSpec('web', await rig.mountedImage('one', { 'etc/version': 'one' }));
    await rig.mounts.prepareTree(running);
    await rig.mounts.mountTree(running);
    writeFileSync(rig.tree('web', 'etc/written'), 'by the service');
    const next = treeSpec('web', await rig.mountedImage('two', { 'etc/version': 'two' }), { generation: 2 });
    await rig.mounts.prepareTree(next);
    return next;
  }

  it('has what the service wrote over what the new image brings, and cannot be written to', async () => {
    const next = await runningAndNext();
    let looked = 0;
    await withPreview(rig.layout, next, async (root: HostPath) => {
      looked++;
      expect(readFileSync(`${root}/etc/version`, 'utf8')).to.equal('two');
      expect(readFileSync(`${root}/etc/written`, 'utf8')).to.equal('by the service');
      expect(() => writeFileSync(`${root}/etc/version`, 'no')).to.throw('EROFS');
    });
    expect(looked).to.equal(1);
    expect(readFileSync(rig.tree('web', 'etc/version'), 'utf8')).to.equal('one');
    expect((await rig.mounts.observe()).strayLayers).to.deep.equal([]);
    await rig.mounts.unmountTree('web');
  });

  it('is gone when the look failed, and does not keep the running tree from going', async () => {
    const next = await runningAndNext();
    const failed = await withPreview(rig.layout, next, async () => {
      throw new Error('no such user');
    }).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(failed).to.equal('no such user');
    await rig.mounts.unmountTree('web');
    await rig.mounts.mountTree(next);
    expect(readFileSync(rig.tree('web', 'etc/version'), 'utf8')).to.equal('two');
  });

  it('is unmounted once whoever passes by has left', async () => {
    const next = await runningAndNext();
    await withPreview(rig.layout, next, async (root: HostPath) => {
      await rig.start('sleep', ['0.5'], root);
    });
    expect((await rig.mounts.observe()).strayLayers).to.deep.equal([]);
  });

  it('names who holds it for longer, and is swept when that one has gone', async () => {
    const next = await runningAndNext();
    let stranger: Stranger | undefined;
    const held = withPreview(rig.layout, next, async (root: HostPath) => {
      stranger = await rig.start('sleep', ['1000'], root);
    });
    const message = await refusal(held, 'E_BUSY');
    expect(message).to.include(`pid ${stranger?.pid}`);
    await stranger?.end();
    expect(await rig.mounts.sweep()).to.deep.equal(['web.preview.2']);
    expect((await rig.mounts.observe()).strayLayers).to.deep.equal([]);
  });

  it('tells why the look failed, not that it could not be unmounted after it', async () => {
    const next = await runningAndNext();
    let stranger: Stranger | undefined;
    const failed = await withPreview(rig.layout, next, async (root: HostPath) => {
      stranger = await rig.start('sleep', ['1000'], root);
      throw new Error('no such user');
    }).catch((error: Error) => error.message);
    expect(failed).to.equal('no such user');
    await stranger?.end();
    await rig.mounts.sweep();
  });

  it('is swept by name when whoever looked was killed', async () => {
    const next = await runningAndNext();
    const [entered, left] = [deferred<void>(), deferred<void>()];
    // Goes on until the sweep is over: what a killed process would leave.
    const look = withPreview(rig.layout, next, async () => {
      entered.resolve();
      await left.promise;
    }).catch(() => {});
    await entered.promise;
    const stray = (await rig.mounts.observe()).strayLayers;
    expect(stray).to.deep.equal(['web.preview.2']);
    expect(await rig.mounts.sweep()).to.deep.equal(['web.preview.2']);
    expect((await rig.mounts.observe()).strayLayers).to.deep.equal([]);
    left.resolve();
    await look;
  });
});
