/**
 * Sockets that stay open: over swaps, rollbacks, restarts of the service and of the agent, with requests in flight; closed when the definition drops them.
 * The tests are one story and run in order.
 */
import { existsSync, rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import { nginxImage } from '../support/images.js';
import { Load } from '../support/load.js';
import { footprintOf, webRack } from '../support/racks.js';
import { isRehearsing } from '../support/rehearsals.js';
import { eventually, freePort, httpGet, Rig } from '../support/rig.js';

type Image = { readonly file: string; readonly sha256: string };

describe('held sockets', function () {
  this.timeout(90_000);
  let rig: Rig;
  let port: number;
  let socket: string;
  let v1: Image;
  let v2: Image;
  let broken: Image;

  before(async function () {
    this.timeout(180_000);
    rig = await Rig.create();
    port = await freePort();
    socket = join(rig.directory, 'share/web.sock');
    v1 = rig.putImage(await nginxImage('1.0'));
    v2 = rig.putImage(await nginxImage('2.0'));
    broken = rig.putImage(await nginxImage('4.0', { fault: 'missing-include' }));
  });
  after(() => rig.dispose());

  const tcp = (): string => `127.0.0.1:${port}`;
  /** nginx on these sockets, with a download that takes three seconds. */
  const web = (image: Image, listen: readonly (string | object)[], rollout: object = {}) => ({
    'files/site.conf': `server {
  listen ${tcp()};
  listen unix:${socket};
  include /etc/nginx/locations.conf;
  location /slow { limit_rate 10k; }
}
`,
    'files/slow': 'x'.repeat(40_000),
    'racks/web.yaml': webRack('web', image, port, {
      rollout: { ...rollout },
      service: { listen, env: { NGINX: listen.map((_, index) => `${index + 3};`).join('') } },
      rack: {
        files: [
          { path: '/etc/nginx/conf.d/site.conf', source: 'files/site.conf' },
          { path: '/srv/www/slow', source: 'files/slow' },
        ],
      },
    }),
  });
  const both = (): readonly (string | object)[] => [tcp(), { unix: socket, mode: '0666', owner: '33:33' }];
  const inode = (): number => statSync(socket).ino;
  let first: number;

  it('are opened as the definition says, and nginx takes the unix one for its own', async () => {
    rig.commit(web(v1, both()), 'install');
    await rig.sync(0);
    const { mode, uid, gid } = statSync(socket);
    expect([mode & 0o777, uid, gid]).to.deep.equal([0o666, 33, 33]);
    expect(await overUnix(socket, '/version')).to.equal('1.0\n');
    expect((await httpGet(`http://${tcp()}/version`)).body).to.equal('1.0\n');
    first = inode();
  });

  it('lose no visitor in a swap, and requests in flight get their whole answer from the old version', async () => {
    const startedAt = performance.now();
    // Resolves when the headers are there.
    const slow = await fetch(`http://${tcp()}/slow`);
    const load = new Load(`http://${tcp()}/version`, 5);
    rig.commit(web(v2, both()), 'swap');
    await rig.sync(0);
    expect([(await slow.text()).length, slow.headers.get('x-version')]).to.deep.equal([40_000, '1.0']);
    expect(performance.now() - startedAt).to.be.above(2_000);
    const met = await load.stop();
    expect(met, JSON.stringify(met)).to.deep.include({ failed: 0, bodies: ['1.0', '2.0'] });
    expect(inode()).to.equal(first);
    expect(await overUnix(socket, '/version')).to.equal('2.0\n');
  });

  it('stay over a rollback, with no visitor lost', async () => {
    const load = new Load(`http://${tcp()}/version`, 5);
    rig.commit(web(broken, both()), 'broken');
    await rig.sync(1);
    const met = await load.stop();
    expect(met, JSON.stringify(met)).to.deep.include({ failed: 0, bodies: ['2.0'] });
    expect(inode()).to.equal(first);
    expect(await overUnix(socket, '/version')).to.equal('2.0\n');
  });

  it('are not given up for an address that is taken: the running version is not touched', async () => {
    const stranger = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => stranger.once('listening', resolve));
    const address = stranger.address();
    const taken = typeof address === 'object' && address !== null ? address.port : 0;
    const before = await footprintOf(rig, 'web');
    rig.commit(web(v1, [...both(), `127.0.0.1:${taken}`]), 'a port that is taken');
    const { stdout } = await rig.sync(1);
    expect(stdout).to.contain(`127.0.0.1:${taken}`).and.contain(`pid ${process.pid}`);
    expect(await footprintOf(rig, 'web')).to.deep.equal(before);
    expect(await rig.rack('web')).to.include({ condition: 'Failed' });
    expect(inode()).to.equal(first);
    await new Promise((resolve) => stranger.close(resolve));
  });

  it('stay while the service is killed and while agents come, go and are killed', async () => {
    rig.commit(web(v2, both()), 'as it was');
    await rig.sync(0);
    const load = new Load(`http://${tcp()}/version`, 5);
    const killed = await rig.pidOf('web', 'main');
    process.kill(killed, 'SIGKILL');
    const pidNow = (): Promise<number | null> => rig.pidOf('web', 'main').catch(() => null);
    await eventually('it runs again', async () => ![null, killed].includes(await pidNow()));
    expect(await overUnix(socket, '/version')).to.equal('2.0\n');
    const pid = await rig.pidOf('web', 'main');
    for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
      const agent = rig.startAgent();
      await rig.agentAnswers();
      await agent.stop(signal);
    }
    expect(await rig.pidOf('web', 'main')).to.equal(pid);
    const met = await load.stop();
    // Whom the killed service was just answering is lost, but nobody is turned away.
    expect(met, JSON.stringify(met)).to.deep.include({ refused: 0, bodies: ['2.0'] });
    expect(inode()).to.equal(first);
    expect(await overUnix(socket, '/version')).to.equal('2.0\n');
    await rig.sync(0);
  });

  it('get other options in place where that can be, and are exchanged where it cannot', async () => {
    const listen = [
      { address: tcp(), reusePort: true, backlog: 64 },
      { unix: socket, mode: '0600' },
    ];
    rig.commit(web(v2, listen), 'other options');
    await rig.sync(0);
    const { ino, mode, uid } = statSync(socket);
    expect([ino, mode & 0o777, uid]).to.deep.equal([first, 0o600, 0]);
    expect((await httpGet(`http://${tcp()}/version`)).body).to.equal('2.0\n');
    rig.commit(web(broken, both()), 'broken, with the options as they were');
    await rig.sync(1);
    expect(statSync(socket).mode & 0o777, 'as the version that is back has it').to.equal(0o600);
    expect((await httpGet(`http://${tcp()}/version`)).body).to.equal('2.0\n');
  });

  it('are healed as drift when somebody takes the file of one away', async () => {
    rig.commit(web(v2, both()), 'as it was');
    await rig.sync(0);
    rmSync(socket);
    const { stdout } = await rig.sync(0);
    expect(stdout).to.contain('is not held');
    expect(await overUnix(socket, '/version')).to.equal('2.0\n');
  });

  const overTcpOnly = (image: Image, rollout: object = {}) => {
    const files = web(image, [tcp()], rollout);
    return { ...files, 'files/site.conf': files['files/site.conf'].replace(/ {2}listen unix:.*\n/, '') };
  };

  it('are closed when the definition drops them, and only those', async () => {
    rig.commit(overTcpOnly(v2), 'tcp only');
    await rig.sync(0);
    expect(existsSync(socket)).to.equal(false);
    expect((await httpGet(`http://${tcp()}/version`)).body).to.equal('2.0\n');
  });

  it('have their like in a rehearsal, on the same address of another network, while the live ones go on', async () => {
    const rehearsed = (image: Image) => overTcpOnly(image, { rehearse: 'always' });
    rig.commit(rehearsed(v1), 'rehearsed');
    await rig.sync(0);
    const { stdout } = await rig.rackops(['history', 'web']);
    expect(stdout.trim().split('\n').at(-1)).to.contain('rehearsed');
    const before = await footprintOf(rig, 'web');
    const load = new Load(`http://${tcp()}/version`, 5);
    rig.commit(rehearsed(broken), 'rehearsed and found bad');
    await rig.sync(1);
    const met = await load.stop();
    expect(await rig.rack('web')).to.include({ condition: 'Failed', reason: 'RehearsalFailed' });
    expect(met, JSON.stringify(met)).to.deep.include({ failed: 0, bodies: ['1.0'] });
    expect(await footprintOf(rig, 'web')).to.deep.equal(before);
  });

  it('have a unix one among them that bears the same name, with its file elsewhere', async () => {
    const rehearsed = (image: Image) => web(image, both(), { rehearse: 'always' });
    rig.commit(rehearsed(v1), 'unix again');
    await rig.sync(0);
    const live = inode();
    const seen: string[] = [];
    const watch = async (): Promise<void> => {
      await eventually('the rehearsal runs', async () => isRehearsing(rig, 'web'));
      seen.push(await overUnix(socket, '/version'));
    };
    rig.commit(rehearsed(v2), 'rehearsed with both');
    await Promise.all([rig.sync(0), watch()]);
    const { stdout } = await rig.rackops(['history', 'web']);
    expect(stdout.trim().split('\n').at(-1)).to.match(/: rehearsed$/);
    expect(seen, 'visitors of the live socket meanwhile').to.deep.equal(['1.0\n']);
    expect(inode()).to.equal(live);
    expect(await overUnix(socket, '/version')).to.equal('2.0\n');
  });

  it('are closed with the rack', async () => {
    rig.commit(web(v1, both()), 'both again');
    await rig.sync(0);
    expect(await overUnix(socket, '/version')).to.equal('1.0\n');
    rig.commit({ 'racks/web.yaml': null }, 'no rack\n\nRackops-Allow-Prune: 1');
    await rig.sync(0);
    expect(existsSync(socket)).to.equal(false);
    expect((await httpGet(`http://${tcp()}/version`)).error).to.equal('ECONNREFUSED');
  });
});

async function overUnix(socketPath: string, path: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
}
