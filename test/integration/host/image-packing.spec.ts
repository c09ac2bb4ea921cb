import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createImageTools } from '../../../src/host/linux/index.js';
import { packTree } from '../../../src/images/index.js';
import { setXattr } from '../../../src/kernel/index.js';
import { type HostPath, hostPath, type ManifestEntry } from '../../../src/model/index.js';
import { refusal } from '../../support/refusal.js';
import { eventually } from '../../support/rig.js';
import { scratchDirectory } from '../../support/scratch.js';

const origin = { by: 'build', inputs: [], steps: [], tools: {} } as const;

/** Files of the tests are younger, unless they say otherwise. */
const startedAt = Date.now() - 60_000;

describe('Packing a tree', function () {
  this.timeout(30_000);
  const { packing } = createImageTools();
  let base: string;

  beforeEach(() => {
    base = scratchDirectory();
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const pack = (tree: string, out: string, file = 'tiny-1.0.iso', signal?: AbortSignal, zsync = false) =>
    packTree(packing, {
      tree: hostPath(tree),
      directory: out as HostPath,
      file,
      origin,
      sinceMs: startedAt,
      zsync,
      progress: () => {},
      ...(signal === undefined ? {} : { signal }),
    });

  /** A tree with one of everything; `order` decides when what is made, as no two builds are alike. */
  function makeTree(name: string, order: (names: string[]) => string[] = (names) => names): string {
    const tree = join(base, name);
    mkdirSync(tree);
    const make: Record<string, () => void> = {
      'a.txt': () => writeFileSync(join(tree, 'a.txt'), 'hello\n'),
      odd: () => writeFileSync(Buffer.concat([Buffer.from(`${tree}/`), Buffer.from([0xff, 0x0a])]), 'odd'),
      link: () => symlinkSync('../a\\b', join(tree, 'link')),
      sub: () => {
        mkdirSync(join(tree, 'sub'));
        for (const n of order(['x', 'y', 'z'])) writeFileSync(join(tree, 'sub', n), n.repeat(200_000));
      },
      suid: () => {
        writeFileSync(join(tree, 'suid'), '#!/bin/sh\n');
        chownSync(join(tree, 'suid'), 33, 34);
        chmodSync(join(tree, 'suid'), 0o4755);
      },
      pipe: () => execFileSync('mkfifo', [join(tree, 'pipe')]),
    };
    for (const n of order(Object.keys(make))) make[n]?.();
    linkSync(join(tree, 'a.txt'), join(tree, 'sub', 'again'));
    setXattr(join(tree, 'a.txt'), 'user.note', Buffer.from('kept'));
    utimesSync(join(tree, 'a.txt'), 1, 86_400);
    return tree;
  }

  it('gives the same bytes for the same content, whenever and in whatever order it was made', async () => {
    const one = await pack(makeTree('one'), join(base, 'out1'));
    const two = await pack(
      makeTree('two', (names) => names.toReversed()),
      join(base, 'out2'),
    );
    expect(two.sha256).to.equal(one.sha256);
    for (const suffix of ['', '.manifest.jsonl', '.provenance.json']) {
      const [a, b] = ['out1', 'out2'].map((out) => readFileSync(join(base, out, `tiny-1.0.iso${suffix}`)));
      expect(a?.equals(b ?? Buffer.alloc(0)), suffix).to.equal(true);
    }
  });

  it('gives other times to other content, so that no browser keeps an old page', async () => {
    const tree = makeTree('one');
    const one = await pack(tree, join(base, 'out'), 'tiny-1.0.iso');
    writeFileSync(join(tree, 'a.txt'), 'HELLO\n');
    const two = await pack(tree, join(base, 'out'), 'tiny-2.0.iso');
    expect(two.sha256).to.not.equal(one.sha256);
    const time = (file: string) =>
      execFileSync('unsquashfs', ['-lln', join(base, 'out', file), 'suid'], { encoding: 'utf8' });
    expect(time('tiny-2.0.iso')).to.not.equal(time('tiny-1.0.iso'));
  });

  it('keeps the times that files brought along: compiled Python is stale otherwise', async () => {
    await pack(makeTree('one'), join(base, 'out'));
    const list = execFileSync('unsquashfs', ['-lln', join(base, 'out/tiny-1.0.iso')], { encoding: 'utf8' });
    expect(list).to.match(/1970-01-02 \d\d:\d\d \S+\/a\.txt/);
    expect(list).to.match(/202\d-\d\d-\d\d \d\d:\d\d \S+\/suid/);
  });

  it('lists everything with its owner, mode, content and attributes', async () => {
    const { sha256, entries } = await pack(makeTree('one'), join(base, 'out'));
    const file = join(base, 'out/tiny-1.0.iso');
    expect(execFileSync('sha256sum', [file], { encoding: 'utf8' })).to.contain(sha256);
    const [head, ...lines] = readFileSync(`${file}.manifest.jsonl`, 'utf8').trim().split('\n');
    expect(JSON.parse(head ?? '')).to.deep.include({ kind: 'ImageManifest', entries });
    const found = new Map(lines.map((line) => JSON.parse(line) as ManifestEntry).map((e) => [e.path, e]));
    expect([...found.keys()]).to.deep.equal([
      '/',
      '/a.txt',
      '/link',
      '/pipe',
      '/sub',
      '/sub/again',
      '/sub/x',
      '/sub/y',
      '/sub/z',
      '/suid',
      '/\\xff\\x0a',
    ]);
    expect(found.get('/a.txt')).to.deep.equal({
      path: '/a.txt',
      type: 'file',
      mode: '0644',
      uid: 0,
      gid: 0,
      xattrs: { 'user.note': Buffer.from('kept').toString('base64') },
      sizeBytes: 6,
      sha256: '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03',
    });
    expect(found.get('/suid')).to.deep.include({ mode: '4755', uid: 33, gid: 34 });
    expect(found.get('/link')).to.deep.include({ type: 'link', target: '../a\\x5cb' });
    expect(found.get('/pipe')).to.deep.include({ type: 'fifo' });
    const provenance = JSON.parse(readFileSync(`${file}.provenance.json`, 'utf8'));
    expect(provenance.image).to.deep.include({ file: 'tiny-1.0.iso', sha256 });
    expect(provenance.tools.mksquashfs).to.match(/^\d+\.\d+/);
  });

  it('leaves an image of the same content, and refuses to replace another one', async () => {
    const tree = makeTree('one');
    const out = join(base, 'out');
    expect((await pack(tree, out)).isNew).to.equal(true);
    expect((await pack(tree, out)).isNew).to.equal(false);
    writeFileSync(join(tree, 'new'), '');
    const before = readFileSync(join(out, 'tiny-1.0.iso'));
    expect(await refusal(pack(tree, out), 'E_IMAGE_EXISTS')).to.contain('tiny-1.0.iso');
    expect(readFileSync(join(out, 'tiny-1.0.iso')).equals(before)).to.equal(true);
    expect(readdirSync(out).sort()).to.deep.equal(
      ['', '.manifest.jsonl', '.provenance.json'].map((suffix) => `tiny-1.0.iso${suffix}`),
    );
  });

  it('leaves a control file of zsync beside the image when asked to, with no path of the machine in it', async () => {
    const out = join(base, 'out');
    const { sizeBytes } = await pack(makeTree('tree'), out, 'tiny-1.0.iso', undefined, true);
    const control = readFileSync(join(out, 'tiny-1.0.iso.zsync'), 'latin1');
    const [head = ''] = control.split('\n\n');
    expect(head)
      .to.match(/^Filename: tiny-1\.0\.iso$/m)
      .and.to.match(/^URL: tiny-1\.0\.iso$/m);
    expect(head).to.contain(`Length: ${sizeBytes}\n`);
    expect(head).not.to.contain('/out');
    expect(readdirSync(out).filter((name) => name.startsWith('.'))).to.deep.equal([]);
  });

  it('leaves nothing when it is interrupted, and takes away what a killed one left', async () => {
    const tree = makeTree('one');
    const out = join(base, 'out');
    mkdirSync(join(out, '.tiny-1.0.iso.partial'), { recursive: true });
    writeFileSync(join(out, '.tiny-1.0.iso.partial/tiny-1.0.iso'), 'half an image');
    const reason = new Error('SIGINT');
    const thrown = await pack(tree, out, 'tiny-1.0.iso', AbortSignal.abort(reason)).catch((error) => error);
    expect(thrown).to.equal(reason);
    expect(readdirSync(out)).to.deep.equal([]);
  });

  it('refuses a second build of the same image meanwhile', async () => {
    const out = join(base, 'out');
    const first = await packing.openOutput(out as HostPath, 'tiny-1.0.iso');
    expect(await refusal(pack(makeTree('one'), out), 'E_IMAGE_BUSY')).to.contain('tiny-1.0.iso');
    await first.close();
    expect(existsSync(join(out, '.tiny-1.0.iso.partial'))).to.equal(false);
    expect((await pack(makeTree('two'), out)).isNew).to.equal(true);
  });

  it('runs mksquashfs where it ends with us, by whatever signal', async () => {
    const tree = join(base, 'sparse');
    mkdirSync(tree);
    execFileSync('truncate', ['--size', '1T', join(tree, 'hole')]);
    const stop = new AbortController();
    const target = hostPath(join(base, 'sparse.iso'));
    const done = packing
      .squash({ tree: hostPath(tree), target, timeSeconds: 1, signal: stop.signal })
      .catch((error) => error);
    try {
      const pid = await eventually('mksquashfs', async () => pidOf('mksquashfs', target));
      // The first of a namespace of processes whose life unshare binds to ours.
      expect(readlinkSync(`/proc/${pid}/ns/pid`)).to.not.equal(readlinkSync('/proc/self/ns/pid'));
    } finally {
      stop.abort(new Error('enough'));
      await done;
    }
    expect(pidOf('mksquashfs', target)).to.equal(null);
  });
});

/** The process of that program which has the argument; null when there is none. */
function pidOf(program: string, argument: string): string | null {
  const has = (pid: string): boolean => {
    try {
      const [first = '', ...rest] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return first.endsWith(program) && rest.includes(argument);
    } catch {
      return false;
    }
  };
  return (
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .find(has) ?? null
  );
}
