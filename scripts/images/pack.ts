/**
 * A directory and a few files on top of it become one squashfs image. Equal input gives equal bytes: times are fixed, owners are root's unless the
 * base says otherwise. Never appends to an existing file (mksquashfs would): packs under a temporary name, which the cache renames.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { command } from './command.js';

/** What a version lays over its base; paths are absolute in the rack. A file of the base at one of these paths must be left out of the base. */
export interface Layer {
  readonly directories?: readonly string[];
  readonly files: Readonly<
    Record<string, string | { readonly content: string | Uint8Array; readonly mode: string }>
  >;
  readonly links?: Readonly<Record<string, string>>;
}

/** A packed image. */
export interface BuiltImage {
  /** Name for `image.file`: `webserver-1.0.iso`. */
  readonly file: string;
  /** Host path of the packed file in the cache. */
  readonly path: string;
  /** 64 hex digits, for `image.sha256`. */
  readonly sha256: string;
}

/** 1 January 2020: any fixed time will do, but a web server shows it as Last-Modified, and 1970 looks like a fault. */
const fixedTime = '1577836800';
/** zstd at 128 KiB blocks reads fast at random; level 6 packs a 100 MB base in under a second on two cores. */
const compression = ['-comp', 'zstd', '-Xcompression-level', '6', '-b', '128K'];

/** Packs `base` (host path of a directory) with `layer` into `target`; writes the layer's files into `scratch`. */
export async function packImage(base: string, layer: Layer, scratch: string, target: string): Promise<void> {
  const definitions = await pseudoFiles(layer, join(scratch, 'layer'));
  const definitionFile = join(scratch, 'layer.pseudo');
  await writeFile(definitionFile, `${definitions.join('\n')}\n`);
  await command('mksquashfs', [
    base,
    target,
    '-noappend',
    '-quiet',
    '-no-progress',
    ...compression,
    '-mkfs-time',
    fixedTime,
    '-all-time',
    fixedTime,
    '-pf',
    definitionFile,
  ]);
}

/** mksquashfs's own notation for entries that are not in the directory: no copy of the base is needed to change a file of it. */
async function pseudoFiles(layer: Layer, directory: string): Promise<string[]> {
  const lines = (layer.directories ?? []).map((path) => `"${path}" d 755 0 0`);
  for (const [path, target] of Object.entries(layer.links ?? {})) lines.push(`"${path}" s 777 0 0 ${target}`);
  let number = 0;
  for (const [path, value] of Object.entries(layer.files)) {
    const { content, mode } = typeof value === 'object' ? value : { content: value, mode: '644' };
    const file = join(directory, String(number++));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    lines.push(`"${path}" f ${mode} 0 0 cat '${file}'`);
  }
  return lines;
}

/** sha256 of a file, 64 hex digits. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  // 1 MiB reads hash three times as fast as the default.
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}

/** The packed file in the cache as an image called `file`. */
export async function describeImage(path: string, file = basename(path)): Promise<BuiltImage> {
  return { file, path, sha256: await sha256OfFile(path) };
}
