/**
 * Every test is run by `npm test`: a suite in a folder that no stage names would rot unseen.
 */
import { expect } from 'chai';
import { specsBelow } from '../../scripts/test/run-stage.mjs';
import { stages } from '../../scripts/test/stages.mjs';

describe('the stages of a test run', () => {
  it('run every test there is', () => {
    const run = stages.flatMap((stage) => stage.folders ?? []).flatMap((folder) => specsBelow(folder));
    expect(specsBelow('test').filter((path) => !run.includes(path))).to.deep.equal([]);
  });
});
