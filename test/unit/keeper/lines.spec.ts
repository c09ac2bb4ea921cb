import { expect } from 'chai';
import { cutMark, LineSplitter } from '../../../src/keeper/lines.js';

const push = (splitter: LineSplitter, text: string) => splitter.push(Buffer.from(text)).map(String);

describe('cutting output into lines', () => {
  it('joins what arrives in pieces', () => {
    const splitter = new LineSplitter(100);
    expect(push(splitter, 'on')).to.deep.equal([]);
    expect(push(splitter, 'e\n\ntw')).to.deep.equal(['one', '']);
    expect(push(splitter, 'o\n')).to.deep.equal(['two']);
    expect(splitter.flush()).to.equal(null);
  });

  it('gives an unfinished last line at the end', () => {
    const splitter = new LineSplitter(100);
    push(splitter, 'no newline');
    expect(String(splitter.flush())).to.equal('no newline');
  });

  it('cuts long lines, in one piece or many, and goes on with the next', () => {
    const splitter = new LineSplitter(4);
    expect(push(splitter, '123456789\nab\n')).to.deep.equal([`1234${cutMark}`, 'ab']);
    expect(push(splitter, '123')).to.deep.equal([]);
    expect(push(splitter, '456')).to.deep.equal([`1234${cutMark}`]);
    expect(push(splitter, '789\n1234\n')).to.deep.equal(['1234']);
  });

  it('skips to the next line after something was dropped', () => {
    const splitter = new LineSplitter(100);
    push(splitter, 'begin of a line');
    splitter.resync();
    expect(push(splitter, 'rest of another\nwhole\n')).to.deep.equal(['whole']);
  });

  it('keeps bytes as they came', () => {
    const splitter = new LineSplitter(100);
    const [line] = splitter.push(Buffer.from([0xff, 0x1b, 0x0a]));
    expect(line).to.deep.equal(Buffer.from([0xff, 0x1b]));
  });
});
