/** Which layers may be merged, and what the plan checker says of steps on layers. That a merged layer shows the same is proved on the kernel (test/integration). */
import { expect } from 'chai';
import type { Step } from '../../../src/model/index.js';
import { checkPlan, mergeableRuns, type PlanningInput, planPass } from '../../../src/planning/index.js';
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

  it('never lets a layer go that the tree needs', () => {
    const message = notes((steps) =>
      steps.map((step) => (step.kind === 'releaseLayers' ? { ...step, keep: ['2'] } : step)),
    );
    expect(message).to.contain('releases a layer of the tree that it mounts');
  });
});

describe('sealed layers', () => {
  const runs = (layer: number, sealed: readonly string[], snapshots: readonly (readonly string[])[]) =>
    mergeableRuns(
      { layer, sealed },
      snapshots.map((layers) => aSnapshot(rack, layers[0] ?? '', layers)),
      [],
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
    expect(mergeableRuns(stack, [], [], ['4'])).to.deep.equal([
      ['7', '6', '5'],
      ['3', '2', '1'],
    ]);
    expect(mergeableRuns(stack, [], [], ['7', '3', '1'])).to.deep.equal([['6', '5', '4']]);
  });

  it('are not held apart by a snapshot of the layer that is written to: after a rollback it is none', () => {
    expect(runs(3, ['2', '1'], [['3', '2', '1']])).to.deep.equal([['2', '1']]);
  });
});
