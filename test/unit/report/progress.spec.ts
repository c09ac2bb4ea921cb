import { expect } from 'chai';
import type { Event } from '../../../src/model/index.js';
import { plain, progressLine } from '../../../src/report/index.js';

const step = { rack: 'web', step: 'startServices', phase: 'start' } as const;
const ended: Event = { code: 'StepEnded', ...step, durationMs: 1_250, detail: 'nginx' };
const failed: Event = {
  code: 'StepFailed',
  ...step,
  durationMs: 5,
  error: 'E_START',
  message: 'cannot start service "nginx"',
};

describe('progress lines', () => {
  it('show each phase with a mark, its duration and a detail', () => {
    expect(progressLine(ended, { ...plain, unicode: true })).to.equal('  ✓ web: start 1.3s  nginx');
    expect(progressLine({ ...ended, detail: '' }, plain)).to.equal('  ok web: start 1.3s');
  });

  it('have words instead of marks where the terminal has no Unicode', () => {
    expect(progressLine(failed, plain)).to.equal('  FAILED web: start: cannot start service "nginx"');
    expect(progressLine(failed, { ...plain, unicode: true })).to.include('✗ web: start: cannot start');
  });

  it('have colour only when asked', () => {
    const start = '\u001b[';
    for (const event of [ended, failed]) {
      expect(progressLine(event, plain)).not.to.include(start);
      expect(progressLine(event, { ...plain, colour: true })).to.include(start);
    }
  });

  it('leave out what a person who waits does not need', () => {
    const silent: readonly Event[] = [
      { code: 'PassStarted', pass: 'p', trigger: 'sync' },
      { code: 'StepStarted', ...step },
      { code: 'StepEnded', rack: 'web', step: 'closeJournal', phase: null, durationMs: 1, detail: '' },
      { code: 'StepEnded', rack: 'web', step: 'begin', phase: 'begin', durationMs: 1, detail: '' },
    ];
    for (const event of silent) expect(progressLine(event, plain)).to.equal(null);
  });

  it('name the rack, what is done with it and why, and that it goes back', () => {
    expect(
      progressLine({ code: 'RackStarted', rack: 'web', action: 'swap', reason: 'new image' }, plain),
    ).to.equal('web: swap (new image)');
    const failure = { reason: 'ProbeFailed', message: 'HTTP 500', phase: 'bake' } as const;
    expect(progressLine({ code: 'RolledBack', rack: 'web', failure }, plain)).to.include('web: going back');
  });

  it('say how much of an image was downloaded, and warn of what came to nothing', () => {
    const about = { rack: 'web', image: 'web-2.0.iso', place: 'https://images.example.org/web-2.0.iso' };
    const bytes = { fetchedBytes: 104_448, wholeBytes: 34_209_792 };
    expect(progressLine({ code: 'DeltaFetched', ...about, ...bytes }, plain)).to.equal(
      '    web: 102 KiB of 32.6 MiB downloaded, the rest of "web-2.0.iso" was here',
    );
    expect(progressLine({ code: 'DeltaAbsent', ...about }, plain)).not.to.contain('warning');
    expect(progressLine({ code: 'DeltaFailed', ...about, message: 'no\u001b parts' }, plain)).to.equal(
      '  warning: web: all of "web-2.0.iso" is downloaded: no\\x1b parts',
    );
  });

  it('are one line that cannot steer the terminal, whatever a service says', () => {
    const line = progressLine({ ...failed, message: 'bad \u001b]0;title\u0007\nnext' }, plain);
    expect(line).to.equal('  FAILED web: start: bad \\x1b]0;title\\x07\\x0anext');
  });
});
