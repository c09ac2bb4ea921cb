import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import { parseHostConfig, parseRecipe } from '../../../src/definition/index.js';
import { hostPath, problemLine } from '../../../src/model/index.js';
import { type RepositoryFile, readDefinitions } from '../../support/definitions.js';

const top = fileURLToPath(new URL('../../../', import.meta.url));

function filesBelow(folder: string): Record<string, RepositoryFile> {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );
  return Object.fromEntries(paths.map((path) => [relative('.', path), readFileSync(join(folder, path))]));
}

function yamlOf(page: string): string {
  const text = readFileSync(join(top, page), 'utf8');
  return /```yaml\n([\s\S]*?)```/.exec(text)?.[1] ?? '';
}

describe('The examples', () => {
  const examples = readdirSync(join(top, 'examples'), { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );

  for (const { name } of examples) {
    it(`validate: ${name}`, () => {
      const set = readDefinitions(filesBelow(join(top, 'examples', name)));
      expect(set.problems.map(problemLine)).to.deep.equal([]);
      expect(set.racks).to.not.deep.equal([]);
    });

    it(`name the schema for editors: ${name}`, () => {
      for (const [path, content] of Object.entries(filesBelow(join(top, 'examples', name, 'racks')))) {
        const reference = /^# yaml-language-server: \$schema=(\S+)/.exec(String(content))?.[1] ?? '';
        const file = join(top, 'examples', name, 'racks', path, '..', reference);
        expect(relative(top, file)).to.equal('schema/rack.schema.json');
      }
    });
  }

  for (const { name } of examples) {
    const folder = join(top, 'examples', name, 'images');
    if (!existsSync(folder)) continue;
    it(`have recipes that can be read, and name the schema: ${name}`, () => {
      const recipes = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
      expect(recipes).to.not.deep.equal([]);
      for (const file of recipes) {
        const content = readFileSync(join(folder, file));
        expect(parseRecipe(content, file).problems.map(problemLine)).to.deep.equal([]);
        const reference = /^# yaml-language-server: \$schema=(\S+)/.exec(String(content))?.[1] ?? '';
        expect(relative(top, join(folder, reference))).to.equal('schema/image.schema.json');
      }
    });
  }

  it('of the reference pages validate', () => {
    const image = new TextEncoder().encode(yamlOf('docs/reference/image.md'));
    expect(parseRecipe(image, 'image.yaml').problems.map(problemLine)).to.deep.equal([]);
    const rack = yamlOf('docs/reference/rack.md');
    const set = readDefinitions({
      'racks/webserver.yaml': rack,
      'racks/database.yaml': rack
        .replaceAll('webserver', 'database')
        .replace('dependsOn: [database]', '')
        .replace(':80"', ':81"'),
      'files/site.conf': '',
    });
    expect(set.problems.map(problemLine)).to.deep.equal([]);
    const host = new TextEncoder().encode(yamlOf('docs/reference/host.md'));
    expect(parseHostConfig(host, hostPath('/etc/rackops/host.yaml')).problems).to.deep.equal([]);
  });

  it('of host.yaml validate', () => {
    const file = join(top, 'examples/host.yaml');
    expect(parseHostConfig(readFileSync(file), hostPath(file)).problems.map(problemLine)).to.deep.equal([]);
  });
});

describe('The schemas', () => {
  for (const kind of ['rack', 'host', 'image']) {
    const schema: unknown = JSON.parse(readFileSync(join(top, `schema/${kind}.schema.json`), 'utf8'));

    it(`compile in strict mode: ${kind}`, () => {
      expect(() => new Ajv2020({ strict: true }).compile(Object(schema))).to.not.throw();
    });

    it(`describe every field, with an example where there is a value: ${kind}`, () => {
      const faults: string[] = [];
      const visit = (node: unknown, path: string): void => {
        if (typeof node !== 'object' || node === null) return;
        for (const [key, child] of Object.entries(node)) {
          if (key === 'properties') {
            for (const [name, property] of Object.entries(Object(child))) {
              if (property === true) continue;
              const { description, examples, properties, $ref } = Object(property);
              if (description === undefined) faults.push(`${path}/${name}: no description`);
              if (examples === undefined && properties === undefined && $ref === undefined)
                faults.push(`${path}/${name}: no example`);
            }
          }
          visit(child, `${path}/${key}`);
        }
      };
      visit(schema, '');
      expect(faults).to.deep.equal([]);
    });
  }
});
