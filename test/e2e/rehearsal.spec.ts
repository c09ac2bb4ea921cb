/**
 * The rehearsal, on the real kernel and through the command line only: a bad version is found on a throw-away view of the live data while the running one goes on
 * untouched; a good one passes; where nobody can tell, the rollout goes on as it would have without.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import type { BuiltImage } from '../../scripts/images/index.js';
import { imageOf, tinyImage } from '../support/images.js';
import { Load } from '../support/load.js';
import { footprintOf, type RackOptions, tinyRack } from '../support/racks.js';
import { expectNoRehearsal, isRehearsing } from '../support/rehearsals.js';
import { eventually, freePort, httpGet, Rig, Watcher } from '../support/rig.js';

/** Appends to its data at each start, then serves. */
const writer = '#!/bin/sh\necho "$1 started" >> /var/lib/data\nserve "$2"\n';

describe('a rehearsal', function () {
  this.timeout(60_000);
  let rig: Rig;
  let port: number;
  const images = new Map<string, BuiltImage>();

  const bad = {
    exits: '#!/bin/sh\necho broken > /var/lib/data\nrm -rf /srv/www\nexit 3\n',
    corrupts: '#!/bin/sh\necho garbage > /var/lib/data\nhttpd -f -p "$2" -h /tmp\n',
  };
  const picky = {
    // Works only where something on the host's own network answers, as a database would.
    asks: '#!/bin/sh\nnc 127.0.0.1 "$3" < /dev/null || exit 4\nserve "$2"\n',
    // Works only where it can write to a directory of the host.
    writes: '#!/bin/sh\necho "$1" >> /share/written || exit 5\nserve "$2"\n',
  };

  const web = (image: string, options: RackOptions = {}) => {
    return {
      'racks/web.yaml': tinyRack('web', imageOf(images, image), {
        port,
        command: ['run', image, `127.0.0.1:${port}`],
        ...options,
        rollout: { rehearse: 'auto', bake: '1s', timeout: '5s', ...options.rollout },
      }),
    };
  };

  before(async function () {
    this.timeout(120_000);
    rig = await Rig.create();
    port = await freePort();
    for (const version of ['1.0', '2.0', '3.0'])
      images.set(version, await tinyImage('web', version, { files: script(writer) }));
    for (const [name, content] of Object.entries({ ...bad, ...picky }))
      images.set(name, await tinyImage(name, '1.0', { files: script(content) }));
    for (const image of images.values()) rig.putImage(image);
    rig.commit(web('1.0'), 'web 1.0');
    await rig.sync(0);
  });
  after(async function () {
    this.timeout(30_000);
    await rig.dispose();
  });

  const digestOfData = (): string => {
    const hash = createHash('sha256');
    const root = join(rig.root, 'readwrite/web');
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      hash.update(path);
      if (entry.isFile()) hash.update(readFileSync(path));
    }
    return hash.digest('hex');
  };
  for (const [name, seen] of [
    ['exits', /exit code 3/],
    ['corrupts', /HTTP 404/],
  ] as const) {
    it(`finds the version that is bad (${name}), and nobody ever meets it`, async () => {
      const [before, data] = [await footprintOf(rig, 'web'), digestOfData()];
      const load = new Load(`http://127.0.0.1:${port}/version`, 5);
      rig.commit(web(name, { health: health(port) }), name);
      const { stderr } = await rig.sync(1);
      const met = await load.stop();
      expect(met, JSON.stringify(met)).to.deep.include({ failed: 0, bodies: ['1.0'] });
      const rack = await rig.rack('web');
      expect(rack, stderr).to.include({ condition: 'Failed', reason: 'RehearsalFailed', health: 'healthy' });
      expect(rack.message).to.match(seen);
      expect(rack.quarantined.map(({ digest }) => digest)).to.include(rack.desiredDigest);
      expect(await footprintOf(rig, 'web')).to.deep.equal(before);
      expect(digestOfData()).to.equal(data);
      await expectNoRehearsal(rig);
    });
  }

  it('keeps its output and probes for why', async () => {
    const why = await rig.rackops(['why', 'web']);
    expect(why.stdout)
      .to.match(/RehearsalFailed/)
      .and.match(/probe of main: failure/)
      .and.match(/HTTP 404/);
  });

  it('is shown in the plan, and a good version passes it, in one try', async () => {
    rig.commit(web('2.0'), 'web 2.0');
    expect((await rig.rackops(['plan'])).stdout).to.match(/rehearse on a view of the writable layer/);
    const client = new Watcher(`http://127.0.0.1:${port}/version`, 5);
    await rig.sync(0);
    const met = await client.stop();
    expect(met, JSON.stringify(met)).to.deep.include({ bodies: ['1.0', '2.0'] });
    expect(dataOf(rig), 'what the rehearsal wrote is not in the data').to.equal('1.0 started\n2.0 started\n');
    const history = await rig.rackops(['history', 'web']);
    expect(history.stdout).to.match(/swapped.*rehearsed/);
    await expectNoRehearsal(rig);
  });

  it('is left out for a version that was committed here before', async () => {
    rig.commit(web('1.0'), 'back');
    const { stdout } = await rig.rackops(['plan']);
    expect(stdout)
      .to.match(/committed here before/)
      .and.not.match(/rehearse on a view/);
    await rig.sync(0);
    expect((await httpGet(`http://127.0.0.1:${port}/version`)).body).to.equal('1.0\n');
  });

  it('says nothing when the running version does not pass it either: there is no database', async () => {
    const database = createServer((socket) => socket.end('yes\n'));
    await new Promise<void>((resolve) => database.listen(0, '127.0.0.1', resolve));
    const address = database.address();
    const databasePort = typeof address === 'object' && address !== null ? address.port : 0;
    const asking = (version: string, rehearse: string) =>
      web('asks', {
        command: ['run', version, `127.0.0.1:${port}`, String(databasePort)],
        rollout: { rehearse },
      });
    rig.commit(asking('1', 'never'), 'asks');
    await rig.sync(0);
    rig.commit(asking('2', 'auto'), 'asks again');
    const { stderr } = await rig.sync(0);
    expect(stderr).to.match(/RehearsalInconclusive/);
    expect(await rig.rack('web')).to.include({ condition: 'Ready' });
    const history = await rig.rackops(['history', 'web']);
    expect(history.stdout).to.match(
      /rehearsal inconclusive: the running version does not pass it either.*code 4/,
    );
    await expectNoRehearsal(rig);
    await new Promise((resolve) => database.close(resolve));
  });

  it('sees a directory of the host read-only, empty or as it is, as the definition says', async () => {
    const share = join(rig.directory, 'share/files');
    mkdirSync(share);
    const writing = (version: string, rehearse: string, rollout = {}) =>
      web('writes', {
        command: ['run', version, `127.0.0.1:${port}`],
        rack: { mounts: [{ source: share, target: '/share', rehearse }] },
        rollout,
      });
    const lastChange = async () =>
      (await rig.rackops(['history', 'web'])).stdout.trim().split('\n').at(-1) ?? '';
    rig.commit(writing('1', 'readOnly', { rehearse: 'never' }), 'writes');
    await rig.sync(0);
    rig.commit(writing('2', 'readOnly'), 'a read-only view');
    await rig.sync(0);
    expect(await lastChange()).to.match(/rehearsal inconclusive.*code 5/);
    rig.commit(writing('3', 'empty'), 'an empty directory');
    await rig.sync(0);
    expect(await lastChange()).to.match(/: rehearsed/);
    rig.commit(writing('4', 'share'), 'the real thing');
    await rig.sync(0);
    expect(await lastChange()).to.match(/: rehearsed/);
    expect(readFileSync(join(share, 'written'), 'utf8')).to.equal('1\n2\n3\n4\n4\n');
    await expectNoRehearsal(rig);
  });

  for (const [what, signal, version] of [
    ['is told to stop', 'SIGTERM', '2.0'],
    ['is killed', 'SIGKILL', '1.0'],
  ] as const) {
    it(`is discarded by the next pass when the agent ${what} in its middle, and begins again`, async () => {
      const pid = await rig.pidOf('web', 'main');
      rig.commit(web('3.0', { rollout: { bake: '8s', timeout: '20s' } }), 'web 3.0');
      const agent = rig.startAgent();
      await eventually('the rehearsal runs', async () => isRehearsing(rig, 'web'));
      const begin = Date.now();
      await agent.stop(signal);
      expect(Date.now() - begin, 'ms to the end of the agent').to.be.below(5_000);
      expect(await rig.pidOf('web', 'main')).to.equal(pid);
      rig.commit(web(version, { rollout: { rehearse: 'never' } }), 'something else');
      await rig.sync(0);
      expect((await httpGet(`http://127.0.0.1:${port}/version`)).body).to.equal(`${version}\n`);
      await expectNoRehearsal(rig);
    });
  }
});

function script(content: string): Record<string, { content: string; mode: string }> {
  return { '/bin/run': { content, mode: '755' } };
}

function health(port: number): object {
  return { http: { port, path: '/up', status: 200 }, startPeriod: '500ms' };
}

function dataOf(rig: Rig): string {
  return readFileSync(join(rig.root, 'readwrite/web/1/var/lib/data'), 'utf8');
}
