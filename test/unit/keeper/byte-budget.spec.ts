import { expect } from 'chai';
import { ByteBudget } from '../../../src/keeper/byte-budget.js';

describe('the byte budget', () => {
  it('starts with one second worth and fills with time', () => {
    const budget = new ByteBudget(1_000, 0);
    expect(budget.take(1_000, 0)).to.equal(true);
    expect(budget.take(1, 0)).to.equal(false);
    expect(budget.take(500, 500)).to.equal(true);
    expect(budget.take(1, 500)).to.equal(false);
  });

  it('never holds more than one second, and takes nothing when there is too little', () => {
    const budget = new ByteBudget(1_000, 0);
    expect(budget.take(1_001, 60_000)).to.equal(false);
    expect(budget.take(1_000, 60_000)).to.equal(true);
  });

  it('is not fooled by a clock that goes back', () => {
    const budget = new ByteBudget(1_000, 10_000);
    expect(budget.take(1_000, 10_000)).to.equal(true);
    expect(budget.take(1, 5_000)).to.equal(false);
    expect(budget.take(500, 5_500)).to.equal(true);
  });
});
