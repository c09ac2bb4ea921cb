import { expect } from 'chai';
import type { Host } from '../../../src/host/index.js';
import { Crash, createMemoryHost } from '../../../src/host/memory/index.js';
import type { DesiredRack, ErrorCode, TreeSpec } from '../../../src/model/index.js';
import { hasCode, hostPath } from '../../../src/model/index.js';
import { aHealthCheck, aRack, aService, imageRef, listenOn } from '../../support/builders.js';

const image = imageRef('webserver-1.0');
const rack = aRack({ image, services: [aService({ listen: [listenOn('0.0.0.0:80')] })] });

function treeOf({ name, digest }: DesiredRack, generation = 1): TreeSpec {
  return { rack: name, generation, digest, layer: 1, sealed: [], image, mountPoints: [] };
}

async function refusal(promise: Promise<unknown>): Promise<ErrorCode | string> {
  try {
    await promise;
    return 'nothing was refused';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

async function run(host: Host, desired: DesiredRack, generation = 1): Promise<void> {
  await host.mounts.mountImage(desired.image);
  await host.mounts.mountTree({ ...treeOf(desired, generation), image: desired.image });
  for (const service of desired.services) {
    await host.supervisor.openSockets(desired.name, service.listen);
    await host.supervisor.start(await host.bundles.write(desired, service, generation));
  }
}

function rig() {
  const { host, world } = createMemoryHost();
  world.addImage(image);
  return { host, world };
}

describe('memory host: images and trees', () => {
  it('refuses an image that is missing or has another sha256', async () => {
    const { host } = rig();
    expect(await refusal(host.images.ensure(imageRef('absent'), () => {}))).to.equal('E_IMAGE_NOT_FOUND');
    const wrong = { ...image, sha256: imageRef('other').sha256 };
    expect(await refusal(host.images.ensure(wrong, () => {}))).to.equal('E_IMAGE_DIGEST');
    expect(await refusal(host.mounts.mountImage(wrong))).to.equal('E_IMAGE_DIGEST');
  });

  it('mounts a tree only on its mounted image, once, and never over another one', async () => {
    const { host } = rig();
    expect(await refusal(host.mounts.mountTree(treeOf(rack)))).to.equal('E_MOUNT');
    await host.mounts.mountImage(image);
    await host.mounts.mountTree(treeOf(rack));
    await host.mounts.mountTree(treeOf(rack));
    expect(await refusal(host.mounts.mountTree(treeOf(rack, 2)))).to.equal('E_MOUNT');
    const { trees } = await host.mounts.observe();
    expect(trees).to.deep.equal([
      { rack: 'web', generation: 1, digest: rack.digest.slice(7), layers: ['1'], asMade: true },
    ]);
  });

  it('leaves an image that a tree uses', async () => {
    const { host } = rig();
    await host.mounts.mountImage(image);
    await host.mounts.mountTree(treeOf(rack));
    expect(await host.mounts.unmountImage(image.sha256)).to.equal(false);
    await host.mounts.unmountTree('web');
    expect(await host.mounts.unmountImage(image.sha256)).to.equal(true);
  });

  it('does not unmount a tree that a stranger or a service holds', async () => {
    const { host, world } = rig();
    await run(host, rack);
    expect(await refusal(host.mounts.unmountTree('web'))).to.equal('E_BUSY');
    await host.supervisor.stop('web', { service: 'web', signal: 'TERM', timeoutMs: 100 });
    const release = world.hold('web');
    expect(await host.mounts.holders('web')).to.have.length(1);
    expect(await refusal(host.mounts.unmountTree('web'))).to.equal('E_BUSY');
    expect(await refusal(host.mounts.prepareTree(treeOf(rack, 2)))).to.equal('E_BUSY');
    release();
    await host.mounts.unmountTree('web');
    await host.mounts.unmountTree('web');
  });

  it('mounts nothing for a rack whose old tree lives on elsewhere', async () => {
    const { host, world } = rig();
    await host.mounts.mountImage(image);
    await host.mounts.mountTree(treeOf(rack));
    const end = world.leak('web');
    const before = host.clock.now();
    expect(await refusal(host.mounts.unmountTree('web'))).to.equal('E_LEAKED_MOUNT');
    expect(host.clock.now() - before).to.equal(2_000);
    expect(await refusal(host.mounts.mountTree(treeOf(rack, 2)))).to.equal('E_LEAKED_MOUNT');
    end();
    await host.mounts.mountTree(treeOf(rack, 2));
  });

  it('purges no data under a mount, and keeps data over everything else', async () => {
    const { host, world } = rig();
    await run(host, rack);
    expect(await refusal(host.data.purge('web'))).to.equal('E_MOUNTED');
    const next = await world.reboot();
    expect((await next.data.list()).map((item) => item.rack)).to.deep.equal(['web']);
    expect((await next.mounts.observe()).trees).to.deep.equal([]);
    await next.data.purge('web');
    expect(await next.data.list()).to.deep.equal([]);
  });
});

describe('memory host: services and sockets', () => {
  it('gives an address to one rack only, wildcards included, all or none', async () => {
    const { host, world } = rig();
    await host.supervisor.openSockets('web', [listenOn('0.0.0.0:80')]);
    const wanted = [listenOn('127.0.0.1:81'), listenOn('127.0.0.1:80')];
    expect(await refusal(host.supervisor.openSockets('other', wanted))).to.equal('E_ADDRESS_IN_USE');
    world.occupy('127.0.0.1:90');
    expect(await refusal(host.supervisor.openSockets('other', [listenOn('127.0.0.1:90')]))).to.equal(
      'E_ADDRESS_IN_USE',
    );
    const { sockets } = await host.supervisor.observe();
    expect(sockets).to.deep.equal([{ rack: 'web', address: '0.0.0.0:80' }]);
  });

  it('exchanges a socket that cannot be changed in place, unless a service uses it; other options wait for the start', async () => {
    const { host, world } = rig();
    const listen = listenOn('[::]:80');
    const on = (options: object) => [{ ...listen, ...options }];
    const rackOn = aRack({ services: [aService({ name: 'main', listen: [listen] })] });
    await run(host, rackOn);
    await host.supervisor.openSockets('web', on({ backlog: 7 }));
    expect(world.snapshot().sockets.join()).not.to.contain('backlog');
    expect(await refusal(host.supervisor.openSockets('web', on({ v6Only: true })))).to.equal(
      'E_ADDRESS_IN_USE',
    );
    await host.supervisor.stop('web', { service: 'main', signal: 'TERM', timeoutMs: 1_000 });
    await host.supervisor.openSockets('web', on({ v6Only: true }));
    await host.supervisor.openSockets('other', [listenOn('0.0.0.0:80')]);
    expect((await host.supervisor.observe()).sockets).to.have.length(2);
  });

  it('starts a service once, and not as something else while it runs', async () => {
    const { host, world } = rig();
    await run(host, rack);
    const before = world.snapshot();
    const [service] = rack.services;
    if (service === undefined) throw new Error('no service');
    await host.supervisor.start(await host.bundles.write(rack, service, 1));
    expect(world.snapshot()).to.deep.equal(before);
    const other = await host.bundles.write(rack, service, 2);
    expect(await refusal(host.supervisor.start(other))).to.equal('E_START');
  });

  it('needs the tree, the sockets, the secrets and the mount sources', async () => {
    const { host, world } = rig();
    const service = aService({
      listen: [listenOn('0.0.0.0:80')],
      env: { PASSWORD: { fromHostFile: hostPath('/etc/rackops/secrets/db') } },
    });
    const needy = aRack({ services: [service] });
    expect(await refusal(host.bundles.write(needy, service, 1))).to.equal('E_START');
    await host.mounts.mountImage(image);
    await host.mounts.mountTree(treeOf(needy));
    world.setMissing('/etc/rackops/secrets/db', true);
    expect(await refusal(host.bundles.write(needy, service, 1))).to.equal('E_SECRET');
    world.setMissing('/etc/rackops/secrets/db', false);
    const spec = await host.bundles.write(needy, service, 1);
    expect(await refusal(host.supervisor.start(spec))).to.equal('E_START');
    const { services } = await host.supervisor.observe();
    expect(services[0]?.startError).to.include('"0.0.0.0:80" is not held');
  });

  it('restarts what exits with the backoff of the definition, and counts', async () => {
    const { host, world } = rig();
    world.script(image, { kind: 'exits', afterMs: 100, code: 3 });
    await run(host, rack);
    await world.advance(100);
    const exited = (await host.supervisor.observe()).services[0];
    expect(exited).to.include({ state: 'starting', pid: null, restarts: 1 });
    expect(exited?.lastExit).to.deep.equal({ code: 3, signal: null, at: host.clock.now() });
    await world.advance(1_000);
    expect((await host.supervisor.observe()).services[0]).to.include({ state: 'running', restarts: 1 });
  });

  it('answers probes as scripted', async () => {
    const { host, world } = rig();
    world.script(image, { kind: 'runs', healthyAfterMs: 500 });
    await run(host, rack);
    const { check } = aHealthCheck();
    const target = { rack: 'web', service: 'web' };
    const { signal } = new AbortController();
    const probe = async () => (await host.probes.probe(check, 50, target, signal)).result;
    expect(await probe()).to.equal('failure');
    await host.clock.sleep(500);
    expect(await probe()).to.equal('success');
    world.killService('web', 'web');
    expect(await probe()).to.equal('failure');
  });

  it('kills what has no owner before a new keeper starts anything', async () => {
    const { host, world } = rig();
    await run(host, rack);
    world.killKeeper();
    expect(await host.supervisor.observe()).to.deep.equal({
      state: 'absent',
      services: [],
      sockets: [],
      orphans: ['web'],
    });
    expect(await refusal(host.mounts.unmountTree('web'))).to.equal('E_BUSY');
    await host.supervisor.ensure();
    await host.mounts.unmountTree('web');
  });

  it('starts a service that is asked for while it stops, when it has stopped', async () => {
    const { host, world } = rig();
    world.script(image, { kind: 'ignores stop' });
    await run(host, rack);
    const [before] = (await host.supervisor.observe()).services;
    const [service] = rack.services;
    if (service === undefined) throw new Error('no service');
    const stopped = host.supervisor.stop('web', { service: 'web', signal: 'TERM', timeoutMs: 100 });
    await host.supervisor.start(await host.bundles.write(rack, service, 1));
    await stopped;
    const [after] = (await host.supervisor.observe()).services;
    expect(after).to.include({ state: 'running' }).and.to.have.property('pid').that.is.not.equal(before?.pid);
  });

  it('is unknown, not absent, while the keeper does not answer', async () => {
    const { host, world } = rig();
    await run(host, rack);
    world.freezeKeeper(true);
    expect((await host.supervisor.observe()).state).to.equal('unknown');
    const stop = host.supervisor.stop('web', { service: 'web', signal: 'TERM', timeoutMs: 1 });
    expect(await refusal(stop)).to.equal('E_KEEPER');
    world.freezeKeeper(false);
    expect((await host.supervisor.observe()).services).to.have.length(1);
  });

  it('ends the keeper with its last service and socket', async () => {
    const { host } = rig();
    await run(host, rack);
    await host.supervisor.stop('web', { service: 'web', signal: 'TERM', timeoutMs: 1 });
    expect((await host.supervisor.observe()).state).to.equal('running');
    await host.supervisor.closeSockets('web', []);
    expect((await host.supervisor.observe()).state).to.equal('absent');
  });
});

describe('memory host: time, faults and death', () => {
  it('lets time pass at once and wakes sleepers in order', async () => {
    const { host } = rig();
    const woken: string[] = [];
    const start = host.clock.now();
    const sleep = async (name: string, ms: number) => {
      await host.clock.sleep(ms);
      woken.push(`${name} ${host.clock.now() - start}`);
    };
    await Promise.all([sleep('hour', 3_600_000), sleep('first', 5), sleep('second', 5), sleep('zero', 0)]);
    expect(woken).to.deep.equal(['zero 0', 'first 5', 'second 5', 'hour 3600000']);
  });

  it('stands still in manual mode until it is told to go on, and aborts a sleep', async () => {
    const { host, world } = createMemoryHost({ clock: 'manual' });
    const controller = new AbortController();
    let awake = false;
    const sleeping = host.clock.sleep(100).then(() => {
      awake = true;
    });
    const aborted = host.clock.sleep(1_000, controller.signal).catch((error: unknown) => error);
    await world.advance(99);
    expect(awake).to.equal(false);
    await world.advance(1);
    await sleeping;
    controller.abort(new Error('told to stop'));
    expect(await aborted).to.be.instanceOf(Error);
  });

  it('fails the named call once', async () => {
    const { host, world } = rig();
    await host.mounts.mountImage(image);
    world.failOn('mountTree', 2, new Error('injected'));
    await host.mounts.mountTree(treeOf(rack));
    expect(await refusal(host.mounts.mountTree(treeOf(rack)))).to.include('injected');
    await host.mounts.mountTree(treeOf(rack));
    expect(world.calls('mounts.mountTree')).to.equal(3);
  });

  it('leaves a stray layer when it dies in the middle of a mount, and does nothing more in that life', async () => {
    const { host, world } = rig();
    await host.mounts.mountImage(image);
    world.crashOn('mounts.mountTree', 1, 'middle');
    const sleeping = host.clock.sleep(60_000).catch((error: unknown) => error);
    const death = await host.mounts.mountTree(treeOf(rack)).catch((error: unknown) => error);
    expect(death).to.be.instanceOf(Crash);
    expect(hasCode(death, 'E_MOUNT')).to.equal(false);
    expect(await sleeping).to.be.instanceOf(Crash);
    expect(await host.mounts.observe().catch((error: unknown) => error)).to.be.instanceOf(Crash);
    const next = await world.restart();
    expect(await next.mounts.observe()).to.deep.include({ trees: [], strayLayers: ['web.1'] });
    await next.mounts.mountTree(treeOf(rack));
    expect((await next.mounts.observe()).strayLayers).to.deep.equal([]);
  });

  it('gives a new boot id with each boot, and ids that sort', async () => {
    const { host, world } = rig();
    const first = await host.bootId();
    const ids = [host.ids.next(), host.ids.next()];
    const next = await world.reboot();
    ids.push(next.ids.next());
    expect(await next.bootId()).not.to.equal(first);
    expect([...ids].sort()).to.deep.equal(ids);
  });
});
