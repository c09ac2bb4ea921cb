/**
 * Versions that are bad in one way each, merged one after the other while visitors come. Each is tried twice: with a rehearsal, where no visitor meets it and nothing
 * that runs is touched; and live, where no visitor is refused and the old version is back with its data. One host, one story: a version that did harm spoils the next.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { type BuiltImage, nginxImage } from '../support/images.js';
import { Load } from '../support/load.js';
import { footprintIn, type RackOptions, tinyRack } from '../support/racks.js';
import { expectNoRehearsal } from '../support/rehearsals.js';
import { freePort, httpGet, Rig, type StatusDocument, statusOf } from '../support/rig.js';
import { viewOf } from '../support/tree-view.js';

type Image = Pick<BuiltImage, 'file' | 'sha256'>;

interface Bad {
  readonly name: string;
  /** Seen in what status says of it, rehearsed or live. */
  readonly seen: RegExp;
  /** Instead of the server with the behaviour of that name. */
  readonly command?: readonly string[];
  readonly service?: RackOptions['service'];
}

const bad: readonly Bad[] = [
  { name: 'has-no-program', seen: /no\/such\/program/, command: ['/no/such/program'] },
  // What the kernel said of these two is in the service's output.
  { name: 'needs-a-missing-interpreter', seen: /exit code 1/, command: ['/srv/script'] },
  { name: 'is-for-another-machine', seen: /exit code 1/, command: ['/srv/foreign'] },
  { name: 'runs-as-a-user-that-is-not-there', seen: /nobody-here/, service: { user: 'nobody-here' } },
  { name: 'misses-a-library', seen: /exit code 2/ },
  { name: 'exits-0', seen: /exit code 0/ },
  { name: 'exits-1', seen: /exit code 1/ },
  { name: 'aborts', seen: /by signal/ },
  { name: 'dies-in-the-bake', seen: /exit code 9/ },
  { name: 'crashes-at-the-second-request', seen: /exit code 8/ },
  { name: 'leaves-a-daemon', seen: /exit code 0/ },
  { name: 'fails-to-migrate', seen: /exit code/ },
  { name: 'floods-its-log', seen: /exit code 7/ },
  // By the kernel where it can count memory, else by itself.
  { name: 'eats-memory', seen: /SIGKILL|exit code 12/, service: { resources: { memory: '64MiB' } } },
  { name: 'hangs', seen: /no complete answer within/ },
  { name: 'never-accepts', seen: /no complete answer within/ },
  { name: 'starts-slowly', seen: /no complete answer within/ },
  { name: 'listens-on-the-wrong-port', seen: /no complete answer within/ },
  { name: 'answers-500', seen: /HTTP 500/ },
  { name: 'ignores-term', seen: /HTTP 500/ },
  { name: 'corrupts-its-data', seen: /HTTP 500/ },
  { name: 'answers-with-another-body', seen: /body/ },
];

/** What a rehearsal does not show: they behave on its network, or fill the space that it has, which says nothing. */
const onlyLive: readonly Bad[] = [
  { name: 'live-exits-1', seen: /exit code 1/ },
  { name: 'live-answers-500', seen: /HTTP 500/ },
  { name: 'live-corrupts-its-data', seen: /HTTP 500/ },
  { name: 'live-dies-in-the-bake', seen: /exit code 9/ },
  // How fast a disk is full is the machine's affair: it ends, or its probes fail before that.
  { name: 'fills-the-disk', seen: /exit code 28|probes in a row failed|not healthy long enough/ },
];

/** Those of which nothing but the `live-` twin is tried live: they take the same way. */
const hasTwin = ({ name }: Bad): boolean => onlyLive.some((other) => other.name === `live-${name}`);

