/** What the writable layer hides of the new image: told before anything is stopped, and taken out of the layer while nothing is mounted. What is in the way is decided in model/. */
import { errorMessage } from '../lib/index.js';
import {
  isReplaced,
  reliesOnLook,
  type ShadowReport,
  type StepOf,
  shadowRefusal,
  shadowSummary,
} from '../model/index.js';
import { type Lane, progress, throwIfParked, warn } from './lane.js';

/** The old version runs meanwhile, so nobody waits for it but the rollout; enough for some hundred thousand files that an image has too. */
const timeoutMs = 30_000;
/** Files that are named in a note. */
const namedLeft = 5;
/** Only what is in the way is named in a message. */
const listed = 20;

export async function reportShadow(step: StepOf<'reportShadow'>, lane: Lane): Promise<string | undefined> {
  const { rack, policy } = step;
  const report = await look(step, lane);
  if (report === null) return 'inconclusive';
  const refusal = shadowRefusal(rack, report, policy);
  if (refusal !== null) throw refusal;
  const { stack } = step.from;
  if (report.drops.length > 0) await lane.host.shadows.checkDrops(rack, stack, report.drops);
  lane.drops = report.drops;
  const summary = shadowSummary(rack, report);
  if (summary === null) return undefined;
  lane.notes.push(summary);
  progress(lane, 'reportShadow', summary);
  return 'compared with the writable layer';
}

/** Null when nothing can be said; that is told, and no reason to stop, unless the definition relies on it. */
async function look(
  { rack, from, tree, policy }: StepOf<'reportShadow'>,
  lane: Lane,
): Promise<ShadowReport | null> {
  try {
    return await lane.host.shadows.report(
      {
        rack,
        stack: from.stack,
        running: from.image,
        next: tree.image,
        covered: tree.mountPoints.map(({ path }) => path),
        policy,
        timeoutMs,
        listed,
      },
      lane.signal,
      (entries) => progress(lane, 'reportShadow', `${entries} files of the writable layer looked at`),
    );
  } catch (error) {
    throwIfParked(lane);
    if (reliesOnLook(policy)) throw error;
    const message = `what the writable layer hides of the new image could not be looked at: ${errorMessage(error)}`;
    lane.notes.push(message);
    warn(lane, 'ShadowInconclusive', new Error(message));
    return null;
  }
}

export async function prepareAside(
  { rack, stack, running, next }: StepOf<'prepareAside'>,
  lane: Lane,
): Promise<string | undefined> {
  const count = lane.drops.filter(isReplaced).length;
  if (count === 0) return undefined;
  const replacing = { rack, id: lane.rolloutId, stack, running, next };
  await lane.host.shadows.prepareAside(replacing, lane.drops, lane.signal).catch((error: unknown) => {
    throwIfParked(lane);
    throw error;
  });
  return `${count} made`;
}

export async function discardAside(
  { rack, rolloutId }: StepOf<'discardAside'>,
  lane: Lane,
): Promise<string | undefined> {
  await lane.host.shadows.discardAside(rack, rolloutId ?? lane.rolloutId);
  return undefined;
}

export async function setAside({ rack, stack }: StepOf<'setAside'>, lane: Lane): Promise<string | undefined> {
  if (lane.drops.length === 0) return undefined;
  const left = await lane.host.shadows.setAside(rack, lane.rolloutId, stack, lane.drops);
  if (left.length > 0)
    lane.notes.push(
      `${left.length} file(s) left as they are, because they changed meanwhile: ${left.slice(0, namedLeft).join(', ')}`,
    );
  return `${lane.drops.length - left.length} set aside`;
}

export async function putBack({ rack, stack }: StepOf<'putBack'>, lane: Lane): Promise<string | undefined> {
  const lost = await lane.host.shadows.putBack(rack, lane.rolloutId, stack);
  if (lost.length > 0)
    lane.notes.push(
      `${lost.length} file(s) not put back, because the directory that they were in is gone; kept in set-aside: ${lost.slice(0, namedLeft).join(', ')}`,
    );
  return undefined;
}
