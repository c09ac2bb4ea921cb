/**
 * A service of the running version at rest for as long as its data are copied: freeze, copy, thaw. It is thawed whatever happens in between; what a killed agent left frozen,
 * the next pass thaws. It is never frozen for longer than its time-out and the thaw take. docs/adr/0012.
 */
import { escapeControl, shorten } from '../lib/index.js';
import { hasCode, type Quiesce, RackError } from '../model/index.js';
import { type Lane, progress, throwIfParked, warn } from './lane.js';

/** Runs `copy` between freeze and thaw. Errors: E_REHEARSAL when it could not be frozen or copied in time; what `copy` throws. */
export async function whileFrozen(
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
    if (!limit.aborted || error instanceof RackError) throw error;
    throw cannot(
      lane,
      `the data of service "${service}" were not copied within ${timeoutMs}ms of the freeze`,
    );
  } finally {
    await thaw(quiesce, lane);
  }
}

/** The service writes again, or it is told that nobody knows. One that does not run is not frozen. */
export async function thaw(quiesce: Quiesce, lane: Lane): Promise<void> {
  const { service } = quiesce;
  const why = await failureOf(quiesce, 'thaw', lane).catch((error: unknown) => {
    if (hasCode(error, 'E_NOT_RUNNING')) return null;
    if (error instanceof RackError) return error.message;
    throw error;
  });
  if (why === null) return;
  const message = `cannot thaw service "${service}" with ${JSON.stringify(quiesce.thaw)}: ${why}`;
  lane.notes.push(message);
  warn(lane, 'ThawFailed', new Error(`${message}; see to it that the service goes on`));
}

async function freeze(quiesce: Quiesce, lane: Lane): Promise<void> {
  const why = await failureOf(quiesce, 'freeze', lane).catch((error: unknown) => {
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
async function failureOf(quiesce: Quiesce, what: 'freeze' | 'thaw', lane: Lane): Promise<string | null> {
  const { service, timeoutMs } = quiesce;
  const { exitCode, output } = await lane.host.commands.run(
    lane.plan.rack,
    service,
    quiesce[what],
    timeoutMs,
  );
  if (exitCode === 0) return null;
  const said = shorten(escapeControl(output.trim()), 200);
  const how = exitCode === null ? `no end within ${timeoutMs}ms` : `exit code ${exitCode}`;
  return said === '' ? how : `${how}: ${said}`;
}

function cannot(lane: Lane, message: string): RackError {
  return new RackError('E_REHEARSAL', message, { rack: lane.plan.rack });
}
