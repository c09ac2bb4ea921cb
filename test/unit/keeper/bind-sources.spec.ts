import { mkdirSync, realpathSync, rmdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { bindSourceProblem } from '../../../src/keeper/bind-sources.js';
import { scratchDirectory } from '../../support/scratch.js';

describe('bind sources before a start', () => {
  let directory: string;

  beforeEach(() => {
    directory = realpathSync(scratchDirectory());
    mkdirSync(path.join(directory, 'user/data'), { recursive: true });
  });

  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const config = (source: string): object => ({
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/data', type: 'bind', source, options: ['rbind', 'ro'] },
    ],
  });

  it('are accepted as long as they are their own real paths', async () => {
    expect(await bindSourceProblem(config(path.join(directory, 'user/data')))).to.equal(null);
    expect(await bindSourceProblem({})).to.equal(null);
  });

  it('are refused when one, or a directory above it, was replaced by a link, or is gone', async () => {
    const source = path.join(directory, 'user/data');
    rmdirSync(source);
    expect(await bindSourceProblem(config(source)))
      .to.contain(source)
      .and.to.contain('is gone');
    symlinkSync('/etc', source);
    expect(await bindSourceProblem(config(source)))
      .to.contain(source)
      .and.to.contain('link to "/etc"');
    rmSync(path.join(directory, 'user'), { recursive: true });
    symlinkSync('/', path.join(directory, 'user'));
    const below = path.join(directory, 'user/etc');
    expect(await bindSourceProblem(config(below))).to.contain('link to "/etc"');
  });
});
