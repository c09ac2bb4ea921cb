import { expect } from 'chai';
import fc from 'fast-check';
import { escapeBytes, unescapeBytes } from '../../../src/lib/index.js';

describe('Bytes as text', () => {
  it('leaves ordinary names as they are', () => {
    for (const name of ['etc/nginx/nginx.conf', 'größe.txt', '日本', 'a b', '"quoted"'])
      expect(escapeBytes(Buffer.from(name))).to.equal(name);
  });

  it('shows what is no text, and the backslash itself', () => {
    expect(escapeBytes(Buffer.from([0x61, 0xff, 0x0a, 0x62]))).to.equal('a\\xff\\x0ab');
    expect(escapeBytes(Buffer.from('a\\xff'))).to.equal('a\\\\xff');
    expect(escapeBytes(Buffer.from([0xc3]))).to.equal('\\xc3');
    expect(escapeBytes(Buffer.from([0xed, 0xa0, 0x80])), 'half of a pair').to.equal('\\xed\\xa0\\x80');
  });

  it('gives back any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        expect(unescapeBytes(escapeBytes(bytes))).to.deep.equal(Buffer.from(bytes));
      }),
    );
  });

  it('refuses a text that it would not have written', () => {
    for (const text of ['a\\', 'a\\n', '\\x61', '\\xFF', '\\xc3\\xa9', 'a\nb'])
      expect(unescapeBytes(text), text).to.equal(null);
  });
});
