import { expect } from 'chai';
import { parseAptSources } from '../../../src/host/linux/apt-sources.js';
import { boundArguments } from '../../../src/host/linux/bound-program.js';
import { debianArguments, linesFor } from '../../../src/host/linux/debian-base.js';
import { squashArguments } from '../../../src/host/linux/squash.js';
import { aptCommands } from '../../../src/images/index.js';
import type { DebianBase, HostPath } from '../../../src/model/index.js';

const base: DebianBase = {
  kind: 'debian',
  suite: 'bookworm',
  variant: 'minbase',
  components: ['main'],
  mirrors: null,
  checkValidUntil: true,
  updates: true,
  exclude: ['/usr/share/doc/*'],
};

describe('The command lines of a build', () => {
  it('of mmdebstrap have everything from the recipe in one argument with a name, or after --', () => {
    const args = debianArguments({
      base,
      packages: ['nginx-light', 'curl=7.88.1-10'],
      suite: 'bookworm',
      tree: '/scratch/tree',
      sources: ['deb http://deb.example.org/debian bookworm main'],
      proxies: ['Acquire::http::Proxy=http://10.0.0.1:3128/'],
    });
    expect(args).to.deep.equal([
      '--mode=root',
      '--format=directory',
      '--variant=minbase',
      '--include=nginx-light curl=7.88.1-10',
      '--aptopt=APT::Install-Recommends "false"',
      '--aptopt=Acquire::http::Proxy "http://10.0.0.1:3128/"',
      '--dpkgopt=force-unsafe-io',
      '--dpkgopt=path-exclude=/usr/share/doc/*',
      '--',
      'bookworm',
      '/scratch/tree',
      'deb http://deb.example.org/debian bookworm main',
    ]);
  });

  it('of mksquashfs never append, and say no time but the one that is given', () => {
    const request = { tree: '/t' as HostPath, target: '/i' as HostPath, timeSeconds: 7 };
    const args = squashArguments(request).join(' ');
    expect(args).to.match(/^\/t \/i -noappend /);
    expect(args).to.contain('-comp zstd').and.to.contain('-b 128K').and.to.contain('-mkfs-time 7');
  });

  it('of apt-get take no package for an option', () => {
    const [update, install] = aptCommands(['nano'], ['Acquire::http::Proxy=http://p/']);
    expect(update?.join(' ')).to.equal('apt-get -q -o Acquire::http::Proxy=http://p/ update');
    expect(install?.slice(-3)).to.deep.equal(['install', '--', 'nano']);
  });

  it('bind the life of a program to ours', () => {
    const [program, args] = boundArguments('/bin/cp', ['-a', 'x']);
    expect([program, ...args].join(' ')).to.match(
      /^setpriv --pdeathsig KILL unshare .*--kill-child .*\/bin\/cp -a x$/,
    );
  });
});

describe("The host's apt sources", () => {
  const lines = parseAptSources(
    [
      'Debian|http://deb.example.org/debian/|bookworm|bookworm|main|/usr/share/keyrings/a.gpg|$(TRUSTED)',
      'Debian|http://deb.example.org/debian/|bookworm-updates|bookworm-updates|main|$(SIGNED_BY)|yes',
      'Debian|http://sec.example.org/|bookworm-security|bookworm-security|main|$(SIGNED_BY)|no',
      'Docker|http://other.example.org/|bookworm|bookworm|stable|$(SIGNED_BY)|no',
      '',
    ].join('\n'),
  );

  it('are those of the distribution, with what apt needs to trust them', () => {
    expect(lines.map(({ flags, release }) => `${flags}${release}`)).to.deep.equal([
      '[signed-by=/usr/share/keyrings/a.gpg] bookworm',
      '[trusted=yes] bookworm-updates',
      'bookworm-security',
    ]);
  });

  it('serve another release of it too', () => {
    expect(linesFor(lines, 'bookworm', 'trixie').map(({ rest }) => rest)).to.deep.equal([
      'http://deb.example.org/debian/ trixie main',
      'http://deb.example.org/debian/ trixie-updates main',
      'http://sec.example.org/ trixie-security main',
    ]);
  });

  it('serve the release alone where its updates are not wanted', () => {
    expect(linesFor(lines, 'bookworm', 'bullseye', false).map(({ rest }) => rest)).to.deep.equal([
      'http://deb.example.org/debian/ bullseye main',
    ]);
  });
});
