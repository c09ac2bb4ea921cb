/** Which layers may be merged, and what the plan checker says of steps on layers. That a merged layer shows the same is proved on the kernel (test/integration). */
import { expect } from 'chai';
import type { RackPlan, Snapshot, Step, StepOf } from '../../../src/model/index.js';
import {
  checkPlan,
  mergeableRuns,
  type PlanningInput,
  planPass,
  planSnapshot,
} from '../../../src/planning/index.js';
import {
  aRack,
  aRecord,
  aSnapshot,
  committed,
  desiredState,
  imageRef,
  observedWith,
  testEpochMs,
} from '../../support/builders.js';

const rack = aRack();

describe('the plan checker', () => {
  const v1 = committed(aRack());
  const input = (data: 'keep' | 'restore'): PlanningInput => {
    const { rollout } = v1.desired;
    return {
      now: testEpochMs,
      desired: desiredState([aRack({ image: imageRef('webserver-2.0'), rollout: { ...rollout, data } })]),
      records: [aRecord({ committed: v1 })],
      journals: [],
      observed: observedWith({ running: [v1] }),
      data: [{ rack: 'web', names: ['1'], stack: { layer: 1, sealed: [] }, snapshots: [] }],
      hostSuspended: false,
      prune: { maxPercent: 50, allowance: null },
    };
  };
  const notes = (change: (steps: readonly Step[]) => readonly Step[]): string => {
    const { plan } = planPass(input('restore'));
    const racks = plan.racks.map((rack) => ({ ...rack, steps: change(rack.steps) }));
    return checkPlan({ ...plan, racks }, input('restore'))
      .map(({ message }) => message)
      .join('; ');
  };
  const without = (kind: Step['kind']) => (steps: readonly Step[]) =>
    steps.filter((step) => step.kind !== kind);

  it('finds nothing in what is planned', () => {
    expect(notes((steps) => steps)).to.equal('');
    expect(planPass(input('keep')).plan.racks[0]?.steps.map(({ kind }) => kind)).not.to.include('sealLayer');
  });

  it('lets a layer be sealed only between unmount and mount', () => {
    expect(notes(without('unmountTree'))).to.contain('seals a layer without unmounting');
    const first = (steps: readonly Step[]): readonly Step[] => {
      const seal = steps.filter(({ kind }) => kind === 'sealLayer');
      const rest = without('sealLayer')(steps);
      const at = rest.findIndex(({ kind }) => kind === 'stopServices');
      return [...rest.slice(0, at), ...seal, ...rest.slice(at)];
    };
    expect(notes(first)).to.contain('does sealLayer before unmountTree');
  });

  it('never lets one be sealed that the definition wants kept', () => {
    const keep = aRack({ image: imageRef('webserver-2.0') });
    const message = notes((steps) =>
      steps.map((step) => (step.kind === 'begin' ? { ...step, to: { ...step.to, desired: keep } } : step)),
    );
    expect(message).to.contain('seals a layer that the definition wants kept');
  });

  it('never lets layers be sealed or released that nobody could read', () => {
    const { plan } = planPass(input('restore'));
    const data = [{ rack: 'web', unreadable: 'layers.json is damaged' }];
    const messages = checkPlan(plan, { ...input('restore'), data }).map(({ message }) => message);
    expect(messages).to.deep.equal(['seals or releases layers that nobody could read']);
  });

  it('never lets a layer go that the tree needs', () => {
    const message = notes((steps) =>
      steps.map((step) => (step.kind === 'releaseLayers' ? { ...step, keep: ['2'] } : step)),
    );
    expect(message).to.contain('releases a layer of the tree that it mounts');
  });
});

