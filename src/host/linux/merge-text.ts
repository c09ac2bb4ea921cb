/**
 * Three versions of a text file made into one, by `git merge-file`: what the running image has, what the writable layer made of it, what the next image has. Reads only, and writes nothing but throw-away
 * copies in a directory of ours.
 */
import { isUtf8 } from 'node:buffer';
import { closeSync, fstatSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { holdEntry, openHeld } from '../../kernel/index.js';
import { bytesOfText } from '../../lib/index.js';
import { type Layout, RackError, type ShadowMerge, under } from '../../model/index.js';
import { directoryIn, type MergedDirectory } from './merged-entries.js';
import { runProgram } from './programs.js';
import type { Roots } from './shadow-look.js';

/** Beyond this nobody merges by hand. */
const maxBytes = 1_048_576;
const timeoutMs = 10_000;

/** `path` as of `ShadowFinding`. Errors: E_SHADOW_MERGE, E_PROGRAM_MISSING. */
export async function mergeText(
  layout: Layout,
  rack: string,
  roots: Roots,
  path: string,
): Promise<ShadowMerge> {
  const name = bytesOfText(path.slice(1));
  const upper = await inLayers(roots.layers, name, rack, path);
  const next = await textAt(roots.next, name, rack, path, 'the next image');
  if (upper === null) throw refused(rack, path, "the writable layer has no file there: the image's is seen");
  if (next === null) throw refused(rack, path, 'the next image has no file there');
  const running = (await textAt(roots.running, name, rack, path, 'the running image')) ?? Buffer.alloc(0);
  const directory = await mkdtemp(under(layout.run, 'merge-'));
  try {
    const files = { 'writable-layer': upper, 'running-image': running, 'next-image': next };
    for (const [file, content] of Object.entries(files))
      await writeFile(`${directory}/${file}`, content, { mode: 0o600 });
    const labels = Object.keys(files).flatMap((label) => ['-L', label]);
    const paths = Object.keys(files).map((file) => `${directory}/${file}`);
    // Into the first file: what a program prints loses its last line end here.
    const result = await runProgram('git', ['merge-file', '--diff3', ...labels, '--', ...paths], {
      timeoutMs,
      env: { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', HOME: directory },
    });
    if (result.exitCode === null || result.exitCode > 127) throw refused(rack, path, result.explain);
    const text = await readFile(`${directory}/writable-layer`, 'utf8');
    return { text, conflicts: result.exitCode, changes: text !== upper.toString() };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** In the newest layer that has it. */
async function inLayers(
  layers: readonly number[],
  path: Buffer,
  rack: string,
  text: string,
): Promise<Buffer | null> {
  const opened: MergedDirectory[] = [];
  let directory: MergedDirectory = { sources: layers.map((fd, index) => ({ fd, index })), covers: false };
  const names = splitPath(path);
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

function splitPath(path: Buffer): readonly Buffer[] {
  // As latin1 every byte is a character of its own.
  return path
    .toString('latin1')
    .split('/')
    .map((name) => Buffer.from(name, 'latin1'));
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
