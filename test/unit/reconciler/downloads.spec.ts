/** A pass does not last as long as its downloads: what is on its way is left to a later pass, which is asked for when it has come. */
import { expect } from 'chai';
import { Errands } from '../../../src/apply/index.js';
import { deferred } from '../../../src/lib/index.js';
import { RackError } from '../../../src/model/index.js';
import { imageRef } from '../../support/builders.js';
import { definition, type MemoryRig, memoryRig } from '../../support/memory-rig.js';

const web = imageRef('web-1.0');
const api = imageRef('api-1.0');

describe('a pass that meets a long download', () => {
  let rig: MemoryRig;
  let ended = deferred<void>();
  let errands: Errands;
  beforeEach(async () => {
    rig = await memoryRig();
    rig.world.addImage(web, api);
    ended = deferred();
    errands = new Errands(20, () => ended.resolve());
    rig.repository.commit({
      'racks/web.yaml': definition('web'),
      'racks/api.yaml': definition('api', { dependsOn: ['web'] }),
    });
  });
  afterEach(() => rig.dispose());
  const pass = () => rig.sync({}, false, errands);
  const conditions = async () =>
    (await pass()).status.racks.map(({ name, condition, reason }) => `${name} ${condition}/${reason}`);

  it('ends, with the rack and what needs it waiting, and serves what is merged meanwhile', async () => {
    rig.world.mustDownload(web);
    const first = await pass();
    expect(first.racks.map(({ rack, outcome, reason }) => `${rack} ${outcome} ${reason}`)).to.deep.equal([
      'api waiting DependencyNotReady',
      'web waiting Downloading',
    ]);
    const fix = imageRef('fix-1.0');
    rig.world.addImage(fix);
    rig.repository.commit({ 'racks/fix.yaml': definition('fix') });
    expect(await conditions()).to.include('fix Ready/Healthy');
  });

  it('asks for the next pass when the image is here, which goes on', async () => {
    const finish = rig.world.mustDownload(web);
    await pass();
    finish();
    await ended.promise;
    expect(await conditions()).to.deep.equal(['api Ready/Healthy', 'web Ready/Healthy']);
  });

  it('tells in the next pass why a download that it left has failed', async () => {
    const finish = rig.world.mustDownload(web);
    await pass();
    finish(new RackError('E_IMAGE_FETCH', 'cannot fetch: HTTP 503'));
    await ended.promise;
    const report = await pass();
    const failed = report.racks.find(({ rack }) => rack === 'web');
    expect(failed).to.include({ outcome: 'failed' });
    expect(failed?.message).to.contain('HTTP 503');
  });

  it('forgets it when Git asks for another image meanwhile', async () => {
    rig.world.mustDownload(web);
    await pass();
    const other = imageRef('web-1.1');
    rig.world.addImage(other);
    rig.repository.commit({ 'racks/web.yaml': definition('web', { image: other }) });
    expect(await conditions()).to.deep.equal(['web Ready/Healthy']);
    expect((await rig.store().record('web'))?.committed?.desired.image).to.deep.equal(other);
  });

  it('asks for a pass for the image that Git asks for now, also while an older one is still on its way', async () => {
    rig.world.mustDownload(web);
    await pass();
    const other = imageRef('web-1.1');
    rig.world.addImage(other);
    const finish = rig.world.mustDownload(other);
    rig.repository.commit({ 'racks/web.yaml': definition('web', { image: other }) });
    expect(await conditions()).to.deep.equal(['web Reconciling/RolloutInProgress']);
    finish();
    await ended.promise;
    expect(await conditions()).to.deep.equal(['web Ready/Healthy']);
  });

  it('is seen through where no other pass follows', async () => {
    const finish = rig.world.mustDownload(web);
    const sync = rig.sync();
    setTimeout(finish, 60);
    expect((await sync).exitCode).to.equal(0);
  });
});
