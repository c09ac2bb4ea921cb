import { expect } from 'chai';
import type { ImageFile } from '../../../src/host/index.js';
import { boundArguments } from '../../../src/host/linux/bound-program.js';
import { controlArguments } from '../../../src/host/linux/control-file.js';
import { type ControlHead, maxHeadBytes, ownHead, readHead } from '../../../src/host/linux/delta/control.js';
import { rangesOf } from '../../../src/host/linux/delta/part-server.js';
import { chooseSeed } from '../../../src/host/linux/delta/seed.js';
import { zsyncArguments } from '../../../src/host/linux/delta/zsync.js';
import { refuseOtherPart } from '../../../src/host/linux/fetch/response.js';
import { hostPath } from '../../../src/model/index.js';

const maxBytes = 1_000_000_000;
const usual = [
  'zsync: 0.6.2',
  'Filename: web-2.0.iso',
  'MTime: Wed, 25 Nov 2026 16:00:00 +0000',
  'Blocksize: 2048',
  'Length: 5000',
  'Hash-Lengths: 2,3,5',
  'URL: https://elsewhere.example.org/web-2.0.iso',
  'SHA-1: fb7d3b0f6df0babaae9c4d9cc09086041862b000',
];
const head = (...lines: readonly string[]): Buffer =>
  Buffer.from(`${lines.join('\n')}\n\n\x00\x01`, 'latin1');
const without = (key: string): readonly string[] => usual.filter((line) => !line.startsWith(`${key}:`));

function read(bytes: Buffer): ControlHead {
  const reading = readHead(bytes, maxBytes);
  if (reading.kind !== 'head') throw new Error(JSON.stringify(reading));
  return reading.head;
}

describe('The header of a control file', () => {
  it('says how long the image is, and how many sums must follow', () => {
    const bytes = head(...usual);
    expect(read(bytes)).to.deep.equal({
      length: 5_000,
      blockSize: 2_048,
      blocks: 3,
      hashLengths: '2,3,5',
      sumsAt: bytes.length - 2,
      sumsBytes: 24,
    });
  });

  it('is waited for until its end, and no longer than it may be', () => {
    const bytes = head(...usual);
    expect(readHead(bytes.subarray(0, 100), maxBytes).kind).to.equal('more');
    expect(readHead(Buffer.alloc(maxHeadBytes, 'a'), maxBytes).kind).to.equal('odd');
  });

  it('may end its lines as Windows does, and name several addresses', () => {
    expect(read(head(...usual.map((line) => `${line}\r`), 'URL: b')).length).to.equal(5_000);
  });

  const odd: readonly (readonly [what: string, lines: readonly string[]])[] = [
    ['no line of zsync', without('zsync')],
    ['a line that is none', [...usual, 'no colon']],
    ['one field twice', [...usual, 'Length: 6000']],
    ['no length', without('Length')],
    ['a length with a sign', [...without('Length'), 'Length: -5']],
    ['a length of 400 digits', [...without('Length'), `Length: ${'9'.repeat(400)}`]],
    ['more bytes than are wanted', [...without('Length'), `Length: ${maxBytes + 1}`]],
    ['no block size', without('Blocksize')],
    ['blocks of one byte', [...without('Blocksize'), 'Blocksize: 1']],
    ['blocks of a gigabyte', [...without('Blocksize'), 'Blocksize: 1073741824']],
    ['strong sums of two bytes', [...without('Hash-Lengths'), 'Hash-Lengths: 1,4,2']],
    ['a fourth hash length', [...without('Hash-Lengths'), 'Hash-Lengths: 1,4,5,6']],
    ['an address of something compressed', [...usual, 'Z-URL: web-2.0.iso.gz']],
    ['a map of something compressed', [...usual, 'Z-Map2: 7']],
  ];
  for (const [what, lines] of odd)
    it(`is refused with ${what}`, () => expect(readHead(head(...lines), maxBytes).kind).to.equal('odd'));

  it('is refused for more sums than anybody keeps', () => {
    const lines = [...without('Length').filter((line) => !line.startsWith('Blocksize')), 'Blocksize: 512'];
    const reading = readHead(head(...lines, `Length: ${2 ** 40}`), 2 ** 41);
    expect(reading).to.deep.equal({ kind: 'odd', why: 'its sums have 16 GiB' });
  });

  it('is written anew for zsync: no name, no address and no time of theirs', () => {
    const own = ownHead(read(head(...usual)), 'http://127.0.0.1:8080/image');
    expect(own).to.equal(
      'zsync: 0.6.2\nBlocksize: 2048\nLength: 5000\nHash-Lengths: 2,3,5\nURL: http://127.0.0.1:8080/image\n\n',
    );
  });
});

