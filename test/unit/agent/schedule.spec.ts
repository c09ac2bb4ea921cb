import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { createSchedule, jitterMs, pollProblem, retryDelayMs } from '../../../src/agent/schedule.js';

/** Runs the schedule in a process of its own, in a zone with daylight saving, on a clock that the script moves. */
async function dueTimes(options: {
  from: string;
  until: string;
  poll: string;
  /** Wall clock is set by so many ms at this moment of the scenario. */
  jump?: { at: string; byMs: number };
}): Promise<{ times: string[]; timers: number }> {
  const script = new URL('./schedule-on-a-moved-clock.ts', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', script, JSON.stringify(options)],
    { env: { ...process.env, TZ: 'Europe/Budapest' } },
  );
  return JSON.parse(stdout);
}

describe('schedule', () => {
  it('polls every 30 s through the hour that spring skips, neither stopping nor spinning', async () => {
    const { times, timers } = await dueTimes({
      from: '2027-03-28T00:58:10Z',
      until: '2027-03-28T01:02:10Z',
      poll: '*/30 * * * * *',
    });
    expect(times).to.have.length(8);
    expect(times[0]).to.equal('2027-03-28T00:58:30.000Z');
    expect(times[7]).to.equal('2027-03-28T01:02:00.000Z');
    expect(timers).to.be.lessThan(20);
  });

  it('polls a daily time once a day through both changes', async () => {
    for (const [from, until] of [
      ['2027-03-26T12:00:00Z', '2027-03-30T12:00:00Z'],
      ['2027-10-29T12:00:00Z', '2027-11-02T12:00:00Z'],
    ] as const) {
      const { times } = await dueTimes({ from, until, poll: '0 30 1 * * *' });
      expect(times.map((time) => time.slice(11))).to.deep.equal(Array(4).fill('01:30:00.000Z'));
    }
  });

  it('goes on polling when the clock is set back ten years', async () => {
    const { times } = await dueTimes({
      from: '2027-01-01T00:00:10Z',
      until: '2027-01-01T00:03:10Z',
      poll: '*/30 * * * * *',
      jump: { at: '2027-01-01T00:00:40Z', byMs: -10 * 365 * 86_400_000 },
    });
    expect(times).to.have.length.within(5, 7);
  });

  it('does not make up for missed times when the clock jumps ten years ahead', async () => {
    const { times, timers } = await dueTimes({
      from: '2027-01-01T00:00:10Z',
      until: '2027-01-01T00:03:10Z',
      poll: '*/30 * * * * *',
      jump: { at: '2027-01-01T00:00:40Z', byMs: 10 * 365 * 86_400_000 },
    });
    expect(times).to.have.length.within(5, 8);
    expect(timers).to.be.lessThan(30);
  });

  it('adds at most half the interval and at most 5 s of jitter', () => {
    expect(jitterMs(1_000, 0.999)).to.equal(499);
    expect(jitterMs(30_000, 0.999)).to.equal(4_995);
    expect(jitterMs(30_000, 0)).to.equal(0);
  });

  it('waits longer after each failure, up to five minutes', () => {
    const pauses = [0, 1, 2, 3, 4, 5].map((failures) => retryDelayMs(failures, 30_000, 0));
    expect(pauses).to.deep.equal([30_000, 60_000, 120_000, 240_000, 300_000, 300_000]);
    expect(retryDelayMs(3, 3_600_000, 0)).to.equal(3_600_000);
  });

  it('forgets the failures once the remote answered', () => {
    const schedule = createSchedule({ poll: '* * * * * *', random: () => 0, onDue: () => {} });
    const first = schedule.remoteFailed();
    expect(schedule.remoteFailed()).to.be.greaterThan(first);
    schedule.remoteAnswered();
    expect(schedule.remoteFailed()).to.equal(first);
    schedule.stop();
  });

  it('is due within about a second for an expression that names every second, and not after stop', async () => {
    let due = 0;
    await new Promise<void>((resolve) => {
      const schedule = createSchedule({
        poll: '* * * * * *',
        random: () => 0,
        onDue: () => {
          due += 1;
          schedule.stop();
          resolve();
        },
      });
      schedule.start();
    });
    expect(due).to.equal(1);
  });

  it('accepts five and six fields', () => {
    for (const poll of ['* * * * * *', '*/30 * * * * *', '*/5 * * * *', '0 15 3 * * *']) {
      expect(pollProblem(poll), poll).to.equal(null);
    }
  });

  it('refuses what is no cron expression, and what is rarer than once a day', () => {
    for (const poll of [
      '',
      '30s',
      '5 minutes',
      '0',
      '61 * * * * *',
      '* * * *',
      '@daily',
      '0 0 0 1 * *',
      '0 0 0 30 2 *',
      'a\nb',
    ]) {
      expect(pollProblem(poll), poll).to.be.a('string');
    }
  });
});
