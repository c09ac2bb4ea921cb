/**
 * Three versions of a text file made into one, by `git merge-file`: what the running image has, what the writable layer made of it, what the next image has. Reads only; the copies that git works
 * on have no names, so that nothing of them outlives this process.
 */
import { isUtf8 } from 'node:buffer';
import { closeSync, constants, fstatSync } from 'node:fs';
import { type FileHandle, mkdir, open, readFile } from 'node:fs/promises';
import { holdEntry, openHeld } from '../../kernel/index.js';
import { bytesOfText } from '../../lib/index.js';
import { type Layout, RackError, type ShadowMerge } from '../../model/index.js';
import { entryNames } from './entry-path.js';
import { directoryIn, type MergedDirectory } from './merged-entries.js';
import { runProgram } from './programs.js';
import type { Roots } from './shadow-directory.js';

/** Beyond this nobody merges by hand. */
const maxBytes = 1_048_576;
const timeoutMs = 10_000;
/** Of the kernel; Node does not name it. A file in a directory, without a name. */
const O_TMPFILE = 0o20_000_000 | constants.O_DIRECTORY;

/** `path` as of `ShadowFinding`. Errors: E_SHADOW_MERGE, E_PROGRAM_MISSING. */
export async function mergeText(
  layout: Layout,
  rack: string,
  roots: Roots,
  path: string,
): Promise<ShadowMerge> {
  const names = entryNames(path);
  if (names === null)
    throw refused(rack, path, 'it is no plain path from the root of the rack, as the report writes it');
  const name = bytesOfText(path.slice(1));
  const upper = await inLayers(roots.layers, names, rack, path);
  const next = await textAt(roots.next, name, rack, path, 'the next image');
  if (upper === null) throw refused(rack, path, "the writable layer has no file there: the image's is seen");
  if (next === null) throw refused(rack, path, 'the next image has no file there');
  const running = (await textAt(roots.running, name, rack, path, 'the running image')) ?? Buffer.alloc(0);
  const versions = { 'writable-layer': upper, 'running-image': running, 'next-image': next };
  await mkdir(layout.run, { recursive: true, mode: 0o700 });
  const files: FileHandle[] = [];
  try {
    for (const content of Object.values(versions)) {
      const file = await open(layout.run, constants.O_RDWR | O_TMPFILE, 0o600);
      files.push(file);
      await file.writeFile(content);
    }
    const labels = Object.keys(versions).flatMap((label) => ['-L', label]);
    const paths = files.map(({ fd }) => `/proc/${process.pid}/fd/${fd}`);
    // Into the first file: what a program prints loses its last line end here.
    const result = await runProgram('git', ['merge-file', '--diff3', ...labels, '--', ...paths], {
      timeoutMs,
      env: { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', HOME: '/nonexistent' },
    });
    if (result.exitCode === null || result.exitCode > 127) throw refused(rack, path, result.explain);
    const text = await readFile(paths[0] ?? '', 'utf8');
    return { text, conflicts: result.exitCode, changes: text !== upper.toString() };
  } finally {
    for (const file of files) await file.close();
  }
}

/** In the newest layer that has it. */
async function inLayers(
  layers: readonly number[],
  names: readonly Buffer[],
  rack: string,
  text: string,
): Promise<Buffer | null> {
  const opened: MergedDirectory[] = [];
  let directory: MergedDirectory = { sources: layers.map((fd, index) => ({ fd, index })), covers: false };
  try {
    for (const name of names.slice(0, -1)) {
      directory = directoryIn(directory, name);
      opened.push(directory);
    }
    const last = names.at(-1) ?? Buffer.alloc(0);
    for (const { fd } of directory.sources) {
      const found = await textAt(fd, last, rack, text, 'the writable layer');
      if (found !== null) return found;
    }
    return null;
  } finally {
    for (const { sources } of opened) for (const { fd } of sources) closeSync(fd);
  }
}

async function textAt(
  root: number,
  path: Buffer,
  rack: string,
  text: string,
  where: string,
): Promise<Buffer | null> {
  const fd = holdEntry(root, path);
  if (fd === null) return null;
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw refused(rack, text, `${where} has no regular file there`);
    if (stat.size > maxBytes)
      throw refused(rack, text, `${where} has ${stat.size} bytes there, at most ${maxBytes} are merged`);
    const file = await openHeld(fd);
    const content = await file.readFile().finally(() => file.close());
    if (content.includes(0) || !isUtf8(content)) throw refused(rack, text, `${where} has no text there`);
    return content;
  } finally {
    closeSync(fd);
  }
}

function refused(rack: string, path: string, why: string): RackError {
  return new RackError('E_SHADOW_MERGE', `cannot merge "${path}" of "${rack}": ${why}`, {
    rack,
    hint: `see: rackops shadow ${rack}`,
  });
}
