/** Racks on one host share images, ports and dependencies: what one does to the other, and what it must not. */

import { rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { expect } from 'chai';
import { loopsOf, mountsUnder } from '../../scripts/sandbox/index.js';
import { nginxImage, tinyImage, webPort } from '../support/images.js';
import { footprintOf, tinyRack, webRack } from '../support/racks.js';
import { freePort, httpGet, Rig } from '../support/rig.js';

type Image = { readonly file: string; readonly sha256: string };

describe('neighbours', function () {
  this.timeout(90_000);
  let rig: Rig;
  let port: number;
  let nginx: Image;
  let broken: Image;
  let tiny: Image;
  let tiny2: Image;

  beforeEach(async () => {
    rig = await Rig.create();
    port = await webPort();
    const listen = `127.0.0.1:${port}`;
    nginx = rig.putImage(await nginxImage('1.0', { listen }));
    broken = rig.putImage(await nginxImage('4.0', { listen, fault: 'missing-include' }));
    tiny = rig.putImage(await tinyImage('tiny', '1.0'));
    tiny2 = rig.putImage(await tinyImage('tiny', '2.0'));
  });
  afterEach(() => rig.dispose());

  it('share one file, one loop device and one mount of the same image, as long as one of them needs it', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `rack-${index}`);
    const all = (image: Image) =>
      Object.fromEntries(names.map((name) => [`racks/${name}.yaml`, tinyRack(name, image)]));
    const uses = (image: Image) => [
      loopsOf(rig.directory).filter((loop) => loop.file.endsWith(`/${image.file}`)).length,
      mountsUnder(rig.directory).filter((path) => path.endsWith(image.sha256)).length,
    ];
    rig.commit(all(tiny), 'eight racks of one image');
    await rig.sync(0);
    expect(mountsUnder(join(rig.root, 'active'))).to.have.length(8);
    expect(uses(tiny)).to.deep.equal([1, 1]);
    rig.commit({ 'racks/rack-0.yaml': tinyRack('rack-0', tiny2) }, 'one of them moves on');
    await rig.sync(0);
    expect([uses(tiny), uses(tiny2)]).to.deep.equal([
      [1, 1],
      [1, 1],
    ]);
    rig.commit(all(tiny2), 'all of them');
    await rig.sync(0);
    expect([uses(tiny), uses(tiny2)]).to.deep.equal([
      [0, 0],
      [1, 1],
    ]);
  });

  it('hand a port over in one commit', async () => {
    const elsewhere = await freePort();
    const a = (to: number) =>
      webRack('a', nginx, to, {
        rack: { files: [{ path: '/etc/nginx/conf.d/site.conf', source: `files/${to}.conf` }] },
      });
    const site = (to: number) =>
      `server {\n  listen 127.0.0.1:${to};\n  include /etc/nginx/locations.conf;\n}\n`;
    rig.commit(
      {
        [`files/${port}.conf`]: site(port),
        [`files/${elsewhere}.conf`]: site(elsewhere),
        'racks/a.yaml': a(port),
      },
      'a has the port',
    );
    await rig.sync(0);
    rig.commit({ 'racks/a.yaml': a(elsewhere), 'racks/b.yaml': webRack('b', nginx, port) }, 'b gets it');
    await rig.sync(0);
    expect(await rig.rack('b')).to.include({ condition: 'Ready' });
    expect((await httpGet(`http://127.0.0.1:${port}/version`)).status).to.equal(200);
    expect((await httpGet(`http://127.0.0.1:${elsewhere}/version`)).status).to.equal(200);
  });

  it('keep what they have when the one that gets the port cannot run', async () => {
    const elsewhere = await freePort();
    const a = (to: number) => tinyRack('a', tiny, { port: to });
    rig.commit({ 'racks/a.yaml': a(port) }, 'a has the port');
    await rig.sync(0);
    rig.commit({ 'racks/a.yaml': a(elsewhere), 'racks/b.yaml': webRack('b', broken, port) }, 'b gets it');
    const { stdout } = await rig.sync(1);
    expect(await rig.rack('a'), stdout).to.include({ condition: 'Ready' });
    expect(await rig.rack('b')).to.include({ condition: 'Failed', image: null });
    expect((await httpGet(`http://127.0.0.1:${elsewhere}/version`)).status).to.equal(200);
    expect((await httpGet(`http://127.0.0.1:${port}/version`)).error).to.equal('ECONNREFUSED');
  });

  it('are told apart from a stranger who has the port', async () => {
    const stranger = createServer((_, response) => response.end('not a rack'));
    await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve));
    try {
      rig.commit({ 'racks/a.yaml': webRack('a', nginx, port) }, 'a port that is taken');
      const { stdout } = await rig.sync(1);
      expect(stdout).to.contain(String(port)).and.contain(String(process.pid));
      expect(await rig.rack('a')).to.include({ condition: 'Failed', image: null });
    } finally {
      await new Promise((resolve) => stranger.close(resolve));
    }
    await rig.sync(0);
  });

  it('stop at the previous version when that one does not work any more either', async () => {
    const flag = join(rig.directory, 'share/flag');
    writeFileSync(flag, '');
    const needsFlag = (more: string) =>
      tinyRack('a', tiny, {
        port,
        command: ['sh', '-c', `test -e /share/flag && exec serve 127.0.0.1:${port}; ${more} exit 1`],
        rack: { mounts: [{ source: join(rig.directory, 'share'), target: '/share' }] },
        rollout: { timeout: '4s' },
      });
    rig.commit({ 'racks/a.yaml': needsFlag('') }, 'works');
    await rig.sync(0);
    rmSync(flag);
    rig.commit({ 'racks/a.yaml': needsFlag('echo new;') }, 'neither works now');
    await rig.sync(1);
    const rack = await rig.rack('a');
    expect(rack.condition).to.equal('Failed');
    expect(rack.quarantined.map((entry) => entry.digest)).to.deep.equal([rack.desiredDigest]);
    const { generation } = rack;
    await rig.sync(1);
    expect((await rig.rack('a')).generation, 'no ping-pong').to.equal(generation);
    const events = await rig.rackops(['history', 'a'], { json: true });
    expect(JSON.stringify(events.json).split('"rolled-back"').length - 1).to.equal(1);
    writeFileSync(flag, '');
    await rig.rackops(['retry', 'a']);
    await rig.sync(0);
  });

  it('wait for what they depend on, and do not move on when it fails', async () => {
    const dependent = (image: Image) => tinyRack('app', image, { rack: { dependsOn: ['base'] } });
    rig.commit(
      { 'racks/base.yaml': webRack('base', nginx, port), 'racks/app.yaml': dependent(tiny) },
      'both',
    );
    await rig.sync(0);
    const before = await footprintOf(rig, 'app');
    rig.commit(
      { 'racks/base.yaml': webRack('base', broken, port), 'racks/app.yaml': dependent(tiny2) },
      'both move',
    );
    await rig.sync(1);
    expect(await footprintOf(rig, 'app')).to.deep.equal(before);
    expect(await rig.rack('app')).to.include({ condition: 'Reconciling', reason: 'DependencyNotReady' });
    expect((await httpGet(`http://127.0.0.1:${port}/version`)).body).to.equal('1.0\n');
  });
});
