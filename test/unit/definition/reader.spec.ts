import { expect } from 'chai';
import { DefinitionReader } from '../../../src/definition/index.js';
import { aDefinition, aHost, aReading, readDefinitions } from '../../support/definitions.js';

const web = 'racks/web.yaml';

describe('Reading definitions', () => {
  it('asks for each blob once, whatever files have it', () => {
    const reader = new DefinitionReader();
    const input = aReading({ [web]: aDefinition('web'), 'racks/api.yaml': aDefinition('api') });
    expect(reader.missing(input.entries).map((e) => e.path)).to.deep.equal([web, 'racks/api.yaml']);
    reader.read(input);
    expect(reader.missing(input.entries)).to.deep.equal([]);
    const next = aReading({
      [web]: aDefinition('web'),
      'racks/api.yaml': aDefinition('api', 'dependsOn: [web]'),
    });
    expect(reader.missing(next.entries).map((e) => e.path)).to.deep.equal(['racks/api.yaml']);
  });

  it('asks for nothing that it would refuse unread', () => {
    const { entries } = aReading({
      [web]: { mode: '120000' },
      'racks/large.yaml': { sizeBytes: 300_000 },
      'racks/README.md': 'text',
      'racks/sub/x.yaml': aDefinition('x'),
      'other/y.yaml': aDefinition('y'),
    });
    expect(new DefinitionReader().missing(entries, 'racks')).to.deep.equal([]);
  });

  it('reads only files directly in the folder', () => {
    const set = readDefinitions({
      [web]: aDefinition('web'),
      'racks/sub/api.yaml': aDefinition('api'),
      'racks.yaml': aDefinition('racks'),
      'racks/db.yml': aDefinition('db'),
    });
    expect(set.racks.map((d) => d.file)).to.deep.equal(['racks/db.yml', web]);
    expect(set.problems).to.deep.equal([]);
  });

  it('reads definitions at the top of the repository', () => {
    const set = readDefinitions(
      { 'web.yaml': aDefinition('web'), 'racks/api.yaml': aDefinition('api') },
      { path: '' },
    );
    expect(set.names).to.deep.equal(['web']);
  });

  it('refuses a file name with control characters, shows it harmlessly, and still holds its rack', () => {
    const set = readDefinitions({
      'racks/web\u001b]0;x\u0007.yaml': aDefinition('web'),
      'racks/api.yaml': aDefinition('api'),
    });
    expect(set.problems.map((problem) => `${problem.code} ${problem.file}`)).to.include(
      'E_PATH racks/web\\x1b]0;x\\x07.yaml',
    );
    expect(set.invalid).to.deep.equal(['web']);
    expect(set.names).to.deep.equal(['api', 'web']);
  });

  it('selects racks by labels, and sorts them by name', () => {
    const files = {
      'racks/c.yaml': aDefinition('c', 'hosts: {labels: {role: web}}'),
      'racks/b.yaml': aDefinition('b', 'hosts: {labels: {role: web, zone: north}}'),
      'racks/a.yaml': aDefinition('a'),
    };
    const set = readDefinitions(files, { host: aHost({ labels: { role: 'web' } }) });
    expect(set.racks.map((d) => d.rack.name)).to.deep.equal(['a', 'c']);
    expect(set.names).to.deep.equal(['a', 'b', 'c']);
    expect(set.complete).to.equal(true);
  });

  it('finds files from the top of the repository first, then beside the definition', () => {
    const set = readDefinitions({
      [web]: aDefinition('web', 'files: [{path: /a, source: x}, {path: /b, source: y}]'),
      x: 'top',
      'racks/x': 'beside',
      'racks/y': 'beside',
    });
    expect(set.racks[0]?.sources.map((s) => s.path)).to.deep.equal(['x', 'racks/y']);
  });

  it('writes the sha256 of an image in one way', () => {
    const upper = aDefinition('web').replace('a'.repeat(64), `sha256:${'A'.repeat(64)}`);
    expect(readDefinitions({ [web]: upper }).racks[0]?.rack.image.sha256).to.equal('a'.repeat(64));
  });

  it('gives the same answer whatever order the entries are in', () => {
    const input = aReading({
      [web]: aDefinition('web', '', 'listen: ["0.0.0.0:80"]'),
      'racks/api.yaml': aDefinition('api', '', 'listen: ["[::]:80"]'),
      'racks/Api.yaml': aDefinition('api'),
      'racks/x.yaml': '',
    });
    const backwards = { ...input, entries: input.entries.toReversed() };
    expect(new DefinitionReader().read(backwards)).to.deep.equal(new DefinitionReader().read(input));
  });

  it('holds back whatever a broken file could mean', () => {
    const set = readDefinitions({ [web]: `name: site\nkind: [\n`, 'racks/ok.yaml': aDefinition('ok') });
    expect(set.invalid).to.deep.equal(['site', 'web']);
    expect(new Set(set.problems.map((p) => p.rack))).to.deep.equal(new Set(['web']));
  });

  it('throws when a blob was not supplied', () => {
    const input = { ...aReading({ [web]: aDefinition('web') }), blobs: new Map() };
    expect(() => new DefinitionReader().read(input)).to.throw('internal error');
  });
});

describe('Reading definitions again', () => {
  const files = { [web]: aDefinition('web', 'files: [{path: /a, source: x}]'), x: 'one', readme: 'one' };

  it('returns the identical answer when nothing that it depends on has changed', () => {
    const reader = new DefinitionReader();
    const first = reader.read(aReading(files));
    expect(reader.read(aReading(files))).to.equal(first);
    expect(reader.read(aReading({ ...files, readme: 'two', another: 'file' }, {}))).to.not.equal(first);
  });

  it('does not mind other files of the repository when only definition entries are given', () => {
    const reader = new DefinitionReader();
    const only = (more: Readonly<Record<string, string>>) => {
      const input = aReading({ ...files, ...more });
      return { ...input, entries: input.entries.filter((e) => e.path === web) };
    };
    const first = reader.read(only({}));
    expect(reader.read(only({ readme: 'two' }))).to.equal(first);
    expect(reader.read(only({ x: 'two' }))).to.not.equal(first);
  });

  it('reads again when the host or what is installed has changed', () => {
    const reader = new DefinitionReader();
    const first = reader.read(aReading(files, { host: aHost() }));
    expect(reader.read(aReading(files, { host: aHost() }))).to.equal(first);
    expect(reader.read(aReading(files, { host: aHost({ labels: { a: 'b' } }) }))).to.not.equal(first);
    expect(reader.read(aReading(files, { host: aHost(), installed: ['web'] }))).to.not.equal(first);
  });

  it('costs little for a thousand unchanged files', () => {
    const reader = new DefinitionReader();
    const many = aReading(
      Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`racks/r${i}.yaml`, aDefinition(`r${i}`)])),
    );
    const cpuOf = (work: () => void): number => {
      const started = process.cpuUsage();
      work();
      const { user, system } = process.cpuUsage(started);
      return user + system;
    };
    const first = cpuOf(() => reader.read(many));
    const ten = cpuOf(() => {
      for (let i = 0; i < 10; i++) reader.read({ ...many, entries: [...many.entries] });
    });
    expect(ten).to.be.lessThan(first);
  });
});
