/**
 * A service of the running version at rest for as long as its data are copied: freeze, copy, thaw. It is thawed whatever happens in between, also when the agent is told to
 * stop, which ends a freeze under way and waits for the thaw; what a killed agent left frozen, the next pass thaws. docs/adr/0012.
 */
import { escapeControl, shorten } from '../lib/index.js';
import { hasCode, type Quiesce, RackError } from '../model/index.js';
import { messageOf } from './failure.js';
import { type Lane, progress, throwIfParked, warn } from './lane.js';

/** A thaw that fails may be a moment's fault, of a machine without memory or of a busy server; each try has the whole timeout. */
const thawTries = 3;
const thawAgainMs = 500;

/** Runs `copy` between freeze and thaw. Errors: E_REHEARSAL when it could not be frozen or copied in time; what `copy` throws. */
export async function whileFrozen(
  quiesce: Quiesce,
  lane: Lane,
  copy: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  await waitedFor(lane, freezeAndCopy(quiesce, lane, copy));
}

/** The service writes again, or it is told that nobody knows. One that does not run is not frozen. */
export async function thaw(quiesce: Quiesce, lane: Lane): Promise<void> {
  await waitedFor(lane, thawSurely(quiesce, lane));
}

async function waitedFor(lane: Lane, work: Promise<void>): Promise<void> {
  lane.waitFor?.(work);
  await work;
}

async function freezeAndCopy(
  quiesce: Quiesce,
  lane: Lane,
  copy: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const { service, timeoutMs } = quiesce;
  throwIfParked(lane);
  progress(lane, 'rehearse', `freezing ${service}`);
  const limit = AbortSignal.timeout(timeoutMs);
  try {
    await freeze(quiesce, lane);
    await copy(AbortSignal.any([limit, lane.signal]));
  } catch (error) {
    throwIfParked(lane);
    if (!limit.aborted || error instanceof RackError) throw error;
    throw cannot(
      lane,
      `the data of service "${service}" were not copied within ${timeoutMs}ms of the freeze`,
    );
  } finally {
    await thawSurely(quiesce, lane);
  }
}

async function thawSurely(quiesce: Quiesce, lane: Lane): Promise<void> {
  const why = await failureOfThaw(quiesce, lane);
  if (why === null) return;
  const message = `cannot thaw service "${quiesce.service}" with ${JSON.stringify(quiesce.thaw)}, tried ${thawTries} times: ${why}`;
  lane.notes.push(message);
  warn(lane, 'ThawFailed', new Error(`${message}; see to it that the service goes on`));
}

/** Null: it is thawed, or does not run. Of the last try otherwise. Nothing ends it early. */
async function failureOfThaw(quiesce: Quiesce, lane: Lane): Promise<string | null> {
  for (let attempt = 1; ; attempt++) {
    const why = await failureOf(quiesce, 'thaw', lane, {}).catch((error: unknown) =>
      hasCode(error, 'E_NOT_RUNNING') ? null : messageOf(error),
    );
    if (why === null || attempt === thawTries) return why;
    await lane.host.clock.sleep(thawAgainMs);
  }
}

async function freeze(quiesce: Quiesce, lane: Lane): Promise<void> {
  const why = await failureOf(quiesce, 'freeze', lane, { signal: lane.signal }).catch((error: unknown) => {
    if (error instanceof RackError) return error.message;
    throw error;
  });
  if (why !== null)
    throw cannot(
      lane,
      `cannot freeze service "${quiesce.service}" with ${JSON.stringify(quiesce.freeze)}: ${why}`,
    );
}

/** Null: it ended with exit code 0. */
async function failureOf(
  quiesce: Quiesce,
  what: 'freeze' | 'thaw',
  lane: Lane,
  until: { readonly signal?: AbortSignal },
): Promise<string | null> {
  const { service, timeoutMs } = quiesce;
  const limits = { timeoutMs, ...until };
  const { exitCode, output } = await lane.host.commands.run(lane.plan.rack, service, quiesce[what], limits);
  if (exitCode === 0) return null;
  const said = shorten(escapeControl(output.trim()), 200);
  const how = exitCode === null ? `no end within ${timeoutMs}ms` : `exit code ${exitCode}`;
  return said === '' ? how : `${how}: ${said}`;
}

function cannot(lane: Lane, message: string): RackError {
  return new RackError('E_REHEARSAL', message, { rack: lane.plan.rack });
}
