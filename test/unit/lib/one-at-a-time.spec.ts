import { expect } from 'chai';
import { deferred, oneAtATime } from '../../../src/lib/index.js';

describe('one at a time', () => {
  it('runs work of one key in the order in which it came, never two at once', async () => {
    const run = oneAtATime();
    const first = deferred<void>();
    const seen: string[] = [];
    const one = run('image', async () => {
      await first.promise;
      seen.push('one');
    });
    const two = run('image', async () => {
      seen.push('two');
    });
    await Promise.resolve();
    expect(seen).to.deep.equal([]);
    first.resolve();
    await Promise.all([one, two]);
    expect(seen).to.deep.equal(['one', 'two']);
  });

  it('does not let another key wait', async () => {
    const run = oneAtATime();
    const never = deferred<void>();
    void run('busy', () => never.promise);
    expect(await run('free', async () => 'done')).to.equal('done');
  });

  it('gives a failure to its caller alone', async () => {
    const run = oneAtATime();
    const failed = run('image', () => Promise.reject(new Error('no such file')));
    const next = run('image', async () => 'done');
    expect(await failed.catch((error: Error) => error.message)).to.equal('no such file');
    expect(await next).to.equal('done');
  });
});
