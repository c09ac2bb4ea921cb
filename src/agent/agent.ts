/**
 * When to run a pass: at the start, when the schedule says so, when somebody asks, when a stalled rack's time has come. Knows nothing of the work itself.
 * Told to stop, it leaves a rollout in flight to the next pass and is gone within a second, or as soon as a service that it has frozen goes on; no rack notices.
 */
import { Errands } from '../apply/index.js';
import { errorMessage } from '../lib/index.js';
import {
  type Emit,
  type Event,
  errorLine,
  type Health,
  type HostPath,
  type PassReport,
  RackError,
  type RolloutJournal,
} from '../model/index.js';
import {
  checkAndRemember,
  isRemoteDown,
  mergeSealedLayers,
  type PassRequest,
  pruneImages,
  type ReconcilerDeps,
  reconcileOnce,
  runOperation,
} from '../reconciler/index.js';
import { type ControlAnswer, type ControlRequest, openControl } from './control.js';
import { HealthMonitor } from './health.js';
import { ImageChecks } from './image-checks.js';
import { ExclusiveRunner } from './runner.js';
import type { Schedule } from './schedule.js';

export interface AgentDeps extends Omit<ReconcilerDeps, 'probed' | 'signal' | 'waitFor' | 'emit'> {
  readonly emit: Emit;
  readonly controlPath: HostPath;
  readonly createSchedule: (onDue: () => void) => Schedule;
  /** Aborted by TERM or INT. */
  readonly stop: AbortSignal;
}

/** So long a pass waits for a download before it leaves the rack to a later one: most are here by then, and a fix for another rack does not wait longer. */
const patienceMs = 20_000;

/** A pass that is told to stop gets this long to park; helper programs that go on keep the lock until they end. */
const goneWithinMs = 800;

/** Resolves when the agent was told to stop and everything is closed. */
export async function runAgent(deps: AgentDeps): Promise<void> {
  const listeners = new Set<(event: Event) => void>();
  const emit: Emit = (event) => {
    if (event.code === 'RackStarted') health.pause(event.rack);
    deps.emit(event);
    for (const listener of listeners) listener(event);
  };
  const runner = new ExclusiveRunner();
  const verdicts: Verdicts = new Map();
  const health = new HealthMonitor({
    host: deps.host,
    emit,
    onVerdict: (rack, generation, verdict) => {
      verdicts.set(rack, { generation, verdict });
      void runner.run('schedule', 'verdicts', () => writeVerdicts(deps, verdicts)).catch(bug);
    },
    onHanging: (rack, generation, service) => {
      const restart = async (): Promise<void> => {
        if (deps.stop.aborted) return;
        await restartService(deps, rack, generation, service);
        health.restarted(rack, service);
      };
      void runner.run('schedule', `restart ${rack}/${service}`, restart).catch((error) => {
        emit({
          code: 'Warning',
          warning: 'NotRestarted',
          message: `${rack}/${service}: ${errorMessage(error)}`,
        });
      });
    },
  });
  const bug = (error: unknown): void => {
    const stack = error instanceof Error ? (error.stack ?? '') : '';
    emit({ code: 'BugFound', message: errorMessage(error), stack });
  };
  /** What must not be left half done. */
  const underWay = new Set<Promise<unknown>>();
  const waitFor = (work: Promise<unknown>): void => {
    const settled = work.catch(() => {}).finally(() => underWay.delete(settled));
    underWay.add(settled);
  };
  const probed = (): ReturnType<ReconcilerDeps['probed']> => health.probed();
  const reconciler: ReconcilerDeps = { ...deps, emit, signal: deps.stop, waitFor, probed };

  const schedule = deps.createSchedule(() => void scheduled('schedule'));
  let retryTimer: NodeJS.Timeout | null = null;
  /** A stalled rack is not left to the next poll, which may be a day away. */
  const wakeFor = (journals: readonly RolloutJournal[]): void => {
    if (retryTimer !== null) clearTimeout(retryTimer);
    retryTimer = null;
    const times = journals.flatMap((journal) => journal.retryAt ?? []);
    if (times.length === 0) return;
    const waitMs = Math.max(0, Math.min(...times) - deps.host.clock.now()) + 1;
    retryTimer = setTimeout(() => void scheduled('retry'), waitMs);
  };
  let isDown = false;
  /** Told when it goes and when it comes, not at each poll in between. */
  const paceBy = (error: PassReport['sourceError']): void => {
    if (error !== null && isRemoteDown(error.code)) {
      const retryInMs = schedule.remoteFailed();
      if (!isDown) emit({ code: 'SourceFailed', error: error.code, message: error.message, retryInMs });
      isDown = true;
    } else {
      schedule.remoteAnswered();
      if (isDown) emit({ code: 'SourceRecovered' });
      isDown = false;
    }
  };
  let merging: Promise<void> | null = null;
  /** Beside passes, because it may take minutes: it reads what nobody writes to, and its result is taken up at the next swap. */
  const mergeBeside = (): void => {
    merging ??= mergeSealedLayers(reconciler)
      .catch(bug)
      .finally(() => {
        merging = null;
      });
  };
  /** A person who asked for a sync sees it through; the passes of the schedule have others to serve. */
  const errands = new Errands(patienceMs, () => {
    if (!deps.stop.aborted) void scheduled('downloaded');
  });
  const pass = async (request: PassRequest): Promise<PassReport> => {
    const report = await reconcileOnce(
      request.trigger === 'sync' ? reconciler : { ...reconciler, errands },
      request,
    );
    const journals = await deps.store.journals();
    health.refresh(await deps.store.records(), new Set(journals.map((journal) => journal.rack)));
    wakeFor(journals);
    paceBy(report.sourceError);
    if (report.racks.length > 0 || request.trigger === 'start') mergeBeside();
    return report;
  };
  const scheduled = async (trigger: string): Promise<void> => {
    try {
      const request = { trigger, allowPrune: null, allowRewind: null };
      await runner.run('schedule', 'pass', () => pass(request));
    } catch (error) {
      if (deps.stop.aborted) return;
      if (error instanceof RackError)
        emit({ code: 'Warning', warning: error.code, message: errorLine(error) });
      else bug(error);
    }
  };

  const handle = async (
    request: ControlRequest,
    send: (answer: ControlAnswer) => void,
  ): Promise<ControlAnswer> => {
    switch (request.kind) {
      case 'probed':
        return { kind: 'probed', probed: Object.fromEntries(health.probed()) };
      case 'operate': {
        const message = await runner.run('person', null, () => runOperation(reconciler, request.operation));
        if (request.operation.kind === 'snapshot') mergeBeside();
        void scheduled(request.operation.kind);
        return { kind: 'done', message };
      }
      case 'sync': {
        const listener = (event: Event): void => send({ kind: 'event', event });
        const report = await runner.run('person', null, async () => {
          listeners.add(listener);
          try {
            return await pass({
              trigger: 'sync',
              allowPrune: request.allowPrune,
              allowRewind: request.allowRewind,
            });
          } finally {
            listeners.delete(listener);
          }
        });
        return { kind: 'report', report };
      }
      case 'pruneImages': {
        const images = await runner.run('person', null, () => pruneImages(reconciler, request.manual));
        return { kind: 'pruned', images };
      }
      default:
        return { kind: 'error', code: 'E_USAGE', message: 'unknown request', hint: null };
    }
  };

  const { clock, ids } = deps.host;
  const imageChecks = new ImageChecks({
    lastAt: async () => Date.parse((await deps.store.imageCheck())?.at ?? ''),
    check: async () => {
      await deps.host.storedImages.sweep();
      await checkAndRemember({ ...reconciler, now: clock.now, pace: gently(deps) }, 'stored');
    },
    onError: (error) => {
      if (!deps.stop.aborted) bug(error);
    },
    now: clock.now,
    random: ids.random,
    later: (ms, run) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
  });

  const control = await openControl(deps.controlPath, handle);
  void scheduled('start');
  schedule.start();
  void deps.host.storedImages.sweep().catch(bug);
  void imageChecks.start().catch(bug);
  await aborted(deps.stop);
  schedule.stop();
  if (retryTimer !== null) clearTimeout(retryTimer);
  const ended = Promise.all([runner.idle(), merging, health.stop(), imageChecks.stop()]);
  await Promise.race([ended, deps.host.clock.sleep(goneWithinMs)]);
  await Promise.all(underWay);
  await control.close();
}

