import { expect } from 'chai';
import { validStarter } from '../../../src/cli/starter.js';
import type { ContainerConfig } from '../../../src/model/index.js';
import { readDefinitions } from '../../support/definitions.js';

const bare: ContainerConfig = {
  command: [],
  env: {},
  user: null,
  workdir: null,
  ports: [],
  volumes: [],
  stopSignal: null,
  health: null,
  architecture: 'amd64',
};

/** The definition and what the reader finds in it. */
function started(
  container: Partial<ContainerConfig>,
  sha256 = 'a'.repeat(64),
  source = 'docker://r.example/web:1.0',
) {
  const { text, problems: untold } = validStarter({
    name: 'web',
    image: { file: 'web-1.0.iso', sha256 },
    source: { name: source, digest: `sha256:${'b'.repeat(64)}` },
    container: { ...bare, ...container },
  });
  expect(untold).to.deep.equal([]);
  const { racks, problems } = readDefinitions({ 'racks/web.yaml': text });
  return { text, problems, service: racks[0]?.rack.services.web };
}

describe('a definition to start from', () => {
  it('says all that the container image says, and is valid', () => {
    const { problems, service, text } = started({
      command: ['/entry', 'say "hi"\n'],
      env: { A: 'b c', EMPTY: '', 'not-a-name': 'x' },
      user: '33:33',
      workdir: '/srv/',
      ports: [
        { port: 80, protocol: 'tcp' },
        { port: 53, protocol: 'udp' },
      ],
      volumes: ['/data'],
      stopSignal: 'QUIT',
    });
    expect(problems).to.deep.equal([]);
    expect(service).to.deep.include({
      command: ['/entry', 'say "hi"\n'],
      env: { A: 'b c', EMPTY: '' },
      user: '33:33',
      workdir: '/srv',
      stop: { signal: 'QUIT' },
      health: { tcp: { port: 80 } },
    });
    expect(service).to.not.have.property('listen');
    expect(text).to.contain('# listen: ["0.0.0.0:80"]').and.contain('"/data"').and.contain('"not-a-name"');
  });

  it('is valid also for an image that says nothing', () => {
    expect(started({}).problems).to.deep.equal([]);
  });

  it('says in a comment what no definition can hold', () => {
    const { problems, service, text } = started({ user: 'www:adm', stopSignal: 'RTMIN+3', workdir: '../x' });
    expect(problems).to.deep.equal([]);
    expect(service).to.deep.include({ user: 'www' }).and.not.have.property('workdir');
    expect(text).to.contain('"www:adm"').and.contain('"RTMIN+3"').and.contain('"../x"');
  });

  for (const [field, container] of [
    ['env/LISTEN_FDS', { env: { LISTEN_FDS: '3', HOME: '/root' } }],
    ['command', { command: [''] }],
    ['command', { command: ['/entry', 'x'.repeat(40_000)] }],
    ['command', { command: ['/entry', 'a\0b'] }],
    ['command', { command: Array.from({ length: 300 }, () => 'x') }],
    ['user', { user: '4294967295' }],
    ['workdir', { workdir: `/${'x'.repeat(5_000)}` }],
    ['health', { health: [''] }],
  ] as const)
    it(`leaves out what the reader of definitions refuses, and says so: ${field}`, () => {
      const { problems, service, text } = started({ command: ['/entry'], ...container });
      expect(problems.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
      expect(text).to.contain(
        field.startsWith('env/')
          ? 'Left out, because no definition can hold them: "LISTEN_FDS"'
          : `# Left out, because no definition can hold what the image says: ${field}.`,
      );
      if (field.startsWith('env/')) expect(service).to.deep.include({ env: { HOME: '/root' } });
      else expect(service).to.have.property('command').with.property('length').greaterThan(0);
    });

  it('takes the own health check of the image, where it has one', () => {
    expect(
      started({ health: ['/bin/check'], ports: [{ port: 80, protocol: 'tcp' }] }).service,
    ).to.deep.include({
      health: { exec: { command: ['/bin/check'] } },
    });
  });

  it('lets no text of the image become a line, a comment or a number of its own', () => {
    const evil = 'x\nhosts: {labels: {a: b}}\u2028\u202e\u001b[31m # "';
    const { problems, service, text } = started(
      {
        command: [evil],
        env: { A: evil },
        user: evil,
        workdir: `/${evil}`,
        stopSignal: evil,
        volumes: [`/${evil}`],
      },
      `${'1'.repeat(20)}e${'1'.repeat(43)}`,
      evil,
    );
    expect(problems.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
    expect(service).to.deep.include({ command: [evil], env: { A: evil } });
    expect(text).to.match(/^[\n\x20-\x7e]*$/);
    expect(text).to.not.match(/^hosts/m);
  });
});
