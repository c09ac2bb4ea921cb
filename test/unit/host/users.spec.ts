import { expect } from 'chai';
import { resolveUser } from '../../../src/host/linux/users.js';

const passwd =
  'root:x:0:0:root:/root:/bin/sh\nbroken line\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\nbig:x:4294967295:1::/:\n';
const group = 'root:x:0:\nwww-data:x:33:\nadm:x:4:syslog,www-data\nssl-cert:x:110:www-data\n';

describe('the user of a service', () => {
  it('is found by name, with its group and supplementary groups', () => {
    expect(resolveUser('www-data', passwd, group)).to.deep.equal({ uid: 33, gid: 33, groups: [4, 110] });
  });

  it('is found by number just the same', () => {
    expect(resolveUser('33', passwd, group)).to.deep.equal({ uid: 33, gid: 33, groups: [4, 110] });
  });

  it('has no supplementary groups when a group is given', () => {
    expect(resolveUser('33:4', passwd, group)).to.deep.equal({ uid: 33, gid: 4, groups: [] });
    expect(resolveUser('www-data:adm', passwd, group)).to.deep.equal({ uid: 33, gid: 4, groups: [] });
  });

  it('never gets the group of root because its number is unknown', () => {
    expect(resolveUser('1234', passwd, group)).to.deep.equal({ uid: 1234, gid: 1234, groups: [] });
  });

  it('is root even where there is no password file', () => {
    expect(resolveUser('root', '', '')).to.deep.equal({ uid: 0, gid: 0, groups: [] });
  });

  it('is refused by what is not there', () => {
    expect(resolveUser('nginx', passwd, group)).to.equal('/etc/passwd of the rack has no "nginx"');
    expect(resolveUser('0:nginx', passwd, group)).to.equal('/etc/group of the rack has no "nginx"');
    expect(resolveUser('big', passwd, group)).to.be.a('string');
    expect(resolveUser('4294967295', passwd, group)).to.be.a('string');
  });
});