describe('The image that a new one is compared with', () => {
  const file = (name: string | null, sha256: string, sinceMs: number): ImageFile => ({
    path: hostPath(`/racks/iso/${name ?? sha256}`),
    file: name,
    sha256,
    sizeBytes: 1,
    sinceMs,
    changedNs: 0n,
    ours: name === null,
    device: 1n,
    inode: 1n,
    exposed: null,
  });
  const next = { file: 'web-2.0.iso', sha256: 'new' };
  const older = file('web-1.0.iso', 'a', 1);
  const newer = file('web-1.9.iso', 'b', 2);
  const copy = file(null, 'c', 3);
  const other = file('database-1.0.iso', 'd', 4);

  it('is the one that the rack runs, by its bytes or by its name', () => {
    expect(chooseSeed(next, { file: 'x.iso', sha256: 'c' }, [older, newer, copy, other])).to.equal(copy);
    expect(chooseSeed(next, { file: 'web-1.0.iso', sha256: 'z' }, [newer, older])).to.equal(older);
  });
  it('is else the newest of its name', () => {
    expect(chooseSeed(next, null, [older, newer, copy, other])).to.equal(newer);
    expect(chooseSeed(next, { file: 'gone-1.0.iso', sha256: 'gone' }, [older, other])).to.equal(older);
  });
  it('is none where nothing is like it, and never itself', () => {
    expect(chooseSeed(next, null, [copy, other, file('web-2.0.iso', 'new', 9)])).to.equal(null);
  });
});

describe('The ranges that zsync asks for', () => {
  it('are in whole blocks, and end with the image', () => {
    expect(rangesOf('bytes=0-2047,4096-6143', 5_000)).to.deep.equal([
      { from: 0, to: 2_047 },
      { from: 4_096, to: 4_999 },
    ]);
  });
  for (const header of [
    undefined,
    '',
    'bytes=',
    'bytes=-5',
    'bytes=5-',
    'bytes=9-1',
    'bytes=5000-6000',
    'x=1-2',
  ])
    it(`make no sense as ${header}`, () => expect(rangesOf(header, 5_000)).to.deep.equal([]));
});

describe('An answer to a request for a part', () => {
  const ask = (status: number, headers: Readonly<Record<string, string>>) => () =>
    refuseOtherPart(status, headers, { from: 10, to: 19 }, 100, 0);
  it('is that part of that file', () => {
    expect(ask(206, { 'content-range': 'bytes 10-19/100' })).not.to.throw();
    expect(ask(206, { 'content-range': 'bytes 10-19/*' })).not.to.throw();
  });
  it('is refused as anything else', () => {
    expect(ask(200, {})).to.throw('all of the file');
    expect(ask(206, {})).to.throw('another range');
    expect(ask(206, { 'content-range': 'bytes 10-18/100' })).to.throw('another range');
    expect(ask(206, { 'content-range': 'bytes 10-19/101' })).to.throw('101 bytes');
    expect(ask(206, { 'content-range': 'bytes 10-19/100', 'content-encoding': 'gzip' })).to.throw(
      'compressed',
    );
    expect(ask(404, {})).to.throw('not there');
  });
});

describe('The command lines of zsync', () => {
  it('give it no rights, no network but one, and an end to all that it may use', () => {
    const [program, args] = zsyncArguments('/usr/bin/zsync', {
      workroom: '/racks/iso/.store/x.delta',
      network: '/proc/7/fd/9',
      head: read(head(...usual)),
      seedBytes: 100_000_000,
    });
    const line = [program, ...args].join(' ');
    expect(line).to.match(
      /^setpriv --pdeathsig KILL nsenter --net=\/proc\/7\/fd\/9 unshare .*--pid .*--kill-child/,
    );
    expect(line).to.contain(
      '--wd=/racks/iso/.store/x.delta setpriv --reuid=65529 --regid=65529 --clear-groups --inh-caps=-all',
    );
    expect(line).to.contain(
      '--bounding-set=-all --no-new-privs --pdeathsig=KILL prlimit --as=67109248 --cpu=34 ',
    );
    expect(line).to.contain(
      '--fsize=6144 --nofile=32 --nproc=1 --core=0 -- /usr/bin/zsync -q -i seed -o image control',
    );
  });
  it('are bound to our life in our own network and directory where nothing else is asked for', () => {
    const [, args] = boundArguments('/bin/tar', ['x']);
    expect(args.slice(0, 3)).to.deep.equal(['--pdeathsig', 'KILL', 'unshare']);
    expect(args.slice(-3)).to.deep.equal(['--mount-proc', '/bin/tar', 'x']);
  });
  it('make a control file without a path of the machine in it', () => {
    const image = hostPath('/out/.web-2.0.iso.partial/web-2.0.iso');
    const target = hostPath(`${image}.zsync`);
    expect(controlArguments({ image, target, name: 'web-2.0.iso' })).to.deep.equal([
      '-Z',
      '-f',
      'web-2.0.iso',
      '-u',
      'web-2.0.iso',
      '-o',
      target,
      image,
    ]);
  });
});
