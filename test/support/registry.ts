/** A real registry (the Debian package docker-registry) on a loopback port of its own, with a user when one is asked for. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, httpGet } from '../../scripts/sandbox/index.js';

export const registryUser = 'racks';
export const registryPassword = 'pa55 w0rd';
/** bcrypt of the password. */
const htpasswd = '$2b$04$iPd.Z.iSutUnhaYEoajjUuTKzVOnn7W7t3iTyAxGJSCdZb7CA2QjG';

export class Registry {
  private constructor(
    private readonly child: ChildProcess,
    /** `127.0.0.1:PORT` */
    readonly host: string,
  ) {}

  static async start(directory: string, options: { readonly user?: boolean } = {}): Promise<Registry> {
    const port = await freePort();
    const host = `127.0.0.1:${port}`;
    mkdirSync(join(directory, 'blobs'), { recursive: true });
    writeFileSync(join(directory, 'htpasswd'), `${registryUser}:${htpasswd}\n`);
    const auth = options.user
      ? `auth: {htpasswd: {realm: racks, path: ${join(directory, 'htpasswd')}}}\n`
      : '';
    writeFileSync(
      join(directory, 'registry.yml'),
      `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${join(directory, 'blobs')}}}\nhttp: {addr: "${host}", secret: s}\n${auth}`,
    );
    const child = spawn('docker-registry', ['serve', join(directory, 'registry.yml')], { stdio: 'ignore' });
    for (let tries = 0; (await httpGet(`http://${host}/v2/`)).status === 0; tries++) {
      if (tries > 200 || child.exitCode !== null) throw new Error('the registry does not start');
      await sleep(25);
    }
    return new Registry(child, host);
  }

  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}

/** True where the package is installed: `npm run setup` does it. */
export function hasRegistry(): boolean {
  try {
    execFileSync('docker-registry', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
