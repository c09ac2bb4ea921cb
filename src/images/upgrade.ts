/**
 * A new image from an old one, the way it was done by hand: mounted read-only, a changeable layer over it, commands run in it, tried, packed. The old image is not unpacked and stays as it is; nothing has the new
 * one's name before it is whole.
 */
import type { ImageBuilding, ImagePacking, OpenedImage, RootCommands, Workspace } from '../host/index.js';
import { sha256Hex } from '../lib/index.js';
import type {
  FileChanges,
  HostPath,
  ImageOrigin,
  ImageRef,
  ManifestEntry,
  PackageChanges,
  PackedImage,
} from '../model/index.js';
import { leftovers } from './cleaning.js';
import { fileChanges, packageChanges } from './compare.js';
import { packTree } from './pack.js';
import { installedPackages } from './packages.js';
import { runCommands } from './run-commands.js';

export interface UpgradeTools {
  readonly packing: ImagePacking;
  readonly building: ImageBuilding;
  readonly workspace: Workspace;
  readonly commands: RootCommands;
  /** ms since the epoch. */
  now(): number;
}

export interface UpgradeRequest {
  readonly from: { readonly file: string; readonly path: HostPath };
  readonly to: { readonly directory: HostPath; readonly file: string };
  /** Lines for the shell in the image: they change it. At least one. */
  readonly run: readonly string[];
  /** Lines for the shell in the changed image: they only look, what they write is thrown away. */
  readonly check: readonly string[];
  /** `run` has the host's network; `check` never has. */
  readonly network: boolean;
  /** For each command. */
  readonly timeoutMs: number;
  /** As of `packTree`. */
  readonly zsync: boolean;
  readonly signal?: AbortSignal;
  readonly progress: (detail: string) => void;
}

export interface Upgrade {
  readonly from: ImageRef & { readonly sizeBytes: number };
  readonly image: PackedImage;
  readonly files: FileChanges;
  readonly packages: PackageChanges;
}

/** The workspace is the caller's to close. Errors: E_IMAGE_COMMAND, those of `packTree`, of `Workspace` and of `RootCommands`; no image was made then. */
export async function upgradeImage(tools: UpgradeTools, request: UpgradeRequest): Promise<Upgrade> {
  const { packing, workspace } = tools;
  const { from, to, signal, progress } = request;
  const abort = signal === undefined ? {} : { signal };
  progress(`opening ${from.file}`);
  const old = await workspace.mountImage(from.path, { sha256: null, ...abort });
  const before = await packing.scan(old.root, {
    ...abort,
    onEntry: (count) => progress(`reading ${from.file}: ${count} entries`),
  });
  const sinceMs = tools.now();
  const { tree } = await workspace.overlay(old.root);
  const shared = { timeoutMs: request.timeoutMs, progress, ...abort };
  await runCommands(tools, {
    root: tree,
    lines: request.run,
    what: 'command',
    network: request.network,
    ...shared,
  });
  // What the old image has already is not ours to take: it may be what the rack needs.
  const paths = new Set(before.map(({ path }) => path));
  const isLeftover = leftovers([]);
  await tools.building.prune(tree, (entry) => !paths.has(entry.path) && isLeftover(entry));
  if (request.check.length > 0) {
    // On a layer of its own: a log that the check writes is no part of the image.
    const trial = await workspace.overlay(tree);
    await runCommands(tools, {
      root: trial.tree,
      lines: request.check,
      what: 'check',
      network: false,
      ...shared,
    });
  }
  let after: readonly ManifestEntry[] = [];
  const image = await packTree(packing, {
    tree,
    ...to,
    sinceMs,
    zsync: request.zsync,
    origin: originOf(from.file, old, request),
    onManifest: (entries) => {
      after = entries;
    },
    progress,
    ...abort,
  });
  return {
    from: { file: from.file, sha256: old.sha256, sizeBytes: old.sizeBytes },
    image,
    files: fileChanges(before, after),
    packages: packageChanges(packing.inTree(old.root, installedPackages), image.packages),
  };
}

function originOf(file: string, old: OpenedImage, { run, check, network }: UpgradeRequest): ImageOrigin {
  const steps = [
    ...run.map((line) => `run${network ? ' with network' : ''}: ${line}`),
    ...check.map((line) => `check: ${line}`),
  ];
  return {
    by: 'upgrade',
    inputs: [
      { kind: 'image', name: file, digest: `sha256:${old.sha256}` },
      { kind: 'recipe', name: 'command line', digest: `sha256:${sha256Hex(JSON.stringify(steps))}` },
    ],
    steps,
    tools: {},
  };
}
