/** Who is let in next, and how many at once. */
import { expect } from 'chai';
import { semaphore } from '../../../src/lib/semaphore.js';

describe('a semaphore', () => {
  it('lets so many in, and the next when one gives its place back', async () => {
    const places = semaphore(2);
    const entered: string[] = [];
    const enter = async (name: string): Promise<() => void> => {
      const release = await places.acquire();
      entered.push(name);
      return release;
    };
    const first = await enter('a');
    const second = await enter('b');
    const third = enter('c');
    const fourth = enter('d');
    await Promise.resolve();
    expect(entered).to.deep.equal(['a', 'b']);
    second();
    (await third)();
    (await fourth)();
    expect(entered).to.deep.equal(['a', 'b', 'c', 'd']);
    first();
    (await enter('e'))();
    expect(entered.at(-1)).to.equal('e');
  });

  it('lets the most urgent in first, and of these whoever waits longest', async () => {
    const places = semaphore(1);
    const release = await places.acquire();
    const entered: string[] = [];
    const waiting = [
      ['a', 0],
      ['b', 2],
      ['c', 1],
      ['d', 2],
      ['e', 0],
    ] as const;
    const all = waiting.map(async ([name, urgency]) => {
      const giveBack = await places.acquire(urgency);
      entered.push(name);
      giveBack();
    });
    release();
    await Promise.all(all);
    expect(entered.join('')).to.equal('bdcae');
  });
});
