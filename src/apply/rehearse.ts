/**
 * The rehearsal: the new version runs on a throw-away view of the live data, and a verdict comes of it: pass, fail, or nothing. A failure counts only when the running
 * definition passes the same; a new version is not to blame for a database that no rehearsal can reach. docs/adr/0012.
 */
import type { AtRest, Leaving } from '../host/index.js';
import {
  hasCode,
  type Quiesce,
  RackError,
  type RehearsalSpec,
  rehearsalName,
  rehearsedRack,
  type StepOf,
} from '../model/index.js';
import { lastOutput } from './evidence.js';
import { messageOf } from './failure.js';
import { type Lane, progress, type Rehearsed, throwIfParked, warn } from './lane.js';
import { whileFrozen } from './quiesce.js';
import { bake } from './verify.js';

type Verdict =
  | { readonly kind: 'pass' }
  | {
      readonly kind: 'fail';
      readonly error: RackError;
      readonly seen: Rehearsed;
      /** Live data changed while the view took it over: that alone may be why. */
      readonly torn: boolean;
    }
  | { readonly kind: 'inconclusive'; readonly error: RackError };

export async function rehearse(step: StepOf<'rehearse'>, lane: Lane): Promise<string | undefined> {
  const leaving: Leaving = { id: lane.rolloutId, drops: lane.drops };
  const first = await tryOut(step.candidate, step.quiesce, lane, leaving);
  if (first.kind !== 'fail') return conclude(first, lane);
  progress(lane, 'rehearse', `failed (${first.error.message}); now the running version, as a control`);
  const control = await tryOut(step.control, step.quiesce, lane);
  if (control.kind !== 'pass')
    return tellInconclusive(lane, `the running version does not pass it either: ${messageOf(control.error)}`);
  // A log that is always written to would make every failure inconclusive: so it is a second chance, not an excuse.
  if (first.torn) progress(lane, 'rehearse', 'the live data changed meanwhile: once more');
  const verdict = first.torn ? await tryOut(step.candidate, step.quiesce, lane, leaving) : first;
  if (verdict.kind !== 'fail') return conclude(verdict, lane);
  lane.rehearsed = verdict.seen;
  throw new RackError('E_REHEARSAL_FAILED', `rehearsal: ${verdict.error.message}`, {
    rack: step.rack,
    step: 'rehearse',
    cause: verdict.error,
  });
}

function conclude(verdict: Exclude<Verdict, { kind: 'fail' }>, lane: Lane): string {
  if (verdict.kind === 'inconclusive') return tellInconclusive(lane, messageOf(verdict.error));
  lane.notes.push('rehearsed');
  return 'passed';
}

/** No verdict is no reason to stop: the live rollout has its own way back. */
function tellInconclusive(lane: Lane, why: string): string {
  const message = `the rehearsal says nothing, so the rollout goes on without it: ${why}`;
  lane.notes.push(`rehearsal inconclusive: ${why}`);
  warn(lane, 'RehearsalInconclusive', new Error(message));
  return 'inconclusive';
}

/** One run on a view of its own. The view is gone when this returns or throws, unless the agent must go: then the next pass discards it. */
async function tryOut(
  spec: RehearsalSpec,
  quiesce: Quiesce | null,
  lane: Lane,
  leaving?: Leaving,
): Promise<Verdict> {
  const { rehearsals } = lane.host;
  const { name } = spec.desired;
  const probes: Lane['probes'] = [];
  const verdict = await attempt(spec, quiesce, { ...lane, probes }, leaving).catch(
    async (error: unknown): Promise<Verdict> => {
      if (!(error instanceof RackError)) throw error;
      if (!isAboutVersion(error)) return { kind: 'inconclusive', error };
      const amiss = await hostProblem(spec, lane);
      if (amiss !== null) return { kind: 'inconclusive', error: amiss };
      if (await rehearsals.isFull(name)) return { kind: 'inconclusive', error: outOfSpace(name, error) };
      const output = await lastOutput(lane, rehearsalName(name), spec.desired.services);
      const changed = await rehearsals.changedFiles(name);
      return { kind: 'fail', error, seen: { probes, output, changed }, torn: await rehearsals.isTorn(name) };
    },
  );
  await rehearsals.discard(name);
  return verdict;
}

async function attempt(
  { desired, tree }: RehearsalSpec,
  quiesce: Quiesce | null,
  lane: Lane,
  leaving?: Leaving,
): Promise<Verdict> {
  const { rehearsals, bundles, supervisor } = lane.host;
  await rehearsals.discard(desired.name);
  const atRest: AtRest | null = quiesce === null ? null : (copy) => whileFrozen(quiesce, lane, copy);
  await rehearsals.open({ desired, tree }, atRest, leaving).catch((error: unknown) => {
    // A copy that ended because the agent must go is no verdict.
    throwIfParked(lane);
    throw error;
  });
  const rehearsed = rehearsedRack(desired);
  for (const service of rehearsed.services) {
    throwIfParked(lane);
    progress(lane, 'rehearse', `${desired.image.file}: ${service.name}`);
    await supervisor.start(await bundles.write(rehearsed, service, tree.generation));
  }
  await bake(
    {
      kind: 'rehearse',
      rack: rehearsed.name,
      services: desired.services,
      bakeMs: desired.rollout.bakeMs,
      timeoutMs: desired.rollout.timeoutMs,
      dependents: [],
      advisory: false,
    },
    lane,
  );
  return { kind: 'pass' };
}

/** What a version can be to blame for; all else is the host's, or the rehearsal's own. */
function isAboutVersion(error: RackError): boolean {
  return hasCode(error, 'E_START', 'E_USER', 'E_MOUNT_TARGET', 'E_PROBE_FAILED');
}

/** A mount source or secret that went, or became a link, while the version ran with it: that alone may be why it failed. */
async function hostProblem({ desired }: RehearsalSpec, lane: Lane): Promise<RackError | null> {
  try {
    await lane.host.bundles.check(desired);
    return null;
  } catch (error) {
    if (error instanceof RackError) return error;
    throw error;
  }
}

function outOfSpace(rack: string, cause: RackError): RackError {
  return new RackError('E_REHEARSAL', `the view of "${rack}" ran out of space: ${cause.message}`, {
    rack,
    cause,
  });
}
