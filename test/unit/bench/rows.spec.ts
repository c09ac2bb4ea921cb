import { expect } from 'chai';
import type { Measured } from '../../../bench/support/swap/client.js';
import { pushRows } from '../../../bench/support/swap/rows.js';
import { seen } from '../../../bench/support/swap/seen.js';

describe('the rows of a swap', () => {
  it('count a new version that never answered as the slowest', () => {
    const run = (firstNewMs: number | null): Measured => ({
      seen: { ...seen([], { from: '1.0', to: '2.0', beganMs: 0 }), firstNewMs },
      swap: { beganMs: 0, tookMs: 0, parts: [] },
    });
    const row = pushRows([null, 20, 10].map(run)).find(({ what }) => what === 'git push to first new answer');
    expect(row).to.include({ value: 20, note: '10–Infinity' });
  });
});
