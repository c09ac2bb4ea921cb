/** Opens all that a pass needs, for the commands that run or plan one. */
import type { Emit } from '../model/index.js';
import { DesiredReader, type PlanDeps, type ReconcilerDeps } from '../reconciler/index.js';
import type { Store } from '../store/index.js';
import type { Machine, Program } from './program.js';

export function reconcilerDeps(
  program: Pick<Program, 'version'>,
  machine: Machine,
  store: Store,
  emit: Emit,
  signal: AbortSignal,
  agent: ReconcilerDeps['agent'],
): ReconcilerDeps {
  const source = machine.source(emit);
  return {
    config: machine.config,
    host: machine.host,
    store,
    source,
    reader: new DesiredReader(
      source,
      machine.config,
      { load: () => store.desired(), save: (desired) => store.writeDesired(desired) },
      program.version,
    ),
    emit,
    signal,
    sourceDigest: machine.sourceDigest,
    agent,
    probed: () => new Map(),
  };
}

/** Both see every event. */
export function both(a: Emit, b: Emit): Emit {
  return (event) => {
    a(event);
    b(event);
  };
}

/** For `plan`: the same decisions on a store that cannot be written. */
export function readOnlyDeps(
  program: Pick<Program, 'version'>,
  machine: Machine,
  emit: Emit,
  signal: AbortSignal,
): PlanDeps {
  const source = machine.source(emit);
  const store = machine.readableStore();
  return {
    config: machine.config,
    host: machine.host,
    store,
    source,
    reader: new DesiredReader(
      source,
      machine.config,
      { load: () => store.desired(), save: async () => {} },
      program.version,
    ),
    emit,
    signal,
    sourceDigest: machine.sourceDigest,
  };
}
