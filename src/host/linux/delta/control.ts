/**
 * The control file of zsync (`<image>.zsync`): a few lines, then a weak and a strong sum of each block of the image. What a server sent is read here, and only what is understood and sane is written down again for
 * zsync itself, which never sees a line, a name or an address of theirs. Pure.
 */
import { formatBytes } from '../../../lib/index.js';

/** Longer ones are something else: zsyncmake writes some 200 bytes. */
export const maxHeadBytes = 8_192;
/** All of it: the sums of 16 GiB in blocks of 4 KiB have some 40 MiB. */
export const maxControlBytes = 64 * 1_048_576;
const leastBlock = 512;
const mostBlock = 1_048_576;
const endOfHead = Buffer.from('\n\n', 'latin1');
/** They make zsync unpack, pack and run gzip. */
const foreignKeys = ['Z-URL', 'Z-Map2', 'Z-Filename', 'Recompress'];

export interface ControlHead {
  /** Bytes of the image. */
  readonly length: number;
  /** A power of two. */
  readonly blockSize: number;
  readonly blocks: number;
  /** `2,3,5`: blocks in a row that must fit, bytes of each weak sum, of each strong sum. */
  readonly hashLengths: string;
  /** Where the sums begin in the file. */
  readonly sumsAt: number;
  /** How many bytes of them there must be: neither more nor less. */
  readonly sumsBytes: number;
}

export type HeadReading =
  | { readonly kind: 'head'; readonly head: ControlHead }
  /** Its end is not among these bytes yet. */
  | { readonly kind: 'more' }
  | { readonly kind: 'odd'; readonly why: string };

/** `begin`: the first bytes of the file, as many as are there. `maxBytes`: the largest image that is wanted. */
export function readHead(begin: Buffer, maxBytes: number): HeadReading {
  const end = begin.subarray(0, maxHeadBytes).indexOf(endOfHead);
  if (end === -1)
    return begin.length < maxHeadBytes
      ? { kind: 'more' }
      : { kind: 'odd', why: `it has no end of its header in ${maxHeadBytes} bytes` };
  const lines = begin.subarray(0, end).toString('latin1').split('\n');
  const pairs = lines.map((line) => /^([A-Za-z0-9-]+): (.*?)\r?$/.exec(line));
  const fields = new Map<string, string>();
  for (const pair of pairs) {
    if (pair === null) return { kind: 'odd', why: 'a line of its header is not "key: value"' };
    const [, key = '', value = ''] = pair;
    if (fields.has(key) && key !== 'URL') return { kind: 'odd', why: `it has "${key}" twice` };
    fields.set(key, value);
  }
  if (!fields.has('zsync')) return { kind: 'odd', why: 'it is no control file of zsync' };
  const foreign = foreignKeys.find((key) => fields.has(key));
  if (foreign !== undefined)
    return {
      kind: 'odd',
      why: `it was made for a compressed file ("${foreign}"); make it with zsyncmake -Z`,
    };
  return sizes(fields, end + endOfHead.length, maxBytes);
}

function sizes(fields: ReadonlyMap<string, string>, sumsAt: number, maxBytes: number): HeadReading {
  const odd = (why: string): HeadReading => ({ kind: 'odd', why });
  const length = wholeNumber(fields.get('Length'));
  if (length === null || length === 0) return odd('its Length is no number of bytes');
  if (length > maxBytes)
    return odd(`it says ${formatBytes(length)}, more than images.maxSize (${formatBytes(maxBytes)})`);
  const blockSize = wholeNumber(fields.get('Blocksize')) ?? 0;
  const isPower = Number.isInteger(Math.log2(blockSize));
  if (!isPower || blockSize < leastBlock || blockSize > mostBlock)
    return odd(`its Blocksize is no power of two from ${leastBlock} to ${mostBlock}`);
  const hashLengths = fields.get('Hash-Lengths') ?? '1,4,16';
  const [, weak, strong] = /^[12],([1-4]),([3-9]|1[0-6])$/.exec(hashLengths) ?? [];
  if (weak === undefined || strong === undefined) return odd('its Hash-Lengths make no sense');
  const blocks = Math.ceil(length / blockSize);
  const sumsBytes = blocks * (Number(weak) + Number(strong));
  if (sumsBytes > maxControlBytes) return odd(`its sums have ${formatBytes(sumsBytes)}`);
  return { kind: 'head', head: { length, blockSize, blocks, hashLengths, sumsAt, sumsBytes } };
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** The header that zsync gets before the sums: what was read, and our address. Without a sum of the whole, which would cost a read: the sha256 of the definition decides. */
export function ownHead({ length, blockSize, hashLengths }: ControlHead, url: string): string {
  const lines = [
    'zsync: 0.6.2',
    `Blocksize: ${blockSize}`,
    `Length: ${length}`,
    `Hash-Lengths: ${hashLengths}`,
    `URL: ${url}`,
  ];
  return `${lines.join('\n')}\n\n`;
}
