import { expect } from 'chai';
import { ImageChecks, type ImageChecksDeps, waitForCheck } from '../../../src/agent/image-checks.js';
import { deferred } from '../../../src/lib/index.js';

const minute = 60_000;
const day = 24 * 60 * minute;
const now = Date.UTC(2026, 0, 10);

describe('the daily check of images', () => {
  it('comes a day after the last one, and up to an hour later by chance', () => {
    expect(waitForCheck(now - minute, now, 0)).to.equal(day - minute);
    expect(waitForCheck(now - minute, now, 0.5)).to.equal(day + 29 * minute);
  });

  it('waits until a host has come up, also when it is overdue, was never done, or was done in the future', () => {
    for (const lastAt of [now - 3 * day, Number.NaN, now + day])
      expect(waitForCheck(lastAt, now, 0.9)).to.equal(10 * minute);
  });

  describe('in an agent', () => {
    /** Waits in ms, in their order, and what ends the last of them. */
    let waits: number[];
    let ring: () => void;
    let errors: string[];
    let planned: ReturnType<typeof deferred<void>>;
    beforeEach(() => {
      waits = [];
      errors = [];
      planned = deferred();
    });

    const checks = (over: Partial<ImageChecksDeps>): ImageChecks =>
      new ImageChecks({
        lastAt: async () => Number.NaN,
        check: async () => {},
        onError: (error) => errors.push(String(error)),
        now: () => now,
        random: () => 0,
        later: (ms, run) => {
          waits.push(ms);
          ring = run;
          planned.resolve();
          planned = deferred();
          return () => waits.push(-1);
        },
        ...over,
      });
    /** The check that is due is made, and the next one planned. */
    async function makeOne(): Promise<void> {
      const next = planned.promise;
      ring();
      await next;
    }
    const fails = async (): Promise<never> => {
      throw new Error('disk');
    };

    it('comes again a day later, whether it went well or not', async () => {
      let made = 0;
      const failing = checks({
        check: async () => {
          made++;
          await fails();
        },
      });
      await failing.start();
      await makeOne();
      await makeOne();
      expect({ made, waits, errors }).to.deep.equal({
        made: 2,
        waits: [10 * minute, day, day],
        errors: ['Error: disk', 'Error: disk'],
      });
    });

    it('comes also when nobody can say when the last one was', async () => {
      await checks({ lastAt: fails }).start();
      await makeOne();
      expect({ waits, errors }).to.deep.equal({
        waits: [10 * minute, day],
        errors: ['Error: disk', 'Error: disk'],
      });
    });

    it('begins no more once it is stopped, and is waited for while it runs', async () => {
      const running = deferred<void>();
      const stopped = checks({ check: () => running.promise });
      await stopped.start();
      ring();
      let isOver = false;
      const over = stopped.stop().then(() => {
        isOver = true;
      });
      await Promise.resolve();
      expect(isOver).to.equal(false);
      running.resolve();
      await over;
      expect(waits).to.deep.equal([10 * minute, -1]);
    });
  });
});
