/** Container images: from a real registry over TLS, and from layers that mean harm. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { OciImages, OciSource } from '../../../src/host/index.js';
import { createImageTools } from '../../../src/host/linux/index.js';
import { listXattrs } from '../../../src/kernel/index.js';
import { hostPath } from '../../../src/model/index.js';
import { selfSigned } from '../../support/certificate.js';
import { refusal } from '../../support/refusal.js';
import { eventually, freePort } from '../../support/rig.js';
import { scratchDirectory } from '../../support/scratch.js';

describe('a container image', function () {
  this.timeout(60_000);
  const oci: OciImages = createImageTools().oci;
  let directory: string;
  let made = 0;

  beforeEach(() => {
    directory = realpathSync(scratchDirectory());
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  function fresh(): string {
    const path = join(directory, `work-${made++}`);
    mkdirSync(path);
    return path;
  }

  async function fetch(source: OciSource, more: { authFile?: string; certDirectory?: string } = {}) {
    return await oci.fetch({
      source,
      directory: hostPath(fresh()),
      authFile: more.authFile === undefined ? null : hostPath(more.authFile),
      certDirectory: more.certDirectory === undefined ? null : hostPath(more.certDirectory),
      progress: () => {},
    });
  }

  it('of a registry is fetched over TLS, by the digest that its tag had; never without, nor without its credentials', async () => {
    const registry = await Registry.start(directory);
    try {
      const layout = join(directory, 'layout');
      const digest = writeLayout(layout, [[file('etc/version', 'one\n')]]);
      const auth = join(directory, 'auth.json');
      const token = Buffer.from('me:secret').toString('base64');
      writeFileSync(auth, JSON.stringify({ auths: { [registry.host]: { auth: token } } }), { mode: 0o600 });
      registry.push(`oci:${layout}:1`, 'team/web:1.0', auth);
      const source: OciSource = { transport: 'docker', reference: `//${registry.host}/team/web:1.0` };
      const known = { authFile: auth, certDirectory: registry.certificates };
      const fetched = await fetch(source, known);
      expect(fetched.digest).to.equal(digest);
      const target = join(directory, 'tree');
      await oci.unpack(fetched, hostPath(target), { progress: () => {} });
      expect(readdirSync(target)).to.have.members(['etc', 'dev', 'proc', 'run', 'sys', 'tmp']);
      await fetch({ transport: 'docker', reference: `//${registry.host}/team/web@${digest}` }, known);
      expect(await refusal(fetch(source, { authFile: auth }), 'E_OCI_FETCH')).to.match(/certificate/);
      expect(await refusal(fetch(source, { certDirectory: registry.certificates }), 'E_OCI_FETCH')).to.match(
        /auth/,
      );
      expect(
        await refusal(fetch({ ...source, reference: `//${registry.host}/team/no:1` }, known), 'E_OCI_FETCH'),
      ).to.match(/unknown/);
      chmodSync(auth, 0o644);
      await refusal(fetch(source, known), 'E_CONFIG_PERM');
    } finally {
      await registry.stop();
    }
  });

  it('changes nothing outside of its tree, whatever its layers say, and brings no device', async () => {
    const victim = join(directory, 'victim');
    mkdirSync(victim);
    writeFileSync(join(victim, 'keep'), '');
    const layout = join(directory, 'layout');
    writeLayout(layout, [
      [
        link('way', victim),
        link('up', `../../../../../../../..${victim}`),
        { name: 'dev/disk', type: '4' },
        file('etc/x', 'x', { 'SCHILY.xattr.trusted.overlay.redirect': '/etc' }),
      ],
      [
        file('way/in', 'x'),
        file('up/in', 'x'),
        file('../in', 'x'),
        file(`${victim}/in`, 'x'),
        file('way/.wh.keep', ''),
      ],
    ]);
    const target = join(directory, 'tree');
    const fetched = await fetch({ transport: 'oci', reference: `${layout}:1` });
    const taken = await oci.unpack(fetched, hostPath(target), { progress: () => {} });
    expect(readdirSync(victim)).to.deep.equal(['keep']);
    expect(existsSync(join(directory, 'in'))).to.equal(false);
    expect(taken).to.deep.equal(['/dev/disk']);
    expect(readdirSync(join(target, 'dev'))).to.deep.equal([]);
    expect(lstatSync(join(target, 'tmp')).mode & 0o7777).to.equal(0o1777);
    expect(listXattrs(join(target, 'etc/x'))).to.deep.equal([]);
  });

  it('is refused when it links to a file of the host, or has other bytes than its digest says', async () => {
    const layout = join(directory, 'layout');
    writeLayout(layout, [[{ name: 'hard', type: '1', target: '../../../../../../etc/hostname' }]]);
    const fetched = await fetch({ transport: 'oci', reference: `${layout}:1` });
    await refusal(
      oci.unpack(fetched, hostPath(join(directory, 'tree')), { progress: () => {} }),
      'E_OCI_FORMAT',
    );
    const other = join(directory, 'other');
    writeLayout(other, [[file('a', 'a')]], true);
    await refusal(fetch({ transport: 'oci', reference: `${other}:1` }), 'E_OCI_FETCH');
    await refusal(fetch({ transport: 'oci', reference: join(directory, 'nowhere') }), 'E_OCI_FETCH');
  });
});

/** One entry of a layer, as tar has it. */
interface TarEntry {
  readonly name: string;
  /** `0` file, `1` hard link, `2` symbolic link, `4` block device. */
  readonly type: string;
  readonly target?: string;
  readonly content?: string;
  readonly pax?: Readonly<Record<string, string>>;
}

