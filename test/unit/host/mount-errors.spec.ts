import { expect } from 'chai';
import { explained } from '../../../src/host/linux/mount-errors.js';
import { RackError } from '../../../src/model/index.js';

describe('a failed mount call', () => {
  it('is E_MOUNT with what was to be done', () => {
    const failed = Object.assign(new Error('no'), { code: 'EIO' });
    expect(explained(failed, 'cannot look', 'web')).to.include({ code: 'E_MOUNT', rack: 'web' });
  });

  it('is left as it is where it has a code of ours already, or none at all', () => {
    for (const error of [new RackError('E_IMAGE_FORMAT', 'no image'), new Error('a bug'), 'text'])
      expect(explained(error, 'cannot look')).to.equal(error);
  });
});
