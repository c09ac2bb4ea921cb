import { expect } from 'chai';
import { credentialsOf, linesFor, ownRelease } from '../../../src/host/linux/apt-lines.js';
import { parseAptSources } from '../../../src/host/linux/apt-sources.js';
import { boundArguments } from '../../../src/host/linux/bound-program.js';
import { aptConfiguration, debianArguments } from '../../../src/host/linux/debian-base.js';
import { lackOf, spareBytes, spareFiles } from '../../../src/host/linux/free-space.js';
import { proxyVariables } from '../../../src/host/linux/proxies.js';
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
      configFile: '/scratch/apt.conf',
    });
    expect(args).to.deep.equal([
      '--mode=root',
      '--format=directory',
      '--variant=minbase',
      '--include=nginx-light curl=7.88.1-10',
      '--aptopt=/scratch/apt.conf',
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
    const [update, install] = aptCommands(['nano']);
    expect(update?.join(' ')).to.equal('apt-get -q update');
    expect(install?.slice(-3)).to.deep.equal(['install', '--', 'nano']);
  });

  it('have no proxy in them, which may hold a password: apt reads it from a file, commands from their environment', () => {
    const proxies = [
      'Acquire::http::Proxy=http://me:secret@10.0.0.1:3128/',
      'Acquire::http::Proxy::near.example=DIRECT',
    ];
    expect(aptConfiguration(proxies, '/scratch/auth.conf').split('\n')).to.deep.equal([
      'APT::Install-Recommends "false";',
      'Dir::Etc::netrc "/scratch/auth.conf";',
      'Acquire::http::Proxy "http://me:secret@10.0.0.1:3128/";',
      'Acquire::http::Proxy::near.example "DIRECT";',
      '',
    ]);
    expect(proxyVariables(proxies)).to.deep.equal({
      http_proxy: 'http://me:secret@10.0.0.1:3128/',
      https_proxy: 'http://me:secret@10.0.0.1:3128/',
      no_proxy: 'near.example',
    });
    expect(proxyVariables(['Acquire::http::Proxy=DIRECT'])).to.deep.equal({});
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

  it('serve a host that names its release by suite, and one whose code name is the same for all archives', () => {
    const row = (release: string, codename: string) =>
      `Debian|http://deb.example.org/debian|${release}|${codename}|main|$(SIGNED_BY)|no`;
    const of = (...rows: string[]) => parseAptSources(rows.join('\n'));
    const releases = (found: ReturnType<typeof of>, suite: string, updates?: boolean) =>
      linesFor(found, ownRelease(found), suite, updates).map(({ rest }) => rest.split(' ')[1]);
    const stable = of(
      row('stable', 'bookworm'),
      row('stable-updates', 'bookworm-updates'),
      row('stable-security', 'bookworm-security'),
    );
    expect(releases(stable, 'trixie')).to.deep.equal(['trixie', 'trixie-updates', 'trixie-security']);
    expect(releases(stable, 'bookworm', false)).to.deep.equal(['bookworm']);
    const jammy = of(row('jammy', 'jammy'), row('jammy-updates', 'jammy'));
    expect(releases(jammy, 'noble')).to.deep.equal(['noble', 'noble-updates']);
    expect(releases(jammy, 'jammy', false)).to.deep.equal(['jammy']);
    const buster = of(row('buster', 'buster'), row('buster/updates', 'buster'));
    expect(releases(buster, 'buster')).to.deep.equal(['buster', 'buster/updates']);
    expect(() => releases(of(row('jammy-updates', 'jammy')), 'jammy', false)).to.throw('installed from');
  });

  it('keep their user and password to a file of apt’s, and out of the image', () => {
    const [source] = parseAptSources(
      'Debian|https://us%40er:p%3Aw@deb.example.org:8443/debian|sid|sid|main||',
    );
    if (source === undefined) throw new Error('not read');
    expect(linesFor([source], 'sid', 'sid')).to.deep.equal([
      { flags: '', rest: 'https://deb.example.org:8443/debian sid main' },
    ]);
    expect(credentialsOf(source.uri)).to.equal(
      'machine https://deb.example.org:8443/debian login us@er password p:w',
    );
    expect(credentialsOf('https://deb.example.org/debian')).to.equal(null);
  });
});

describe('The disk of a build', () => {
  const plenty = { bavail: 1e9, bsize: 4_096, files: 1e9, ffree: 1e9 };

  it('is full when bytes or files are about to run out', () => {
    expect(lackOf(plenty, 1_000)).to.equal(null);
    expect(lackOf({ ...plenty, bavail: spareBytes / 4_096 }, 1)).to.contain('free, needs');
    expect(lackOf({ ...plenty, ffree: spareFiles - 1 }, 0)).to.contain('more files');
    expect(lackOf({ ...plenty, files: 0, ffree: 0 }, 0), 'a file system that counts none').to.equal(null);
  });
});
