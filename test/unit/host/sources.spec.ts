import { expect } from 'chai';
import { isRemote, sourceProblem } from '../../../src/host/linux/sources.js';

const allowed = ['/home', '/racks'];
const own = ['/racks/readwrite', '/var/lib/rackops'];

describe('the source of a mount', () => {
  it('is fine within the allow-list', () => {
    expect(sourceProblem({ real: '/home/a', kind: 'directory' }, allowed, own)).to.equal(null);
    expect(sourceProblem({ real: '/racks/share', kind: 'directory' }, allowed, own)).to.equal(null);
  });

  it('is refused beside it, by whole names', () => {
    expect(sourceProblem({ real: '/homes', kind: 'directory' }, allowed, own)).to.contain('allow.mounts');
  });

  it('is refused in, at and above what is our own', () => {
    for (const real of ['/racks/readwrite/db', '/racks/readwrite', '/racks']) {
      expect(sourceProblem({ real, kind: 'directory' }, allowed, own), real).to.contain("rackops' own");
    }
  });

  it('is refused when it is a device', () => {
    expect(sourceProblem({ real: '/home/sda', kind: 'other' }, allowed, own)).to.contain('neither');
  });
});

describe('a network file system', () => {
  it('is told by its type', () => {
    expect(['nfs', 'nfs4', 'cifs', '9p', 'fuse', 'fuse.sshfs', 'autofs'].filter((type) => !isRemote(type))).to
      .be.empty;
    expect(['ext4', 'xfs', 'btrfs', 'tmpfs', 'overlay', 'fusectl', 'nfsd'].filter(isRemote)).to.deep.equal(
      [],
    );
  });
});
