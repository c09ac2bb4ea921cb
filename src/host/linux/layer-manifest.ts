/** `layers.json` beside a rack's numbered layers. It explains a backup; on this host the records decide. Old or new, never half-written. */
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  isLayerName,
  type LayerManifest,
  type LayerStack,
  type Layout,
  layersOf,
  manifestPath,
  type Snapshot,
} from '../../model/index.js';

/**
 * Null when there is none: then the numbers of the directories say it all. Errors: what the system says when it cannot be read, or that it is no manifest of ours; what it lists is not
 * known then.
 */
export async function readManifest(layout: Layout, rack: string): Promise<LayerManifest | null> {
  const path = manifestPath(layout, rack);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new Error(`cannot read ${path}: ${error.code}`);
  });
  if (text === null) return null;
  const value = parsed(text);
  if (isManifest(value)) return value;
  throw new Error(`${path} is damaged, or a newer rackops wrote it`);
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The manifest says that, and is on disk when this returns, with all that was renamed in its directory before: the layers that it names. A power cut leaves this one or the one before.
 * Errors: the system's (a full disk, for one); the manifest is as before then.
 */
export async function writeManifest(
  layout: Layout,
  rack: string,
  stack: LayerStack,
  snapshots: readonly Snapshot[],
): Promise<void> {
  const manifest: LayerManifest = { format: 1, layers: layersOf(stack), snapshots };
  const path = manifestPath(layout, rack);
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  const directory = await open(dirname(path), 'r');
  await directory.sync().finally(() => directory.close());
}

/** Removed with the last thing that it explains. */
export async function removeManifest(layout: Layout, rack: string): Promise<void> {
  await rm(manifestPath(layout, rack), { force: true });
}

/** A backup may have been edited by hand: only what can be a manifest counts as one. */
function isManifest(value: unknown): value is LayerManifest {
  if (typeof value !== 'object' || value === null) return false;
  const { layers, snapshots, format } = value as Partial<Record<string, unknown>>;
  return format === 1 && areNames(layers) && Array.isArray(snapshots) && snapshots.every(isSnapshot);
}

function isSnapshot(value: unknown): value is Snapshot {
  if (typeof value !== 'object' || value === null) return false;
  const { id, at, image, layers, digest, revision } = value as Partial<Record<string, unknown>>;
  const texts = [id, at, digest, revision].every((text) => typeof text === 'string');
  return (
    texts && /^\d{1,9}$/.test(String(id)) && typeof image === 'object' && image !== null && areNames(layers)
  );
}

function areNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string' && isLayerName(name));
}
