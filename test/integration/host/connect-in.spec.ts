/** Connecting in a network namespace to a name: in a process with a hosts file and a resolver of its own, because both are the machine's. */
import { execFile } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { closeSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { createNetwork, inNetwork, listenTcp } from '../../../src/kernel/index.js';
import { scratchDirectory } from '../../support/scratch.js';

const module = fileURLToPath(new URL('../../../src/host/linux/connect-in.ts', import.meta.url));
const port = 4_711;
/** No machine has a resolver there. */
const mute = '127.99.99.99';

describe('a connection to a name in a network of its own', function () {
  this.timeout(20_000);
  let directory: string;
  let network: number;
  let resolver: Socket;
  const listening: number[] = [];

  beforeEach(async () => {
    directory = scratchDirectory();
    await writeFile(join(directory, 'hosts'), '127.0.0.2 both\n127.0.0.3 both\n');
    await writeFile(join(directory, 'resolv.conf'), `nameserver ${mute}\noptions timeout:3 attempts:1\n`);
    resolver = createSocket('udp4');
    await new Promise<void>((resolve) => void resolver.bind(53, mute, resolve));
    network = createNetwork([]);
  });
  afterEach(async () => {
    for (const fd of [...listening.splice(0), network]) closeSync(fd);
    await new Promise<void>((resolve) => void resolver.close(resolve));
    await rm(directory, { recursive: true });
  });

  const listenOn = (host: string, backlog: number): void => {
    listening.push(
      inNetwork(`/proc/self/fd/${network}`, () => listenTcp({ family: 'v4', host, port }, backlog)),
    );
  };
  /** The address that was connected to, or why not, and how long that took. */
  const connect = async (name: string, timeoutMs: number): Promise<{ outcome: string; ms: number }> => {
    const script = `
      const { connectIn } = await import(${JSON.stringify(module)});
      const begin = performance.now();
      const outcome = await connectIn('/proc/${process.pid}/fd/${network}', { host: '${name}', port: ${port} }, ${timeoutMs}).then(
        (socket) => socket.remoteAddress,
        (error) => error.code ?? error.message,
      );
      process.stdout.write(JSON.stringify({ outcome, ms: performance.now() - begin }));
      process.exit();`;
    const files = ['hosts', 'resolv.conf'].map((file) => `mount --bind ${directory}/${file} /etc/${file}`);
    const node = [process.execPath, '--import', 'tsx', '--input-type=module', '-e'];
    const args = ['-m', 'sh', '-c', `${files.join(' && ')} && exec "$@"`, 'sh', ...node, script];
    return JSON.parse((await promisify(execFile)('unshare', args)).stdout);
  };

  it('is made to the address of it that answers', async () => {
    listenOn('127.0.0.3', 5);
    expect((await connect('both', 2_000)).outcome).to.equal('127.0.0.3');
  });

  it('leaves time for the next address when one does not answer', async () => {
    listenOn('127.0.0.2', 0);
    listenOn('127.0.0.3', 5);
    // Nobody accepts: with one connection waiting, the next gets no answer.
    expect((await connect('127.0.0.2', 1_000)).outcome).to.equal('127.0.0.2');
    const { outcome, ms } = await connect('both', 1_000);
    expect(outcome).to.equal('127.0.0.3');
    expect(ms).to.be.within(400, 1_000);
  });

  it('fails as its first address did', async () => {
    expect((await connect('both', 1_000)).outcome).to.equal('ECONNREFUSED');
  });

  it('is given up in time when nobody answers the look-up', async () => {
    const { outcome, ms } = await connect('nobody.example', 500);
    expect(outcome).to.equal('"nobody.example" could not be looked up within 500ms');
    expect(ms).to.be.within(400, 1_500);
  });
});
