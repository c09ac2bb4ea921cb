/** A build in place, on real files: what a running agent of the build before may still load is there, and nothing older. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { keepParts } from '../../../scripts/setup/build.mjs';

describe('a build over an old one', () => {
  let directory: string;
  let builds: number;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'rackops-test-build-'));
    builds = 0;
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  /** The parts that are there after a build of these sources, which makes these parts. */
  const build = (sources: string, ...parts: readonly string[]): readonly string[] => {
    const [old, next] = [join(directory, `${builds}`), join(directory, `${++builds}`)];
    mkdirSync(join(next, 'parts'), { recursive: true });
    writeFileSync(join(next, '.built-from'), sources);
    for (const name of parts) writeFileSync(join(next, 'parts', name), `${name} of ${sources}`);
    keepParts(old, next);
    return readdirSync(join(next, 'parts')).sort();
  };

  it('keeps the parts of the one before, and not those that it had kept itself', () => {
    expect(build('one', 'chunk-1.js', 'execa-1.js')).to.deep.equal(['chunk-1.js', 'execa-1.js']);
    expect(build('two', 'execa-2.js')).to.deep.equal(['chunk-1.js', 'execa-1.js', 'execa-2.js']);
    expect(build('three', 'execa-3.js')).to.deep.equal(['execa-2.js', 'execa-3.js']);
  });

  it('keeps them as well when the same sources are built again', () => {
    build('one', 'execa-1.js');
    build('two', 'execa-2.js');
    expect(build('two', 'execa-2.js')).to.deep.equal(['execa-1.js', 'execa-2.js']);
    expect(build('three', 'execa-3.js')).to.deep.equal(['execa-2.js', 'execa-3.js']);
  });

  it('has its own where the name is the same, and keeps a part that was unused for one build no longer', () => {
    build('one', 'execa-1.js');
    build('two', 'execa-1.js');
    expect(readFileSync(join(directory, '2/parts/execa-1.js'), 'utf8')).to.equal('execa-1.js of two');
    expect(build('three', 'execa-3.js')).to.deep.equal(['execa-1.js', 'execa-3.js']);
    expect(build('four', 'execa-4.js')).to.deep.equal(['execa-3.js', 'execa-4.js']);
  });
});
