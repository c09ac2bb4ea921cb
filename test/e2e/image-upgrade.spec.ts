/** `image upgrade` and `image import` as an operator uses them: an image is changed, a commit names it, and it rolls out; what fails makes nothing. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { mainProgram } from '../../scripts/sandbox/program.js';
import { containerImage } from '../support/container-image.js';
import { nginxImage, tinyImage, webPort } from '../support/images.js';
import { webRack } from '../support/racks.js';
import { freePort, httpGet, Rig } from '../support/rig.js';

/** Seconds that no other run on this machine sleeps. */
const long = 30_000_000 + process.pid;

describe('making an image of another one', function () {
  this.timeout(180_000);
  let rig: Rig;
  let store: string;
  let scratch: string;

  before(async () => {
    rig = await Rig.create();
    store = join(rig.root, 'iso');
    scratch = join(rig.directory, 'run');
    copyFileSync((await tinyImage('tiny', '1.0')).path, join(store, 'tiny-1.0.iso'));
  });
  after(() => rig.dispose());
  afterEach(() => {
    const left = existsSync(scratch) ? readdirSync(scratch).filter((name) => name.includes('image-')) : [];
    expect(left, 'workspaces').to.deep.equal([]);
    expect(readdirSync(store).filter((name) => name.endsWith('.partial'))).to.deep.equal([]);
  });

  const upgrade = (...args: string[]) => rig.rackops(['image', 'upgrade', ...args, '--scratch', scratch]);

  it('upgrades a package of the quickstart image; committed, it rolls out with the sha256 that was printed', async () => {
    const port = await webPort();
    const image = rig.putImage(await nginxImage('1.0', { listen: `127.0.0.1:${port}` }));
    rig.commit({ 'racks/webserver.yaml': webRack('webserver', image, port) }, '1.0');
    await rig.sync();
    // Nginx can do without; packing it would take most of the time.
    const unneeded = '/usr/share/perl /usr/lib/*/perl* /usr/lib/*/libperl*';
    const script = `echo ${packageAsText('iproute2', '99.1')} | base64 -d > /tmp/new.deb; dpkg --install /tmp/new.deb; rm -r ${unneeded}`;
    const result = await upgrade(
      image.file,
      '--to',
      'webserver-2.0.iso',
      '--run',
      script,
      '--check',
      'nginx -t',
    );
    expect(result.exitCode, result.stderr).to.equal(0);
    expect(result.stderr).to.match(/packages: 1 changed, 0 new, 0 removed\n {2}~ iproute2 \S+ -> 99\.1\n/);
    expect(result.stderr).to.contain('~ /srv/www/version');
    const printed = parse(result.stdout).image;
    expect(printed).to.have.property('file', 'webserver-2.0.iso');
    rig.commit({ 'racks/webserver.yaml': webRack('webserver', printed, port) }, '2.0');
    await rig.sync();
    expect(await rig.rack('webserver')).to.deep.include({ condition: 'Ready', image: printed });
    expect((await httpGet(`http://127.0.0.1:${port}/version`)).body).to.equal('by the package\n');
  });

  it('says in one document what changed: every file, sizes, where it is', async () => {
    const run =
      'echo new > /srv/www/new; chmod 600 /srv/www/up; rm /srv/www/version; echo x > /var/log/gone; echo y > /tmp/gone';
    const args = [
      'image',
      'upgrade',
      'tiny-1.0.iso',
      '--to',
      'tiny-1.1.iso',
      '--run',
      run,
      '--scratch',
      scratch,
    ];
    const result = await rig.rackops(args, { json: true });
    expect(result.exitCode, result.stderr).to.equal(0);
    expect(result.json).to.deep.include({
      directory: store,
      files: {
        added: ['/srv/www/new'],
        changed: [{ path: '/srv/www/up', what: ['mode'] }],
        removed: ['/srv/www/version'],
      },
    });
    expect(result.json).to.have.nested.property('image.file', 'tiny-1.1.iso');
    expect(readdirSync(store)).to.include.members([
      'tiny-1.1.iso',
      'tiny-1.1.iso.manifest.jsonl',
      'tiny-1.1.iso.provenance.json',
    ]);
  });

  it('makes nothing when a command fails, shows its last words, and leaves out those after it', async () => {
    const result = await upgrade(
      'tiny-1.0.iso',
      '--to',
      'tiny-2.0.iso',
      '--run',
      'echo it is broken >&2; false',
      '--run',
      'echo second',
    );
    expect(result.exitCode).to.equal(1);
    expect(result.stderr).to.contain('E_IMAGE_COMMAND').and.contain('it is broken').and.not.contain('second');
    expect(existsSync(join(store, 'tiny-2.0.iso'))).to.equal(false);
  });

  it('makes nothing when a check fails, and packs nothing that a check writes', async () => {
    const checked = [
      '--run',
      'echo 2 > /srv/www/version',
      '--check',
      'echo x > /srv/checked; grep -q 2 /srv/www/version',
    ];
    const failing = await upgrade(
      'tiny-1.0.iso',
      '--to',
      'tiny-2.0.iso',
      ...checked,
      '--check',
      'test -e /srv/missing',
    );
    expect(failing.exitCode).to.equal(1);
    expect(failing.stderr).to.contain('the check "test -e /srv/missing" ended with 1');
    expect(existsSync(join(store, 'tiny-2.0.iso'))).to.equal(false);
    const good = await upgrade('tiny-1.0.iso', '--to', 'tiny-2.0.iso', ...checked);
    expect(good.exitCode, good.stderr).to.equal(0);
    expect(readFileSync(join(store, 'tiny-2.0.iso.manifest.jsonl'), 'utf8')).to.not.contain('checked');
  });

  it('never overwrites an image of other content, and leaves one of the same as it is', async () => {
    const target = join(rig.directory, 'images/tiny-3.0.iso');
    const make = (text: string) =>
      upgrade('tiny-1.0.iso', '--to', target, '--run', `echo ${text} > /srv/www/version`);
    const [first, again, other] = [await make('3'), await make('3'), await make('4')];
    expect([first.exitCode, again.exitCode, other.exitCode], other.stderr).to.deep.equal([0, 0, 1]);
    expect(again.stdout, 'the same bytes').to.equal(first.stdout);
    expect(other.stderr).to.contain('E_IMAGE_EXISTS');
  });

  it('ends tidily when it is interrupted, with what its command has started', async () => {
    const words = [
      'image',
      'upgrade',
      join(store, 'tiny-1.0.iso'),
      '--to',
      'tiny-4.0.iso',
      '--scratch',
      scratch,
    ];
    const run = `(setsid sleep ${long} &); echo it runs; sleep ${long}`;
    const child = spawn(process.execPath, [mainProgram, ...words, '--run', run], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    let told = false;
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (!told && /^ +it runs/m.test(said)) told = child.kill('SIGINT');
    });
    expect((await once(child, 'close'))[0]).to.equal(1);
    expect(said).to.contain('E_IMAGE_INTERRUPTED').and.not.contain('internal error');
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).to.not.contain(`sleep ${long}`);
  });

  it('imports a container image, whose printed definition runs as it is', async () => {
    const layout = join(rig.directory, 'layout');
    containerImage(layout, rig.directory, join(rig.directory, 'racks/iso/tiny-1.0.iso'));
    const port = await freePort();
    const definition = join(rig.directory, 'site.yaml');
    const args = [
      'image',
      'import',
      `oci:${layout}:1.0`,
      '--name',
      'site',
      '--to',
      join(store, 'site-1.0.iso'),
    ];
    const result = await rig.rackops([...args, '--definition', definition, '--scratch', scratch]);
    expect(result.exitCode, result.stderr).to.equal(0);
    expect(result.stderr).to.contain('asking for');
    const text = readFileSync(definition, 'utf8').replaceAll('8080', String(port));
    rig.commit({ 'racks/site.yaml': `${text}rollout: { bake: 200ms }\n` }, 'a site');
    await rig.sync();
    expect(await rig.rack('site')).to.include({ condition: 'Ready' });
    expect((await httpGet(`http://127.0.0.1:${port}/index.html`)).body).to.equal('from a container\n');
    const provenance: { inputs: object[] } = JSON.parse(
      readFileSync(join(store, 'site-1.0.iso.provenance.json'), 'utf8'),
    );
    expect(provenance.inputs[0]).to.include({ kind: 'oci', name: 'oci:layout:1.0' });
    const kept = await rig.rackops([...args, '--definition', definition, '--scratch', scratch]);
    expect(kept.exitCode, 'a definition is not overwritten').to.equal(64);
    expect(kept.stderr, 'noticed before anything is made')
      .to.contain('there is a file')
      .and.not.contain('asking for');
  });

  for (const args of [
    ['upgrade', 'tiny-1.0.iso', '--to', 'tiny-9.iso'],
    ['upgrade', 'tiny-1.0.iso', '--run', 'true'],
    ['upgrade', 'tiny-1.0.iso', '--to', 'tiny-9.iso', '--run', 'true', '--timeout', '25h'],
    ['import', 'ubuntu'],
    ['import', 'oci:/nowhere:1.0', '--definition', '/nowhere/site.yaml'],
  ]) {
    it(`ends with 64 for wrong use: image ${args.join(' ')}`, async () => {
      expect((await rig.rackops(['image', ...args])).exitCode).to.equal(64);
    });
  }

  it('says where it looked for an image that is not there', async () => {
    const result = await upgrade('nowhere.iso', '--to', 'x.iso', '--run', 'true');
    expect(result.exitCode).to.equal(1);
    expect(result.stderr).to.contain('E_IMAGE_NOT_FOUND').and.contain(store);
  });

  /** A .deb of that package with one file, `/srv/www/version`, in base64. */
  function packageAsText(name: string, version: string): string {
    const tree = join(rig.directory, 'package');
    mkdirSync(join(tree, 'DEBIAN'), { recursive: true });
    mkdirSync(join(tree, 'srv/www'), { recursive: true });
    const fields = {
      Package: name,
      Version: version,
      Architecture: 'amd64',
      Maintainer: 'a test',
      Description: 'a test',
    };
    const architecture = execFileSync('dpkg', ['--print-architecture'], { encoding: 'utf8' }).trim();
    const control = Object.entries({ ...fields, Architecture: architecture });
    writeFileSync(
      join(tree, 'DEBIAN/control'),
      control.map(([field, value]) => `${field}: ${value}\n`).join(''),
    );
    writeFileSync(join(tree, 'srv/www/version'), 'by the package\n');
    const file = join(rig.directory, 'new.deb');
    execFileSync('dpkg-deb', ['--root-owner-group', '--build', tree, file], { stdio: 'ignore' });
    return readFileSync(file).toString('base64');
  }
});
