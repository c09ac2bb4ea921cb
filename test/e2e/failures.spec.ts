/**
 * What can be wrong with a version or with what it asks of the host: each gets its own message, the version before keeps running, and no other rack is
 * touched. One host; every case begins and ends with the same good version.
 */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type BuiltImage, sha256OfFile } from '../../scripts/images/index.js';
import { loopsOf, mountsUnder } from '../../scripts/sandbox/index.js';
import { tinyImage } from '../support/images.js';
import { type Footprint, footprintIn, type RackOptions, tinyRack } from '../support/racks.js';
import { freePort, httpGet, type RackStatus, Rig, statusOf } from '../support/rig.js';

describe('a version that cannot be', function () {
  this.timeout(90_000);
  let rig: Rig;
  let port: number;
  let other: Footprint;
  let good: BuiltImage;
  let odd: BuiltImage;

  before(async () => {
    rig = await Rig.create();
    port = await freePort();
    good = await tinyImage('tiny', '1.0');
    odd = await tinyImage('odd', '1.0', {
      files: {
        '/bin/data': { content: 'no program\n', mode: '644' },
        '/bin/foreign': { content: foreignProgram(), mode: '755' },
        '/bin/script': { content: '#!/usr/bin/nothere\n', mode: '755' },
        // Healthy at first, gone before the bake is over.
        '/bin/brief': {
          content: '#!/bin/sh\nhttpd -f -p "$1" -h /srv/www &\nsleep 0.5\nexit 9\n',
          mode: '755',
        },
        '/bin/flap': {
          content:
            // In a copy: what is moved in /srv/www stays moved when the old version is back.
            '#!/bin/sh\nmkdir -p /flap && cp -r /srv/www/. /flap && cd /flap && httpd -f -p "$1" -h /flap &\nsleep 0.1\nwhile :; do sleep 0.15; mv /flap/up /flap/no; sleep 0.15; mv /flap/no /flap/up; done\n',
          mode: '755',
        },
      },
    });
    rig.putImage(good);
    rig.putImage(odd);
    rig.commit({ ...subject({}), 'racks/other.yaml': tinyRack('other', good) }, 'two racks');
    const { json } = await rig.sync(0);
    other = footprintIn(rig, statusOf(json), 'other');
  });
  after(() => rig.dispose());

  const subject = (options: RackOptions, image: Pick<BuiltImage, 'file' | 'sha256'> = good) => ({
    'racks/subject.yaml': tinyRack('subject', image, { port, ...options }),
  });

  /** A sync that refuses the commit; then the host is as before, and Git goes back. Returns the subject's status. */
  async function refused(
    changes: Parameters<Rig['commit']>[0],
    exitCode = 1,
  ): Promise<RackStatus & { said: string }> {
    rig.commit(changes, 'a version that cannot be');
    const { json, stdout } = await rig.sync(exitCode);
    const status = statusOf(json);
    const rack = status.racks.find((item) => item.name === 'subject');
    expect(rack?.condition).to.equal('Failed');
    expect(await httpGet(`http://127.0.0.1:${port}/version`)).to.include({ body: '1.0\n' });
    expect(footprintIn(rig, status, 'other'), 'the other rack').to.deep.equal(other);
    rig.repository.revert(rig.repository.head());
    await rig.sync(0);
    if (rack === undefined) throw new Error('status has no subject');
    return { ...rack, said: stdout };
  }

  for (const [what, command, message] of [
    ['is not in the image', '/usr/sbin/nothere', /nothere/],
    ['is not executable', '/bin/data', /permission|not executable/i],
    ['is for another machine', '/bin/foreign', /arm64|aarch64/i],
    ['names an interpreter that is missing', '/bin/script', /interpreter.*nothere/i],
  ] as const) {
    it(`says it when the program ${what}`, async () => {
      const rack = await refused(subject({ command: [command, `127.0.0.1:${port}`] }, odd));
      expect(rack.message).to.match(message).and.contain(command);
    });
  }

  it('refuses an image that is not there, with its path', async () => {
    const rack = await refused(subject({}, { file: 'nothere-1.0.iso', sha256: 'b'.repeat(64) }));
    expect(rack.message).to.contain('nothere-1.0.iso').and.contain(join(rig.root, 'iso'));
    const digests = rack.quarantined.map((entry) => entry.digest);
    expect(digests, 'it may be delivered yet').not.to.include(rack.desiredDigest);
  });

  it('refuses an image with one flipped byte, and mounts nothing of it', async () => {
    const damaged = await tinyImage('tiny', '2.0');
    const bytes = readFileSync(damaged.path);
    const at = Math.floor(bytes.length / 2);
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    const file = 'damaged-1.0.iso';
    const path = join(rig.root, 'iso', file);
    writeFileSync(path, bytes, { mode: 0o644 });
    const rack = await refused(subject({}, { file, sha256: damaged.sha256 }));
    expect(rack.message)
      .to.contain(damaged.sha256.slice(0, 12))
      .and.contain((await sha256OfFile(path)).slice(0, 12));
    expect(mountsUnder(rig.directory).filter((point) => point.includes(damaged.sha256))).to.deep.equal([]);
    expect(loopsOf(rig.directory).filter((loop) => loop.file === path)).to.deep.equal([]);
  });

  it('refuses a file that is no squashfs, before mounting it', async () => {
    const file = 'page-1.0.iso';
    const path = join(rig.root, 'iso', file);
    writeFileSync(path, '<!doctype html>'.padEnd(8_192, ' '), { mode: 0o644 });
    const rack = await refused(subject({}, { file, sha256: await sha256OfFile(path) }));
    expect(rack.message).to.match(/squashfs/i);
  });

  it('rolls back from a version that dies during its bake, however healthy it looked', async () => {
    const rack = await refused(
      subject({ command: ['brief', `127.0.0.1:${port}`], rollout: { bake: '1s' } }, odd),
    );
    expect(rack.message).to.contain('exit code 9');
  });

  it('rolls back from a version that is healthy only now and then', async () => {
    const rack = await refused(
      subject(
        {
          command: ['flap', `127.0.0.1:${port}`],
          health: { http: { port, path: '/up', status: 200 }, interval: '50ms', unhealthyAfter: 3 },
          rollout: { bake: '1s', timeout: '5s' },
        },
        odd,
      ),
    );
    expect(rack.quarantined).not.to.deep.equal([]);
  });

  it('refuses a mount from outside what the host allows, also through a link or ..', async () => {
    const share = join(rig.directory, 'share');
    mkdirSync(join(rig.directory, 'private'));
    symlinkSync(join(rig.directory, 'private'), join(share, 'link'));
    const withMount = (source: string): object =>
      subject({ rack: { mounts: [{ source, target: '/data' }] } });
    await refused({ ...withMount(`${share}/../private`) }, 3);
    await refused({ ...withMount(join(rig.root, 'readwrite/other')) }, 3);
    const linked = await refused({ ...withMount(join(share, 'link')) });
    expect(linked.message).to.contain(join(share, 'link'));
  });

  it('refuses a mount whose source is missing, and does not make it', async () => {
    const source = join(rig.directory, 'share/nothere');
    const rack = await refused(subject({ rack: { mounts: [{ source, target: '/data' }] } }));
    expect(rack.message).to.contain(source);
  });

  it('calls a rack without a health check unverified, not healthy', async () => {
    expect(await rig.rack('other')).to.include({
      condition: 'Ready',
      reason: 'Unverified',
      health: 'unknown',
    });
  });
});

/** The first bytes of a program for 64-bit ARM. */
function foreignProgram(): Uint8Array {
  const header = Buffer.alloc(4_096);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0]);
  header.writeUInt16LE(2, 16);
  header.writeUInt16LE(183, 18);
  header.writeUInt32LE(1, 20);
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  return header;
}
