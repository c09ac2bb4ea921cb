/** The history: one JSON line an event, appended, rotated. A line that a crash tore is skipped, never an error. */
import { appendFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { HistoryEntry } from '../model/index.js';
import { readIfThere, stateError } from './atomic.js';

/** About 10,000 entries; one older file is kept. */
const rotateAtBytes = 5 * 1_048_576;

/** Newest last; the older file is read too when the newer one has too few. */
export async function readHistory(
  path: string,
  rack: string | null,
  limit: number,
): Promise<readonly HistoryEntry[]> {
  const newer = entries(await readIfThere(path), rack);
  if (newer.length >= limit) return newer.slice(-limit);
  const older = entries(await readIfThere(`${path}.1`), rack);
  return [...older, ...newer].slice(-limit);
}

/** One call at a time: two that rotate at once would lose the older file. Errors: E_STATE_FULL, E_STATE_READONLY, E_STATE. */
export async function appendHistory(path: string, entry: HistoryEntry): Promise<void> {
  try {
    const size = await stat(path).then(
      ({ size }) => size,
      () => 0,
    );
    if (size > rotateAtBytes) await rename(path, `${path}.1`);
    // Begins with a newline of its own: a torn last line does not swallow this one.
    await appendFile(path, `\n${JSON.stringify(entry)}`, { mode: 0o600 });
  } catch (error) {
    throw await stateError(`append to "${path}"`, error, dirname(path));
  }
}

function entries(text: string | null, rack: string | null): HistoryEntry[] {
  const found: HistoryEntry[] = [];
  for (const line of (text ?? '').split('\n')) {
    if (line === '') continue;
    try {
      const entry: HistoryEntry = JSON.parse(line);
      if (rack === null || entry.rack === rack) found.push(entry);
    } catch {
      // Torn by a crash while it was written.
    }
  }
  return found;
}
