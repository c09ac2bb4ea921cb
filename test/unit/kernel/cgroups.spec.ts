import { expect } from 'chai';
import { parseHierarchies } from '../../../src/kernel/cgroups.js';

describe('cgroup hierarchies in mountinfo', () => {
  it('are found on hosts with v1, v2 or both, each once', () => {
    const mixed = [
      '24 1 0:22 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755',
      '25 24 0:23 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
      '26 24 0:24 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid - cgroup cgroup rw,cpu,cpuacct',
      '27 24 0:25 / /sys/fs/cgroup/systemd rw - cgroup none rw,xattr,name=systemd',
      '28 24 0:24 / /mnt/again rw - cgroup cgroup rw,cpu,cpuacct',
    ].join('\n');
    expect(parseHierarchies(mixed)).to.deep.equal([
      { mount: '/sys/fs/cgroup/unified', version: 2, controllers: [] },
      { mount: '/sys/fs/cgroup/cpu,cpuacct', version: 1, controllers: ['cpu', 'cpuacct'] },
      { mount: '/sys/fs/cgroup/systemd', version: 1, controllers: ['name=systemd'] },
    ]);
    const unified = '25 24 0:23 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n';
    expect(parseHierarchies(unified)).to.deep.equal([
      { mount: '/sys/fs/cgroup', version: 2, controllers: [] },
    ]);
  });
});
