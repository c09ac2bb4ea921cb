import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { expect } from 'chai';
import { type BuiltImage, buildTinyImage } from '../../../scripts/images/index.js';
import { parseRecipe } from '../../../src/definition/index.js';
import { createImageTools } from '../../../src/host/linux/index.js';
import { buildImage } from '../../../src/images/index.js';
import {
  type HostPath,
  hostPath,
  type ManifestEntry,
  type PackedImage,
  problemLine,
  rackPath,
} from '../../../src/model/index.js';
import { containerImage } from '../../support/container-image.js';
import { refusal } from '../../support/refusal.js';
import { scratchDirectory } from '../../support/scratch.js';

const tools = createImageTools();
const { openWorkspace } = tools;
const unexpected = (line: string): void => {
  throw new Error(line);
};

describe('Building an image', function () {
  this.timeout(60_000);
  let tiny: BuiltImage;
  let base: string;
  let context: string;
  const said: string[] = [];

  before(async () => {
    tiny = await buildTinyImage('tiny', '1.0');
  });
  beforeEach(() => {
    base = scratchDirectory();
    context = join(base, 'context');
    mkdirSync(context);
    copyFileSync(tiny.path, join(context, 'tiny.iso'));
    said.length = 0;
  });
  afterEach(() => {
    expect(readFileSync('/proc/mounts', 'utf8')).to.not.contain(base);
    rmSync(base, { recursive: true, force: true });
  });

  async function build(
    text: string,
    options: { readonly out?: string; readonly signal?: AbortSignal } = {},
  ): Promise<PackedImage> {
    const yaml = `apiVersion: rackops/v1\nkind: Image\nname: made\nversion: "1.0"\n${text}`;
    const { recipe, problems } = parseRecipe(Buffer.from(yaml), 'made.yaml');
    if (recipe === null) throw new Error(problems.map(problemLine).join('\n'));
    const workspace = await openWorkspace(hostPath(join(base, 'scratch')), 1_048_576, unexpected);
    try {
      return await buildImage(
        { ...tools, now: () => Date.now() },
        {
          recipe,
          recipeFile: 'made.yaml',
          recipeDigest: `sha256:${createHash('sha256').update(yaml).digest('hex')}`,
          context: hostPath(context),
          directory: hostPath(join(base, options.out ?? 'out')),
          workspace,
          zsync: false,
          progress: (line) => said.push(line),
          ...(options.signal === undefined ? {} : { signal: options.signal }),
        },
      );
    } finally {
      await workspace.close();
    }
  }

  const overTiny = (steps: string) =>
    `base:\n  image: {file: tiny.iso, sha256: "${tiny.sha256}"}\nsteps:\n${steps}`;

  function manifest(out = 'out'): ReadonlyMap<string, ManifestEntry> {
    const lines = readFileSync(join(base, out, 'made-1.0.iso.manifest.jsonl'), 'utf8')
      .trim()
      .split('\n');
    return new Map(
      lines
        .slice(1)
        .map((line) => JSON.parse(line) as ManifestEntry)
        .map((e) => [e.path, e]),
    );
  }

  const contentOf = (path: string, out = 'out') =>
    execFileSync('unsquashfs', ['-cat', join(base, out, 'made-1.0.iso'), path], { encoding: 'utf8' });

  it('lays the steps over another image, in their order', async () => {
    mkdirSync(join(context, 'site/sub'), { recursive: true });
    writeFileSync(join(context, 'site/index.html'), 'new\n');
    writeFileSync(join(context, 'site/sub/start'), '#!/bin/sh\n');
    chmodSync(join(context, 'site/index.html'), 0o600);
    chmodSync(join(context, 'site/sub/start'), 0o700);
    symlinkSync('index.html', join(context, 'site/link'));
    await build(
      overTiny(`  - files:
      - {path: /srv/www, source: site}
      - {path: /etc/app/secret, content: "s\\n", mode: "0640", owner: "33:34"}
      - {path: /var/lib/app, owner: "33"}
      - {path: /bin/app, link: ../srv/www/sub/start}
  - run: |
      cat /srv/www/index.html > /etc/seen
      id -u >> /etc/seen
  - run: [cp, /etc/seen, "/etc/a b"]
  - remove: [/srv/www/up, /srv/nothing, /bin/serve]
`),
    );
    const found = manifest();
    expect(found.get('/srv/www/index.html')).to.deep.include({ mode: '0644', uid: 0 });
    expect(found.get('/srv/www/sub/start')).to.deep.include({ mode: '0755', uid: 0 });
    expect(found.get('/srv/www/link')).to.deep.include({ type: 'link', target: 'index.html' });
    expect(found.get('/srv/www/version'), 'of the base').to.not.equal(undefined);
    expect(found.get('/etc/app/secret')).to.deep.include({ mode: '0640', uid: 33, gid: 34 });
    expect(found.get('/var/lib/app')).to.deep.include({ type: 'directory', mode: '0755', uid: 33, gid: 33 });
    expect(found.get('/bin/app')).to.deep.include({ type: 'link', target: '../srv/www/sub/start' });
    expect([found.get('/srv/www/up'), found.get('/bin/serve')]).to.deep.equal([undefined, undefined]);
    expect(contentOf('etc/a b')).to.equal('new\n0\n');
  });

  it('gives the same bytes again, in another directory and from another checkout', async () => {
    mkdirSync(join(context, 'files'));
    writeFileSync(join(context, 'files/a'), 'a');
    const recipe = overTiny(`  - files: [{path: /etc/files, source: files}]
  - run: |
      date > /var/log/started
      cat /proc/sys/kernel/random/uuid > /etc/machine-id
      echo x > /tmp/x; mkdir -p /var/cache/app; echo y > /var/cache/app/y
      touch /etc/made
`);
    const one = await build(recipe);
    rmSync(join(context, 'files'), { recursive: true });
    mkdirSync(join(context, 'files'), { mode: 0o700 });
    writeFileSync(join(context, 'files/a'), 'a', { mode: 0o600 });
    const two = await build(recipe, { out: 'again' });
    expect(two.sha256).to.equal(one.sha256);
    for (const suffix of ['', '.manifest.jsonl', '.provenance.json']) {
      const [a, b] = ['out', 'again'].map((out) => readFileSync(join(base, out, `made-1.0.iso${suffix}`)));
      expect(a?.equals(b ?? Buffer.alloc(0)), suffix).to.equal(true);
    }
    const found = [...manifest().keys()];
    expect(found).to.include('/var/cache/app').and.not.include('/var/cache/app/y');
    expect(found).to.not.include('/etc/machine-id').and.not.include('/var/log/started');
    const provenance = JSON.parse(readFileSync(join(base, 'out/made-1.0.iso.provenance.json'), 'utf8'));
    expect(provenance.inputs.map((input: { kind: string }) => input.kind)).to.deep.equal([
      'recipe',
      'image',
      'file',
    ]);
    expect(JSON.stringify(provenance)).to.not.contain(base);
  });

  it('starts from an archive without its device nodes, and from nothing that lies outside of it', async () => {
    const root = join(base, 'root');
    execFileSync('unsquashfs', ['-quiet', '-no-progress', '-d', root, tiny.path]);
    execFileSync('mknod', [join(root, 'dev/null'), 'c', '1', '3']);
    execFileSync('mknod', [join(root, 'srv/disk'), 'b', '7', '0']);
    mkdirSync(join(root, 'srv/app/dev'), { recursive: true });
    writeFileSync(join(root, 'srv/app/dev/config.json'), '{}');
    symlinkSync('/', join(root, 'out'));
    const tar = join(context, 'root.tar');
    execFileSync('tar', ['-C', root, '-cf', tar, '.']);
    writeFileSync(join(base, 'escape'), 'no');
    execFileSync('tar', [
      '-P',
      '-rf',
      tar,
      '--transform',
      `s,^.*escape$,out${base}/escaped,`,
      join(base, 'escape'),
    ]);
    execFileSync('tar', [
      '-P',
      '-rf',
      tar,
      '--transform',
      `s,^.*escape$,../../../..${base}/climbed,`,
      join(base, 'escape'),
    ]);
    const sha256 = createHash('sha256').update(readFileSync(tar)).digest('hex');
    const recipe = (digest: string) => `base:\n  tarball: {file: root.tar, sha256: "${digest}"}\n`;
    expect(await refusal(build(recipe('0'.repeat(64))), 'E_IMAGE_DIGEST')).to.contain(sha256);
    const message = await refusal(build(recipe(sha256)), 'E_IMAGE_BASE').catch((error) => String(error));
    expect(existsSync(join(base, 'escaped')) || existsSync(join(base, 'climbed')), message).to.equal(false);
    execFileSync('tar', ['-C', root, '-cf', tar, '.']);
    await build(recipe(createHash('sha256').update(readFileSync(tar)).digest('hex')));
    const found = manifest();
    expect(found.get('/bin/busybox')).to.not.equal(undefined);
    expect(found.get('/srv/app/dev/config.json'), 'another directory of that name').to.not.equal(undefined);
    expect([...found.keys()].filter((path) => path.startsWith('/dev/'))).to.deep.equal([]);
    expect([...found.values()].filter(({ type }) => type === 'character' || type === 'block')).to.deep.equal(
      [],
    );
  });

  it('starts from a directory as Git knows it: the same image for whoever has cloned it, by whatever umask', async () => {
    const clone = (owner: string, fileMode: number, programMode: number): void => {
      rmSync(join(context, 'root'), { recursive: true, force: true });
      mkdirSync(join(context, 'root/bin'), { recursive: true, mode: programMode });
      writeFileSync(join(context, 'root/bin/tool'), 'x');
      writeFileSync(join(context, 'root/notes'), 'y');
      symlinkSync('tool', join(context, 'root/bin/link'));
      execFileSync('chown', ['-R', owner, join(context, 'root')]);
      chmodSync(join(context, 'root/notes'), fileMode);
      chmodSync(join(context, 'root/bin/tool'), programMode);
    };
    clone('7:8', 0o600, 0o4700);
    const one = await build('base: {directory: root}\n');
    expect(manifest().get('/bin/tool')).to.deep.include({ mode: '0755', uid: 0, gid: 0 });
    expect(manifest().get('/notes')).to.deep.include({ mode: '0644', uid: 0, gid: 0 });
    expect(manifest().get('/bin/link')).to.deep.include({ type: 'link', target: 'tool' });
    const provenance = readFileSync(join(base, 'out/made-1.0.iso.provenance.json'), 'utf8');
    expect(JSON.parse(provenance).inputs[1].digest).to.match(/^sha256:[0-9a-f]{64}$/);
    clone('0:0', 0o664, 0o775);
    const two = await build('base: {directory: root}\n', { out: 'again' });
    expect(two.sha256).to.equal(one.sha256);
    expect(readFileSync(join(base, 'again/made-1.0.iso.provenance.json'), 'utf8')).to.equal(provenance);
    writeFileSync(join(context, 'root/notes'), 'z');
    await build('base: {directory: root}\n', { out: 'other' });
    expect(readFileSync(join(base, 'other/made-1.0.iso.provenance.json'), 'utf8')).to.not.equal(provenance);
    expect(await refusal(build('base: {directory: root/notes}\n'), 'E_IMAGE_SOURCE')).to.contain(
      'no directory',
    );
  });

  it('keeps what the recipe placed, also where a link of the base led it to, and nothing else of there', async () => {
    mkdirSync(join(context, 'caches/app'), { recursive: true });
    writeFileSync(join(context, 'caches/app/seed'), 'kept');
    await build(
      overTiny(`  - run: |
      mkdir -p /var/cache/other /var/elsewhere
      ln -s /var/cache /var/way
      ln -s cache/other /var/app
      echo gone > /var/cache/gone
  - files:
      - {path: /var/way/app.conf, content: kept}
      - {path: /var/way, source: caches}
      - {path: /var/app/x, content: kept}
`),
    );
    const found = [...manifest().keys()].filter((path) => path.startsWith('/var/cache/'));
    expect(found.sort()).to.deep.equal([
      '/var/cache/app',
      '/var/cache/app.conf',
      '/var/cache/app/seed',
      '/var/cache/other',
      '/var/cache/other/x',
    ]);
  });

  it('names entries to whoever decides what goes as manifests do, whatever bytes are in their names', async () => {
    const tree = join(base, 'odd');
    mkdirSync(tree);
    for (const name of ['a\\x2db', 'é', 'new\nline']) writeFileSync(join(tree, name), '');
    writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xff])]), '');
    const met: string[] = [];
    await tools.building.prune(hostPath(tree), ({ path }) => met.push(path) < 0);
    const scanned = await tools.packing.scan(hostPath(tree), {});
    expect(met.sort()).to.deep.equal(
      scanned
        .map(({ path }) => path)
        .filter((path) => path !== '/')
        .sort(),
    );
  });

  it('starts from a container image in the repository, and says which one it was', async () => {
    containerImage(join(context, 'layout'), base, tiny.path);
    const built = await build(`base: {oci: {source: "oci:layout:1.0"}}
steps:
  - run: cp /srv/www/index.html /etc/seen
`);
    expect(contentOf('etc/seen')).to.equal('from a container\n');
    expect(manifest().get('/bin/serve'), 'of the container').to.not.equal(undefined);
    const provenance: { inputs: readonly { kind: string; name: string; digest: string }[] } = JSON.parse(
      readFileSync(join(base, 'out', `${built.file}.provenance.json`), 'utf8'),
    );
    const container = provenance.inputs.find(({ kind }) => kind === 'oci');
    expect(container).to.include({ name: 'oci:layout:1.0' });
    expect(container?.digest).to.match(/^sha256:[0-9a-f]{64}$/);
  });

  it('reads nothing outside of the context, whatever links lie in it', async () => {
    writeFileSync(join(base, 'host-secret'), 'secret');
    symlinkSync(join(base, 'host-secret'), join(context, 'absolute'));
    symlinkSync('../host-secret', join(context, 'relative'));
    mkdirSync(join(context, 'tree'));
    symlinkSync(join(base, 'host-secret'), join(context, 'tree/inner'));
    for (const source of ['absolute', 'relative', 'missing'])
      expect(
        await refusal(build(overTiny(`  - files: [{path: /x, source: ${source}}]\n`)), 'E_IMAGE_SOURCE'),
      ).to.match(new RegExp(`^made.yaml:8: .*"${source}"`));
    await build(overTiny('  - files: [{path: /x, source: tree}]\n'));
    expect(manifest().get('/x/inner'), 'a link stays a link').to.deep.include({ type: 'link' });
  });

  it('writes nothing outside of the tree, whatever links the base has', async () => {
    const host = join(base, 'host');
    mkdirSync(host);
    writeFileSync(join(host, 'file'), 'before');
    await build(
      overTiny(`  - run: |
      mkdir -p ${host}
      ln -s ${host} /etc/away
      ln -s ${host}/file /etc/one
  - files:
      - {path: /etc/one, content: new}
      - {path: /etc/away/file, content: new}
  - remove: [/etc/away/other]
`),
    );
    expect(readdirSync(host)).to.deep.equal(['file']);
    expect(readFileSync(join(host, 'file'), 'utf8')).to.equal('before');
    expect(manifest().get('/etc/one')).to.deep.include({ type: 'file', sizeBytes: 3 });
  });

  it('says that the disk is full, or a name impossible, and not that it is our fault', async () => {
    const tree = join(base, 'small');
    mkdirSync(tree);
    const place = (path: string) =>
      tools.building.place(hostPath(tree), hostPath(context), {
        path: rackPath(path),
        from: { kind: 'content', text: 'x'.repeat(100_000) },
        mode: null,
        uid: 0,
        gid: 0,
      });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'x', tree]);
    try {
      expect(await refusal(place('/a/b'), 'E_DISK_SPACE')).to.contain('"/a/b"');
      expect(await refusal(place(`/${'x'.repeat(300)}`), 'E_IMAGE_STEP')).to.contain('ENAMETOOLONG');
    } finally {
      execFileSync('umount', [tree]);
    }
  });

  it('runs commands without a network and without a way to the host', async () => {
    await build(
      overTiny(`  - run: |
      ! ping -c 1 -W 1 127.0.0.2 2>/dev/null || true
      ls /sys/class/net > /etc/links
      ls ${base} > /etc/host 2>&1 || echo "not there" >> /etc/host
`),
    );
    expect(contentOf('etc/links').trim()).to.equal('lo');
    expect(contentOf('etc/host')).to.contain('not there');
  });

  it('says which step failed, where it is written, and what it printed last', async () => {
    const message = await refusal(
      build(
        overTiny('  - remove: [/nothing]\n  - run: |\n      echo first >&2\n      false\n      echo never\n'),
      ),
      'E_IMAGE_STEP',
    );
    expect(message).to.match(
      /^made\.yaml:9: cannot do step 2 \(run: echo first >&2; false; echo never\): exit code 1\n {2}\| first$/,
    );
    expect(existsSync(join(base, 'out'))).to.equal(false);
    expect(await refusal(build(overTiny('  - packages: [nano]\n')), 'E_IMAGE_STEP')).to.contain('no apt-get');
    const file = await refusal(build(overTiny('  - files: [{path: /srv, content: x}]\n')), 'E_IMAGE_STEP');
    expect(file).to.contain('cannot make "/srv": a directory is there');
    const late = await refusal(build(overTiny('  - {run: sleep 60, timeout: 1s}\n')), 'E_IMAGE_STEP');
    expect(late).to.contain('did not end within 1000ms');
  });

  it('leaves nothing when it is interrupted in the middle of a command', async () => {
    const controller = new AbortController();
    const reason = new Error('SIGINT');
    const done = build(overTiny('  - run: echo running; sleep 600\n'), { signal: controller.signal }).catch(
      (e) => e,
    );
    while (!said.some((line) => line.includes('  running'))) await new Promise((r) => setTimeout(r, 20));
    controller.abort(reason);
    expect(await done).to.equal(reason);
    expect(readdirSync(base).sort()).to.deep.equal(['context', 'scratch']);
    expect(readdirSync(join(base, 'scratch'))).to.deep.equal([]);
  });

  it('refuses an image of the wrong digest as base', async () => {
    const recipe = `base:\n  image: {file: tiny.iso, sha256: "${'0'.repeat(64)}"}\n`;
    expect(await refusal(build(recipe), 'E_IMAGE_DIGEST')).to.contain(tiny.sha256);
  });
});

