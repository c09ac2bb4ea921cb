import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { createBundles } from '../../../src/host/linux/bundles.js';
import { withPreview } from '../../../src/host/linux/preview.js';
import type { Bundles } from '../../../src/host/ports.js';
import { sha256Hex } from '../../../src/lib/index.js';
import {
  type DesiredRack,
  hostPath,
  rackPath,
  treePath,
  usualCapabilities,
} from '../../../src/model/index.js';
import { eventually, ServiceRig, sh } from './support.js';

const text = new TextEncoder().encode('listen 80;\n');

describe('service bundles', function () {
  this.timeout(30_000);
  let rig: ServiceRig;
  let bundles: Bundles;

  beforeEach(async () => {
    rig = await ServiceRig.create();
    mkdirSync(path.join(rig.directory, 'shared/data'), { recursive: true });
    bundles = createBundles({
      layout: rig.layout,
      preview: (tree, work) => withPreview(rig.layout, tree, work),
      allow: {
        mounts: [hostPath('/usr'), hostPath(path.join(rig.directory, 'shared'))],
        secrets: [hostPath(path.join(rig.directory, 'secrets'))],
        capabilities: usualCapabilities,
      },
      blob: async () => text,
    });
  });

  afterEach(async () => {
    await rig.dispose();
  });

  const secret = (name: string, content: string, mode = 0o600) => {
    const file = path.join(rig.directory, 'secrets', name);
    writeFileSync(file, content);
    chmodSync(file, mode);
    return hostPath(file);
  };

  /** Runs the rack's only service to its end and gives its output without time stamps and the keeper's words. */
  const outputOf = async (rack: DesiredRack): Promise<string> => {
    const [service] = rack.services;
    if (service === undefined) throw new Error('no service');
    await rig.supervisor.ensure();
    await rig.supervisor.start(await bundles.write(rack, service, 1));
    const ended = async () => (await rig.service(rack.name, service.name)).state !== 'running';
    await eventually('its end', ended);
    await rig.stop(rack.name, service.name);
    return (await rig.output(rack.name, service.name)).replace(/^\S+ /gm, '').replace(/^sys .*\n?/gm, '');
  };

  const refusal = async (rack: DesiredRack): Promise<{ code: string; message: string }> => {
    const [service] = rack.services;
    if (service === undefined) throw new Error('no service');
    const error: unknown = await bundles.write(rack, service, 1).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!(error instanceof Error && 'code' in error)) throw new Error('it was not refused');
    return { code: String(error.code), message: error.message };
  };

  it('run as the user of the rack with its groups, without capabilities that make a root of it', async () => {
    const command = sh('id -u; id -g; id -G; grep -E "Cap|NoNewPrivs" /proc/self/status; umask');
    const output = await outputOf(rig.rack('web', [{ name: 'main', command, user: 'web' }]));
    expect(output).to.contain('out 33\nout 33\nout 33 44\n');
    const bindLowPorts = '0000000000000400';
    expect(output).to.contain(`CapEff:\t${bindLowPorts}`);
    expect(output).to.contain(`CapAmb:\t${bindLowPorts}`);
    expect(output).to.contain('NoNewPrivs:\t1');
    expect(output).to.contain('out 0022');
  });

  it('give root exactly the capabilities of the definition', async () => {
    const command = sh('grep Cap /proc/self/status');
    const output = await outputOf(rig.rack('web', [{ name: 'main', command, capabilities: ['CAP_CHOWN'] }]));
    for (const set of ['CapPrm', 'CapEff', 'CapBnd']) expect(output).to.contain(`${set}:\t0000000000000001`);
    for (const set of ['CapInh', 'CapAmb']) expect(output).to.contain(`${set}:\t0000000000000000`);
  });

  it('have namespaces of their own but the network, and cannot make more', async () => {
    const command = sh(
      'for n in mnt pid ipc uts net; do readlink /proc/self/ns/$n; done; unshare -U true; mount -t tmpfs x /tmp',
    );
    const capabilities = ['CAP_SETUID'];
    const output = await outputOf(rig.rack('web', [{ name: 'main', command, capabilities }]));
    const shared = ['mnt', 'pid', 'ipc', 'uts', 'net'].filter((name) =>
      output.includes(readlinkSync(`/proc/self/ns/${name}`)),
    );
    expect(shared).to.deep.equal(['net']);
    expect(output).to.match(/err unshare: .*Operation not permitted/);
    expect(output).to.match(/err mount: .*(permission denied|not permitted)/i);
  });

  it('keep /proc/sys and /sys from being written, and mask what tells about the host', async () => {
    const command = sh(
      'echo 1000 > /proc/sys/kernel/pid_max; mkdir /sys/x; ls -A /sys/firmware /sys/fs/cgroup; test -s /proc/kcore || echo masked',
    );
    const output = await outputOf(
      rig.rack('web', [{ name: 'main', command, capabilities: ['CAP_DAC_OVERRIDE'] }]),
    );
    expect(output.match(/Read-only file system/g), output).to.have.length(2);
    expect(output)
      .to.contain('out masked')
      .and.not.match(/out \w+\.\w+/);
  });

  it('mount sources and files where the definition says, read-only where it says', async () => {
    const shared = path.join(rig.directory, 'shared/data');
    writeFileSync(path.join(shared, 'hello'), 'from the host\n');
    const tree = treePath(rig.layout, 'web');
    const base = rig.rack('web', [
      {
        name: 'main',
        command: sh(
          'cat /rw/hello /ro/hello /etc/site.conf; echo x > /rw/new; echo x > /ro/new; echo x > /etc/site.conf; stat -c %a /etc/site.conf',
        ),
      },
    ]);
    for (const name of ['rw', 'ro']) mkdirSync(path.join(tree, name));
    writeFileSync(path.join(tree, 'etc/site.conf'), '');
    const source = hostPath(shared);
    const rack: DesiredRack = {
      ...base,
      mounts: [
        ...base.mounts,
        { source, target: rackPath('/rw'), readOnly: false, rehearse: 'readOnly' },
        { source, target: rackPath('/ro'), readOnly: true, rehearse: 'readOnly' },
      ],
      files: [{ path: rackPath('/etc/site.conf'), sha256: sha256Hex(text), mode: 0o640 }],
    };
    const output = await outputOf(rack);
    expect(output).to.contain('out from the host\nout from the host\nout listen 80;');
    expect(output.match(/Read-only file system/g)).to.have.length(2);
    expect(output).to.contain('out 640');
    expect(existsSync(path.join(shared, 'new'))).to.equal(true);
    await bundles.remove('web', 1);
    expect(existsSync(path.join(rig.layout.run, 'bundles/web'))).to.equal(false);
  });

  it('are not started on a source that has become a link since it was checked', async () => {
    const shared = path.join(rig.directory, 'shared/data');
    const base = rig.rack('web', [{ name: 'main', command: sh('true') }]);
    const mount = {
      source: hostPath(shared),
      target: rackPath('/tmp'),
      readOnly: true,
      rehearse: 'readOnly' as const,
    };
    const rack: DesiredRack = { ...base, mounts: [...base.mounts, mount] };
    const [service] = rack.services;
    if (service === undefined) throw new Error('no service');
    const spec = await bundles.write(rack, service, 1);
    rmSync(shared, { recursive: true });
    symlinkSync('/etc', shared);
    await rig.supervisor.ensure();
    const error: unknown = await rig.supervisor.start(spec).catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'E_START');
    expect(String(error)).to.contain(`"${shared}" has become a link to "/etc"`);
    await rig.stop('web', 'main');
  });

  it('put secrets into the environment, without the newline at their end, and nowhere else', async () => {
    const fromHostFile = secret('db', 'canary-5d1c\n');
    const env = { PATH: { value: '/usr/bin' }, DB: { fromHostFile } };
    const output = await outputOf(rig.rack('web', [{ name: 'main', command: sh('echo "[$DB]"'), env }]));
    expect(output).to.contain('out [canary-5d1c]');
    const keeperLog = readFileSync(path.join(rig.layout.run, 'keeper.log'), 'utf8');
    expect(keeperLog).to.not.contain('canary');
  });

  it("refuse secrets that others can read, that are elsewhere, or that are another user's", async () => {
    const withSecret = (file: string) =>
      rig.rack('web', [{ name: 'main', command: sh('true'), env: { DB: { fromHostFile: hostPath(file) } } }]);
    const open = await refusal(withSecret(secret('open', 'canary', 0o644)));
    expect(open.code).to.equal('E_SECRET');
    expect(open.message).to.contain('mode 0644').and.not.contain('canary');
    const foreign = secret('foreign', 'canary');
    chownSync(foreign, 33, 33);
    expect((await refusal(withSecret(foreign))).message).to.contain('uid 33');
    const link = path.join(rig.directory, 'secrets/link');
    symlinkSync('/etc/shadow', link);
    expect((await refusal(withSecret(link))).message).to.contain('outside of allow.secrets');
    expect((await refusal(withSecret(path.join(rig.directory, 'secrets/none')))).message).to.contain(
      'does not exist',
    );
    expect((await refusal(withSecret(secret('long', 'x'.repeat(70_000))))).message).to.contain('longer than');
  });

  it('are checked before anything is written, and found again without their secrets', async () => {
    const fromHostFile = secret('db', 'canary');
    const rack = rig.rack('web', [{ name: 'main', command: sh('true'), env: { DB: { fromHostFile } } }]);
    const [service] = rack.services;
    if (service === undefined) throw new Error('no service');
    await bundles.check(rack);
    expect(await bundles.find(rack, service, 1)).to.equal(null);
    const written = await bundles.write(rack, service, 1);
    rmSync(fromHostFile);
    expect(await bundles.find(rack, service, 1)).to.deep.equal(written);
    expect(await bundles.find(rack, service, 2)).to.equal(null);
    const error: unknown = await bundles.check(rack).catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'E_SECRET');
    await bundles.remove('web', 1);
    expect(await bundles.find(rack, service, 1)).to.equal(null);
  });

  it("refuse sources that are missing, outside, reached by a link, or rackops' own", async () => {
    const base = rig.rack('web', [{ name: 'main', command: sh('true') }]);
    const withSource = (source: string): DesiredRack => ({
      ...base,
      mounts: [{ source: hostPath(source), target: rackPath('/tmp'), readOnly: true, rehearse: 'readOnly' }],
    });
    const shared = path.join(rig.directory, 'shared');
    expect((await refusal(withSource(path.join(shared, 'none')))).code).to.equal('E_SOURCE_MISSING');
    expect((await refusal(withSource('/etc'))).code).to.equal('E_SOURCE_DENIED');
    symlinkSync('/etc', path.join(shared, 'link'));
    const linked = await refusal(withSource(path.join(shared, 'link')));
    expect(linked.code).to.equal('E_SOURCE_DENIED');
    expect(linked.message).to.contain('"/etc" is not in allow.mounts');
    symlinkSync(rig.layout.readwrite, path.join(shared, 'own'));
    mkdirSync(path.join(rig.layout.readwrite, 'other'), { recursive: true });
    const generous = createBundles({
      layout: rig.layout,
      preview: (tree, work) => withPreview(rig.layout, tree, work),
      allow: { mounts: [hostPath('/')], secrets: [], capabilities: [] },
      blob: async () => text,
    });
    bundles = generous;
    for (const source of [path.join(shared, 'own/other'), rig.layout.root, '/', rig.layout.state]) {
      expect((await refusal(withSource(source))).code, source).to.equal('E_SOURCE_DENIED');
    }
  });

  it('tell missing, not executable, foreign and interpreter-less commands apart', async () => {
    const base = rig.rack('web', [{ name: 'main', command: ['x'] }]);
    const tree = treePath(rig.layout, 'web');
    mkdirSync(path.join(tree, 'app'));
    const program = (name: string, content: string | Buffer, mode = 0o755) => {
      writeFileSync(path.join(tree, 'app', name), content);
      chmodSync(path.join(tree, 'app', name), mode);
      return `/app/${name}`;
    };
    const messageOf = async (command: string) => {
      const [service] = base.services;
      if (service === undefined) throw new Error('no service');
      const env = { PATH: { value: '/app:/bin2' } };
      const { code, message } = await refusal({
        ...base,
        services: [{ ...service, command: [command], env }],
      });
      expect(code).to.equal('E_START');
      return message;
    };
    expect(await messageOf('/app/none')).to.contain('ENOENT: "/app/none" is not in the image');
    expect(await messageOf('none')).to.contain(
      '"none" is in none of the PATH directories of the rack (/app:/bin2)',
    );
    program('plain', '#!/app/plain\n', 0o644);
    expect(await messageOf('plain')).to.contain('EACCES: "/app/plain" is not executable (mode 0644)');
    expect(await messageOf(program('script', '#!/no/such/sh -e\n'))).to.contain('interpreter "/no/such/sh"');
    const elf = readFileSync('/usr/bin/true').subarray(0, 4_096);
    elf.writeUInt16LE(process.arch === 'arm64' ? 62 : 183, 18);
    expect(await messageOf(program('foreign', elf))).to.match(/ENOEXEC: .*image (arm64|x64), host/);
    expect(await messageOf(program('text', 'hello'))).to.contain('ENOEXEC: "/app/text" is no program');
    symlinkSync('/etc/passwd', path.join(tree, 'app/out'));
    writeFileSync(path.join(tree, 'etc/passwd'), 'x');
    expect(await messageOf('/app/out')).to.contain('not executable');
  });

  it('refuse users that the rack does not have', async () => {
    const { code, message } = await refusal(
      rig.rack('web', [{ name: 'main', command: sh('true'), user: 'nobody-here' }]),
    );
    expect(code).to.equal('E_USER');
    expect(message).to.contain('/etc/passwd of the rack has no "nobody-here"');
  });

  it('limit pids and memory where the host can', async () => {
    const command = sh('cat /proc/self/cgroup >/dev/null; for i in 1 2 3 4 5 6 7 8; do sleep 1 & done; wait');
    const resources = { memoryBytes: 64 * 1024 * 1024, cpus: 0.5, pids: 4 };
    const output = await outputOf(rig.rack('web', [{ name: 'main', command, resources }]));
    expect(output).to.match(/Cannot fork|Resource temporarily unavailable/);
  });
});
