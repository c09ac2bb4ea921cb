/** The rows of a swap measurement, with the targets that rackops has. Pure. */
import { median, type Row } from '../table.js';
import type { Measured } from './client.js';
import { type ContenderName, contenderNames, type Part } from './contender.js';
import { connections, type KeptAlive } from './wrk.js';

/** Runs of each contender, in order; a contender that was left out has none. */
export type Runs = Readonly<Record<ContenderName, readonly Measured[]>>;

const titles: Readonly<Record<ContenderName, string>> = {
  shell: 'shell steps',
  podman: 'podman run --replace',
  rackops: 'rackops',
  floor: 'floor (held socket, same runtime)',
};

/** What each contender's client saw, and rackops' gap beside the others'. */
export function gapRows(runs: Runs): readonly Row[] {
  const rows = namesOf(runs).flatMap((name) => {
    const list = runs[name];
    const gaps = list.map(({ seen }) => seen.longestGapMs);
    const asked = list.reduce((sum, { seen }) => sum + seen.requests, 0);
    return [
      {
        ...failures(
          `${titles[name]}: failed`,
          list.map(({ seen }) => seen.failed),
          name === 'rackops',
        ),
        note: `${spread(list.map(({ seen }) => seen.failed))}, ${asked} requests${codesOf(list)}`,
      },
      failures(
        `${titles[name]}: wrong answers`,
        list.map(({ seen }) => seen.wrong),
        name === 'rackops',
      ),
      time(`${titles[name]}: longest gap`, gaps),
      time(
        `${titles[name]}: failure window`,
        list.map(({ seen }) => seen.failureWindowMs),
      ),
      time(`${titles[name]}: first new answer`, list.map(firstNewOf)),
    ];
  });
  const noise = namesOf(runs).flatMap((name) => runs[name].map(({ seen }) => seen.noiseMs));
  return [
    ...rows,
    time('longest gap without a swap', noise),
    ...ratio('longest gap, rackops / floor', runs, 'floor', 2),
    ...ratio('longest gap, rackops / shell', runs, 'shell', 1 / 2),
    ...ratio('longest gap, rackops / podman', runs, 'podman', 1 / 4),
  ];
}

/** Nothing when rackops was left out. */
export function dirtyRows(quiet: Runs, dirty: Runs): readonly Row[] {
  return namesOf(quiet).map((name) => ({
    what: `${titles[name]}: longest gap, dirty / quiet`,
    value: gapOf(dirty, name) / gapOf(quiet, name),
    unit: 'times',
    target: name === 'rackops' ? { atMost: 1.3 } : null,
  }));
}

/** From the push to the new version's first answer, and where the time goes. Nothing when rackops was left out. */
export function pushRows(runs: readonly Measured[]): readonly Row[] {
  if (runs.length === 0) return [];
  const first = runs.map(firstNewOf);
  const until = runs.map((measured) => {
    const { parts } = measured.swap;
    const before = parts.slice(0, parts.findIndex(({ name }) => name.startsWith('phase start')) + 1);
    return firstNewOf(measured) - before.reduce((sum, { ms }) => sum + ms, 0);
  });
  return [
    failures(
      'failed',
      runs.map(({ seen }) => seen.failed),
      true,
    ),
    { ...time('git push to first new answer', first), target: { atMost: 250 } },
    ...partRows(runs.map(({ swap }) => swap.parts)),
    time('first new answer after all parts until start', until),
    time(
      'until rackops sync has reported',
      runs.map(({ swap }) => swap.tookMs),
    ),
  ];
}

/** Medians of parts with the same name. */
export function partRows(runs: readonly (readonly Part[])[]): readonly Row[] {
  const names = [...new Set(runs.flatMap((parts) => parts.map(({ name }) => name)))];
  return names.map((name) =>
    time(
      `  ${name}`,
      runs.flatMap((parts) => parts.filter((part) => part.name === name).map(({ ms }) => ms)),
    ),
  );
}

/** Errors of connections that are kept alive; `bounded`: the ones that must not lose more than is open. */
export function keepAliveRow(what: string, rounds: readonly KeptAlive[], bounded: boolean): Row {
  const errors = rounds.map((round) => round.errors);
  return {
    what,
    value: bounded ? Math.max(...errors) : median(errors),
    unit: 'errors',
    target: bounded ? { atMost: connections } : null,
    note: `${spread(errors)}, ${Math.round(median(rounds.map(({ requests }) => requests)))} requests a round`,
  };
}

function ratio(what: string, runs: Runs, other: ContenderName, atMost: number): readonly Row[] {
  if (runs[other].length === 0 || runs.rackops.length === 0) return [];
  return [{ what, value: gapOf(runs, 'rackops') / gapOf(runs, other), unit: 'times', target: { atMost } }];
}

/** Infinity when the new version never answered: the worst there is, and it can be sorted. */
function firstNewOf({ seen }: Measured): number {
  return seen.firstNewMs ?? Number.POSITIVE_INFINITY;
}

function gapOf(runs: Runs, name: ContenderName): number {
  return median(runs[name].map(({ seen }) => seen.longestGapMs));
}

/** The worst run counts where none may fail. */
function failures(what: string, rounds: readonly number[], none: boolean): Row {
  return {
    what,
    value: none ? Math.max(...rounds) : median(rounds),
    unit: 'requests',
    target: none ? { atMost: 0 } : null,
  };
}

function time(what: string, rounds: readonly number[]): Row {
  return { what, value: median(rounds), unit: 'ms', target: null, note: spread(rounds) };
}

function spread(rounds: readonly number[]): string {
  const short = (value: number): string =>
    (value < 10 ? Number(value.toFixed(1)) : Math.round(value)).toString();
  return `${short(Math.min(...rounds))}–${short(Math.max(...rounds))}`;
}

function codesOf(list: readonly Measured[]): string {
  const counts: Record<string, number> = {};
  for (const { seen } of list) {
    for (const [code, count] of Object.entries(seen.codes)) counts[code] = (counts[code] ?? 0) + count;
  }
  const text = Object.entries(counts).map(([code, count]) => `${count} ${code}`);
  return text.length === 0 ? '' : `: ${text.join(', ')}`;
}

function namesOf(runs: Runs): readonly ContenderName[] {
  return contenderNames.filter((name) => runs[name].length > 0);
}
