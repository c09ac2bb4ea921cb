/**
 * Golden plans: one scenario each, its plan as people read it in `plans/<scenario>.txt`. A change of planning shows as a diff to review.
 * Regenerate with UPDATE_GOLDEN=1. Every plan here also passes the plan checker.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { hostPath, type ObservedState } from '../../src/model/index.js';
import { checkPlan, type PlanningInput, planPass } from '../../src/planning/index.js';
import { plain, planText } from '../../src/report/index.js';
import {
  aHealthCheck,
  aJournal,
  aQuarantine,
  aRack,
  aRecord,
  aRunningService,
  aService,
  aSnapshot,
  aTree,
  committed,
  desiredState,
  imageRef,
  listenOn,
  observedWith,
  testEpochMs,
} from '../support/builders.js';

const v1 = aRack({ services: [aService({ name: 'nginx', listen: [listenOn('0.0.0.0:80')] })] });
const v2 = { ...aRack({ ...pick(v1), image: imageRef('webserver-2.0') }) };
const db = aRack({
  name: 'database',
  image: imageRef('database-1.0'),
  services: [aService({ name: 'mariadb' })],
});
const running = committed(v1);
const v2restored = aRack({
  ...pick(v1),
  image: v2.image,
  rollout: { ...v1.rollout, data: 'restore' },
});
/** In use: 5 on 4 on 3 on 1-2; 4 and 3 are snapshots. */
const layered = committed(v1, {
  tree: { generation: 1, digest: v1.digest, layer: 5, sealed: ['4', '3', '2', '1'] },
});
const layeredData = {
  rack: 'web',
  names: ['1', '2', '1-2', '3', '4', '5'],
  stack: { layer: 5, sealed: ['4', '3', '1-2'] },
  snapshots: ['3', '4'].map((id) => aSnapshot(v1, id)),
};

const onBoth = aRack({
  services: [aService({ name: 'nginx', listen: [listenOn('[::]:80'), listenOn('0.0.0.0:81')] })],
});
const onUnix = aRack({
  services: [
    aService({
      name: 'nginx',
      listen: [{ address: 'unix:/var/share/a', family: 'unix', path: hostPath('/var/share/a') }],
    }),
    aService({ name: 'worker' }),
  ],
});

/** The files of all unix sockets are gone. */
function withoutSockets(observed: ObservedState): ObservedState {
  return { ...observed, supervisor: { ...observed.supervisor, sockets: [] } };
}

function pick({ services, mounts, files }: typeof v1): Partial<typeof v1> {
  return { services, mounts, files };
}

function input(overrides: Partial<PlanningInput>): PlanningInput {
  return {
    now: testEpochMs,
    desired: desiredState([v1]),
    records: [],
    journals: [],
    observed: observedWith(),
    data: [],
    hostSuspended: false,
    prune: { maxPercent: 50, allowance: null },
    ...overrides,
  };
}

const probed = {
  ...aRack({ ...pick(v1), services: v1.services.map((service) => ({ ...service, health: aHealthCheck() })) }),
};
const probed2 = { ...aRack({ ...pick(probed), image: imageRef('webserver-2.0') }) };

/** The hook counts from the version on that has it: `probed2` has none. */
const quiesced = {
  ...aRack({
    ...pick(probed),
    rollout: {
      ...probed.rollout,
      quiesce: { service: 'nginx', freeze: ['freeze'], thaw: ['thaw'], timeoutMs: 10_000 },
    },
  }),
};

const v2dropping = aRack({
  ...pick(v1),
  image: v2.image,
  rollout: { ...v1.rollout, shadow: { default: 'keep', rules: [{ path: '/usr/**', policy: 'drop' }] } },
});
const droppingJournal = aJournal(v2dropping, {
  from: running,
  phase: 'touch',
  drops: [{ path: '/usr/bin/app', how: 'entry' }],
});

const v2refreshing = aRack({
  ...pick(v1),
  image: v2.image,
  rollout: { ...v1.rollout, shadow: { default: 'refresh', rules: [] } },
});

