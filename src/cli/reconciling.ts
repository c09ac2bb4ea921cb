/** Opens all that a pass needs, for the commands that run or plan one. */
import type { Emit } from '../model/index.js';
import { DesiredReader, type PlanDeps, type ReconcilerDeps } from '../reconciler/index.js';
import type { Store } from '../store/index.js';
import type { Machine, Program } from './program.js';

type Named = Pick<Program, 'version'>;
type Memory = ConstructorParameters<typeof DesiredReader>[2];

/** For passes: a store that is written, under the lock. */
export function reconcilerDeps(
  program: Named,
  machine: Machine,
  store: Store,
  emit: Emit,
  signal: AbortSignal,
  agent: ReconcilerDeps['agent'],
): ReconcilerDeps {
  const memory: Memory = { load: () => store.desired(), save: (desired) => store.writeDesired(desired) };
  return { ...reading(program, machine, memory, emit, signal), store, agent, probed: () => new Map() };
}

/** For `plan`: the same decisions on a store that cannot be written. */
export function readOnlyDeps(program: Named, machine: Machine, emit: Emit, signal: AbortSignal): PlanDeps {
  const store = machine.readableStore();
  const memory: Memory = { load: () => store.desired(), save: async () => {} };
  return { ...reading(program, machine, memory, emit, signal), store };
}

function reading(
  program: Named,
  machine: Machine,
  memory: Memory,
  emit: Emit,
  signal: AbortSignal,
): Omit<PlanDeps, 'store'> {
  const { config, host, sourceDigest } = machine;
  const source = machine.source(emit);
  const reader = new DesiredReader(source, config, memory, program.version);
  return { config, host, source, reader, emit, signal, sourceDigest };
}
