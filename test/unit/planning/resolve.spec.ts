import { expect } from 'chai';
import type { DesiredRack } from '../../../src/model/index.js';
import { resolveRack } from '../../../src/planning/resolve.js';
import { aDefinition, readDefinitions } from '../../support/definitions.js';

function resolve(text: string, content = 'c'): DesiredRack {
  const { racks, problems } = readDefinitions({
    'racks/web.yaml': text,
    'racks/db.yaml': aDefinition('db'),
    'files/x': 'x',
    x: 'x',
  });
  const definition = racks.find((d) => d.rack.name === 'web');
  if (definition === undefined) throw new Error(`not valid: ${JSON.stringify(problems)}`);
  const contentSha256 = new Map(definition.sources.map(({ oid }) => [oid, content.repeat(64)]));
  return resolveRack(definition, {
    revision: 'r'.repeat(40),
    contentSha256,
    onThisHost: new Set(['web', 'db']),
  });
}

function digests(text: string, content?: string): { digest: string; runDigest: string } {
  const { digest, runDigest } = resolve(text, content);
  return { digest, runDigest };
}

const plain = aDefinition('web', 'env: {A: "1", B: "2"}', 'listen: ["0.0.0.0:80"]');

describe('A definition on this host', () => {
  it('says how its data come to rest, which no process sees', () => {
    const hook = 'rollout: {quiesce: {service: main, freeze: [freeze], thaw: [thaw]}}';
    const [plain, quiesced] = [aDefinition('web'), aDefinition('web', hook)];
    expect(resolve(quiesced).rollout.quiesce).to.deep.equal({
      service: 'main',
      freeze: ['freeze'],
      thaw: ['thaw'],
      timeoutMs: 10_000,
    });
    expect(digests(quiesced).digest).to.not.equal(digests(plain).digest);
    expect(digests(quiesced).runDigest).to.equal(digests(plain).runDigest);
  });

  it('has its defaults filled in', () => {
    const { services, rollout, mounts, files, dependsOn } = resolve(
      aDefinition('web', '', 'health: {tcp: {port: 80}}'),
    );
    expect({ rollout, mounts, files, dependsOn }).to.deep.equal({
      rollout: {
        rehearse: 'auto',
        bakeMs: 10_000,
        timeoutMs: 120_000,
        onFailure: 'rollback',
        data: 'keep',
        snapshots: 3,
      },
      mounts: [],
      files: [],
      dependsOn: [],
    });
    expect(services).to.deep.equal([
      {
        name: 'main',
        command: ['main'],
        user: 'root',
        workdir: '/',
        env: { PATH: { value: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' } },
        listen: [],
        stop: { signal: 'TERM', timeoutMs: 10_000 },
        restart: { policy: 'always', delayMs: 1_000, maxDelayMs: 30_000, onUnhealthy: false },
        dependsOn: [],
        health: {
          check: { kind: 'tcp', host: '127.0.0.1', port: 80 },
          intervalMs: 2_000,
          timeoutMs: 1_000,
          startPeriodMs: 30_000,
          healthyAfter: 2,
          unhealthyAfter: 3,
        },
        capabilities: [
          'CAP_CHOWN',
          'CAP_DAC_OVERRIDE',
          'CAP_FOWNER',
          'CAP_KILL',
          'CAP_NET_BIND_SERVICE',
          'CAP_SETGID',
          'CAP_SETUID',
        ],
        resources: { memoryBytes: null, cpus: null, pids: null },
      },
    ]);
  });

  it('has the variables of the service over those of the rack', () => {
    const [service] = resolve(
      aDefinition('web', 'env: {A: rack, B: {fromHostFile: /etc/s}}', 'env: {A: service, PATH: /bin}'),
    ).services;
    expect(service?.env).to.deep.equal({
      PATH: { value: '/bin' },
      A: { value: 'service' },
      B: { fromHostFile: '/etc/s' },
    });
  });

  it('starts services after those they depend on, else as written', () => {
    const text = aDefinition('web', '', 'dependsOn: [cache]').concat(
      '  zeta: {command: [z]}\n  cache: {command: [c], dependsOn: [zeta]}\n  alpha: {command: [a]}\n',
    );
    expect(resolve(text).services.map((s) => s.name)).to.deep.equal(['zeta', 'cache', 'main', 'alpha']);
  });

  it('drops dependencies that do not run here, and sorts the others', () => {
    const text = aDefinition('web', 'dependsOn: [db]');
    expect(resolve(text).dependsOn).to.deep.equal(['db']);
    const { racks } = readDefinitions({ 'racks/web.yaml': text, 'racks/db.yaml': aDefinition('db') });
    const definition = racks[1];
    const context = { revision: '', contentSha256: new Map(), onThisHost: new Set(['web']) };
    expect(definition && resolveRack(definition, context).dependsOn).to.deep.equal([]);
  });

  it('is probed where it listens', () => {
    const probed = (listen: string, port = 80): string | undefined => {
      const [service] = resolve(
        aDefinition('web', '', `listen: ["${listen}"]\nhealth: {http: {port: ${port}}}`),
      ).services;
      const check = service?.health?.check;
      return check?.kind === 'http' ? check.host : undefined;
    };
    expect(probed('0.0.0.0:80')).to.equal('127.0.0.1');
    expect(probed('[::]:80')).to.equal('::1');
    expect(probed('192.0.2.7:80')).to.equal('192.0.2.7');
    expect(probed('192.0.2.7:81')).to.equal('127.0.0.1');
  });

  it('has capabilities and file modes in one form', () => {
    const rack = resolve(
      aDefinition(
        'web',
        'files: [{path: /a, source: x}, {path: /b, source: x, mode: "600"}, {path: /c, source: x, mode: 0o755}]',
        'capabilities: [CHOWN, CAP_KILL]',
      ),
    );
    expect(rack.files.map((f) => f.mode)).to.deep.equal([0o644, 0o600, 0o755]);
    expect(rack.services[0]?.capabilities).to.deep.equal(['CAP_CHOWN', 'CAP_KILL']);
  });
});

describe('The digests of a definition', () => {
  const same: Readonly<Record<string, string>> = {
    'a comment': `# hello\n${plain}`,
    'the order of keys': plain
      .replace('A: "1", B: "2"', 'B: "2", A: "1"')
      .replace('apiVersion: rackops/v1\nkind: Rack', 'kind: Rack\napiVersion: rackops/v1'),
    'the way a value is quoted': plain.replace('"1"', "'1'"),
    'which hosts run it': plain.replace('env:', 'hosts: {labels: {role: web}}\nenv:'),
    'how the sha256 is written': plain.replace('a'.repeat(64), `sha256:${'A'.repeat(64)}`),
  };
  for (const [what, text] of Object.entries(same)) {
    it(`do not depend on ${what}`, () => expect(digests(text)).to.deep.equal(digests(plain)));
  }

  const contentOnly: Readonly<Record<string, string>> = {
    'a probe': `${plain}    health: {tcp: {port: 80}}\n`,
    'the rollout': `${plain}rollout: {bake: 1s}\n`,
    'a dependency on a rack': plain.replace('env:', 'dependsOn: [db]\nenv:'),
    'the file name of the image': plain.replace('image-1.0.iso', 'image-1.1.iso'),
  };
  for (const [what, text] of Object.entries(contentOnly)) {
    it(`tell that ${what} has changed, and that nothing has to be stopped`, () => {
      expect(digests(text).digest).to.not.equal(digests(plain).digest);
      expect(digests(text).runDigest).to.equal(digests(plain).runDigest);
    });
  }

  const both: Readonly<Record<string, string>> = {
    'the image': plain.replace('a'.repeat(64), 'b'.repeat(64)),
    'a variable': plain.replace('"1"', '"3"'),
    'a command': plain.replace('[main]', '[main, -v]'),
    'a mount': plain.replace('env:', 'mounts: [{source: /home, target: /home}]\nenv:'),
    'an address': plain.replace(':80"', ':81"'),
    'a file': plain.replace('env:', 'files: [{path: /a, source: x}]\nenv:'),
  };
  for (const [what, text] of Object.entries(both)) {
    it(`tell that ${what} has changed, and that the services have to be stopped`, () => {
      expect(digests(text).digest).to.not.equal(digests(plain).digest);
      expect(digests(text).runDigest).to.not.equal(digests(plain).runDigest);
    });
  }

  it('tell that the content of a file has changed', () => {
    const text = plain.replace('env:', 'files: [{path: /a, source: x}]\nenv:');
    expect(digests(text, 'd').digest).to.not.equal(digests(text, 'c').digest);
    expect(digests(text, 'd').runDigest).to.not.equal(digests(text, 'c').runDigest);
  });

  it('tell that a file was moved in the repository, without a stop', () => {
    const text = plain.replace('env:', 'files: [{path: /a, source: x}]\nenv:');
    const moved = text.replace('source: x', 'source: files/x');
    expect(digests(moved).digest).to.not.equal(digests(text).digest);
    expect(digests(moved).runDigest).to.equal(digests(text).runDigest);
  });

  it('are the same after an upgrade of the agent', () => {
    // Both were computed when the format was made. Another value here rolls out every rack of every host: raise the format only for that.
    expect(digests(plain)).to.deep.equal({
      digest: 'sha256:acdf228845f35917bd502364a763c88ff31705a561251931d61b28e75a617897',
      runDigest: 'sha256:6a7d492c362b849177d9863c9fda077e21a90cf4bcc9615cffdf527711097395',
    });
  });
});
