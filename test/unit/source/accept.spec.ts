import { expect } from 'chai';
import { acceptTip } from '../../../src/source/index.js';

const older = 'a'.repeat(40);
const newer = 'b'.repeat(40);
const aTip = { applied: older, offered: newer, isDescendant: false, allowRewind: null };

describe('acceptTip', () => {
  it('takes any tip on a host that has applied nothing yet', () => {
    expect(acceptTip({ ...aTip, applied: null })).to.equal('first');
  });
  it('knows the applied revision again', () => {
    expect(acceptTip({ ...aTip, offered: older })).to.equal('same');
  });
  it('moves forward to a descendant', () => {
    expect(acceptTip({ ...aTip, isDescendant: true })).to.equal('forward');
  });
  it('refuses a tip that does not descend from the applied revision', () => {
    expect(acceptTip(aTip)).to.equal('rewound');
  });
  it('takes such a tip only when the operator named exactly it', () => {
    expect(acceptTip({ ...aTip, allowRewind: newer })).to.equal('rewind-allowed');
    expect(acceptTip({ ...aTip, allowRewind: 'BBBBBBB' })).to.equal('rewind-allowed');
    for (const other of [older, 'bbbbbb', '', `${newer}b`]) {
      expect(acceptTip({ ...aTip, allowRewind: other }), other).to.equal('rewound');
    }
  });
});
