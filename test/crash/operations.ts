/**
 * The operations on a rack that are interrupted, and the state each must come to. They form a ring, so that no case needs a set-up of its own: what one
 * leaves is where the next begins. Beside the subject runs a rack that no case may touch.
 */
import { type BuiltImage, nginxImage, tinyImage, webPort } from '../support/images.js';
import { type Footprint, footprintOf, tinyRack, webRack } from '../support/racks.js';
import { Rig } from '../support/rig.js';

type Image = Pick<BuiltImage, 'file' | 'sha256'>;

export type OperationName = 'install' | 'swap' | 'seal' | 'rehearsal' | 'rollback' | 'restore' | 'removal';

/** Where a host must be after the recovery. */
export interface Expected {
  /** Version that answers; null: nothing of the subject is on the host. */
  readonly version: string | null;
  readonly exitCode: 0 | 1;
}

export class CrashRig {
  private readonly versions: Readonly<Record<'1.0' | '2.0' | 'broken', Image>>;
  private running: '1.0' | '2.0' | null = null;
  private attempt = 0;

  private constructor(
    readonly rig: Rig,
    readonly port: number,
    versions: CrashRig['versions'],
    readonly bystander: Image,
    /** Footprint of the bystander: the same all the time. */
    readonly untouched: Footprint,
  ) {
    this.versions = versions;
  }

  /** A host where only the bystander runs. */
  static async create(): Promise<CrashRig> {
    const rig = await Rig.create();
    const port = await webPort();
    const listen = `127.0.0.1:${port}`;
    const put = async (image: Promise<BuiltImage>): Promise<Image> => rig.putImage(await image);
    const versions = {
      '1.0': await put(nginxImage('1.0', { listen })),
      '2.0': await put(nginxImage('2.0', { listen })),
      broken: await put(nginxImage('4.0', { listen, fault: 'answers-500' })),
    };
    const bystander = await put(tinyImage('tiny', '1.0'));
    rig.commit({ 'racks/bystander.yaml': tinyRack('bystander', bystander) }, 'bystander');
    await rig.sync(0);
    return new CrashRig(rig, port, versions, bystander, await footprintOf(rig, 'bystander'));
  }

  /** Where the host is now, and must be again after a sync with nothing to do. */
  get installed(): string | null {
    return this.running;
  }

  /** sha256 of the image that the subject runs from; null: none. */
  get imageInUse(): Image | null {
    return this.running === null ? null : this.versions[this.running];
  }

  /** Brings the host where the operation can begin, by plain syncs. */
  async ready(operation: OperationName): Promise<void> {
    if (operation === 'install') {
      if (this.running === null) return;
      this.ask('removal');
    } else {
      if (this.running !== null) return;
      this.ask('install');
    }
    await this.rig.sync(0);
  }

  /** Commits what the operation is about; what must come of it. */
  ask(operation: OperationName): Expected {
    switch (operation) {
      case 'install':
        return this.commit('1.0');
      case 'swap':
        return this.commit(this.running === '1.0' ? '2.0' : '1.0');
      case 'seal':
        return this.commit(this.running === '1.0' ? '2.0' : '1.0', 'restore');
      case 'rehearsal':
      case 'rollback':
      case 'restore': {
        // Another digest each time: the last one is in quarantine.
        const env = { NGINX: '3;', ATTEMPT: String(++this.attempt) };
        this.write(
          webRack('subject', this.versions.broken, this.port, {
            health: { http: { port: this.port, path: '/up', status: 200 }, startPeriod: '500ms' },
            service: { env },
            rollout: {
              data: operation === 'restore' ? 'restore' : 'keep',
              rehearse: operation === 'rehearsal' ? 'always' : 'never',
            },
          }),
        );
        return { version: this.running, exitCode: 1 };
      }
      case 'removal':
        this.running = null;
        this.write(null);
        return { version: null, exitCode: 0 };
    }
  }

  private commit(version: '1.0' | '2.0', data = 'keep'): Expected {
    this.running = version;
    this.write(webRack('subject', this.versions[version], this.port, { rollout: { data } }));
    return { version, exitCode: 0 };
  }

  private write(definition: object | null): void {
    this.rig.commit({ 'racks/subject.yaml': definition }, 'change of the subject');
  }
}
