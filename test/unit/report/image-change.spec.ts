import { expect } from 'chai';
import { imageChangeText, imageSnippet } from '../../../src/report/index.js';

const from = { file: 'web-1.0.iso', sha256: 'a'.repeat(64), sizeBytes: 4_096 };
const to = { file: 'web-2.0.iso', sha256: 'b'.repeat(64), sizeBytes: 8_192, isNew: true };
const none = { added: [], changed: [], removed: [] };

describe('what a new image has', () => {
  it('is told by packages with versions, files with what changed, and the size', () => {
    const item = { manager: 'dpkg', name: 'curl', architecture: 'amd64' } as const;
    const text = imageChangeText({
      from,
      to,
      packages: {
        added: [{ ...item, name: 'jq', version: '1.7' }],
        changed: [{ ...item, from: ['7'], to: ['8'] }],
        removed: [],
      },
      files: {
        added: ['/new'],
        changed: [
          { path: '/a', what: ['content'] },
          { path: '/bin/su', what: ['content', 'mode', 'owner'] },
          { path: '/b', what: ['owner'] },
        ],
        removed: ['/old'],
      },
    });
    expect(text.split('\n')).to.deep.equal([
      'web-2.0.iso: 8 KiB, +4 KiB from web-1.0.iso',
      'packages: 1 changed, 1 new, 0 removed',
      '  ~ curl 7 -> 8',
      '  + jq 1.7',
      'files: 3 changed, 1 new, 1 removed',
      '  ~ /a',
      '  ~ /bin/su (mode, owner)',
      '  ~ /b (owner)',
      '  + /new',
      '  - /old',
    ]);
  });

  it('is bounded for people, and says how much it leaves out', () => {
    const added = Array.from({ length: 25 }, (_, index) => `/file-${index}`);
    const lines = imageChangeText({
      from,
      to: { ...to, isNew: false },
      packages: none,
      files: { ...none, added },
    }).split('\n');
    expect(lines[0]).to.contain('was there already');
    expect(lines[1]).to.equal('packages: nothing changed');
    expect(lines).to.have.length(24);
    expect(lines.at(-1)).to.equal('  … 5 more; --json has all');
  });

  it('is pasted with its digest as text, whatever its digits look like', () => {
    expect(imageSnippet(to)).to.equal(`image:\n  file: web-2.0.iso\n  sha256: "${to.sha256}"`);
  });
});
