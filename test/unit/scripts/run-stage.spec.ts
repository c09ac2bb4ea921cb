import { expect } from 'chai';
import { countMocha, inLanes } from '../../../scripts/test/run-stage.mjs';

describe('a stage of a test run', () => {
  it('works on so many suites at the same moment as it has lanes, each alone in its lane, and keeps their order', async () => {
    let atOnce = 0;
    let most = 0;
    const busy = new Set<number>();
    const results = await inLanes([3, 1, 2, 1], 2, async (turns, lane) => {
      expect(busy.has(lane), 'the lane of another suite that runs').to.equal(false);
      busy.add(lane);
      most = Math.max(most, ++atOnce);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      atOnce--;
      busy.delete(lane);
      return turns * 10;
    });
    expect(results).to.deep.equal([30, 10, 20, 10]);
    expect(most).to.equal(2);
  });

  it('counts what mocha says, and a bad end without a failing test as one failure', () => {
    expect(countMocha('\n  12 passing (3s)\n  1 pending\n  2 failing\n', 2)).to.deep.equal({
      passed: 12,
      failed: 2,
      skipped: 1,
    });
    expect(countMocha('\n  12 passing (3s)\n', 1)).to.deep.equal({ passed: 12, failed: 1, skipped: 0 });
    expect(countMocha('', null)).to.deep.equal({ passed: 0, failed: 1, skipped: 0 });
  });
});