describe('what a rollout is for', () => {
  const from = committed(aRack(), {
    tree: { generation: 2, digest: rack.digest, layer: 2, sealed: ['1'] },
    generation: 2,
  });
  const data = {
    rack: 'web',
    names: ['1', '2'],
    stack: { layer: 2, sealed: ['1'] },
    snapshots: [aSnapshot(rack, '1')],
  };
  const byHand = (restore: Snapshot | null): RackPlan =>
    planSnapshot({
      committed: from,
      lastGeneration: 2,
      data,
      observed: observedWith({ running: [from] }),
      now: testEpochMs,
      restore,
      discard: false,
    });
  const told = ({ steps, undo, rollback }: RackPlan): object => {
    const all = [...steps, ...undo, ...rollback];
    const one = <K extends Step['kind']>(kind: K): readonly StepOf<K>[] =>
      all.filter((step): step is StepOf<K> => step.kind === kind);
    return {
      events: one('commit').map(({ event }) => event),
      reasons: one('sealLayer').map(({ snapshots }) => snapshots.at(-1)?.reason),
      blames: one('settle').map(({ blames }) => blames),
    };
  };

  it('is said once, and the same in its commit, its snapshot and its end when it fails', () => {
    expect(told(byHand(null))).to.deep.equal({
      events: ['sealed'],
      reasons: ['create'],
      blames: [false, false],
    });
    expect(told(byHand(aSnapshot(rack, '1')))).to.deep.equal({
      events: ['restored'],
      reasons: ['restore'],
      blames: [false, false],
    });
    const { rollout } = rack;
    const swap = planPass({
      now: testEpochMs,
      desired: desiredState([
        aRack({ image: imageRef('webserver-2.0'), rollout: { ...rollout, data: 'restore' } }),
      ]),
      records: [aRecord({ committed: from })],
      journals: [],
      observed: observedWith({ running: [from] }),
      data: [data],
      hostSuspended: false,
      prune: { maxPercent: 50, allowance: null },
    }).plan.racks[0];
    expect(told(swap ?? expect.fail('no plan'))).to.deep.equal({
      events: ['swapped'],
      reasons: ['rollout'],
      blames: [true, true],
    });
  });
});

describe('sealed layers', () => {
  const runs = (layer: number, sealed: readonly string[], snapshots: readonly (readonly string[])[]) =>
    mergeableRuns(
      { layer, sealed },
      { snapshots: snapshots.map((layers) => aSnapshot(rack, layers[0] ?? '', layers)), names: [] },
    );

  it('are merged where no snapshot ends', () => {
    expect(runs(5, ['4', '3', '2', '1'], [])).to.deep.equal([['4', '3', '2', '1']]);
    expect(runs(5, ['4', '3', '2', '1'], [['3', '2', '1']])).to.deep.equal([['3', '2', '1']]);
    expect(
      runs(
        5,
        ['4', '3', '2', '1'],
        [
          ['4', '3', '2', '1'],
          ['2', '1'],
        ],
      ),
    ).to.deep.equal([
      ['4', '3'],
      ['2', '1'],
    ]);
    expect(runs(4, ['3', '2', '1'], [['3', '2', '1'], ['2', '1'], ['1']])).to.deep.equal([]);
    expect(runs(2, ['1'], [])).to.deep.equal([]);
  });

  it('are not merged across the place where another branch begins', () => {
    expect(runs(6, ['5', '2', '1'], [['4', '3', '2', '1']])).to.deep.equal([['2', '1']]);
    expect(runs(6, ['5', '3', '2', '1'], [['4', '2', '1']])).to.deep.equal([
      ['5', '3'],
      ['2', '1'],
    ]);
  });

  it('are merged without one that cannot be, above it and below it', () => {
    const stack = { layer: 8, sealed: ['7', '6', '5', '4', '3', '2', '1'] };
    expect(mergeableRuns(stack, { snapshots: [], names: [] }, ['4'])).to.deep.equal([
      ['7', '6', '5'],
      ['3', '2', '1'],
    ]);
    expect(mergeableRuns(stack, { snapshots: [], names: [] }, ['7', '3', '1'])).to.deep.equal([
      ['6', '5', '4'],
    ]);
  });

  it('are not held apart by a snapshot of the layer that is written to: after a rollback it is none', () => {
    expect(runs(3, ['2', '1'], [['3', '2', '1']])).to.deep.equal([['2', '1']]);
  });
});
