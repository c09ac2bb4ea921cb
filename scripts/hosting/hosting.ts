/**
 * The hosting example on a sandbox host: its definitions with this host's directories, ports and images, and the commits of its story. What `npm run hosting`
 * and test/hosting have in common; neither shows nor checks anything.
 */
import { randomBytes } from 'node:crypto';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type PreparedExample, prepareExample } from '../examples.js';
import type { BuiltImage } from '../images/index.js';
import type { Sandbox } from '../sandbox/index.js';
import { buildHostingImage } from './images.js';

/** In the order in which they depend on each other. */
export const rackNames = ['database', 'rails-old', 'rails-new', 'names', 'mail'] as const;
export type RackName = (typeof rackNames)[number];

/** User and group of PostgreSQL in its image: it makes its socket in a directory of the host. */
const postgresId = 5432;

export class Hosting {
  private constructor(
    private readonly sandbox: Sandbox,
    private readonly example: PreparedExample,
    private readonly next: BuiltImage,
  ) {}

  /** Builds what is not in the cache (minutes the first time) and makes the directories and secrets that an administrator would. Commits nothing. */
  static async prepare(sandbox: Sandbox, onBuild: (text: string) => void = () => {}): Promise<Hosting> {
    const secrets = join(sandbox.directory, 'secrets');
    const share = join(sandbox.directory, 'share');
    const sockets = join(share, 'postgresql');
    mkdirSync(secrets, { recursive: true, mode: 0o700 });
    mkdirSync(sockets, { recursive: true, mode: 0o755 });
    chownSync(sockets, postgresId, postgresId);
    for (const name of ['guestbook-database', 'guestbook-cookies'])
      writeFileSync(join(secrets, name), `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
    const example = await prepareExample('hosting', { secrets, share }, (file) =>
      buildHostingImage(file, onBuild),
    );
    const next = await buildHostingImage('rails-new-2.0.iso', onBuild);
    for (const image of [...example.images, next]) sandbox.putImage(image);
    return new Hosting(sandbox, example, next);
  }

  /** `http://127.0.0.1:…` of a generation of the guest book. */
  origin(rack: 'rails-old' | 'rails-new'): string {
    return `http://127.0.0.1:${this.port(rack === 'rails-old' ? 8090 : 8093)}`;
  }

  get namesPort(): number {
    return this.port(8094);
  }

  get mailPort(): number {
    return this.port(8095);
  }

  /** Everything at once, out of nothing. */
  install(): string {
    return this.sandbox.commit(this.example.files, 'the whole server');
  }

  /** The next version of the guest book, on the new generation only. */
  upgradeRails(): string {
    const now = this.example.images.find((image) => image.file === 'rails-new-1.0.iso');
    if (now === undefined) throw new Error('internal error: the example has no rails-new-1.0.iso');
    return this.sandbox.commit(
      this.edit('racks/rails-new.yaml', (text) =>
        text.replace(now.file, this.next.file).replace(now.sha256, this.next.sha256),
      ),
      'rails-new: guestbook 2.0',
    );
  }

  /** A slip in the zone: the address of `www` has lost its last number. */
  breakZone(): string {
    return this.sandbox.commit(
      this.edit('files/example.test.zone', (text) => text.replace('192.0.2.3', '192.0.2')),
      'names: www moves',
    );
  }

  /** A slip in Postfix's configuration: it starts, greets, and then refuses every letter. */
  breakMail(): string {
    return this.sandbox.commit(
      this.edit('files/main.cf', (text) =>
        text.replace('permit_mynetworks, reject', 'permit_mynetwork, reject'),
      ),
      'mail: stricter recipients',
    );
  }

  private edit(path: string, change: (text: string) => string): Record<string, string> {
    const before = this.example.files[path] ?? '';
    const after = change(before);
    if (after === before)
      throw new Error(`internal error: nothing to change in "${path}" of examples/hosting`);
    return { [path]: after };
  }

  private port(wanted: number): number {
    const port = this.example.ports.get(wanted);
    if (port === undefined) throw new Error(`internal error: examples/hosting does not name port ${wanted}`);
    return port;
  }
}
