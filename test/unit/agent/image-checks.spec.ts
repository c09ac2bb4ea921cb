import { expect } from 'chai';
import { waitForCheck } from '../../../src/agent/image-checks.js';

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
});
