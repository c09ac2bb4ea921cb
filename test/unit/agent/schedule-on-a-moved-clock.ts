/**
 * Runs a schedule on a clock of its own and prints when it was due (scenario time, which a wall clock jump does not move).
 * Started by schedule.spec.ts with TZ set, because the zone of a process is fixed when it starts.
 */
interface Scenario {
  readonly from: string;
  readonly until: string;
  readonly poll: string;
  readonly jump?: { readonly at: string; readonly byMs: number };
}

const scenario: Scenario = JSON.parse(process.argv[2] ?? '{}');
const RealDate = Date;
const begin = RealDate.parse(scenario.from);
let monotonic = 0;
let jumped = 0;
let timersSet = 0;
const timers = new Map<number, { at: number; run: () => void }>();

class MovedDate extends RealDate {
  constructor(...args: [] | [number | string | Date]) {
    if (args.length === 0) super(MovedDate.now());
    else super(args[0]);
  }
  static override now(): number {
    return begin + monotonic + jumped;
  }
}
Object.assign(globalThis, {
  Date: MovedDate,
  setTimeout: (run: () => void, ms: number) => {
    timersSet += 1;
    timers.set(timersSet, { at: monotonic + Math.max(1, ms), run });
    return timersSet;
  },
  clearTimeout: (id: number) => timers.delete(id),
});
performance.now = () => monotonic;

const { createSchedule } = await import('../../../src/agent/schedule.js');
const times: string[] = [];
const schedule = createSchedule({
  poll: scenario.poll,
  random: () => 0,
  onDue: () => times.push(new RealDate(begin + monotonic).toISOString()),
});
schedule.start();
const end = RealDate.parse(scenario.until) - begin;
let jumpAt =
  scenario.jump === undefined ? Number.POSITIVE_INFINITY : RealDate.parse(scenario.jump.at) - begin;
for (;;) {
  const next = [...timers].sort(([, a], [, b]) => a.at - b.at)[0];
  if (next === undefined || Math.min(next[1].at, jumpAt) > end || timersSet > 20_000) break;
  if (jumpAt <= next[1].at) {
    monotonic = jumpAt;
    jumped = scenario.jump?.byMs ?? 0;
    jumpAt = Number.POSITIVE_INFINITY;
    continue;
  }
  monotonic = Math.max(monotonic, next[1].at);
  timers.delete(next[0]);
  next[1].run();
}
schedule.stop();
process.stdout.write(JSON.stringify({ times, timers: timersSet }));
