import { expect } from 'chai';
import { countProbe, noProbesYet, type ProbeCount } from '../../../src/probes/index.js';

const limits = { startPeriodMs: 1_000, healthyAfter: 2, unhealthyAfter: 3 };

/** Counts `+` success, `-` failure, `?` unknown, one each 100 ms from `fromMs` on. */
function after(results: string, fromMs = 2_000, count: ProbeCount = noProbesYet): ProbeCount {
  return [...results].reduce((before, mark, index) => {
    const result = mark === '+' ? 'success' : mark === '-' ? 'failure' : 'unknown';
    return countProbe(before, { result }, limits, fromMs + index * 100);
  }, count);
}

describe('probe verdict', () => {
  it('is unknown before the first probe and while too few results agree', () => {
    expect(after('').verdict).to.equal('unknown');
    expect(after('+').verdict).to.equal('unknown');
    expect(after('--').verdict).to.equal('unknown');
  });

  it('becomes healthy only after enough successes in a row', () => {
    expect(after('++').verdict).to.equal('healthy');
    expect(after('+-+-+-').verdict).to.equal('unknown');
  });

  it('becomes unhealthy only after enough failures in a row', () => {
    expect(after('---').verdict).to.equal('unhealthy');
    expect(after('++--+--').verdict).to.equal('healthy');
    expect(after('++---').verdict).to.equal('unhealthy');
  });

  it('returns from unhealthy after enough successes', () => {
    expect(after('---+').verdict).to.equal('unhealthy');
    expect(after('---++').verdict).to.equal('healthy');
  });

  it('does not count failures in the start period', () => {
    expect(after('---------', 0).verdict).to.equal('unknown');
    expect(after('------------', 0).verdict).to.equal('unknown');
    expect(after('-------------', 0).verdict).to.equal('unhealthy');
  });

  it('counts failures in the start period once it has answered well', () => {
    expect(after('+---', 0).verdict).to.equal('unhealthy');
  });

  it('takes an unknown result for no evidence', () => {
    expect(after('+?+').verdict).to.equal('healthy');
    expect(after('--?').verdict).to.equal('unknown');
    expect(after('--?-').verdict).to.equal('unhealthy');
  });

  it('goes on from a remembered verdict without another start period', () => {
    const remembered = { ...noProbesYet, verdict: 'healthy' as const };
    expect(after('---', 0, remembered).verdict).to.equal('unhealthy');
  });
});