const inBake = aJournal(v2, {
  from: running,
  phase: 'bake',
  to: { desired: v2, tree: { generation: 2, digest: v2.digest, layer: 1, sealed: [] } },
});

const scenarios: Readonly<Record<string, PlanningInput>> = {
  'nothing-to-do': input({
    records: [aRecord({ committed: running })],
    observed: observedWith({ running: [running] }),
  }),
  'first-install': input({}),
  swap: input({
    desired: desiredState([v2]),
    records: [aRecord({ committed: running })],
    observed: observedWith({ running: [running] }),
  }),
  'swap-with-a-rehearsal': input({
    desired: desiredState([probed2]),
    records: [aRecord({ committed: committed(probed) })],
    observed: observedWith({ running: [committed(probed)] }),
  }),
  'swap-with-a-rehearsal-on-a-copy': input({
    desired: desiredState([probed2]),
    records: [aRecord({ committed: committed(quiesced) })],
    observed: observedWith({ running: [committed(quiesced)] }),
  }),
  'crash-while-a-service-may-be-frozen': input({
    desired: desiredState([probed2]),
    records: [aRecord({ committed: committed(quiesced) })],
    journals: [aJournal(probed2, { from: committed(quiesced), phase: 'begin' })],
    observed: observedWith({ running: [committed(quiesced)] }),
  }),
  'swap-back-needs-no-rehearsal': input({
    desired: desiredState([probed2]),
    records: [aRecord({ committed: committed(probed), committedDigests: [probed2.digest, probed.digest] })],
    observed: observedWith({ running: [committed(probed)] }),
  }),
  'swap-while-nothing-runs-needs-no-rehearsal': input({
    desired: desiredState([probed2]),
    records: [aRecord({ committed: committed(probed) })],
  }),
  'change-that-processes-do-not-see': input({
    desired: desiredState([{ ...v1, digest: v2.digest }]),
    records: [aRecord({ committed: running })],
    observed: observedWith({ running: [running] }),
  }),
  'quarantined-version': input({
    desired: desiredState([v2]),
    records: [aRecord({ committed: running, quarantined: [aQuarantine(v2)] })],
    observed: observedWith({ running: [running] }),
  }),
  'revert-to-the-running-version': input({
    records: [aRecord({ committed: running, quarantined: [aQuarantine(v2)] })],
    observed: observedWith({ running: [running] }),
  }),
  'invalid-file': input({
    desired: desiredState([], { invalid: ['web'], complete: false }),
    records: [aRecord({ committed: running })],
    observed: observedWith({ running: [running] }),
  }),
  'after-a-boot': input({ records: [aRecord({ committed: running })] }),
  'drift-tree-unmounted-by-hand': input({
    records: [aRecord({ committed: running })],
    observed: observedWith({ running: [running], trees: [] }),
  }),
  'drift-foreign-tree': input({
    records: [aRecord({ committed: running })],
    observed: observedWith({
      running: [running],
      trees: [aTree(running, { generation: null, digest: null, asMade: false })],
    }),
  }),
  'drift-service-lost': input({
    records: [aRecord({ committed: running })],
    observed: observedWith({ running: [running], supervisor: { services: [] } }),
  }),
  'drift-unix-socket-taken-away': input({
    desired: desiredState([onUnix]),
    records: [aRecord({ committed: committed(onUnix) })],
    observed: withoutSockets(observedWith({ running: [committed(onUnix)] })),
  }),
  'sockets-kept-and-exchanged': input({
    desired: desiredState([
      aRack({
        services: [
          aService({
            name: 'nginx',
            listen: [
              { ...listenOn('[::]:80'), v6Only: true },
              { ...listenOn('0.0.0.0:81'), backlog: 16 },
            ],
          }),
        ],
      }),
    ]),
    records: [aRecord({ committed: committed(onBoth) })],
    observed: observedWith({ running: [committed(onBoth)] }),
  }),
  'last-rack-removed-is-held': input({
    desired: desiredState([]),
    records: [aRecord({ committed: running })],
    observed: observedWith({ running: [running] }),
  }),
  'last-rack-removed-with-allowance': input({
    desired: desiredState([]),
    records: [aRecord({ committed: running })],
    observed: observedWith({ running: [running] }),
    prune: { maxPercent: 50, allowance: 1 },
  }),
  'held-removal-holds-the-newcomer-on-its-port': input({
    desired: desiredState([aRack({ ...pick(v1), name: 'shop' })], { complete: true }),
    records: [aRecord({ committed: running })],
    observed: observedWith({ running: [running] }),
  }),
  'port-moves-from-one-rack-to-another': input({
    desired: desiredState([
      aRack({ ...pick(v1), name: 'shop' }),
      aRack({ name: 'web', services: [aService({ name: 'nginx' })] }),
    ]),
    records: [aRecord({ committed: running })],
    observed: observedWith({ running: [running] }),
  }),
  'dependency-first': input({ desired: desiredState([db, { ...v1, dependsOn: ['database'] }]) }),
  'dependency-failed': input({
    desired: desiredState([db, { ...v2, dependsOn: ['database'] }]),
    records: [aRecord({ committed: running }), aRecord({ rack: 'database', quarantined: [aQuarantine(db)] })],
    observed: observedWith({ running: [running] }),
  }),
  'dependents-are-watched-in-the-bake': input({
    desired: desiredState([
      aRack({ ...pick(db), name: 'database', image: imageRef('database-2.0') }),
      { ...v1, dependsOn: ['database'] },
    ]),
    records: [
      aRecord({ committed: committed(db) }),
      aRecord({
        committed: committed({
          ...v1,
          dependsOn: ['database'],
          services: [
            aService({ name: 'nginx', health: aHealthCheck(), listen: v1.services[0]?.listen ?? [] }),
          ],
        }),
        health: { verdict: 'healthy', at: '2026-01-01T00:00:00.000Z' },
      }),
    ],
    observed: observedWith({ running: [committed(db), running] }),
  }),
  suspended: input({
    desired: desiredState([v2]),
    records: [aRecord({ committed: running, suspended: { at: '2026-01-01T00:00:00.000Z' } })],
    observed: observedWith({ running: [running], trees: [] }),
  }),
  'swap-with-data-restore': input({
    desired: desiredState([v2restored]),
    records: [aRecord({ committed: running })],
    observed: observedWith({ running: [running] }),
    data: [{ rack: 'web', names: ['1'], stack: { layer: 1, sealed: [] }, snapshots: [] }],
  }),
  'swap-with-data-restore-takes-up-merged-layers': input({
    desired: desiredState([v2restored]),
    records: [aRecord({ committed: layered })],
    observed: observedWith({ running: [layered] }),
    data: [layeredData],
  }),
  'layers-that-cannot-be-told': input({
    desired: desiredState([v2restored]),
    records: [aRecord({ committed: layered })],
    observed: observedWith({ running: [layered] }),
    data: [{ rack: 'web', unreadable: '/racks/readwrite/web/layers.json is damaged' }],
  }),
  'crash-before-a-seal-and-layers-that-cannot-be-told': input({
    desired: desiredState([v2restored]),
    records: [aRecord({ committed: running })],
    journals: [
      {
        ...inBake,
        phase: 'touch',
        to: {
          desired: v2restored,
          tree: { generation: 2, digest: v2restored.digest, layer: 2, sealed: ['1'] },
        },
      },
    ],
    observed: observedWith({ running: [running], supervisor: { services: [] } }),
    data: [{ rack: 'web', unreadable: '/racks/readwrite/web/layers.json is damaged' }],
  }),
  'rollback-with-data-restore': input({
    desired: desiredState([v2restored]),
    records: [aRecord({ committed: running })],
    journals: [
      {
        ...inBake,
        to: {
          desired: v2restored,
          tree: { generation: 2, digest: v2restored.digest, layer: 2, sealed: ['1'] },
        },
        direction: 'rollback',
      },
    ],
    observed: observedWith({ running: [] }),
    data: [
      {
        rack: 'web',
        names: ['1', '2'],
        stack: { layer: 2, sealed: ['1'] },
        snapshots: [aSnapshot(v1, '1')],
      },
    ],
  }),
  'drift-tree-with-other-layers': input({
    records: [aRecord({ committed: layered })],
    observed: observedWith({ running: [layered], trees: [aTree(layered, { layers: ['5', '4'] })] }),
  }),
  'crash-before-anything-was-touched': input({
    desired: desiredState([v2]),
    records: [aRecord({ committed: running })],
    journals: [{ ...inBake, phase: 'begin' }],
    observed: observedWith({ running: [running] }),
  }),
  'crash-while-stopped': input({
    desired: desiredState([v2]),
    records: [aRecord({ committed: running })],
    journals: [{ ...inBake, phase: 'touch' }],
    observed: observedWith({ running: [running], supervisor: { services: [] } }),
  }),
  'swap-that-drops-what-hides-the-image': input({
    desired: desiredState([v2dropping]),
    records: [aRecord({ committed: running })],
    observed: observedWith({ running: [running] }),
  }),
  'swap-that-refreshes-old-content': input({
    desired: desiredState([v2refreshing]),
    records: [aRecord({ committed: running })],
    observed: observedWith({ running: [running] }),
  }),
  'crash-while-files-were-made-to-take-a-place': input({
    desired: desiredState([v2refreshing]),
    records: [aRecord({ committed: running })],
    journals: [aJournal(v2refreshing, { from: running, phase: 'begin' })],
    observed: observedWith({ running: [running] }),
  }),
  'crash-while-something-was-set-aside': input({
    desired: desiredState([v2dropping]),
    records: [aRecord({ committed: running })],
    journals: [droppingJournal],
    observed: observedWith(),
  }),
  'rollback-puts-back-what-was-set-aside': input({
    desired: desiredState([v2dropping]),
    records: [aRecord({ committed: running })],
    journals: [{ ...droppingJournal, direction: 'rollback' }],
    observed: observedWith(),
  }),
  'crash-in-the-bake-goes-on-waiting': input({
    desired: desiredState([v2]),
    records: [aRecord({ committed: running })],
    journals: [inBake],
    observed: observedWith({
      running: [running],
      trees: [aTree(running, { generation: 2, digest: v2.digest.slice(7, 39) })],
      supervisor: {
        services: [aRunningService(running, 'nginx', { generation: 2, runDigest: v2.runDigest })],
      },
    }),
  }),
  'crash-too-often': input({
    desired: desiredState([v2]),
    records: [aRecord({ committed: running })],
    journals: [{ ...inBake, triesLeft: 1 }],
    observed: observedWith({ running: [running] }),
  }),
  'crash-after-the-commit': input({
    desired: desiredState([v2]),
    records: [aRecord({ committed: committed(v2, { generation: 2 }), rolloutId: inBake.rolloutId })],
    journals: [inBake],
    observed: observedWith({ running: [committed(v2, { generation: 2 })] }),
  }),
  'rollback-failed-and-waits': input({
    desired: desiredState([v2]),
    records: [aRecord({ committed: running })],
    journals: [{ ...inBake, direction: 'rollback', rollbackAttempts: 1, retryAt: testEpochMs + 10_000 }],
    observed: observedWith({ running: [running] }),
  }),
  'keeper-does-not-answer': input({
    desired: desiredState([v2]),
    records: [aRecord({ committed: running })],
    observed: observedWith({ running: [running], supervisor: { state: 'unknown' } }),
  }),
};

describe('golden plans', () => {
  for (const [name, given] of Object.entries(scenarios)) {
    it(name, () => {
      const file = new URL(`plans/${name}.txt`, import.meta.url);
      const { plan } = planPass(given);
      const text = `${planText(plan, plain, true)}\n`;
      if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, text);
      expect(text).to.equal(readFileSync(file, 'utf8'));
      expect(checkPlan(plan, given)).to.deep.equal([]);
    });
  }
});
