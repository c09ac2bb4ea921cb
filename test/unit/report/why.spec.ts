import { expect } from 'chai';
import { whyText } from '../../../src/report/index.js';
import type { WhyEvidence } from '../../../src/report/why-text.js';

const plain = { colour: false, unicode: false, width: 0 };
const rack = {
  name: 'web',
  condition: 'Failed',
  reason: 'Quarantined',
  message: 'web-2.0.iso failed here before',
  image: { file: 'web-1.0.iso', sha256: 'a'.repeat(64) },
  desiredImage: { file: 'web-2.0.iso', sha256: 'b'.repeat(64) },
  generation: 3,
  digest: null,
  desiredDigest: null,
  revision: null,
  since: null,
  health: 'healthy',
  probedAt: null,
  quarantined: [],
  services: [],
} as const;

const evidence: WhyEvidence = {
  at: '2026-01-01T00:00:00.000Z',
  image: { file: 'web-2.0.iso' },
  failure: { reason: 'ProbeFailed', message: 'HTTP 500, want 200', phase: 'bake' },
  phases: [{ phase: 'stop', durationMs: 12 }],
  probes: [1, 2, 3].map((at) => ({
    at,
    service: 'nginx',
    result: 'failure' as const,
    message: 'HTTP 500, want 200',
    durationMs: 1,
    body: 'oops \u001b[31m',
  })),
  output: { nginx: ['one', 'two', 'three \u001b[2J'] },
  changed: { files: ['/a', '/b', '/c', '/d'], complete: false },
};

describe('why', () => {
  it('tells a failure in ten lines: verdict, phases, probes with bodies, last output, what was written', () => {
    const lines = whyText(rack, [], evidence, [], plain).split('\n');
    expect(lines).to.have.length.at.most(10);
    const text = lines.join('\n');
    for (const part of ['phase bake: ProbeFailed', 'stop 12ms', 'HTTP 500, want 200: oops', 'nginx: two'])
      expect(text).to.contain(part);
    expect(lines.at(-1)).to.equal('  it wrote /a, /b, /c, and 1 or more others');
  });

  it('shows no control character of what a service printed', () => {
    expect(whyText(rack, [], evidence, [], plain)).to.not.contain('\u001b');
  });

  it('says that nothing was written, and nothing at all of evidence that an older version kept', () => {
    const none = { ...evidence, changed: { files: [], complete: true } };
    expect(whyText(rack, [], none, [], plain)).to.contain('it wrote no file');
    const { changed: _, ...older } = evidence;
    expect(whyText(rack, [], older, [], plain)).to.not.contain('it wrote');
  });
});
