import { expect } from 'chai';
import { installedPackages } from '../../../src/images/index.js';

/** A tree of texts by path. */
function treeOf(files: Readonly<Record<string, string>>) {
  return {
    read: (path: string, maxBytes: number) =>
      files[path] === undefined ? null : Buffer.from(files[path]).subarray(0, maxBytes),
    list: (path: string) => {
      const below = Object.keys(files).filter((name) => name.startsWith(`${path}/`));
      return [...new Set(below.map((name) => name.slice(path.length + 1).split('/')[0] ?? ''))].sort();
    },
  };
}

const text = (files: Readonly<Record<string, string>>) =>
  installedPackages(treeOf(files)).map(
    ({ manager, name, version, architecture }) => `${manager} ${name} ${version} ${architecture}`,
  );

describe('The packages of a tree', () => {
  it('are those that dpkg has installed, and not those it only remembers', () => {
    const status = `Package: zlib1g
Status: install ok installed
Architecture: amd64
Description: compression
 Version: 9 is a line of the description
Version: 1:1.2.13.dfsg-1

Package: nano
Status: deinstall ok config-files
Architecture: amd64
Version: 7.2-1

Package: adduser
Status: install ok installed
Architecture: all
Version: 3.134
`;
    expect(text({ '/var/lib/dpkg/status': status })).to.deep.equal([
      'dpkg adduser 3.134 all',
      'dpkg zlib1g 1:1.2.13.dfsg-1 amd64',
    ]);
  });

  it('are found in images without a package manager', () => {
    const files = {
      '/var/lib/dpkg/status.d/base': 'Package: base-files\nVersion: 12.4\nArchitecture: amd64\n',
      '/var/lib/dpkg/status.d/base.md5sums': 'Package: no\nVersion: 1\n',
    };
    expect(text(files)).to.deep.equal(['dpkg base-files 12.4 amd64']);
  });

  it('are read from the databases of Alpine, Arch and Gentoo', () => {
    expect(text({ '/lib/apk/db/installed': 'C:Q1\nP:musl\nV:1.2.4-r2\nA:x86_64\n\n' })).to.deep.equal([
      'apk musl 1.2.4-r2 x86_64',
    ]);
    expect(text({ '/var/lib/pacman/local/gcc-libs-13.2.1-3/desc': '' })).to.deep.equal([
      'pacman gcc-libs 13.2.1-3 null',
    ]);
    expect(text({ '/var/db/pkg/sys-libs/glibc-2.38-r10/CHOST': 'x86_64-pc-linux-gnu\n' })).to.deep.equal([
      'portage sys-libs/glibc 2.38-r10 x86_64-pc-linux-gnu',
    ]);
  });

  it('are read in time of the length of the database, whatever a stranger wrote into it', () => {
    for (const evil of [
      `Package: ${' '.repeat(2_000_000)}x\n`,
      ' \n\t'.repeat(700_000),
      ':'.repeat(2_000_000),
    ]) {
      const startedAt = performance.now();
      text({ '/var/lib/dpkg/status': `${evil}\nPackage: a\nVersion: 1\n` });
      expect(performance.now() - startedAt).to.be.lessThan(1_000);
    }
  });

  it('are none where no database is known', () => {
    expect(text({ '/etc/passwd': 'root:x:0:0::/:/bin/sh\n' })).to.deep.equal([]);
  });
});
