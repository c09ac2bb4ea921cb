import { expect } from 'chai';
import { type OciInput, ociConfig } from '../../../src/host/linux/oci-config.js';
import { seccompProfile } from '../../../src/host/linux/seccomp.js';
import { hostPath, rackPath } from '../../../src/model/index.js';
import { aRack, aService, listenOn } from '../../support/builders.js';

function config(overrides: Partial<OciInput> = {}): object {
  const service = overrides.service ?? aService();
  return ociConfig({
    rack: aRack({ services: [service] }),
    service,
    tree: hostPath('/racks/active/web'),
    user: { uid: 0, gid: 0, groups: [] },
    env: { PATH: '/bin' },
    binds: [],
    limits: { memory: true, cpu: true, pids: true },
    recursiveReadOnly: true,
    network: null,
    maxOpenFiles: 4_096,
    ...overrides,
  });
}

describe('the runtime configuration of a service', () => {
  it('tells the service of handed sockets only when there are some', () => {
    expect(config()).to.have.nested.property('process.env').that.deep.equals(['PATH=/bin']);
    const service = aService({ listen: [listenOn('0.0.0.0:80'), listenOn('0.0.0.0:443')] });
    expect(config({ service }))
      .to.have.nested.property('process.env')
      .that.deep.equals(['PATH=/bin', 'LISTEN_FDS=2', 'LISTEN_PID=1']);
  });

  it('mounts parents before what lies in them, and read-only mounts are so all the way down', () => {
    const source = hostPath('/home');
    const binds = [
      { source, target: rackPath('/srv/a/b'), readOnly: false, kind: 'directory' as const },
      { source, target: rackPath('/srv/a'), readOnly: true, kind: 'directory' as const },
    ];
    const mounts = binds.length;
    expect(config({ binds }))
      .to.have.property('mounts')
      .that.satisfies((all: { destination: string; options: string[] }[]) => {
        const [first, second] = all.slice(-mounts);
        expect(first).to.deep.include({ destination: '/srv/a' });
        expect(first?.options).to.include.members(['ro', 'rro', 'nosuid', 'nodev']);
        expect(second).to.deep.include({ destination: '/srv/a/b' });
        expect(second?.options).to.include('rw');
        return true;
      });
  });

  it('mounts a file read-only in the way that every runtime takes', () => {
    const file = {
      source: hostPath('/run/x'),
      target: rackPath('/etc/x'),
      readOnly: true,
      kind: 'file' as const,
    };
    expect(config({ binds: [file] }))
      .to.have.property('mounts')
      .that.satisfies((all: { options: string[] }[]) => {
        expect(all.at(-1)?.options).to.include('ro').and.not.include('rro');
        return true;
      });
  });

  it('sets only the limits that are asked for and that the host can keep', () => {
    const service = aService({ resources: { memoryBytes: 1_000, cpus: 1.5, pids: null } });
    expect(config({ service }))
      .to.have.nested.property('linux.resources')
      .that.deep.equals({
        devices: [{ allow: false, access: 'rwm' }],
        memory: { limit: 1_000 },
        cpu: { quota: 150_000, period: 100_000 },
      });
    expect(config({ service, limits: { memory: false, cpu: false, pids: true } }))
      .to.have.nested.property('linux.resources')
      .that.deep.equals({ devices: [{ allow: false, access: 'rwm' }] });
  });

  it('leaves the cgroup path to the keeper, and shares only the network', () => {
    expect(config()).to.not.have.nested.property('linux.cgroupsPath');
    expect(config())
      .to.have.nested.property('linux.namespaces')
      .that.deep.equals([{ type: 'mount' }, { type: 'pid' }, { type: 'ipc' }, { type: 'uts' }]);
  });

  it('does not share it in a rehearsal, and has the name of the live host there', () => {
    const inRehearsal = config({
      rack: aRack({ name: 'web+rehearsal' }),
      network: hostPath('/run/networks/web'),
    });
    expect(inRehearsal)
      .to.have.nested.property('linux.namespaces')
      .that.deep.includes({ type: 'network', path: '/run/networks/web' });
    expect(inRehearsal).to.have.property('hostname', 'web');
  });

  it('forbids namespaces and mounts unless the service was granted CAP_SYS_ADMIN', () => {
    expect(JSON.stringify(seccompProfile([])))
      .to.contain('unshare')
      .and.contain('clone3');
    expect(JSON.stringify(seccompProfile(['CAP_SYS_ADMIN']))).to.not.contain('unshare');
  });
});
