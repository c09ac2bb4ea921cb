/** Images that come over the network, seen from outside: a commit names one that is on a server only, and the rack runs; one that trickles in holds up nobody else, and not the end of the agent. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { ImageServer } from '../support/image-server.js';
import { type BuiltImage, tinyImage } from '../support/images.js';
import { tinyRack } from '../support/racks.js';
import { Registry } from '../support/registry.js';
import { eventually, Rig, statusOf } from '../support/rig.js';

describe('images from the network', function () {
  this.timeout(90_000);
  let one: BuiltImage;
  let two: BuiltImage;
  let rig: Rig;
  let server: ImageServer;

  before(async () => {
    one = await tinyImage('tiny', '1.0');
    two = await tinyImage('tiny', '2.0');
    server = await ImageServer.start();
    for (const image of [one, two]) server.files.set(image.file, readFileSync(image.path));
    rig = await Rig.create();
  });
  after(async () => {
    await rig.dispose();
    await server.stop();
  });

  const from = (...sources: readonly object[]) => rig.writeHost({ images: { sources } });

  it('are fetched, verified and run by one sync', async () => {
    const tokenFile = join(rig.directory, 'token');
    writeFileSync(tokenFile, 's3cret-t0ken\n', { mode: 0o600 });
    from({ url: server.url('private'), insecure: true, auth: { tokenFile } });
    rig.commit({ 'racks/web.yaml': tinyRack('web', one) }, 'web 1.0');
    const sync = await rig.sync();
    expect(statusOf(sync.json).racks[0]).to.include({ name: 'web', condition: 'Ready' });
    for (const { path, text } of await rig.filesBelow(rig.state)) expect(text, path).not.to.contain('s3cret');
  });

  it('leave the version that runs alone when they cannot be had, and say where it was looked for', async () => {
    from({ url: server.url('flipped'), insecure: true, mirrors: [server.url('status/404')] });
    rig.commit({ 'racks/web.yaml': tinyRack('web', two) }, 'web 2.0');
    const pid = await rig.pidOf('web', 'main');
    await rig.sync(1);
    const web = await rig.rack('web');
    expect(web).to.include({ condition: 'Failed', reason: 'ImageDigest' });
    expect(web.message).to.contain('/flipped/tiny-2.0.iso').and.to.contain(two.sha256);
    expect(await rig.pidOf('web', 'main')).to.equal(pid);
    expect(web.quarantined).to.deep.equal([]);
  });

  it('are pushed to a registry, and fetched from there by their sha256', async () => {
    const directory = join(rig.directory, 'registry');
    mkdirSync(directory);
    const registry = await Registry.start(directory);
    try {
      const to = `${registry.host}/racks/tiny:2.0`;
      const push = await rig.rackops(['image', 'push', two.path, '--to', to, '--insecure'], { json: true });
      expect(push.json).to.include({ sha256: two.sha256, reference: to });
      from({ registry: `${registry.host}/racks/tiny`, insecure: true });
      await rig.sync();
      expect((await rig.rack('web')).image).to.include({ sha256: two.sha256 });
    } finally {
      await registry.stop();
    }
  });

  it('that trickle in hold up neither another rack nor the end of the agent, which goes on where it was', async () => {
    const big = await tinyImage('big', '1.0', { files: { '/srv/big': 'x' } });
    server.files.set(big.file, readFileSync(big.path));
    server.onBytes = () => sleep(100);
    from({ url: server.url('paced'), insecure: true });
    rig.commit(
      { 'racks/slow.yaml': tinyRack('slow', big), 'racks/other.yaml': tinyRack('other', two) },
      'two more',
    );
    const agent = rig.startAgent();
    await eventually(
      'the other rack runs',
      async () => (await rig.rack('other').catch(() => null))?.condition === 'Ready',
    );
    expect((await rig.rack('slow')).condition).to.equal('Reconciling');
    const before = Date.now();
    await agent.stop();
    expect(Date.now() - before).to.be.lessThan(2_500);
    server.onBytes = async () => {};
    server.seen.length = 0;
    await rig.sync();
    expect(server.seen[0]?.headers.range).to.match(/^bytes=\d+-$/);
    expect((await rig.rack('slow')).condition).to.equal('Ready');
  });
});
