import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { readDirectory } from '../../../src/cli/directory.js';
import { scratchDirectory } from '../../support/scratch.js';

describe('a directory that is validated', () => {
  let directory: string;

  beforeEach(() => {
    directory = scratchDirectory();
    mkdirSync(join(directory, 'racks'));
    mkdirSync(join(directory, 'made/of'), { recursive: true });
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const put = (path: string, text: string): void => writeFileSync(join(directory, path), text);

  it('has recipes wherever they are, also broken ones; other YAML is nobody’s business', async () => {
    put('racks/web.yaml', 'kind: Rack\n');
    put('made/of/web.yaml', 'apiVersion: rackops/v1\nkind: Image\nstepz: 1\n');
    put('made/pod.yaml', 'apiVersion: v1\nkind: Pod\n');
    put('made/other.yaml', 'apiVersion: image.example/v1\nkind: Image\n');
    put('made/note.txt', 'apiVersion: rackops/v1\nkind: Image\n');
    symlinkSync('of/web.yaml', join(directory, 'made/link.yaml'));
    const { recipes, entries } = await readDirectory(directory);
    expect([...recipes.keys()]).to.deep.equal(['made/of/web.yaml']);
    expect(entries.map(({ path }) => path)).to.deep.equal(['racks/web.yaml']);
  });
});