/** A quarter of the time at most, so that whoever else reads from the disk comes first. */
function gently({ host, stop }: Pick<AgentDeps, 'host' | 'stop'>): (tookMs: number) => Promise<void> {
  return (tookMs) => host.clock.sleep(Math.ceil(3 * tookMs), stop);
}

type Verdicts = Map<string, { readonly generation: number; readonly verdict: Health }>;

/** Verdicts are written between passes, never beside one: a pass rewrites the same records. One of another generation is nobody's. */
async function writeVerdicts(deps: Pick<AgentDeps, 'store' | 'host'>, verdicts: Verdicts): Promise<void> {
  const at = new Date(deps.host.clock.now()).toISOString();
  for (const [rack, { generation, verdict }] of verdicts) {
    verdicts.delete(rack);
    const record = await deps.store.record(rack);
    if (record?.committed?.generation !== generation || record.health?.verdict === verdict) continue;
    await deps.store.writeRecord({ ...record, health: { verdict, at } });
  }
}

/** `restart.onUnhealthy`: the one thing that is done to a hanging service after its commit. */
async function restartService(
  deps: Pick<AgentDeps, 'store' | 'host' | 'stop'>,
  rack: string,
  generation: number,
  name: string,
): Promise<void> {
  const committed = (await deps.store.record(rack))?.committed;
  const service = committed?.desired.services.find((candidate) => candidate.name === name);
  if (!committed || committed.generation !== generation || !service) return;
  const spec = await deps.host.bundles.write(committed.desired, service, committed.tree.generation);
  const { supervisor } = deps.host;
  // Told to stop meanwhile, the agent does not live to see the stop's end: the supervisor does one thing after the other, so it is left the start as well.
  const leaveTheStart = (): void => void supervisor.start(spec).catch(() => {});
  deps.stop.addEventListener('abort', leaveTheStart, { once: true });
  try {
    await supervisor.stop(rack, { service: name, ...service.stop });
  } finally {
    deps.stop.removeEventListener('abort', leaveTheStart);
  }
  await supervisor.start(spec);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
