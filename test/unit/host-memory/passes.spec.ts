import { expect } from 'chai';
import { type Behaviour, Crash, createMemoryHost } from '../../../src/host/memory/index.js';
import { type DesiredRack, hasSteps } from '../../../src/model/index.js';
import { aHealthCheck, aRack, aService, desiredState, imageRef, listenOn } from '../../support/builders.js';
import { createMemoryStore } from '../../support/memory-store.js';
import { pass, planNow } from '../../support/pass.js';

const one = imageRef('webserver-1.0');
const two = imageRef('webserver-2.0');

function webserver(
  image = one,
  address = '127.0.0.1:8080',
  rehearse: DesiredRack['rollout']['rehearse'] = 'auto',
): DesiredRack {
  return aRack({
    image,
    services: [aService({ listen: [listenOn(address)], health: aHealthCheck() })],
    rollout: {
      rehearse,
      bakeMs: 1_000,
      timeoutMs: 10_000,
      onFailure: 'rollback',
      data: 'keep',
      snapshots: 3,
    },
  });
}

/** Another rack, so that the removal of the first is not that of the last one. */
const keeper = aRack({ name: 'other', image: imageRef('other-1.0') });

function rig() {
  const { host, world } = createMemoryHost();
  world.addImage(one, two, keeper.image);
  return { host, world, store: createMemoryStore() };
}

describe('passes on the memory host', () => {
  it('install a rack, and then have nothing to do', async () => {
    const { host, world, store } = rig();
    const desired = desiredState([webserver()]);
    const { outcomes } = await pass({ host, store, desired });
    expect(outcomes.map(({ action, outcome }) => [action, outcome])).to.deep.equal([['install', 'done']]);
    expect(world.snapshot().services).to.have.length(1);
    const before = world.snapshot();
    expect(hasSteps(await planNow({ host, store, desired }))).to.equal(false);
    expect(world.snapshot()).to.deep.equal(before);
  });

  it('swap an image and leave nothing of the old one but the data', async () => {
    const { host, world, store } = rig();
    await pass({ host, store, desired: desiredState([webserver()]) });
    const { data } = world.shape();
    const { outcomes } = await pass({ host, store, desired: desiredState([webserver(two)]) });
    expect(outcomes[0]?.outcome).to.equal('done');
    const after = world.shape();
    expect(after.images).to.deep.equal([two.sha256]);
    expect(after.layers).to.deep.equal(['web']);
    expect(after.data).to.deep.equal(data);
  });

  const broken: readonly Behaviour[] = [
    { kind: 'never starts' },
    { kind: 'exits', afterMs: 0, code: 1 },
    { kind: 'exits', afterMs: 300, code: 0 },
    { kind: 'unhealthy' },
    { kind: 'dies during bake', afterMs: 900 },
    { kind: 'sickens', afterMs: 500 },
    { kind: 'runs', healthyAfterMs: 60_000 },
  ];
  for (const behaviour of broken) {
    it(`put the old image back when the new one is broken: ${JSON.stringify(behaviour)}`, async () => {
      const { host, world, store } = rig();
      world.script(two, behaviour);
      await pass({ host, store, desired: desiredState([webserver()]) });
      const before = world.shape();
      const desired = desiredState([webserver(two, '127.0.0.1:8080', 'never')]);
      const { outcomes } = await pass({ host, store, desired });
      expect(outcomes.map(({ outcome }) => outcome)).to.deep.equal(['rolled-back']);
      expect(world.shape()).to.deep.equal(before);
      expect((await store.record('web'))?.quarantined).to.have.length(1);
      expect(hasSteps(await planNow({ host, store, desired }))).to.equal(false);
    });
  }

  it('heal what somebody unmounted or killed by hand, and what a reboot took', async () => {
    const rigged = rig();
    const { world, store } = rigged;
    let { host } = rigged;
    const desired = desiredState([webserver()]);
    await pass({ host, store, desired });
    const before = world.shape();
    const disturbances: readonly (() => unknown)[] = [
      () => world.killKeeper(),
      () => world.spoilTree('web'),
      () => world.reboot(),
    ];
    for (const disturb of disturbances) {
      await disturb();
      host = await world.restart();
      await pass({ host, store, desired });
      expect(world.shape()).to.deep.equal(before);
    }
  });

  const scenarios: readonly Scenario[] = [
    { name: 'an installation', from: [], to: [webserver()] },
    { name: 'an installation that fails', from: [], to: [webserver(two)], broken: true },
    { name: 'a swap', from: [webserver()], to: [webserver(two)] },
    { name: 'a swap whose rehearsal fails', from: [webserver()], to: [webserver(two)], broken: true },
    {
      name: 'a swap that fails',
      from: [webserver()],
      to: [webserver(two, '127.0.0.1:8080', 'never')],
      broken: true,
    },
    { name: 'a removal', from: [webserver(), keeper], to: [keeper] },
    { name: 'a change of another address', from: [webserver()], to: [webserver(one, '127.0.0.1:8081')] },
  ];
  for (const scenario of scenarios) {
    it(`end in one version fully, wherever the agent is killed during ${scenario.name}`, async () => {
      const calm = await prepare(scenario);
      calm.world.clearTrace();
      await pass({ ...calm, store: calm.world.guard('store', calm.store), desired: calm.desired });
      const wanted = calm.world.shape();
      const acts = calm.world.trace();
      expect(acts.length).to.be.greaterThan(10);

      const seen = new Map<string, number>();
      for (const act of acts) {
        const nth = (seen.get(act) ?? 0) + 1;
        seen.set(act, nth);
        for (const moment of ['before', 'middle', 'after'] as const) {
          const where = `${moment} ${act} #${nth}`;
          const { host, world, store, desired } = await prepare(scenario);
          world.crashOn(act, nth, moment);
          const death = await pass({ host, store: world.guard('store', store), desired }).then(
            () => null,
            (error: unknown) => error,
          );
          expect(death, where).to.be.instanceOf(Crash);
          const next = await world.restart();
          await pass({ host: next, store, desired });
          expect(world.shape(), where).to.deep.equal(wanted);
          expect(await store.journals(), where).to.deep.equal([]);
          expect(hasSteps(await planNow({ host: next, store, desired })), where).to.equal(false);
        }
      }
    });
  }
});

interface Scenario {
  readonly name: string;
  readonly from: readonly DesiredRack[];
  readonly to: readonly DesiredRack[];
  /** Image 2.0 exits during its bake. */
  readonly broken?: boolean;
}

async function prepare({ from, to, broken }: Scenario) {
  const rigged = rig();
  if (broken) rigged.world.script(two, { kind: 'dies during bake', afterMs: 900 });
  if (from.length > 0) await pass({ ...rigged, desired: desiredState(from) });
  return { ...rigged, desired: desiredState(to) };
}
