/**
 * One image from one place into its partial file: goes on where it was, begins anew when that does not fit, tries again while it makes sense. Afterwards the file has all the bytes that the server has;
 * whether they are the right ones is for the caller to find out.
 */
import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { squashfsBytes } from '../squashfs.js';
import { pauseMs } from './again.js';
import { type Pace, refuseNoSpace, writeBody } from './body.js';
import type { Partial } from './partial.js';
import { Refused } from './refused.js';
import { networkError } from './request.js';
import { judge, type Verdict } from './response.js';

/** A try that brought so much counts as one that worked; a server that gives a byte at a time does not keep us busy for ever. */
const progressBytes = 65_536;

export interface DownloadSpec {
  /** Asks for the file with these headers; the answer is no redirect. */
  readonly ask: (headers: Readonly<Record<string, string>>) => Promise<IncomingMessage>;
  readonly partial: Partial;
  readonly maxBytes: number;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  readonly progress: (bytes: number, total: number | null) => void;
  /** [0, 1) for each pause. */
  readonly random: () => number;
  /** Told before each pause. */
  readonly onRetry: (failure: Refused, waitMs: number) => void;
}

/** Throws `Refused` when it is given up, `NoSpace` and errors of the disk, or the signal's reason. What was received is in the partial file then. */
export async function download(spec: DownloadSpec): Promise<void> {
  let failures = 0;
  /** Most that was ever here: a server that makes us begin anew each time brings nothing new. */
  let most = (await spec.partial.handle.stat()).size;
  for (;;) {
    try {
      return await attempt(spec);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { size } = await spec.partial.handle.stat();
      failures = size - most >= progressBytes ? 1 : failures + 1;
      most = Math.max(most, size);
      const waitMs = pauseMs(error, failures, spec.random(), spec.pace.firstPauseMs);
      if (waitMs === null) throw error;
      spec.onRetry(error, waitMs);
      await sleep(waitMs, undefined, { signal: spec.signal }).catch(() => spec.signal.throwIfAborted());
    }
  }
}

async function attempt(spec: DownloadSpec): Promise<void> {
  const { partial, maxBytes } = spec;
  let offset = (await partial.handle.stat()).size;
  if (offset > maxBytes) offset = await fromTheBeginning(partial);
  let [answer, verdict] = await askFrom(spec, offset);
  if (verdict.kind === 'restart') {
    answer.destroy();
    offset = await fromTheBeginning(partial);
    [answer, verdict] = await askFrom(spec, offset);
  }
  switch (verdict.kind) {
    case 'complete':
      answer.destroy();
      return;
    case 'restart':
      answer.destroy();
      throw networkError(verdict.why);
    case 'whole':
      await partial.restart(verdict.validator);
      await receive(answer, 0, verdict, spec);
      return;
    case 'rest':
      await receive(answer, offset, verdict, spec);
  }
}

async function fromTheBeginning(partial: Partial): Promise<number> {
  await partial.restart(null);
  return 0;
}

async function askFrom(spec: DownloadSpec, offset: number): Promise<[IncomingMessage, Verdict]> {
  const validator = offset > 0 ? await spec.partial.validator() : null;
  const answer = await spec.ask({
    ...(offset > 0 ? { range: `bytes=${offset}-` } : {}),
    ...(validator === null ? {} : { 'if-range': validator }),
  });
  try {
    return [
      answer,
      judge(answer.statusCode ?? 0, answer.headers, { offset, maxBytes: spec.maxBytes, nowMs: Date.now() }),
    ];
  } catch (error) {
    answer.destroy();
    throw error;
  }
}

async function receive(
  answer: IncomingMessage,
  offset: number,
  { total }: { readonly total: number | null },
  { partial, maxBytes, pace, signal, progress }: DownloadSpec,
): Promise<void> {
  const { handle } = partial;
  try {
    await refuseNoSpace(handle, (total ?? offset) - offset);
  } catch (error) {
    answer.destroy();
    throw error;
  }
  const bytes = await writeBody(answer, { handle, offset, total, maxBytes, pace, signal, progress });
  if (total !== null) return;
  // Nobody said how long it is, and a cut connection looks like the end: the image itself knows better.
  const own = await squashfsBytes(handle);
  if (bytes < own) {
    throw new Refused(
      'E_IMAGE_SIZE',
      `it ended after ${bytes} bytes, and the image's own header says ${own}`,
      { again: 'soon' },
    );
  }
}
