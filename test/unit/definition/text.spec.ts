import { expect } from 'chai';
import fc from 'fast-check';
import { parseRack } from '../../../src/definition/parse-rack.js';
import { aDefinition } from '../../support/definitions.js';

const encoder = new TextEncoder();

describe('Text of a definition', () => {
  it('is accepted with comments, blank lines, quotes and block text', () => {
    const text = aDefinition('web').replace(
      '    command: [main]',
      '    # l\u2019ordre\u00a0: ça va\n\n    command:\n      - sh\n      - -c\n      - |\n        if true; then\n        \techo "#[{"\n        fi\n      - "{{{{[[[["',
    );
    expect(parseRack(encoder.encode(text)).findings).to.deep.equal([]);
  });

  it('counts columns in characters', () => {
    const text = aDefinition('web').replace('command: [main]', 'command: ["\u{1F600}é", 7]');
    const [finding] = parseRack(encoder.encode(text)).findings;
    expect(finding).to.include({ line: 7, column: 21, pointer: '/services/main/command/1' });
  });

  it('is refused without hanging, even when it is made to be slow', function () {
    // A quadratic reader would need minutes for any of these.
    this.timeout(60_000);
    const texts = [
      '['.repeat(200_000),
      '{a: '.repeat(60_000),
      '- '.repeat(100_000),
      '? '.repeat(100_000),
      `a: ${'"'.repeat(100_000)}`,
      `${' '.repeat(200_000)}x`,
      `a: ${'&a '.repeat(60_000)}`,
      `${'#'.repeat(200_000)}`,
      `${' \n'.repeat(100_000)}x`,
      Array.from({ length: 600 }, (_, i) => `${' '.repeat(i)}a:\n`).join(''),
    ];
    for (const text of texts) {
      expect(parseRack(encoder.encode(text)).rack).to.equal(null);
    }
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(parseRack(bytes).rack).to.equal(null);
      }),
      { numRuns: 300 },
    );
  });

  it('never throws, whatever is spliced into a valid file', () => {
    const valid = aDefinition('web', 'env: {A: b}', 'listen: ["0.0.0.0:80"]');
    const splice = fc.constantFrom(
      '&a ',
      '*a',
      '!!x ',
      '"',
      "'",
      '\t',
      '\n',
      '- ',
      '? ',
      ': ',
      '[',
      '{',
      '}',
      '|',
      '>',
      '#',
      '0x1',
      '<<: ',
      '__proto__: ',
      '---\n',
      '%',
      '\0',
      '\u2028',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(valid.length), splice), { maxLength: 4 }), (splices) => {
        let text = valid;
        for (const [at, what] of splices) text = text.slice(0, at) + what + text.slice(at);
        const { findings, rack } = parseRack(encoder.encode(text));
        expect(rack !== null || findings.length > 0).to.equal(true);
        for (const { line, column } of findings) expect(Math.min(line, column)).to.be.at.least(1);
      }),
      { numRuns: 500 },
    );
  });
});
