/** What must hold for every plan, whatever Git asks for and whatever the host looks like. Generated inputs, on the memory host. */
import { expect } from 'chai';
import fc from 'fast-check';
import type { DesiredRack, RackRecord, Step } from '../../src/model/index.js';
import { checkPlan, type PlanningInput, planPass } from '../../src/planning/index.js';
import {
  aHealthCheck,
  aQuarantine,
  aRack,
  aRecord,
  aService,
  committed,
  desiredState,
  imageRef,
  listenOn,
  observedWith,
  testEpochMs,
} from '../support/builders.js';
import { definition, memoryRig } from '../support/memory-rig.js';

const names = ['alpha', 'beta', 'gamma', 'delta'] as const;

const rackArbitrary = (name: string): fc.Arbitrary<DesiredRack> =>
  fc
    .record({
      version: fc.integer({ min: 1, max: 3 }),
      port: fc.option(fc.integer({ min: 80, max: 82 }), { nil: null }),
      dependsOn: fc.subarray(names.filter((other) => other < name)),
    })
    .map(({ version, port, dependsOn }) =>
      aRack({
        name,
        image: imageRef(`${name}-${version}.0`),
        dependsOn,
        services: [
          aService({
            name: 'main',
            listen: port === null ? [] : [listenOn(`0.0.0.0:${port}`)],
            health: aHealthCheck(),
          }),
        ],
      }),
    );

const racksArbitrary = fc
  .tuple(...names.map((name) => fc.option(rackArbitrary(name), { nil: null })))
  .map((racks) => {
    const taken = new Set<string>();
    // Two racks of one commit on one address never get here: definition/ refuses them.
    return racks.filter((rack): rack is DesiredRack => {
      const address = rack?.services[0]?.listen[0]?.address;
      if (rack === null || (address !== undefined && taken.has(address))) return false;
      if (address !== undefined) taken.add(address);
      return true;
    });
  });

const inputArbitrary = fc
  .record({
    wanted: racksArbitrary,
    installed: racksArbitrary,
    mounted: fc.boolean(),
    quarantined: fc.boolean(),
    allowance: fc.option(fc.integer({ min: 0, max: 4 }), { nil: null }),
    complete: fc.boolean(),
  })
  .map(({ wanted, installed, mounted, quarantined, allowance, complete }): PlanningInput => {
    const running = installed.map((rack) => committed(rack));
    const records: RackRecord[] = running.map((rack) => aRecord({ committed: rack }));
    const marked = quarantined
      ? records.map((record) => {
          const next = wanted.find((rack) => rack.name === record.rack);
          return next === undefined ? record : { ...record, quarantined: [aQuarantine(next)] };
        })
      : records;
    return {
      now: testEpochMs,
      desired: desiredState(wanted, { complete: complete && wanted.length > 0 }),
      records: marked,
      journals: [],
      observed: mounted ? observedWith({ running }) : observedWith(),
      data: [],
      hostSuspended: false,
      prune: { maxPercent: 50, allowance },
    };
  });

const stepsOf = (input: PlanningInput): readonly Step[] =>
  planPass(input).plan.racks.flatMap((rack) => rack.steps);

describe('every plan', () => {
  it('passes the plan checker', () => {
    fc.assert(
      fc.property(inputArbitrary, (input) => {
        expect(checkPlan(planPass(input).plan, input)).to.deep.equal([]);
      }),
      { numRuns: 500 },
    );
  });

  it('is empty when the host is as desired', () => {
    fc.assert(
      fc.property(racksArbitrary, (racks) => {
        const running = racks.map((rack) => committed(rack));
        const input = {
          now: testEpochMs,
          desired: desiredState(racks),
          records: running.map((rack) => aRecord({ committed: rack })),
          journals: [],
          observed: observedWith({ running }),
          data: [],
          hostSuspended: false,
          prune: { maxPercent: 50, allowance: null },
        };
        expect(stepsOf(input)).to.deep.equal([]);
      }),
    );
  });

  it('does not depend on the order of its input', () => {
    fc.assert(
      fc.property(inputArbitrary, (input) => {
        const turned: PlanningInput = {
          ...input,
          desired: { ...input.desired, racks: [...input.desired.racks].reverse() },
          records: [...input.records].reverse(),
          observed: {
            ...input.observed,
            images: [...input.observed.images].reverse(),
            trees: [...input.observed.trees].reverse(),
            supervisor: {
              ...input.observed.supervisor,
              services: [...input.observed.supervisor.services].reverse(),
            },
          },
        };
        expect(planPass(turned).plan).to.deep.equal(planPass(input).plan);
      }),
    );
  });

  it('removes nothing outside the inventory, and never more than the budget', () => {
    fc.assert(
      fc.property(inputArbitrary, (input) => {
        const removed = planPass(input)
          .plan.racks.filter((rack) => rack.action === 'remove')
          .map((rack) => rack.rack);
        const installed = input.records.map((record) => record.rack);
        for (const rack of removed) expect(installed).to.include(rack);
        const { allowance } = input.prune;
        const limit = allowance ?? Math.max(1, Math.floor(installed.length / 2));
        expect(removed.length).to.be.at.most(limit);
        if (allowance === null && installed.length > 0) expect(removed.length).to.be.below(installed.length);
        if (!input.desired.complete) expect(removed).to.deep.equal([]);
      }),
    );
  });

  it('does not change its input', () => {
    fc.assert(
      fc.property(inputArbitrary, (input) => {
        const before = JSON.stringify(input);
        planPass(input);
        expect(JSON.stringify(input)).to.equal(before);
      }),
    );
  });
});

describe('every pass', () => {
  const repository = fc.array(
    fc.tuple(
      ...names.map((name) =>
        fc
          .option(fc.record({ version: fc.integer({ min: 1, max: 2 }), port: fc.boolean() }), { nil: null })
          .map((choice) => ({ name, choice })),
      ),
    ),
    { minLength: 1, maxLength: 3 },
  );

  it('leaves nothing to do for the next one', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc.asyncProperty(repository, async (commits) => {
        const rig = await memoryRig();
        try {
          for (const name of names) rig.world.addImage(imageRef(`${name}-1.0`), imageRef(`${name}-2.0`));
          for (const commit of commits) {
            const files: Record<string, string> = { README: 'racks' };
            for (const [index, { name, choice }] of commit.entries()) {
              if (choice === null) continue;
              const listen = choice.port ? { listen: `127.0.0.1:${8_000 + index}` } : {};
              files[`racks/${name}.yaml`] = definition(name, {
                image: imageRef(`${name}-${choice.version}.0`),
                ...listen,
                bake: '0s',
              });
            }
            rig.repository.commit(files, 'next\n\nRackops-Allow-Prune: 9');
            await rig.sync();
            const before = rig.world.snapshot();
            const again = await rig.sync();
            expect(again.racks).to.deep.equal([]);
            expect(again.exitCode).to.equal(0);
            expect(rig.world.snapshot()).to.deep.equal(before);
          }
        } finally {
          await rig.dispose();
        }
      }),
      { numRuns: 40 },
    );
  });
});
