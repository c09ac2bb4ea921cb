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

/** Null when there is none, or none that can be read: then the numbers of the directories say it all. */
export async function readManifest(layout: Layout, rack: string): Promise<LayerManifest | null> {
  try {
    const value: unknown = JSON.parse(await readFile(manifestPath(layout, rack), 'utf8'));
    return isManifest(value) ? value : null;
  } catch {
    return null;
  }
}

/** `durable`: on disk when it returns. Not asked for while services are down: a sync may take long, and what a power cut loses is written again after the commit. */
export async function writeManifest(
  layout: Layout,
  rack: string,
  stack: LayerStack,
  snapshots: readonly Snapshot[],
  durable: boolean,
): Promise<void> {
  const manifest: LayerManifest = { format: 1, layers: layersOf(stack), snapshots };
  const path = manifestPath(layout, rack);
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  const isSame = (await readFile(path, 'utf8').catch(() => null)) === text;
  if (isSame && !durable) return;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(text);
    if (durable) await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  if (!durable) return;
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
