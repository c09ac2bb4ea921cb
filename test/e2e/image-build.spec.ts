/**
 * `rackops image build` as its users run it: from a recipe to a running rack, interrupted and killed. Images are built from packages only by `npm run test:images`: that takes minutes.
 */
import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { buildTinyImage } from '../../scripts/images/index.js';
import { mainProgram } from '../../scripts/sandbox/program.js';
import { eventually, freePort, httpGet, Rig } from '../support/rig.js';

const quickstart = fileURLToPath(new URL('../../examples/quickstart/images/webserver.yaml', import.meta.url));

/** Seconds that no other run on this machine sleeps. */
const long = String(20_000_000 + process.pid);

describe('rackops image build', function () {
  this.timeout(60_000);
  let rig: Rig;
  let recipes: string;
  let out: string;
  let scratch: string;

  beforeEach(async () => {
    rig = await Rig.create();
    recipes = join(rig.directory, 'recipes');
    out = join(rig.directory, 'out');
    scratch = join(rig.directory, 'building');
    mkdirSync(recipes);
  });
  afterEach(function () {
    return rig.dispose({ force: this.currentTest?.state === 'failed' });
  });

  /** A recipe over the tiny image, with these steps. */
  async function recipe(name: string, steps: string): Promise<string> {
    const tiny = await buildTinyImage('tiny', '1.0');
    copyFileSync(tiny.path, join(recipes, 'tiny.iso'));
    const file = join(recipes, `${name}.yaml`);
    writeFileSync(
      file,
      `apiVersion: rackops/v1\nkind: Image\nname: ${name}\nversion: "1.0"\nbase: {image: {file: tiny.iso, sha256: "${tiny.sha256}"}}\nsteps:\n${steps}`,
    );
    return file;
  }

  const args = (file: string) => ['image', 'build', file, '--out', out, '--scratch', scratch];

  it('makes an image whose snippet runs as a rack', async () => {
    const file = await recipe('web', '  - run: echo "from a recipe" > /srv/www/index.html\n');
    const built = await rig.rackops(args(file));
    expect(built.exitCode, built.stderr).to.equal(0);
    expect(built.stderr).to.contain('step 1 of 1: run: echo');
    const [, sha256 = ''] =
      /^image:\n {2}file: web-1\.0\.iso\n {2}sha256: "?([0-9a-f]{64})"?\n$/m.exec(built.stdout) ?? [];
    expect(sha256, built.stdout).to.not.equal('');
    rig.putImage({ file: 'web-1.0.iso', path: join(out, 'web-1.0.iso'), sha256 });
    const port = await freePort();
    rig.commit(
      {
        'racks/web.yaml': `apiVersion: rackops/v1\nkind: Rack\nname: web\n${built.stdout}services:\n  http:\n    command: [serve, "127.0.0.1:${port}"]\nrollout: {bake: 0s}\n`,
      },
      'web',
    );
    await rig.sync();
    const answer = await eventually('the rack answers', () =>
      httpGet(`http://127.0.0.1:${port}/`).catch(() => null),
    );
    expect(answer.body).to.equal('from a recipe\n');
  });

  it('prints one document with --json, and everything that is wrong with a recipe at its place', async () => {
    const file = await recipe('web', '  - run: "true"\n');
    const first = await rig.rackops(args(file), { json: true });
    const again = await rig.rackops(args(file), { json: true });
    expect(first.json).to.have.nested.property('image.isNew', true);
    expect(again.json).to.have.nested.property('image.isNew', false);
    const wrong = await recipe('web', '  - run: ""\n  - {}\n');
    const refused = await rig.rackops(args(wrong), { json: true });
    expect(refused.exitCode).to.equal(1);
    expect(refused.json).to.have.nested.property('error.code', 'E_RECIPE');
    expect(refused.stderr).to.contain(`${wrong}:7:10`).and.to.contain(`${wrong}:8:5`);
    const other = await recipe('web', '  - run: touch /etc/other\n');
    const exists = await rig.rackops(args(other), { json: true });
    expect(exists.json).to.have.nested.property('error.code', 'E_IMAGE_EXISTS');
  });

  for (const [signal, leaves] of [
    ['SIGINT', 'nothing'],
    ['SIGKILL', 'only what the next build takes away'],
  ] as const) {
    it(`leaves ${leaves} when it is ended by ${signal}`, async () => {
      const file = await recipe('web', `  - run: echo sleeping; sleep ${long}\n`);
      const child = spawn(process.execPath, [mainProgram, ...args(file)], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let said = '';
      child.stderr.on('data', (data) => {
        said += data;
      });
      await eventually('the command runs', async () => said.includes('  sleeping'));
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill(signal);
      await ended;
      if (signal === 'SIGKILL') {
        const next = await rig.rackops(args(await recipe('next', '  - run: "true"\n')));
        expect(next.exitCode, next.stderr).to.equal(0);
      }
      expect(readdirSync(scratch)).to.deep.equal([]);
      expect(existsSync(join(out, 'web-1.0.iso'))).to.equal(false);
      expect(readFileSync('/proc/mounts', 'utf8')).to.not.contain(scratch);
      await eventually('no command is left', async () => !sleepers().includes(long));
    });
  }

  if (process.env.RACKOPS_IMAGES === 'all') {
    describe('from packages', () => {
      it('builds the quickstart image twice, and gets the same sha256', async function () {
        this.timeout(1_800_000);
        const digests: string[] = [];
        for (const n of ['1', '2']) {
          const place = ['--out', join(out, n), '--scratch', scratch];
          const built = await rig.rackops(['image', 'build', quickstart, ...place], { timeoutMs: 900_000 });
          expect(built.exitCode, built.stderr).to.equal(0);
          digests.push(/[0-9a-f]{64}/.exec(built.stdout)?.[0] ?? built.stdout);
        }
        expect(digests[1]).to.equal(digests[0]);
      });

      it('installs packages after other steps from the mirrors of the recipe, and keeps nothing of the package manager’s', async function () {
        this.timeout(600_000);
        const file = join(recipes, 'late.yaml');
        writeFileSync(
          file,
          `apiVersion: rackops/v1
kind: Image
name: late
version: "1.0"
base: {debian: {suite: bookworm, variant: apt, updates: false, mirrors: ["${mirrorOfThisHost()}"]}}
steps:
  - files: [{path: /etc/late.conf, content: "x\\n"}]
  - packages: [hello]
  - run: hello > /etc/said
`,
        );
        const built = await rig.rackops(args(file), { timeoutMs: 500_000 });
        expect(built.exitCode, built.stderr).to.equal(0);
        const read = (path: string): string =>
          execFileSync('unsquashfs', ['-cat', join(out, 'late-1.0.iso'), path], { encoding: 'utf8' });
        expect(read('etc/said')).to.equal('Hello, world!\n');
        const paths = execFileSync('unsquashfs', ['-l', '-d', '', join(out, 'late-1.0.iso')], {
          encoding: 'utf8',
        });
        expect(paths)
          .to.contain('/var/lib/apt/lists\n')
          .and.to.not.match(/_Packages|_InRelease|\.deb$/m);
        const provenance = JSON.parse(readFileSync(join(out, 'late-1.0.iso.provenance.json'), 'utf8'));
        expect(provenance.packages.map(({ name }: { readonly name: string }) => name)).to.include('hello');
      });
    });
  }
});

/** The first address of Debian's packages that this host's own apt uses. */
function mirrorOfThisHost(): string {
  const listed = execFileSync('apt-get', ['indextargets', '--format', '$(SITE)'], { encoding: 'utf8' });
  return listed.split('\n')[0] ?? '';
}

/** Arguments of every `sleep` on this machine. */
function sleepers(): readonly string[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const [program = '', argument = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return program.endsWith('sleep') ? [argument] : [];
    } catch {
      return [];
    }
  });
}
