import { expect } from 'chai';
import { matchesGlob } from '../../../src/lib/index.js';

describe('a glob', () => {
  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ['/etc/a', ['/etc/a'], ['/etc', '/etc/ab', '/etc/a/b', '/']],
    ['/etc/*', ['/etc/a', '/etc/.a'], ['/etc', '/etc/a/b']],
    ['/etc/*.d/?', ['/etc/x.d/a', '/etc/.d/b'], ['/etc/x.d/ab', '/etc/x/a', '/etc/x.d/']],
    ['/usr/**', ['/usr/a', '/usr/a/b/c'], ['/usr', '/usrs/a', '/']],
    ['/usr/**/a', ['/usr/a', '/usr/x/a', '/usr/x/y/a'], ['/usr/x/b', '/a', '/usr/x/a/b']],
    ['/**', ['/a', '/a/b'], []],
    ['/**/a/**', ['/a/b', '/x/a/b/c'], ['/a', '/x/b']],
    ['/a*b*c', ['/abc', '/axbxc', '/abbcc'], ['/ab', '/acb', '/a/b/c']],
    ['/[ab]{c}+(d)', ['/[ab]{c}+(d)'], ['/a', '/bc']],
  ];
  for (const [pattern, yes, no] of cases) {
    it(`${pattern} matches what it says and nothing else`, () => {
      expect(yes.filter((path) => !matchesGlob(path, pattern))).to.deep.equal([]);
      expect(no.filter((path) => matchesGlob(path, pattern))).to.deep.equal([]);
    });
  }

  it('takes no longer for a pattern that is made to', () => {
    const startedAt = performance.now();
    expect(matchesGlob(`/${'a'.repeat(4_000)}`, `/${'*a'.repeat(1_000)}b`)).to.equal(false);
    expect(matchesGlob('/a'.repeat(1_000), `${'/**/a'.repeat(500)}/b`)).to.equal(false);
    expect(performance.now() - startedAt).to.be.lessThan(5_000);
  });
});