function file(name: string, content: string, pax?: TarEntry['pax']): TarEntry {
  return { name, type: '0', content, ...(pax === undefined ? {} : { pax }) };
}

function link(name: string, target: string): TarEntry {
  return { name, type: '2', target };
}

/** An OCI layout with the image `1` of these layers; the digest of its manifest. `torn`: the last layer has other bytes than its name says. */
function writeLayout(layout: string, layers: readonly (readonly TarEntry[])[], torn = false): string {
  const blobs = join(layout, 'blobs/sha256');
  mkdirSync(blobs, { recursive: true });
  const blob = (bytes: Buffer, mediaType: string) => {
    const digest = `sha256:${sha256(bytes)}`;
    const written = torn && mediaType.endsWith('gzip') ? Buffer.from(bytes).fill(0, bytes.length - 4) : bytes;
    writeFileSync(join(blobs, sha256(bytes)), written);
    return { mediaType, digest, size: bytes.length };
  };
  const archives = layers.map((entries) => tar(entries));
  const type = (name: string): string => `application/vnd.oci.image.${name}`;
  const config = {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: archives.map((bytes) => `sha256:${sha256(bytes)}`) },
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: type('manifest.v1+json'),
    config: blob(Buffer.from(JSON.stringify(config)), type('config.v1+json')),
    layers: archives.map((bytes) => blob(gzipSync(bytes), type('layer.v1.tar+gzip'))),
  };
  const described = blob(Buffer.from(JSON.stringify(manifest)), type('manifest.v1+json'));
  const annotations = { 'org.opencontainers.image.ref.name': '1' };
  writeFileSync(
    join(layout, 'index.json'),
    JSON.stringify({ schemaVersion: 2, manifests: [{ ...described, annotations }] }),
  );
  writeFileSync(join(layout, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  return described.digest;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** No tar program writes such names: by hand. */
function tar(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap((entry) => {
    const records = Object.entries(entry.pax ?? {}).map(([key, value]) => record(key, value));
    const extended = records.length === 0 ? [] : block({ name: 'pax', type: 'x', content: records.join('') });
    return [...extended, ...block(entry)];
  });
  return Buffer.concat([...parts, Buffer.alloc(1_024)]);
}

const nul = '\u0000';

function block({ name, type, target = '', content = '' }: TarEntry): readonly Buffer[] {
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write(['0000644', '0000000', '0000000', ''].join(nul), 100);
  header.write(content.length.toString(8).padStart(11, '0') + nul, 124);
  header.write(`00000000000${nul}        ${type}`, 136);
  header.write(target, 157, 100);
  header.write(`ustar${nul}00`, 257);
  header.write(['0000001', '0000001', ''].join(nul), 329);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}${nul} `, 148);
  const data = Buffer.alloc(Math.ceil(content.length / 512) * 512);
  data.write(content);
  return [header, data];
}

/** `<length> key=value\n`, the length counting itself. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const length = rest.length + String(rest.length + 2).length;
  return `${length}${rest}`;
}

/** `secret`, in the only form that docker-registry takes. */
const bcryptOfSecret = '$2b$04$W67wTnhGw1toJ35Ae1rnuuukcopABy0Scg6k.DnjK2Xpe82ABh5jC';

/** docker-registry on loopback, with a certificate of its own and one user, `me` with `secret`. */
class Registry {
  private constructor(
    readonly host: string,
    readonly certificates: string,
    private readonly end: () => Promise<void>,
  ) {}

  static async start(directory: string): Promise<Registry> {
    const port = await freePort();
    const certificates = join(directory, 'certificates');
    mkdirSync(certificates);
    const [key, certificate] = [join(directory, 'registry.key'), join(certificates, 'registry.crt')];
    selfSigned(key, certificate, 'IP:127.0.0.1');
    const passwords = join(directory, 'passwords');
    writeFileSync(passwords, `me:${bcryptOfSecret}\n`);
    const config = {
      version: 0.1,
      log: { level: 'error', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(directory, 'registry') } },
      http: { addr: `127.0.0.1:${port}`, tls: { certificate, key } },
      auth: { htpasswd: { realm: 'test', path: passwords } },
    };
    const configFile = join(directory, 'registry.json');
    writeFileSync(configFile, JSON.stringify(config));
    const child = spawn('docker-registry', ['serve', configFile], { stdio: 'ignore' });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    await eventually('the registry', () => answers(port));
    return new Registry(`127.0.0.1:${port}`, certificates, async () => {
      child.kill();
      await ended;
    });
  }

  push(source: string, name: string, authFile: string): void {
    const flags = ['--dest-authfile', authFile, '--dest-cert-dir', this.certificates];
    execFileSync('skopeo', [
      '--insecure-policy',
      'copy',
      '-q',
      ...flags,
      source,
      `docker://${this.host}/${name}`,
    ]);
  }

  stop(): Promise<void> {
    return this.end();
  }
}

async function answers(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
