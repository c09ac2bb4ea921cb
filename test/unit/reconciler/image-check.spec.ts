/** What a check of stored images calls damaged, and what it leaves out because it changed while it was read. */
import { expect } from 'chai';
import type { ImageFile, MountedImage, StoredImages } from '../../../src/host/index.js';
import { hostPath, type ImageCheckRecord, RackError } from '../../../src/model/index.js';
import { pruneAfter } from '../../../src/reconciler/image-prune.js';
import { checkAndRemember } from '../../../src/reconciler/index.js';
import { createMemoryStore } from '../../support/memory-store.js';

const right = 'a'.repeat(64);
const wrong = 'b'.repeat(64);

/** Files and mounts that a test exchanges while one of them is read. */
class Disk implements StoredImages {
  files: ImageFile[] = [];
  mounts: MountedImage[] = [];
  /** By path: what is read there; nothing: it is not there. */
  readonly bytes = new Map<string, string>();
  readonly removed: string[] = [];
  onRead: () => void = () => {};

  async list(): Promise<readonly ImageFile[]> {
    return this.files;
  }
  async mounted(): Promise<readonly MountedImage[]> {
    return this.mounts;
  }
  async space(): Promise<{ readonly freeBytes: number; readonly totalBytes: number }> {
    return { freeBytes: 1_000, totalBytes: 1_000 };
  }
  async digest(path: string): Promise<string> {
    this.onRead();
    const found = this.bytes.get(path);
    if (found === undefined) throw new RackError('E_IMAGE_DAMAGED', `cannot read "${path}": ENOENT`);
    return found;
  }
  async remove(path: string): Promise<void> {
    this.removed.push(path);
  }
  async sweep(): Promise<void> {}
}

const copy = (over: Partial<ImageFile> = {}): ImageFile => ({
  path: hostPath(`/racks/iso/.store/${right}`),
  file: null,
  sha256: right,
  sizeBytes: 100,
  sinceMs: 0,
  ours: true,
  device: 1n,
  inode: 1n,
  changedNs: 1n,
  exposed: null,
  ...over,
});
const byHand = (over: Partial<ImageFile> = {}): ImageFile =>
  copy({ path: hostPath('/racks/iso/web-1.0.iso'), file: 'web-1.0.iso', sha256: null, ours: false, ...over });

describe('a check of images', () => {
  let disk: Disk;
  let store: ReturnType<typeof createMemoryStore>;
  let told: string[];
  beforeEach(() => {
    disk = new Disk();
    store = createMemoryStore();
    told = [];
  });

  const emit = (event: { readonly code: string; readonly path?: string }): void => {
    told.push(`${event.code} ${event.path ?? ''}`);
  };
  const check = async (
    scope: 'stored' | 'all' | readonly string[] = 'stored',
    by: 'agent' | 'person' = 'agent',
  ): Promise<readonly string[]> => {
    const checked = await checkAndRemember(
      {
        host: { storedImages: disk },
        store,
        emit: by === 'agent' ? emit : null,
        signal: new AbortController().signal,
        pace: async () => {},
        now: () => 0,
      },
      scope,
    );
    return checked.map(({ path, result }) => `${path.split('/').at(-1)?.slice(0, 12)} ${result}`);
  };
  const record = async (): Promise<ImageCheckRecord | null> => store.imageCheck();
  const put = (file: ImageFile, sha256: string): void => {
    disk.files.push(file);
    disk.bytes.set(file.path, sha256);
  };
  /** A rack wants an image of that name with these bytes. */
  const want = (sha256: string): Promise<void> =>
    store.writeSummary({
      revision: null,
      heldRemovals: [],
      problems: [],
      racks: [{ name: 'web', image: { file: 'web-1.0.iso', sha256 } }],
    } as never);

  it('calls a copy damaged whose bytes are others now, and tells it once', async () => {
    put(copy(), wrong);
    expect(await check()).to.deep.equal(['aaaaaaaaaaaa damaged']);
    await check();
    expect(told.length).to.equal(1);
  });

  it('leaves out what was deleted, exchanged or unmounted while it was read', async () => {
    const changes: readonly (() => void)[] = [
      () => {
        disk.files = [];
        disk.bytes.clear();
      },
      () => {
        disk.files = [copy({ inode: 2n })];
      },
      () => {
        disk.files = [copy({ changedNs: 2n })];
      },
    ];
    for (const change of changes) {
      disk.files = [];
      put(copy(), wrong);
      disk.onRead = change;
      expect(await check()).to.deep.equal([]);
    }
    disk.files = [];
    disk.mounts = [{ sha256: right, devicePath: hostPath('/dev/loop7'), device: 1n, inode: 1n }];
    disk.bytes.set('/dev/loop7', wrong);
    disk.onRead = () => {
      disk.mounts = [];
    };
    expect(await check()).to.deep.equal([]);
    expect(told).to.deep.equal([]);
  });

  it('says nothing of a mount whose loop device did not tell its file', async () => {
    disk.mounts = [{ sha256: right, devicePath: hostPath('/dev/loop7'), device: null, inode: null }];
    expect(await check()).to.deep.equal([]);
  });

  it('calls a file damaged that is needed under its name with other bytes, unless the store has them', async () => {
    put(byHand(), wrong);
    expect(await check()).to.deep.equal([]);
    await want(right);
    expect(await check()).to.deep.equal(['web-1.0.iso damaged']);
    expect((await record())?.damaged[0]).to.include({ sha256: right });
    expect((await record())?.damaged[0]?.racks).to.deep.equal(['web']);
    put(copy({ inode: 2n }), right);
    expect(await check()).to.deep.equal(['web-1.0.iso unknown', 'aaaaaaaaaaaa good']);
  });

  it('leaves it to the agent to tell what a person found, and keeps that until it is mended', async () => {
    put(byHand({ sha256: right }), wrong);
    expect(await check('all', 'person')).to.deep.equal(['web-1.0.iso damaged']);
    expect(told).to.deep.equal([]);
    await check();
    await check();
    expect(told).to.deep.equal(['ImageDamaged /racks/iso/web-1.0.iso']);
    expect((await record())?.damaged.length).to.equal(1);
    disk.bytes.set('/racks/iso/web-1.0.iso', right);
    await check();
    expect((await record())?.damaged).to.deep.equal([]);
  });

  describe('and a prune after a pass', () => {
    const outcome = {
      rack: 'web',
      action: 'rollout',
      reason: 'x',
      message: '',
      durationMs: 0,
      phases: [],
    } as const;
    const after = (over: object): Promise<void> =>
      pruneAfter({ host: { storedImages: disk }, store, config: { images: { keep: 1 } } as never, emit }, [
        { ...outcome, ...over } as never,
      ]);

    it('make room when an image did not fit', async () => {
      put(copy(), right);
      await after({ outcome: 'failed' });
      expect(disk.removed).to.deep.equal([]);
      await after({ outcome: 'failed', wantedBytes: 950 });
      expect(disk.removed).to.deep.equal([copy().path]);
    });

    it('keep everything while it is not known what a mount shows', async () => {
      put(copy(), right);
      disk.mounts = [{ sha256: wrong, devicePath: hostPath('/dev/loop7'), device: null, inode: null }];
      await after({ outcome: 'failed', wantedBytes: 950 });
      expect(disk.removed).to.deep.equal([]);
    });

    it('tell what went wrong, and the pass goes on', async () => {
      disk.list = async () => {
        throw new Error('EIO');
      };
      await after({ outcome: 'done' });
      expect(told).to.deep.equal(['Warning ']);
    });
  });
});
