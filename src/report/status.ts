/** `status --json` from what is remembered and what was seen. Pure. The shape is a contract: it only grows. */
import { groupBy } from '../lib/index.js';
import {
  type CommittedRack,
  type DesiredService,
  type Explanation,
  type ImageRef,
  type ObservedService,
  type ObservedState,
  type ObservedTree,
  type ProblemReport,
  problemLine,
  type RackRecord,
  type RackStatus,
  type RetainedData,
  type RolloutJournal,
  type StatusReport,
  type TreeIdentity,
} from '../model/index.js';
import { conditionOf } from './condition.js';

/** The part of the store's summary that the status needs. */
export interface StatusSummary {
  readonly revision: string | null;
  readonly racks: readonly { readonly name: string; readonly image: ImageRef; readonly digest: string }[];
  readonly invalid: readonly string[];
  readonly problems: readonly (ProblemReport & { readonly rack?: string })[];
  readonly heldRemovals: readonly string[];
  readonly explanation: readonly Explanation[];
  readonly sourceError: StatusReport['sourceError'];
}

export interface StatusInput {
  readonly host: string;
  readonly summary: StatusSummary | null;
  readonly lastPass: StatusReport['lastPass'];
  readonly signatures: StatusReport['signatures'];
  readonly images: StatusReport['images'];
  readonly agent: StatusReport['agent'];
  readonly records: readonly RackRecord[];
  readonly journals: readonly RolloutJournal[];
  readonly observed: ObservedState;
  readonly hostSuspended: boolean;
  readonly data: readonly { readonly rack: string; readonly path: string; readonly bytes: number }[];
  /** Latest verdicts of a running agent's probes, `rack/service`; absent: the verdict in the record counts for all. */
  readonly probed: ReadonlyMap<
    string,
    { readonly verdict: 'healthy' | 'unhealthy' | 'unknown'; readonly at: string | null }
  >;
}

export function statusReport(input: StatusInput): StatusReport {
  const records = new Map(input.records.map((record) => [record.rack, record]));
  const journals = new Map(input.journals.map((journal) => [journal.rack, journal]));
  const desired = new Map(input.summary?.racks.map((rack) => [rack.name, rack]) ?? []);
  const services = groupBy(input.observed.supervisor.services, (service) => service.rack);
  const trees = new Map(input.observed.trees.map((tree) => [tree.rack, tree]));
  const explained = groupBy(input.summary?.explanation ?? [], (item) => item.rack ?? '');
  const names = new Set<string>([
    ...desired.keys(),
    ...(input.summary?.invalid ?? []),
    ...input.records.filter((record) => record.committed !== null).map((record) => record.rack),
    ...journals.keys(),
  ]);
  return {
    apiVersion: 'rackops/v1',
    host: input.host,
    revision: input.summary?.revision ?? null,
    lastPass: input.lastPass,
    agent: input.agent,
    sourceError: input.summary?.sourceError ?? null,
    signatures: input.signatures,
    problems: (input.summary?.problems ?? []).map(problemReport),
    images: input.images,
    heldRemovals: input.summary?.heldRemovals ?? [],
    retainedData: retainedData(input, records),
    racks: [...names].sort().map((name) =>
      rackStatus(name, input, {
        record: records.get(name) ?? null,
        journal: journals.get(name) ?? null,
        desired: desired.get(name) ?? null,
        services: services.get(name) ?? [],
        explanation: explained.get(name) ?? [],
        tree: trees.get(name) ?? null,
      }),
    ),
  };
}

/** The fields of a problem that scripts may rely on. */
export function problemReport(problem: ProblemReport): ProblemReport {
  const { code, severity, file, line, column, pointer, message, hint } = problem;
  return { code, severity, file, line, column, pointer, message, hint };
}

/** What of the input speaks of one rack. */
interface RackView {
  readonly record: RackRecord | null;
  readonly journal: RolloutJournal | null;
  readonly desired: StatusSummary['racks'][number] | null;
  readonly services: readonly ObservedService[];
  readonly explanation: readonly Explanation[];
  readonly tree: ObservedTree | null;
}

