/** Gets the control file of an image: its header first, which says how much may follow, and not a byte more. */
import type { IncomingMessage } from 'node:http';
import { type Pace, watchPace } from '../fetch/body.js';
import { Refused } from '../fetch/refused.js';
import { asRefused, networkError } from '../fetch/request.js';
import { type ControlHead, readHead } from './control.js';

export interface Control {
  readonly head: ControlHead;
  /** `head.sumsBytes` of them, in pieces. */
  readonly sums: readonly Buffer[];
}

/** `answer`: its body has not been read; it is read or destroyed. `maxBytes`: the largest image that is wanted. Throws `Refused`. */
export async function readControl(answer: IncomingMessage, maxBytes: number, pace: Pace): Promise<Control> {
  const watch = watchPace(answer, pace);
  try {
    return await read(answer, maxBytes);
  } catch (error) {
    answer.destroy();
    throw asRefused(error);
  } finally {
    watch.end();
  }
}

async function read(answer: IncomingMessage & AsyncIterable<Buffer>, maxBytes: number): Promise<Control> {
  let begin = Buffer.alloc(0);
  let head: ControlHead | null = null;
  const sums: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer) {
    let rest = chunk;
    if (head === null) {
      begin = Buffer.concat([begin, chunk]);
      const reading = readHead(begin, maxBytes);
      if (reading.kind === 'odd') throw odd(reading.why);
      if (reading.kind === 'more') continue;
      head = reading.head;
      rest = begin.subarray(head.sumsAt);
    }
    sums.push(rest);
    bytes += rest.length;
    if (bytes > head.sumsBytes) throw odd('it has more sums than the image has blocks');
  }
  if (head === null) throw odd('it ends within its header');
  if (!answer.complete) throw networkError('the connection was cut within the control file');
  if (bytes < head.sumsBytes) throw odd('it has fewer sums than the image has blocks');
  return { head, sums };
}

function odd(why: string): Refused {
  return new Refused('E_IMAGE_FORMAT', `its control file is of no use: ${why}`, { again: 'unless-changed' });
}
