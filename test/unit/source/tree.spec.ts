import { expect } from 'chai';
import fc from 'fast-check';
import { blobOid, parseBatch, parseTree } from '../../../src/source/tree.js';

const oid = '45b983be36b73c0788dc9cbcb76cbb80fc7bb057';
const batchOf = (blobs: readonly Uint8Array[]): Buffer =>
  Buffer.concat(
    blobs.flatMap((blob) => [Buffer.from(`${blobOid(blob)} blob ${blob.length}\n`), blob, Buffer.from('\n')]),
  );

describe('what Git prints', () => {
  it('is read as entries sorted by path, with any character in a path', () => {
    const entries = parseTree(
      `100644 blob ${oid}       3\tz\n\t"x\u0000120000 blob ${oid}      11\tlink\u0000160000 commit ${oid}       -\tsub\u0000`,
    );
    expect(entries?.map(({ path, mode, sizeBytes }) => [path, mode, sizeBytes])).to.deep.equal([
      ['link', '120000', 11],
      ['sub', '160000', null],
      ['z\n\t"x', '100644', 3],
    ]);
  });

  it('of an empty tree is no entry', () => {
    expect(parseTree('')).to.deep.equal([]);
  });

  it('is no tree when Git cannot tell the size of a blob', () => {
    expect(parseTree(`100644 blob ${oid}     BAD\tx\u0000`)).to.equal(null);
  });

  it('gives back the exact bytes of every blob', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), (blobs) => {
        const oids = [...new Set(blobs.map(blobOid))];
        const { contents, damaged } = parseBatch(batchOf(blobs), oids);
        expect(damaged).to.deep.equal([]);
        for (const blob of blobs) expect(contents.get(blobOid(blob))).to.deep.equal(blob);
      }),
    );
  });

  it('counts a blob as damaged when it is missing, torn, or hashes to another name', () => {
    const blob = Buffer.from('hi\n');
    expect(blobOid(blob)).to.equal(oid);
    expect(parseBatch(Buffer.from(`${oid} missing\n`), [oid]).damaged).to.deep.equal([oid]);
    expect(parseBatch(batchOf([blob]).subarray(0, 50), [oid]).damaged).to.deep.equal([oid]);
    expect(parseBatch(Buffer.from(`${oid} blob 3\nho\n\n`), [oid]).damaged).to.deep.equal([oid]);
  });
});