function rackStatus(name: string, input: StatusInput, view: RackView): RackStatus {
  const { observed, summary } = input;
  const { record, journal, desired, tree } = view;
  const committed = record?.committed ?? null;
  const running = runningVersion(committed, journal, tree, observed);
  const ofTree = running?.tree ?? committed?.tree ?? journal?.to.tree;
  const services = view.services.filter((service) => service.generation === ofTree?.generation);
  const invalid = summary?.invalid.includes(name)
    ? (invalidMessage(name, summary) ?? 'its definition is invalid')
    : null;
  const condition = conditionOf({
    record,
    journal,
    hostSuspended: input.hostSuspended,
    desired: invalid === null ? desired : null,
    invalid,
    explanation: view.explanation,
    services,
    supervisorKnown: observed.supervisor.state !== 'unknown',
    damaged: input.images.damaged.find((damage) => damage.sha256 === committed?.desired.image.sha256) ?? null,
    treeMounted: committed !== null && tree?.asMade === true && tree.generation === committed.tree.generation,
  });
  const defined = running?.services ?? committed?.desired.services ?? journal?.to.desired.services ?? [];
  const healthOf = (service: string): 'healthy' | 'unhealthy' | 'unknown' => {
    const check = defined.find((candidate) => candidate.name === service)?.health ?? null;
    if (check === null) return 'unknown';
    return input.probed.get(`${name}/${service}`)?.verdict ?? record?.health?.verdict ?? 'unknown';
  };
  const probedAt = defined.map((service) => input.probed.get(`${name}/${service.name}`)?.at ?? null);
  const latest = probedAt
    .filter((at) => at !== null)
    .sort()
    .at(-1);
  return {
    name,
    ...condition,
    image: running?.image ?? null,
    desiredImage: invalid === null ? (desired?.image ?? null) : null,
    generation: running?.generation ?? null,
    digest: running?.digest ?? null,
    desiredDigest: invalid === null ? (desired?.digest ?? null) : null,
    revision: running?.revision ?? null,
    since: running?.since ?? null,
    health: running?.isCommitted ? (record?.health?.verdict ?? 'unknown') : 'unknown',
    probedAt: latest ?? record?.health?.at ?? null,
    quarantined: (record?.quarantined ?? []).map(({ digest, reason, message, at }) => ({
      digest,
      reason,
      message,
      at,
    })),
    services: defined.map((service) => {
      const seen = services.find((candidate) => candidate.service === service.name);
      return {
        name: service.name,
        state: seen === undefined ? 'stopped' : isWaitingForRestart(seen) ? 'failed' : seen.state,
        pid: seen?.pid ?? null,
        restarts: seen?.restarts ?? 0,
        health: healthOf(service.name),
      };
    }),
  };
}

interface RunningVersion {
  readonly image: ImageRef;
  readonly generation: number;
  readonly digest: string;
  readonly revision: string;
  readonly since: string;
  readonly services: readonly DesiredService[];
  readonly tree: TreeIdentity;
  readonly isCommitted: boolean;
}

/** Whose tree is mounted: the committed version's, that of a rollout under way, or nobody's. On an unknown host, what was committed. */
function runningVersion(
  committed: CommittedRack | null,
  journal: RolloutJournal | null,
  tree: ObservedTree | null,
  observed: ObservedState,
): RunningVersion | null {
  const isUnknown = observed.supervisor.state === 'unknown';
  if (committed !== null && (isUnknown || tree?.generation === committed.tree.generation)) {
    const { image, digest, revision, services } = committed.desired;
    const { generation, since } = committed;
    return { image, digest, revision, services, generation, since, tree: committed.tree, isCommitted: true };
  }
  if (journal === null || tree?.generation !== journal.to.tree.generation) return null;
  const { image, digest, revision, services } = journal.to.desired;
  const { startedAt: since, to } = journal;
  const { generation } = to.tree;
  return { image, digest, revision, services, generation, since, tree: to.tree, isCommitted: false };
}

/** Ended, and to be started again after a pause: the supervisor calls that `starting`, a person would not. */
function isWaitingForRestart(service: ObservedService): boolean {
  return service.state === 'starting' && service.pid === null && service.lastExit !== null;
}

function invalidMessage(rack: string, summary: StatusSummary): string | null {
  const problem = summary.problems.find((item) => item.rack === rack && item.severity === 'error');
  return problem === undefined ? null : problemLine(problem);
}

function retainedData(input: StatusInput, records: ReadonlyMap<string, RackRecord>): RetainedData[] {
  return input.data.flatMap(({ rack, path, bytes }) => {
    const record = records.get(rack);
    const isInUse = record?.committed || input.journals.some((journal) => journal.rack === rack);
    if (isInUse || input.summary?.racks.some((wanted) => wanted.name === rack)) return [];
    return [{ name: rack, path, since: record?.removedAt ?? '', bytes }];
  });
}