describe('a bad version', function () {
  this.timeout(30_000);
  let rig: Rig;
  let port: number;
  let load: Load;
  /** As the last pass left it. */
  let last: StatusDocument;
  let witness: Server;
  let images: readonly [Image, Image];

  const web = ({ name, command, service }: Omit<Bad, 'seen'>, image: 0 | 1, rollout: object) =>
    tinyRack('web', images[image], {
      port,
      command: command ?? ['/usr/bin/perl', '/srv/server.pl', name, String(witnessPort())],
      health: {
        http: { port, path: '/up', status: 200, body: '^up$' },
        interval: '50ms',
        timeout: '300ms',
        startPeriod: '500ms',
        unhealthyAfter: 2,
      },
      service: {
        listen: [`127.0.0.1:${port}`],
        stop: { signal: 'TERM', timeout: '1s' },
        ...service,
      },
      rollout: { bake: '500ms', timeout: '10s', ...rollout },
      rack: {
        files: ['server.pl', 'script', 'foreign'].map((file) => ({
          path: `/srv/${file}`,
          source: `files/${file}`,
          mode: '0755',
        })),
      },
    });
  const witnessPort = (): number => {
    const address = witness.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  const data = () => viewOf(join(rig.root, 'readwrite/web/1'));
  const layers = () => readdirSync(join(rig.root, 'readwrite/web')).sort();

  before(async function () {
    this.timeout(180_000);
    rig = await Rig.create();
    port = await freePort();
    witness = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    smallDisk();
    images = [rig.putImage(await nginxImage('1.0')), rig.putImage(await nginxImage('2.0'))];
    rig.commit(
      {
        'racks/web.yaml': web({ name: 'good' }, 0, { rehearse: 'never' }),
        'files/server.pl': readFileSync('test/support/server.pl', 'utf8'),
        'files/script': '#!/opt/not/delivered\n',
        // The head of an ELF program for s390.
        'files/foreign': `\x7fELF\x02\x02\x01${'\0'.repeat(9)}\0\x02\0\x16\0\0\0\x01${'\0'.repeat(40)}`,
      },
      'a good version',
    );
    last = statusOf((await rig.sync(0)).json);
    load = new Load(`http://127.0.0.1:${port}/version`, 5);
  });
  after(async function () {
    this.timeout(60_000);
    await load?.stop();
    await new Promise((resolve) => witness.close(resolve));
    try {
      expect(await rig.removeRacks()).to.deep.equal([]);
      execFileSync('umount', [join(rig.root, 'readwrite')]);
    } finally {
      await rig.dispose();
    }
  });

  /** The writable layers are on a file system of their own, which can be filled. */
  function smallDisk(): void {
    const file = join(rig.directory, 'disk');
    const point = join(rig.root, 'readwrite');
    execFileSync('truncate', ['--size=400M', file]);
    execFileSync('mkfs.ext4', ['-q', '-m', '0', file]);
    mkdirSync(point, { mode: 0o700 });
    execFileSync('mount', ['-o', 'loop', file, point]);
    rmSync(join(point, 'lost+found'), { recursive: true });
  }

  /** One pass over what was merged; the status at its end comes with its report, which spares a start of the program. */
  async function merged(
    version: Omit<Bad, 'seen'>,
    rollout: object,
    exitCode: number,
  ): Promise<StatusDocument> {
    rig.commit({ 'racks/web.yaml': web(version, 1, rollout) }, version.name);
    return statusOf((await rig.sync(exitCode)).json);
  }

  function expectQuarantined(status: StatusDocument, { seen }: Bad, reasons: readonly string[]): void {
    const rack = status.racks[0];
    if (rack === undefined) throw new Error('no rack');
    expect(rack, `${rack.reason}: ${rack.message}`).to.include({ condition: 'Failed', health: 'healthy' });
    expect(rack.reason).to.be.oneOf(reasons);
    expect(rack.message).to.match(seen);
    expect(rack.image?.file).to.equal('webserver-1.0.iso');
    expect(rack.quarantined.map(({ digest }) => digest)).to.include(rack.desiredDigest);
  }

  for (const version of bad) {
    it(`that ${words(version)} is found by its rehearsal, and nobody meets it`, async () => {
      const before = [footprintIn(rig, last, 'web'), data(), layers()];
      last = await merged(version, { rehearse: 'auto' }, 1);
      const met = await load.look();
      expect(met, JSON.stringify(met)).to.deep.include({ failed: 0, bodies: ['1.0'] });
      expectQuarantined(last, version, ['RehearsalFailed', 'StartFailed', 'User']);
      expect([footprintIn(rig, last, 'web'), data(), layers()]).to.deep.equal(before);
    });
  }

  it('leaves nothing of its rehearsals', () => expectNoRehearsal(rig));

  for (const [versions, rehearse] of [
    [bad.filter((version) => !hasTwin(version)), 'never'],
    [onlyLive, 'auto'],
  ] as const) {
    for (const version of versions) {
      it(`that ${words(version)} is rolled back with its data, and nobody is refused (rehearse: ${rehearse})`, async () => {
        const before = [data(), layers()];
        last = await merged(version, { rehearse, data: 'restore' }, 1);
        const met = await load.look();
        expect(met, JSON.stringify(met)).to.include({ refused: 0 });
        expect(met.requests).to.be.above(0);
        expectQuarantined(last, version, ['ProbeFailed', 'StartFailed', 'User']);
        expect([data(), layers()]).to.deep.equal(before);
        expect((await httpGet(`http://127.0.0.1:${port}/version`)).body).to.equal('1.0\n');
      });
    }
  }

  it('is not in the way of a good one', async () => {
    const status = await merged({ name: 'good' }, { rehearse: 'auto' }, 0);
    const met = await load.look();
    expect(met, JSON.stringify(met)).to.deep.include({ failed: 0, bodies: ['1.0', '2.0'] });
    expect(status.racks[0]).to.include({ condition: 'Ready', health: 'healthy' });
  });
});

function words({ name }: Bad): string {
  return name.replace(/^live-(.*)/, '$1 (not in a rehearsal)').replaceAll('-', ' ');
}
