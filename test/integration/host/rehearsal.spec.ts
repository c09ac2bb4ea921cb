/**
 * The throw-away view of a live rack on the real kernel: what is written in it is nowhere else, it has its limit, live sockets do not answer in it, its network is its own,
 * and it is proved gone.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import {
  appendFile,
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { connectIn } from '../../../src/host/linux/connect-in.js';
import { createImageMounts } from '../../../src/host/linux/image-mounts.js';
import { createKeeperSupervisor } from '../../../src/host/linux/keeper-client.js';
import { createRehearsals } from '../../../src/host/linux/rehearsals.js';
import { createShadows } from '../../../src/host/linux/shadows.js';
import type { Rehearsals } from '../../../src/host/ports.js';
import {
  createNetwork,
  inNetwork,
  listenTcp,
  listXattrs,
  mount,
  setXattr,
  unmount,
} from '../../../src/kernel/index.js';
import {
  type DesiredMount,
  hostPath,
  type ImageRef,
  rackPath,
  rehearsalPaths,
  rehearsedSource,
  type ShadowDrop,
  type TreeSpec,
} from '../../../src/model/index.js';
import { aHealthCheck, aRack, aService } from '../../support/builders.js';
import { MountRig, treeSpec } from '../../support/mount-rig.js';
import { refusal } from '../../support/refusal.js';

describe('the view of a rehearsal', function () {
  this.timeout(30_000);
  let rig: MountRig;
  let image: ImageRef;
  let next: ImageRef;
  let live: TreeSpec;
  const servers: Server[] = [];

  const anotherOne = (limitBytes?: number, allowedMounts = [hostPath(rig.directory)]): Rehearsals =>
    createRehearsals({
      layout: rig.layout,
      allowedMounts,
      imageMounts: createImageMounts(rig.layout, rig.images),
      // No keeper runs, and none is started: no service and no socket is asked for here.
      supervisor: createKeeperSupervisor({
        layout: rig.layout,
        runtime: async () => ({ path: hostPath('/nothing'), hidesUnified: false }),
        allowedMounts: [],
        keeperProgram: hostPath('/nothing'),
      }),
      ...(limitBytes === undefined ? {} : { limitBytes }),
    });
  const specOf = (mounts: readonly DesiredMount[] = [], services = [aService()]) => {
    const desired = aRack({ name: 'web', image: next, mounts, services });
    return { desired, tree: treeSpec('web', next, { generation: 2 }) };
  };
  const view = (...names: readonly string[]): string => rig.tree('web+rehearsal', ...names);
  const listening = async (path: string): Promise<void> => {
    const server = createServer((socket) => socket.end());
    servers.push(server);
    await new Promise<void>((resolve) => void server.listen(path, resolve));
  };

  beforeEach(async () => {
    rig = await MountRig.create();
    image = await rig.mountedImage('one', {
      'srv/page': 'one',
      'opt/app/f': 'one',
      'srv/removed': 'image',
      mnt: { kind: 'directory' },
    });
    next = await rig.mountedImage('two', {
      'srv/page': 'two',
      'srv/kind': 'two',
      'opt/app/f': 'two',
      'opt/app/lib/a': 'two',
      'srv/removed': 'image',
      mnt: { kind: 'directory' },
    });
    live = treeSpec('web', image);
    await rig.mounts.prepareTree(live);
    await rig.mounts.mountTree(live);
    await writeFile(rig.tree('web', 'data'), 'live');
    await mkdir(rig.tree('web', 'spool'));
    await writeFile(rig.tree('web', 'spool/job'), 'live');
    await rm(rig.tree('web', 'srv/removed'));
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
    await anotherOne().discard('web');
    await rig.dispose();
  });

  it('shows what the image has where something leaves the layer at the swap, and the live layer is as it was', async () => {
    await rm(rig.tree('web', 'opt/app'), { recursive: true });
    await mkdir(rig.tree('web', 'opt/app/lib'), { recursive: true });
    for (const path of ['srv/page', 'opt/app/f', 'opt/app/own'])
      await writeFile(rig.tree('web', path), 'mine');
    await mkdir(rig.tree('web', 'srv/kind'));
    await writeFile(rig.tree('web', 'srv/kind/in'), 'mine');
    const before = await factsOf(rig.layer('web'));
    const drops: readonly ShadowDrop[] = [
      { path: '/opt/app', how: 'opaque' },
      ...['/opt/app/f', '/srv/page', '/srv/removed', '/srv/kind'].map(
        (path) => ({ path, how: 'entry' }) as const,
      ),
    ];
    const spec = specOf();
    await anotherOne().open(spec, null, { id: 'r1', drops });
    const seen = ['opt/app/f', 'opt/app/lib/a', 'opt/app/own', 'srv/page', 'srv/removed', 'srv/kind', 'data'];
    const expected = ['two', 'two', 'mine', 'two', 'image', 'two', 'live'];
    const read = (path: string): string => readFileSync(view(path), 'utf8');
    expect(seen.map(read)).to.deep.equal(expected);
    expect(await factsOf(rig.layer('web'))).to.deep.equal(before);
    // Exactly what the real one shows.
    await anotherOne().discard('web');
    await rig.mounts.unmountTree('web');
    await createShadows(rig.layout, rig.images).setAside('web', 'r1', spec.tree, drops);
    await rig.mounts.mountTree(spec.tree);
    expect(seen.map((path) => rig.read('web', path))).to.deep.equal(expected);
  });

  it('shows what takes the place of a file that is refreshed at the swap', async () => {
    await chmod(rig.tree('web', 'srv/page'), 0o600);
    const shadows = createShadows(rig.layout, rig.images);
    const drops: readonly ShadowDrop[] = [{ path: '/srv/page', how: 'refresh' }];
    const stack = { layer: 1, sealed: [] };
    const replacing = { rack: 'web', id: 'r1', stack, running: image, next };
    await shadows.prepareAside(replacing, drops, new AbortController().signal);
    await anotherOne().open(specOf(), null, { id: 'r1', drops });
    expect(readFileSync(view('srv/page'), 'utf8')).to.equal('two');
    expect((await lstat(view('srv/page'))).mode & 0o777).to.equal(0o600);
  });

  it('shows the new image under the live data, and nothing written in it gets out', async () => {
    const before = [await factsOf(rig.layer('web')), mountLine(rig)];
    const rehearsals = anotherOne();
    await rehearsals.open(specOf(), null);
    expect(readFileSync(view('srv/page'), 'utf8')).to.equal('two');
    expect(readFileSync(view('data'), 'utf8')).to.equal('live');
    expect(existsSync(view('srv/removed')), 'what was deleted live is deleted in the view').to.equal(false);
    await appendFile(view('data'), ' and more');
    await chmod(view('spool'), 0o700);
    await rename(view('spool/job'), view('spool/done'));
    await rm(view('spool'), { recursive: true });
    await mkdir(view('spool'));
    await writeFile(view('srv/new'), 'new');
    expect([await factsOf(rig.layer('web')), mountLine(rig)]).to.deep.equal(before);
    expect(rig.read('web', 'spool/job')).to.equal('live');
    await rehearsals.discard('web');
    expect([await factsOf(rig.layer('web')), mountLine(rig)]).to.deep.equal(before);
    expectNothing(rig);
  });

  it('is no point in time: what the live rack writes meanwhile may show', async () => {
    await anotherOne().open(specOf(), null);
    await writeFile(rig.tree('web', 'later'), 'later');
    expect(readFileSync(view('later'), 'utf8')).to.equal('later');
  });

  it('is of a copy where the data can be brought to rest: all of it, and nothing that is written later', async () => {
    const rehearsals = anotherOne();
    const trusted = 'trusted.test';
    await link(rig.tree('web', 'data'), rig.tree('web', 'again'));
    await symlink('nowhere', rig.tree('web', 'link'));
    setXattr(rig.layer('web', 'data'), trusted, Buffer.from('x'));
    await chown(rig.tree('web', 'spool/job'), 1_234, 1_234);
    await rm(rig.tree('web', 'mnt'), { recursive: true });
    await mkdir(rig.tree('web', 'mnt'));
    await listening(rig.tree('web', 'socket'));
    const before = await factsOf(rig.layer('web'));
    const order: string[] = [];
    await rehearsals.open(specOf(), async (copy) => {
      order.push('freeze');
      await copy(new AbortController().signal);
      order.push('thaw');
    });
    expect(order).to.deep.equal(['freeze', 'thaw']);
    expect(await factsOf(rig.layer('web'))).to.deep.equal(before);
    await appendFile(rig.tree('web', 'data'), ' and later');
    await writeFile(rig.tree('web', 'later'), 'later');
    expect(readFileSync(view('data'), 'utf8')).to.equal('live');
    expect(existsSync(view('later'))).to.equal(false);
    expect(existsSync(view('srv/removed')), 'a whiteout').to.equal(false);
    expect(readFileSync(view('srv/page'), 'utf8')).to.equal('two');
    expect((await lstat(view('data'))).ino).to.equal((await lstat(view('again'))).ino);
    expect((await lstat(view('spool/job'))).uid).to.equal(1_234);
    expect(listXattrs(view('data'))).to.include(trusted);
    expect((await lstat(view('link'))).isSymbolicLink()).to.equal(true);
    await appendFile(view('data'), ' and rehearsed');
    expect(await rehearsals.isTorn('web')).to.equal(false);
    await rehearsals.discard('web');
    expectNothing(rig);
  });

  it('is refused, before anything is brought to rest, when the copy does not fit', async () => {
    await writeFile(rig.tree('web', 'big'), Buffer.alloc(12 * 1_048_576, 'x'));
    let frozen = false;
    const opened = anotherOne(24 * 1_048_576).open(specOf(), async () => {
      frozen = true;
    });
    const message = await refusal(opened, 'E_REHEARSAL');
    expect(message).to.match(/too little space to copy the writable layer of "web"/);
    expect(frozen).to.equal(false);
  });

  it('is not made when the copy is ended', async () => {
    const stop = AbortSignal.abort();
    const opened = anotherOne().open(specOf(), (copy) => copy(stop));
    await refusal(opened, 'E_REHEARSAL');
    await anotherOne().discard('web');
    expectNothing(rig);
  });

  it('is torn when a file that it took over is written to live, and not by what it left alone', async () => {
    const rehearsals = anotherOne();
    await rehearsals.open(specOf(), null);
    await appendFile(view('data'), ' and more');
    await appendFile(rig.tree('web', 'spool/job'), ' and more');
    expect(await rehearsals.isTorn('web')).to.equal(false);
    await appendFile(rig.tree('web', 'data'), ' and more');
    expect(await rehearsals.isTorn('web')).to.equal(true);
  });

  it('is full at its limit, which the disk of the live data does not feel', async () => {
    const rehearsals = anotherOne(8 * 1_048_576);
    await rehearsals.open(specOf(), null);
    expect(await rehearsals.isFull('web')).to.equal(false);
    const block = Buffer.alloc(1_048_576, 'x');
    expect(() => {
      for (let n = 0; n < 20; n++) writeFileSync(view(`big-${n}`), block);
    }).to.throw('ENOSPC');
    expect(await rehearsals.isFull('web')).to.equal(true);
    await writeFile(rig.tree('web', 'live-goes-on'), block);
  });

  it('is refused where a quarter of the free space is too little', async () => {
    await rig.mounts.unmountTree('web');
    await mount('tmpfs', rig.layout.readwrite, 'tmpfs', 0, 'size=40m');
    expect(await refusal(anotherOne().open(specOf(), null), 'E_REHEARSAL')).to.match(/too little space/);
    await unmount(rig.layout.readwrite);
  });

  it('gives nobody a live unix socket, neither of the data nor of a directory of the host', async () => {
    const shared = join(rig.directory, 'shared');
    mkdirSync(shared);
    await listening(join(shared, 'db.sock'));
    await listening(rig.tree('web', 'live.sock'));
    const at = (target: string, rehearse: DesiredMount['rehearse']): DesiredMount => ({
      source: hostPath(shared),
      target: rackPath(target),
      readOnly: false,
      rehearse,
    });
    await anotherOne().open(specOf([at('/mnt', 'readOnly'), at('/mnt', 'empty')]), null);
    const seen = rehearsedSource(rig.layout, 'web', 0, 'readOnly');
    expect(readdirSync(seen)).to.deep.equal(['db.sock']);
    expect(await connects(rig.tree('web', 'live.sock'))).to.equal('connected');
    expect(await connects(view('live.sock'))).to.equal('ECONNREFUSED');
    expect(await connects(join(seen, 'db.sock'))).to.equal('ECONNREFUSED');
    expect(() => writeFileSync(join(seen, 'x'), '')).to.throw('EROFS');
    expect(readdirSync(rehearsedSource(rig.layout, 'web', 1, 'empty'))).to.deep.equal([]);
  });

  describe('of a mount source', () => {
    const source = (): string => join(rig.directory, 'shared');
    const withSource = (path: string, rehearse: DesiredMount['rehearse'] = 'readOnly') =>
      specOf([{ source: hostPath(path), target: rackPath('/mnt'), readOnly: false, rehearse }]);
    const seen = (): string => rehearsedSource(rig.layout, 'web', 0, 'readOnly');
    beforeEach(() => {
      mkdirSync(source());
      writeFileSync(join(source(), 'page'), 'shared');
    });

    it('shows what it really is, where the definition names it by a link', async () => {
      await symlink(source(), join(rig.directory, 'link'));
      await anotherOne().open(withSource(join(rig.directory, 'link')), null);
      expect(readFileSync(join(seen(), 'page'), 'utf8')).to.equal('shared');
    });

    for (const rehearse of ['readOnly', 'empty', 'share'] as const) {
      it(`is not made of one that is gone or not allowed, and says which (${rehearse})`, async () => {
        const notAllowed = anotherOne(undefined, [hostPath('/var/empty')]).open(
          withSource(source(), rehearse),
          null,
        );
        expect(await refusal(notAllowed, 'E_REHEARSAL')).to.match(/shared" is not in allow.mounts/);
        await rm(source(), { recursive: true });
        const gone = anotherOne().open(withSource(source(), rehearse), null);
        expect(await refusal(gone, 'E_REHEARSAL')).to.match(/shared": it does not exist/);
      });
    }

    for (const rehearse of ['readOnly', 'empty'] as const) {
      it(`is not made of a link that took its place after the look (${rehearse})`, async () => {
        const secret = join(rig.directory, 'secret');
        mkdirSync(secret);
        const opened = anotherOne().open(withSource(source(), rehearse), async (copy) => {
          await copy(new AbortController().signal);
          await rename(source(), join(rig.directory, 'away'));
          await symlink(secret, source());
        });
        expect(await refusal(opened, 'E_REHEARSAL')).to.match(
          /shared" is no directory, or has become a link/,
        );
      });
    }
  });

  it('has a network of its own, with a loopback and the addresses that are asked for', async () => {
    const own = Object.values(networkInterfaces())
      .flatMap((all) => all ?? [])
      .find(({ internal, family }) => !internal && family === 'IPv4')?.address;
    const check = aHealthCheck({ check: { kind: 'tcp', host: own ?? '127.0.0.1', port: 4_711 } });
    await anotherOne().open(specOf([], [aService({ health: check })]), null);
    const { network } = rehearsalPaths(rig.layout, 'web');
    for (const host of ['127.0.0.1', '127.3.2.1', ...(own === undefined ? [] : [own])]) {
      const fd = inNetwork(network, () => listenTcp({ family: 'v4', host, port: 4_711 }, 5));
      const socket = await connectIn(network, { host, port: 4_711 }, 1_000);
      socket.destroy();
      expect(await connects({ host, port: 4_711 }), `${host} from outside`).to.equal('ECONNREFUSED');
      closeSync(fd);
      const error = await connectIn(network, { host, port: 4_711 }, 1_000).catch((failure) => failure);
      expect(error).to.include({ code: 'ECONNREFUSED' });
    }
    const away = await connectIn(network, { host: '192.0.2.1', port: 80 }, 1_000).catch((error) => error);
    expect(away).to.include({ code: 'ENETUNREACH' });
  });

  it('leaves this process where it was when a network cannot be made', () => {
    const network = (): string => readlinkSync('/proc/thread-self/ns/net');
    const before = network();
    expect(() => createNetwork(['224.0.0.1'])).to.throw();
    expect(network()).to.equal(before);
  });

  it('is discarded by somebody who remembers nothing of it, twice as well as once', async () => {
    await anotherOne().open(specOf(), null);
    await anotherOne().discard('web');
    expectNothing(rig);
    await anotherOne().discard('web');
    expectNothing(rig);
  });

  it('is not taken for gone while another mount namespace has a copy', async () => {
    const rehearsals = anotherOne();
    await rehearsals.open(specOf(), null);
    const stranger = await rig.leak();
    expect(await refusal(rehearsals.discard('web'), 'E_LEAKED_MOUNT')).to.include(`pid ${stranger.pid}`);
    await stranger.end();
    await rehearsals.discard('web');
    expectNothing(rig);
  });

  it('is none of the trees that are observed, and holds its image', async () => {
    await anotherOne().open(specOf(), null);
    const { trees, strayLayers } = await rig.mounts.observe();
    expect(trees.map(({ rack }) => rack)).to.deep.equal(['web']);
    expect(strayLayers).to.deep.equal([]);
    expect(await rig.mounts.unmountImage(next.sha256)).to.equal(false);
    expect(await rig.mounts.holders('web')).to.deep.equal([]);
  });
});

/** Path, kind, mode, owner, times of change, xattrs and content of everything in a layer. */
async function factsOf(layer: string): Promise<readonly string[]> {
  const entries = readdirSync(layer, { recursive: true, withFileTypes: true });
  const facts = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    const { mode, uid, gid, ino, mtimeMs, ctimeMs, rdev } = await lstat(path);
    const content = entry.isFile() ? readFileSync(path, 'latin1') : '';
    return [path, mode, uid, gid, ino, mtimeMs, ctimeMs, rdev, listXattrs(path).join(), content].join(' ');
  });
  return (await Promise.all(facts)).sort();
}

function mountLine(rig: MountRig): string {
  const lines = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  return lines.filter((line) => line.split(' ')[4] === rig.tree('web')).join('\n');
}

function expectNothing(rig: MountRig): void {
  expect(rig.mountsBelow().filter((point) => /rehears|networks/.test(point))).to.deep.equal([]);
  expect(rig.loops().filter((file) => file.includes('rehears'))).to.deep.equal([]);
  expect(readdirSync(join(rig.layout.readwrite, '.rehearsal'))).to.deep.equal([]);
  expect(readdirSync(join(rig.layout.run, 'networks'))).to.deep.equal([]);
  expect(readdirSync(join(rig.layout.run, 'layers')).filter((name) => name.includes('+'))).to.deep.equal([]);
  expect(existsSync(rig.tree('web+rehearsal'))).to.equal(false);
}

async function connects(to: string | { readonly host: string; readonly port: number }): Promise<string> {
  return await new Promise((resolve) => {
    const socket = typeof to === 'string' ? connect(to) : connect(to);
    socket.on('connect', () => {
      socket.destroy();
      resolve('connected');
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}
