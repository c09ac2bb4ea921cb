/** Unix sockets and options of sockets, with the real keeper: what is held, handed over, changed in place and taken away, and what a planted link must not do. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer, type NetConnectOpts, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { freePort } from '../../../scripts/sandbox/index.js';
import { askKeeper } from '../../../src/host/linux/keeper-connection.js';
import { closeFd, listenTcp, mount, unmount } from '../../../src/kernel/index.js';
import { hostPath, keeperPaths, type UnixListen } from '../../../src/model/index.js';
import { listenOn } from '../../support/builders.js';
import { refusal } from '../../support/refusal.js';
import { ask, eventually, kill, ServiceRig, socketServer } from './support.js';

describe('held sockets', function () {
  this.timeout(30_000);
  let rig: ServiceRig;
  let share: string;

  beforeEach(async () => {
    rig = await ServiceRig.create();
    share = path.join(rig.directory, 'share');
  });
  afterEach(async () => {
    for (const rack of ['web', 'api']) await rig.supervisor.closeSockets(rack, []);
    await rig.dispose();
  });

  const unix = (options: Partial<UnixListen> = {}, name = 'app.sock'): UnixListen => ({
    address: `unix:${share}/${name}`,
    family: 'unix',
    path: hostPath(`${share}/${name}`),
    ...options,
  });
  const file = (name = 'app.sock'): string => path.join(share, name);
  const addresses = async (): Promise<readonly string[]> =>
    (await rig.supervisor.observe()).sockets.map(({ address }) => address);
  const hold = async (rack: string, ...listen: readonly UnixListen[]): Promise<void> => {
    await rig.supervisor.openSockets(rack, listen);
  };
  const ready = async (times = 1): Promise<void> => {
    const up = async () => (await rig.output('web', 'main')).split('ready').length > times;
    await eventually('a server that is up', up);
  };

  it('are handed over in the order of the definition, a unix socket by its real path', async () => {
    const tcp = listenOn(`127.0.0.1:${await freePort()}`);
    const listen = [tcp, unix(), unix({}, 'b.sock')];
    await rig.start(rig.rack('web', [{ name: 'main', command: namesOf(3), listen }]));
    const last = `5:${file('b.sock')}`;
    await eventually('names', async () => (await rig.output('web', 'main')).includes(last));
    const output = await rig.output('web', 'main');
    expect(output).to.contain(`3:${tcp.port}`);
    expect(output).to.contain(`4:${file()}`);
  });

  it('keep a unix socket and its visitors over a swap, and take its file away with it', async () => {
    const listen = [unix({ mode: 0o640, owner: { uid: 33, gid: 44 } })];
    await rig.start(rig.rack('web', [{ name: 'main', command: socketServer('one'), listen }]));
    expect(await ask({ path: file() })).to.equal('one\n');
    const before = statSync(file());
    expect([before.mode & 0o777, before.uid, before.gid]).to.deep.equal([0o640, 33, 44]);
    await rig.stop('web', 'main');
    const waiting = ask({ path: file() });
    await rig.start(rig.rack('web', [{ name: 'main', command: socketServer('two'), listen }]), 2);
    expect(await waiting).to.equal('two\n');
    expect(statSync(file()).ino).to.equal(before.ino);
    await rig.supervisor.closeSockets('web', []);
    expect(existsSync(file())).to.equal(false);
  });

  it('get the options of the version that is started, in place, and have the defaults otherwise', async () => {
    const rack = (listen: readonly UnixListen[]) =>
      rig.rack('web', [{ name: 'main', command: socketServer('x'), listen }]);
    await rig.start(rack([unix()]));
    await ready();
    const before = statSync(file());
    expect([before.mode & 0o777, before.uid, before.gid]).to.deep.equal([0o660, 0, 0]);
    const next = rack([unix({ mode: 0o666, owner: { uid: 7, gid: 8 }, backlog: 1 })]);
    await rig.supervisor.openSockets('web', next.services[0]?.listen ?? []);
    expect(statSync(file()).mode & 0o777, 'the old version still runs').to.equal(0o660);
    await rig.stop('web', 'main');
    await rig.start(next, 2);
    await ready(2);
    const after = statSync(file());
    expect([after.ino, after.mode & 0o777, after.uid, after.gid]).to.deep.equal([before.ino, 0o666, 7, 8]);
    await rig.stop('web', 'main');
    expect(await waitingRoom({ path: file() }, 6)).to.equal(2);
    await rig.start(rack([unix()]), 3);
    await ready(3);
    expect(statSync(file()).mode & 0o777).to.equal(0o660);
    await rig.stop('web', 'main');
    expect(await waitingRoom({ path: file() }, 60)).to.equal(60);
  });

  it('have their backlog again when the service stops or dies, whatever it did to them', async () => {
    const tcp = listenOn(`127.0.0.1:${await freePort()}`);
    const { port } = tcp;
    await rig.start(rig.rack('web', [{ name: 'main', command: socketServer('x', 1), listen: [tcp] }]));
    await ready();
    await rig.stop('web', 'main');
    expect(await waitingRoom({ port, host: '127.0.0.1' }, 40)).to.equal(40);
    await rig.start(rig.rack('web', [{ name: 'main', command: socketServer('x', 1), listen: [tcp] }]), 2);
    await ready(2);
    kill(await rig.pidOf('web', 'main'), 'SIGKILL');
    await eventually('dead', async () => (await rig.service('web', 'main')).pid === null);
    expect(await waitingRoom({ port, host: '127.0.0.1' }, 40)).to.equal(40);
  });

  it('are exchanged when they cannot be changed in place, once nobody uses them', async () => {
    const port = await freePort();
    const both = listenOn(`[::]:${port}`);
    const six = { ...both, v6Only: true };
    const rack = (listen: readonly (typeof both)[]) =>
      rig.rack('web', [{ name: 'main', command: socketServer('x'), listen }]);
    await rig.start(rack([both]));
    expect(await ask({ port, host: '127.0.0.1' })).to.equal('x\n');
    await rig.stop('web', 'main');
    await rig.start(rack([six]), 2);
    expect(await ask({ port, host: '::1' })).to.equal('x\n');
    expect(await ask({ port, host: '127.0.0.1' }).catch(codeOf)).to.equal('ECONNREFUSED');
    await rig.supervisor.openSockets('api', [listenOn(`0.0.0.0:${port}`)]);
    await rig.supervisor.closeSockets('api', []);
  });

  it('let a program of root beside them listen too, where they share', async () => {
    const port = await freePort();
    const shared = { ...listenOn(`127.0.0.1:${port}`), reusePort: true };
    await rig.supervisor.openSockets('web', [shared]);
    await refusal(rig.supervisor.openSockets('api', [shared]), 'E_ADDRESS_IN_USE');
    const address = { family: 'v4', host: '127.0.0.1', port } as const;
    expect(() => listenTcp(address, 1)).to.throw('EADDRINUSE');
    closeFd(listenTcp(address, 1, { reusePort: true }));
    await rig.supervisor.closeSockets('web', []);
  });

  it('replace the file that a killed keeper left', async () => {
    await rig.start(rig.rack('web', [{ name: 'main', command: socketServer('one'), listen: [unix()] }]));
    kill(await rig.keeperPid(), 'SIGKILL');
    await eventually('absent', async () => (await rig.supervisor.observe()).state === 'absent');
    expect(existsSync(file())).to.equal(true);
    await rig.start(rig.rack('web', [{ name: 'main', command: socketServer('two'), listen: [unix()] }]), 2);
    expect(await ask({ path: file() })).to.equal('two\n');
  });

  it('name who has the path, and touch nothing of it', async () => {
    const stranger = createServer().listen(file());
    await new Promise((resolve) => stranger.once('listening', resolve));
    writeFileSync(file('notes'), 'mine');
    symlinkSync(file('nowhere'), file('link'));
    const message = async (name: string): Promise<string> => {
      const listen = [unix({}, 'new'), unix({}, name)];
      const text = await refusal(rig.supervisor.openSockets('web', listen), 'E_ADDRESS_IN_USE');
      expect(existsSync(file('new')), 'all or none').to.equal(false);
      return text;
    };
    expect(await message('app.sock')).to.contain(`pid ${process.pid} (`);
    expect(await message('notes')).to.contain('a file that is no socket');
    expect(await message('link')).to.contain('a file that is no socket');
    expect(readFileSync(file('notes'), 'utf8')).to.equal('mine');
    expect(readdirSync(share).sort()).to.deep.equal(['app.sock', 'link', 'notes']);
    await new Promise((resolve) => stranger.close(resolve));
    await hold('api', unix());
    expect(await message('app.sock')).to.contain('rack "api"');
    await rig.supervisor.closeSockets('api', []);
  });

  it('follow no link of the directory, when they are opened and when they are closed', async () => {
    const outside = path.join(rig.directory, 'outside');
    mkdirSync(outside);
    mkdirSync(file('sub'));
    writeFileSync(path.join(outside, 'b.sock'), 'precious', { mode: 0o600 });
    symlinkSync(outside, file('planted'));
    await refusal(rig.supervisor.openSockets('web', [unix({}, 'planted/a.sock')]), 'E_SOURCE_DENIED');
    await hold('web', unix({}, 'sub/b.sock'));
    renameSync(file('sub'), file('moved'));
    symlinkSync(outside, file('sub'));
    expect(await addresses(), 'no client gets there').to.deep.equal([]);
    // Beside the agent's own look at the directory.
    const request = { rack: 'web', listen: [unix({}, 'sub/b.sock')] };
    const asked = askKeeper(keeperPaths(rig.layout).socket, 'openSockets', request, 3_000);
    await refusal(asked, 'E_SOURCE_DENIED');
    await rig.supervisor.closeSockets('web', []);
    expect(readdirSync(outside)).to.deep.equal(['b.sock']);
    expect(readFileSync(path.join(outside, 'b.sock'), 'utf8')).to.equal('precious');
    expect(statSync(path.join(outside, 'b.sock')).mode & 0o777).to.equal(0o600);
  });

  it('are only in directories that the host allows and that are there', async () => {
    const at = (text: string): UnixListen => ({
      address: `unix:${text}`,
      family: 'unix',
      path: hostPath(text),
    });
    const opened = (text: string) => rig.supervisor.openSockets('web', [at(text)]);
    await refusal(opened(`${rig.directory}/secrets/app.sock`), 'E_SOURCE_DENIED');
    await refusal(opened(`${share}/missing/app.sock`), 'E_SOURCE_MISSING');
  });

  it('are refused on a network file system, without a look at it: this one never answers', async () => {
    const directory = file('net');
    mkdirSync(directory);
    const server = openSync('/dev/fuse', 'r+');
    try {
      await mount('net', directory, 'fuse', 0, `fd=${server},rootmode=40000,user_id=0,group_id=0`);
      try {
        const begin = performance.now();
        const opened = rig.supervisor.openSockets('web', [unix({}, 'net/app.sock')]);
        expect(await refusal(opened, 'E_SOURCE_DENIED')).to.contain('is on a network file system (fuse at');
        expect(performance.now() - begin).to.be.below(2_000);
      } finally {
        await unmount(directory);
      }
    } finally {
      closeSync(server);
    }
  });

  it('are not held any more when their file was taken away, and are opened anew', async () => {
    await hold('web', unix());
    rmSync(file());
    expect(await addresses()).to.deep.equal([]);
    await hold('web', unix());
    expect(await addresses()).to.deep.equal([unix().address]);
    // Another's file at the place is left when ours is closed.
    renameSync(file(), file('aside'));
    writeFileSync(file(), 'mine');
    await rig.supervisor.closeSockets('web', []);
    expect(readFileSync(file(), 'utf8')).to.equal('mine');
  });

  it('take their files away when the keeper is told to end', async () => {
    await hold('web', unix(), unix({}, 'b.sock'));
    kill(await rig.keeperPid(), 'SIGTERM');
    await eventually('absent', async () => (await rig.supervisor.observe()).state === 'absent');
    expect(readdirSync(share)).to.deep.equal([]);
  });
});

/** Prints the name of each of the sockets: the path, or the port. */
function namesOf(count: number): readonly string[] {
  const script = `
    use Socket;
    $| = 1;
    for my $fd (3 .. ${count + 2}) {
      open(my $listener, "+<&=", $fd) or die "no socket $fd: $!";
      my $name = getsockname($listener);
      print "$fd:" . (sockaddr_family($name) == AF_UNIX ? unpack_sockaddr_un($name) : (unpack_sockaddr_in($name))[0]) . "\\n";
    }
    sleep 100;`;
  return ['/usr/bin/perl', '-e', script];
}

/** How many of `count` visitors get in while nobody accepts. */
async function waitingRoom(to: NetConnectOpts, count: number): Promise<number> {
  const clients: Socket[] = [];
  let inside = 0;
  for (let index = 0; index < count; index++) {
    const client = connect(to);
    client.on('connect', () => inside++);
    client.on('error', () => {});
    clients.push(client);
  }
  await sleep(300);
  for (const client of clients) client.destroy();
  return inside;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : error;
}