describe('The workspace of images', function () {
  this.timeout(30_000);

  let base: string;
  let directory: HostPath;

  beforeEach(() => {
    base = scratchDirectory();
    directory = hostPath(join(base, 'scratch'));
  });
  afterEach(() => {
    expect(readFileSync('/proc/mounts', 'utf8')).to.not.contain(base);
    rmSync(base, { recursive: true, force: true });
  });

  it('takes away what a killed build left: processes, mounts, files; and nothing of a living one', async () => {
    const living = await openWorkspace(directory, 1, unexpected);
    const tiny = await buildTinyImage('tiny', '1.0');
    const { root } = await living.mountImage(hostPath(tiny.path), { sha256: tiny.sha256 });
    await living.overlay(root);
    // As a killed build leaves it: everything is there but the lock.
    const dead = join(directory, '.rackops-image-dead00');
    mkdirSync(join(dead, 'tree'), { recursive: true });
    execFileSync('mount', ['--bind', '/etc', join(dead, 'tree')]);
    writeFileSync(join(dead, 'half'), 'x');
    const next = await openWorkspace(directory, 1, unexpected);
    expect(existsSync('/etc/passwd')).to.equal(true);
    expect(readdirSync(directory).sort()).to.deep.equal(
      [living, next].map(({ path }) => basename(path)).sort(),
    );
    for (const workspace of [living, next]) await workspace.close();
    expect(readdirSync(directory)).to.deep.equal([]);
  });

  it('touches nothing of others, whatever they call it', async () => {
    const names = ['image-gallery', 'image-Ab12Cd', '.rackops-image-', '.rackops-image-gallery', 'data'];
    for (const name of names) {
      mkdirSync(join(directory, name), { recursive: true });
      writeFileSync(join(directory, name, 'photo'), '');
    }
    await (await openWorkspace(directory, 1, unexpected)).close();
    for (const name of names) expect(existsSync(join(directory, name, 'photo')), name).to.equal(true);
  });

  it('says what it cannot take away, and opens all the same', async () => {
    const dead = join(directory, '.rackops-image-dead00');
    const busy = join(base, 'busy');
    for (const path of [join(dead, 'lower'), busy]) mkdirSync(path, { recursive: true });
    execFileSync('mount', ['-t', 'overlay', '-o', `lowerdir=${join(dead, 'lower')}:/srv`, 'x', busy]);
    const notes: string[] = [];
    try {
      await (await openWorkspace(directory, 1, (line) => notes.push(line))).close();
    } finally {
      execFileSync('umount', [busy]);
    }
    expect(notes).to.have.length(1);
    expect(notes[0]).to.contain(dead).and.contain(busy);
    await (await openWorkspace(directory, 1, unexpected)).close();
    expect(readdirSync(directory)).to.deep.equal([]);
  });

  it('is not taken for a dead one by others that open at the same moment', async () => {
    const all = await Promise.all(Array.from({ length: 40 }, () => openWorkspace(directory, 1, unexpected)));
    expect(all.filter(({ path }) => !existsSync(path))).to.deep.equal([]);
    for (const workspace of all) await workspace.close();
  });

  it('mounts no image that is not the one that is wanted', async () => {
    const tiny = await buildTinyImage('tiny', '1.0');
    const workspace = await openWorkspace(directory, 1, unexpected);
    try {
      const file = hostPath(join(base, 'other.iso'));
      const bytes = readFileSync(tiny.path);
      // The kernel would refuse this one: it is not even asked.
      writeFileSync(file, Buffer.concat([bytes.subarray(0, 96), Buffer.alloc(bytes.length - 96, 0xff)]));
      for (const path of [file, hostPath(tiny.path)])
        await refusal(workspace.mountImage(path, { sha256: '0'.repeat(64) }), 'E_IMAGE_DIGEST');
      expect(readFileSync('/proc/mounts', 'utf8')).to.not.contain(workspace.path);
    } finally {
      await workspace.close();
    }
  });

  it('refuses a directory that others can write to, and a disk with too little room', async () => {
    expect(statSync(base).mode & 0o777).to.equal(0o700);
    const open = (bytes: number) => openWorkspace(hostPath(base), bytes, unexpected);
    expect(await refusal(open(1e18), 'E_DISK_SPACE')).to.contain('it wants');
    chmodSync(base, 0o777);
    expect(await refusal(open(1), 'E_DIR_OWNER')).to.contain(base);
    expect(readdirSync(base)).to.deep.equal([]);
    writeFileSync(join(base, 'file'), '');
    expect(
      await refusal(openWorkspace(hostPath(join(base, 'file/x')), 1, unexpected), 'E_DIR_OWNER'),
    ).to.contain('file/x');
  });
});
