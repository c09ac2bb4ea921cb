import { expect } from 'chai';
import fc from 'fast-check';
import { bytesOfText, textOfBytes } from '../../../src/lib/index.js';

describe('names as text', () => {
  it('are as they are where they can be printed, and say each other byte', () => {
    expect(textOfBytes(Buffer.from('größe.conf'))).to.equal('größe.conf');
    expect(textOfBytes(Buffer.from([0x61, 0x0a, 0x5c, 0xff]))).to.equal('a\\x0a\\x5c\\xff');
    expect(textOfBytes(Buffer.from('a\u0085b'))).to.equal('a\\xc2\\x85b');
    expect(bytesOfText('a\\b').toString()).to.equal('a\\b');
  });

  it('are the same bytes again, whatever they were, and no two of them the same text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), fc.uint8Array({ maxLength: 20 }), (one, other) => {
        expect(bytesOfText(textOfBytes(one))).to.deep.equal(Buffer.from(one));
        const equal = Buffer.from(one).equals(Buffer.from(other));
        expect(textOfBytes(one) === textOfBytes(other)).to.equal(equal);
      }),
    );
  });
});
