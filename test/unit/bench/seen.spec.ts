import { expect } from 'chai';
import { type Request, seen } from '../../../bench/support/swap/seen.js';
import { understood } from '../../../bench/support/swap/wrk.js';

const change = { from: '1.0', to: '2.0', beganMs: 100 };

function answered(startMs: number, endMs: number, version: string): Request {
  return { startMs, endMs, status: 200, version, error: null };
}

function failed(startMs: number, endMs: number, error: string): Request {
  return { startMs, endMs, status: 0, version: '', error };
}

describe('what the client of a swap saw', () => {
  it('measures the gap between answers that ended after the swap began, and the noise before', () => {
    const requests = [
      answered(80, 81, '1.0'),
      answered(88, 89, '1.0'),
      answered(98, 99, '1.0'),
      answered(102, 140, '2.0'),
      answered(104, 141, '2.0'),
    ];
    const result = seen(requests, change);
    expect(result.longestGapMs).to.equal(41);
    expect(result.noiseMs).to.equal(10);
    expect(result.firstNewMs).to.equal(40);
    expect(result).to.include({ requests: 5, failed: 0, wrong: 0, failureWindowMs: 0 });
  });

  it('counts failures by their code, and another status than 200 as one', () => {
    const requests = [
      answered(99, 100, '1.0'),
      failed(110, 111, 'ECONNREFUSED'),
      failed(112, 114, 'ECONNREFUSED'),
      { ...answered(115, 116, ''), status: 503 },
      answered(120, 121, '2.0'),
    ];
    const result = seen(requests, change);
    expect(result.failed).to.equal(3);
    expect(result.codes).to.deep.equal({ ECONNREFUSED: 2, 'status 503': 1 });
    expect(result.failureWindowMs).to.equal(6);
  });

  it('calls an old answer wrong only when it was asked for after the new version had answered', () => {
    const requests = [
      answered(100, 105, '2.0'),
      // Under way while the versions changed.
      answered(101, 106, '1.0'),
      answered(107, 108, '1.0'),
      answered(109, 110, 'of somebody else'),
    ];
    expect(seen(requests, change).wrong).to.equal(2);
  });

  it('has no first new answer when the new version never answered', () => {
    expect(seen([answered(100, 101, '1.0')], change).firstNewMs).to.equal(null);
  });
});

describe('what wrk says', () => {
  const summary = 'Running 2s test @ http://127.0.0.1:80\n  101 requests in 2.00s, 1.00MB read\n';

  it('sums socket errors and answers that are none', () => {
    const errors = '  Socket errors: connect 1, read 16, write 2, timeout 3\n  Non-2xx or 3xx responses: 4\n';
    expect(understood(summary + errors)).to.deep.equal({ requests: 101, errors: 26 });
    expect(understood(summary)).to.deep.equal({ requests: 101, errors: 0 });
  });

  it('refuses what it cannot understand', () => {
    expect(() => understood('unable to connect')).to.throw('cannot understand wrk');
  });
});
