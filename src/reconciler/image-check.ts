/**
 * Reads stored and used images again and compares them with what was verified once: disks forget, and people make mistakes. It finds and tells; it repairs nothing, and no rack is touched: what runs goes on.
 */
import type { Host, ImageFile, MountedImage } from '../host/index.js';
import { errorMessage } from '../lib/index.js';
import { type DamagedImage, type HostPath, hostPath, RackError } from '../model/index.js';
import { type ImageDeps, type ImageFacts, imageFacts, mountOf } from './image-needs.js';

export interface CheckDeps extends ImageDeps {
  readonly host: { readonly storedImages: Host['storedImages'] };
  readonly signal: AbortSignal;
  /** As of `StoredImages.digest`. */
  readonly pace: (tookMs: number) => Promise<void>;
  readonly onStart?: (path: string, sizeBytes: number) => void;
}

/** `stored`: the store of copies, and what is needed or mounted; `all`: also what people put there and nobody needs; else these paths or names. */
export type CheckScope = 'stored' | 'all' | readonly string[];

export interface CheckedImage {
  readonly path: string;
  readonly file: string;
  /** What it is now; null when it cannot be read. */
  readonly sha256: string | null;
  readonly sizeBytes: number;
  /** `good`: as it was verified; `unknown`: nobody has ever said what it should be. */
  readonly result: 'good' | 'damaged' | 'unknown';
  /** Set when it is damaged. */
  readonly damage: DamagedImage | null;
}

/**
 * One entry a file, and one a mounted image whose file has lost its name; none for what was exchanged or taken away while it was read, as passes do meanwhile. `suspects`: paths that belong to `stored` besides. Errors:
 * E_IMAGE_NOT_FOUND for a name that is in the scope and not there, the signal's reason.
 */
export async function checkImages(
  deps: CheckDeps,
  scope: CheckScope,
  suspects: readonly string[] = [],
): Promise<readonly CheckedImage[]> {
  const facts = await imageFacts(deps);
  const chosen = filesOf(facts, scope, suspects);
  const checked: CheckedImage[] = [];
  const note = async (
    item: CheckedImage,
    file: ImageFile | null,
    mount: MountedImage | null,
  ): Promise<void> => {
    if (item.damage === null || (await isUnchanged(deps, file, mount))) checked.push(item);
  };
  for (const file of chosen) {
    deps.onStart?.(file.path, file.sizeBytes);
    const mount = mountOf(file, facts.mounted);
    await note(await check(deps, facts, file, mount), file, mount);
  }
  if (Array.isArray(scope)) return checked;
  for (const mount of facts.mounted) {
    const isKnown = mount.inode === null || facts.files.some((file) => mountOf(file, [mount]) !== null);
    if (!isKnown) await note(await checkMount(deps, facts, mount), null, mount);
  }
  return checked;
}

/** What was read by its name is still that version of the file, and that mount. */
async function isUnchanged(
  { host }: CheckDeps,
  file: ImageFile | null,
  mount: MountedImage | null,
): Promise<boolean> {
  const [files, mounted] = await Promise.all([host.storedImages.list(), host.storedImages.mounted()]);
  const isSameFile = ({ path, device, inode, changedNs }: ImageFile): boolean =>
    path === file?.path && device === file.device && inode === file.inode && changedNs === file.changedNs;
  const isSameMount = ({ sha256, devicePath, device, inode }: MountedImage): boolean =>
    sha256 === mount?.sha256 &&
    devicePath === mount.devicePath &&
    device === mount.device &&
    inode === mount.inode;
  return (file === null || files.some(isSameFile)) && (mount === null || mounted.some(isSameMount));
}

function filesOf(
  { files, needs, candidate, mounted }: ImageFacts,
  scope: CheckScope,
  suspects: readonly string[],
): readonly ImageFile[] {
  if (scope === 'all') return files;
  if (scope === 'stored') {
    return files.filter(
      (file) =>
        file.ours ||
        suspects.includes(file.path) ||
        mountOf(file, mounted) !== null ||
        needs.some((need) => need.sha256 === file.sha256 || need.file === file.file),
    );
  }
  return scope.flatMap((wanted) => {
    const found = files.filter(
      (file) => file.path === wanted || candidate(file).names.includes(wanted) || file.sha256 === wanted,
    );
    if (found.length > 0) return found;
    throw new RackError('E_IMAGE_NOT_FOUND', `cannot find the image "${wanted}" on this host`, {
      hint: 'see: rackops image list',
    });
  });
}

async function check(
  deps: CheckDeps,
  facts: ImageFacts,
  file: ImageFile,
  mount: MountedImage | null,
): Promise<CheckedImage> {
  const { names } = facts.candidate(file);
  // What is mounted, what the store's name says, what was read of this version of the file before.
  const expected = mount?.sha256 ?? file.sha256;
  const base = { path: file.path, file: names[0] ?? file.sha256 ?? file.path, sizeBytes: file.sizeBytes };
  const wanted = neededAs(facts, file);
  const right = expected ?? wanted[0] ?? null;
  const damaged = (sha256: string | null, message: string, hint: string): CheckedImage => ({
    ...base,
    sha256,
    result: 'damaged',
    damage: { path: base.path, file: base.file, sha256: right ?? '', message, hint, ...users(facts, right) },
  });
  const digest = await digestOf(deps, file.path);
  if (typeof digest !== 'string') return damaged(null, digest.message, digest.hint ?? '');
  if (expected !== null && digest !== expected)
    return damaged(
      digest,
      `"${file.path}" was verified as sha256 ${expected} and is ${digest} now`,
      mend(file, mount),
    );
  if (wanted.length > 0 && !wanted.includes(digest))
    return damaged(
      digest,
      `"${file.path}" is needed as sha256 ${wanted.join(' or ')} and is ${digest}`,
      'put the right file in its place by a rename, or correct image.sha256 in the definition',
    );
  const isTrusted = file.ours || mount !== null;
  if (isTrusted && file.exposed !== null) {
    const { uid, mode } = file.exposed;
    const bits = mode.toString(8).padStart(4, '0');
    return damaged(
      digest,
      `others may change "${file.path}": it belongs to user ${uid}, mode ${bits}`,
      `its bytes are right; chown root:root ${file.path} && chmod ${file.ours ? '600' : '644'} ${file.path}, then verify it again`,
    );
  }
  const isNamed = facts.needs.some((need) => need.sha256 === digest);
  const result = expected !== null || isNamed ? 'good' : 'unknown';
  return { ...base, sha256: digest, result, damage: null };
}

/** The digests that are needed under the name of this file; none where the store has its own copy of one of them. */
function neededAs({ files, needs }: ImageFacts, { file: name, ours }: ImageFile): readonly string[] {
  if (ours || name === null) return [];
  const wanted = [...new Set(needs.flatMap(({ file, sha256 }) => (file === name ? [sha256] : [])))];
  return files.some((file) => file.ours && wanted.includes(file.sha256 ?? '')) ? [] : wanted;
}

async function checkMount(deps: CheckDeps, facts: ImageFacts, mount: MountedImage): Promise<CheckedImage> {
  const { sha256, devicePath: path } = mount;
  const file = facts.needs.find((need) => need.sha256 === sha256)?.file ?? sha256;
  deps.onStart?.(path, 0);
  const digest = await digestOf(deps, path);
  const base = { path, file, sizeBytes: 0 };
  if (digest === sha256) return { ...base, sha256: digest, result: 'good', damage: null };
  const found = typeof digest === 'string' ? digest : null;
  const message =
    typeof digest === 'string'
      ? `the mounted image "${file}" was verified as sha256 ${sha256} and is ${digest} now (its file has been replaced)`
      : digest.message;
  const hint = `put the right "${file}" into the image directory; racks take it up at their next rollout or boot`;
  const damage: DamagedImage = { path, file, sha256, message, hint, ...users(facts, sha256) };
  return { ...base, sha256: found, result: 'damaged', damage };
}

async function digestOf(deps: CheckDeps, path: HostPath): Promise<string | RackError> {
  try {
    return await deps.host.storedImages.digest(hostPath(path), deps.signal, deps.pace);
  } catch (error) {
    if (deps.signal.aborted) throw error;
    return error instanceof RackError ? error : new RackError('E_IMAGE_DAMAGED', errorMessage(error));
  }
}

function users(
  { needs }: ImageFacts,
  sha256: string | null,
): { readonly racks: readonly string[]; readonly runs: readonly string[] } {
  const of = (isWanted: (role: string) => boolean): readonly string[] =>
    [
      ...new Set(
        needs.flatMap(({ sha256: needed, rack, role }) =>
          needed === sha256 && rack !== null && isWanted(role) ? [rack] : [],
        ),
      ),
    ].sort();
  return { racks: of(() => true), runs: of((role) => role === 'runs') };
}

function mend(file: ImageFile, mount: MountedImage | null): string {
  if (mount === null && file.ours) return `delete it: it is copied or fetched again when a rack needs it`;
  const where = file.ours ? 'into the image directory' : `in its place by a rename`;
  const then = mount === null ? '' : '; racks take it up at their next rollout or boot';
  return `look at the disk (dmesg), then put the right file ${where}${then}`;
}
