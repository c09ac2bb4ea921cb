/**
 * What a kept writable layer hides of a new image, on the real overlay: each row of the table is made as a service makes it, in the mounted tree of image A, and told against image B.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createShadows } from '../../../src/host/linux/shadows.js';
import { setXattr } from '../../../src/kernel/index.js';
import {
  type ImageRef,
  keepShadows,
  rackPath,
  type ShadowFinding,
  type ShadowQuestion,
  type ShadowReport,
} from '../../../src/model/index.js';
import { type ImageTree, MountRig, treeSpec } from '../../support/mount-rig.js';
import { refusal } from '../../support/refusal.js';
import { viewOf } from '../../support/tree-view.js';

const never = new AbortController().signal;

describe('a shadow report', function () {
  this.timeout(30_000);
  let rig: MountRig;
  let one: ImageRef;
  let two: ImageRef;

  let rack: string;
  let count = 0;

  /** One rig for all, a rack for each: what is packed for one need not be packed again. */
  before(async () => {
    rig = await MountRig.create();
  });
  beforeEach(() => {
    rack = `web-${++count}`;
  });
  afterEach(async () => {
    await rig.mounts.unmountTree(rack);
    await rig.mounts.unmountImage(one.sha256);
  });
  after(async () => {
    await rig.dispose();
  });

  /** Image one runs, `act` is what its service does; then the report against image two. */
  async function shadowsOf(
    trees: { readonly one: ImageTree; readonly two: ImageTree },
    act: () => void,
    overrides: Partial<ShadowQuestion> = {},
  ): Promise<ShadowReport> {
    one = await rig.mountedImage(`one-${count}`, { 'etc/version': 'the same', ...trees.one });
    two = await rig.putImage(`two-${count}`, { 'etc/version': 'the same', ...trees.two });
    const tree = treeSpec(rack, one);
    await rig.mounts.prepareTree(tree);
    await rig.mounts.mountTree(tree);
    act();
    return await report(overrides);
  }

  function report(overrides: Partial<ShadowQuestion> = {}): Promise<ShadowReport> {
    const question: ShadowQuestion = {
      rack,
      stack: { layer: 1, sealed: [] },
      running: one,
      next: two,
      covered: [],
      policy: keepShadows,
      timeoutMs: 20_000,
      listed: 1_000,
      ...overrides,
    };
    return createShadows(rig.layout, rig.images).report(question, never);
  }

  const at = (path: string): string => rig.tree(rack, path);
  const told = ({ findings }: ShadowReport): Record<string, string> =>
    Object.fromEntries(findings.map(({ path, class: found, level }) => [path, `${found} ${level}`]));
  const only = ({ findings }: ShadowReport): ShadowFinding => {
    expect(findings).to.have.length(1);
    return findings[0] as ShadowFinding;
  };

  it('says nothing of what only the service has, and does not go into its own directories', async () => {
    const result = await shadowsOf({ one: { 'var/lib/a': '1' }, two: { 'var/lib/a': '1' } }, () => {
      writeFileSync(at('var/lib/state'), 'mine');
      mkdirSync(at('var/lib/db'));
      for (let n = 0; n < 100; n++) writeFileSync(at(`var/lib/db/${n}`), '');
    });
    expect(result.findings).to.deep.equal([]);
    expect(result.counts.state).to.equal(2);
    expect(result).to.include({ complete: true, entries: 4 });
  });

  it('tells a file that is as the new image has it: redundant', async () => {
    const trees = { one: { 'etc/a': 'old' }, two: { 'etc/a': 'new' } };
    const result = await shadowsOf(trees, () => writeFileSync(at('etc/a'), 'new'));
    expect(told(result)).to.deep.equal({ '/etc/a': 'redundant info' });
  });

  it('tells old content that a touch, a chmod or an owner keeps over the new one: stale copy-up', async () => {
    const files = (text: string): ImageTree =>
      Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`usr/bin/${name}`, text]));
    const result = await shadowsOf(
      { one: files('old'), two: { ...files('new'), 'usr/bin/d': 'old' } },
      () => {
        utimesSync(at('usr/bin/a'), 1, 1);
        chmodSync(at('usr/bin/b'), 0o700);
        execFileSync('chown', ['33', at('usr/bin/c')]);
        utimesSync(at('usr/bin/d'), 1, 1);
      },
    );
    expect(told(result)).to.deep.equal({
      '/usr/bin/a': 'stale-copy-up warn',
      '/usr/bin/b': 'stale-copy-up warn',
      '/usr/bin/c': 'stale-copy-up warn',
      '/usr/bin/d': 'redundant info',
    });
  });

  it('tells a file that the new image left as it was: local edit', async () => {
    const trees = {
      one: { 'usr/bin/a': 'same', 'etc/b': 'same' },
      two: { 'usr/bin/a': 'same', 'etc/b': 'same' },
    };
    const result = await shadowsOf(trees, () => {
      writeFileSync(at('usr/bin/a'), 'mine');
      unlinkSync(at('etc/b'));
    });
    expect(told(result)).to.deep.equal({ '/usr/bin/a': 'local-edit info', '/etc/b': 'local-edit info' });
  });

  it('tells what both sides changed: a warning in /etc, an error for programs and libraries', async () => {
    const files = (text: string): ImageTree => ({ 'etc/a': text, 'usr/bin/a': text, 'usr/lib/a.so.1': text });
    const result = await shadowsOf({ one: files('old'), two: files('new') }, () => {
      for (const path of ['etc/a', 'usr/bin/a', 'usr/lib/a.so.1']) writeFileSync(at(path), 'mine');
    });
    expect(told(result)).to.deep.equal({
      '/etc/a': 'conflict warn',
      '/usr/bin/a': 'conflict block',
      '/usr/lib/a.so.1': 'conflict block',
    });
  });

  it('tells a file of the service that the new image brings too: collision', async () => {
    const result = await shadowsOf({ one: {}, two: { 'etc/a': 'its', 'etc/b': 'alike' } }, () => {
      writeFileSync(at('etc/a'), 'mine');
      writeFileSync(at('etc/b'), 'alike');
    });
    expect(told(result)).to.deep.equal({ '/etc/a': 'collision warn', '/etc/b': 'redundant info' });
  });

  it('tells a deleted file that the new image changed or brings: hidden update', async () => {
    const trees = {
      one: { 'etc/a': 'old', 'etc/d/a': 'old', 'etc/e/a': 'same', 'etc/f': 'gone in two' },
      two: { 'etc/a': 'new', 'etc/d/a': 'old', 'etc/d/b': 'new', 'etc/e/a': 'same' },
    };
    const result = await shadowsOf(trees, () => {
      for (const path of ['etc/a', 'etc/d', 'etc/e', 'etc/f']) rmSync(at(path), { recursive: true });
    });
    expect(told(result)).to.deep.equal({
      '/etc/a': 'hidden-update warn',
      '/etc/d': 'hidden-update warn',
      '/etc/e': 'local-edit info',
    });
    expect(result.counts.state).to.equal(1);
  });

  it('tells a directory made anew that hides what the new image has in it, also further down: hidden subtree', async () => {
    const trees = {
      one: { 'etc/d/old': '1', 'etc/d/sub/old': '1' },
      two: {
        'etc/d/old': '1',
        'etc/d/new': '1',
        'etc/d/sub/new': '1',
        'etc/fresh/a': '1',
        'etc/fresh/b': '1',
      },
    };
    const result = await shadowsOf(trees, () => {
      rmSync(at('etc/d'), { recursive: true });
      mkdirSync(at('etc/d/sub'), { recursive: true });
      writeFileSync(at('etc/d/old'), '1');
      // Made where there was nothing: what the new image brings there is seen beside it.
      mkdirSync(at('etc/fresh'));
      writeFileSync(at('etc/fresh/a'), '1');
    });
    expect(told(result)).to.deep.equal({
      '/etc/d': 'hidden-subtree warn',
      '/etc/d/old': 'redundant info',
      '/etc/d/sub': 'hidden-subtree warn',
      '/etc/fresh/a': 'redundant info',
    });
    expect(result.findings.find(({ path }) => path === '/etc/d')?.detail).to.equal('hides new');
  });

  it('tells something of another kind than the new image has: type mismatch', async () => {
    const trees = {
      one: { 'etc/a': '1', 'etc/b': '1', 'srv/x': '1', 'opt/c/f': 'old', 'opt/same/f': '1' },
      two: {
        'etc/a': { kind: 'directory' },
        'etc/b': { kind: 'link', to: 'version' },
        'srv/x': '2',
        'opt/c/f': 'new',
        'opt/same/f': '1',
      },
    } as const;
    const result = await shadowsOf(trees, () => {
      writeFileSync(at('etc/a'), 'mine');
      writeFileSync(at('etc/b'), 'mine');
      unlinkSync(at('srv/x'));
      mkdirSync(at('srv/x'));
      writeFileSync(at('srv/x/state'), '');
      for (const path of ['opt/c', 'opt/same']) {
        rmSync(at(path), { recursive: true });
        symlinkSync('/srv', at(path));
      }
    });
    expect(told(result)).to.deep.equal({
      '/etc/a': 'type-mismatch block',
      '/etc/b': 'type-mismatch block',
      '/opt/c': 'type-mismatch block',
      '/srv/x': 'type-mismatch block',
      '/opt/same': 'local-edit info',
    });
  });

  it('tells attributes of overlay features that rackops never uses: unsupported', async () => {
    await shadowsOf({ one: { 'etc/d/a': '1' }, two: { 'etc/d/a': '1' } }, () => {
      chmodSync(at('etc/d'), 0o700);
      writeFileSync(at('etc/d/a'), '2');
    });
    setXattr(rig.layer(rack, 'etc/d'), 'trusted.overlay.redirect', Buffer.from('/etc/e'));
    setXattr(rig.layer(rack, 'etc/d/a'), 'trusted.overlay.metacopy', Buffer.alloc(0));
    expect(told(await report())).to.deep.equal({
      '/etc/d': 'unsupported block',
      '/etc/d/a': 'unsupported block',
    });
  });

  it('tells each name of a file that has several by itself', async () => {
    const trees = { one: { 'etc/a': 'old', 'etc/b': 'old' }, two: { 'etc/a': 'new', 'etc/b': 'old' } };
    const result = await shadowsOf(trees, () => {
      unlinkSync(at('etc/b'));
      utimesSync(at('etc/a'), 1, 1);
      linkSync(at('etc/a'), at('etc/b'));
    });
    expect(told(result)).to.deep.equal({ '/etc/a': 'stale-copy-up warn', '/etc/b': 'redundant info' });
    expect(lstatSync(rig.layer(rack, 'etc/a')).nlink).to.equal(2);
  });

  it('notices owners, modes and attributes that a program notices, and no times', async () => {
    const trees = {
      one: { 'etc/a': '1', 'etc/b': '1', 'etc/d': { kind: 'directory', mode: 0o755 } },
      two: {
        'etc/a': '1',
        'etc/b': { kind: 'file', text: '1', mode: 0o600 },
        'etc/d': { kind: 'directory', mode: 0o700 },
      },
    } as const;
    const result = await shadowsOf(trees, () => {
      utimesSync(at('etc/b'), 1, 1);
      setXattr(at('etc/a'), 'user.mine', Buffer.from('1'));
      writeFileSync(at('etc/d/state'), '');
    });
    expect(told(result)).to.deep.equal({
      '/etc/a': 'local-edit info',
      '/etc/b': 'stale-copy-up warn',
      '/etc/d': 'stale-copy-up warn',
    });
    expect(result.findings.every(({ detail }) => detail === 'owner, mode or attributes only')).to.equal(true);
  });

  it('names a path by all of its bytes', async () => {
    const odd = Buffer.concat([Buffer.from('etc/a\n\\'), Buffer.from([0xff])]);
    const result = await shadowsOf({ one: { 'etc/ü': 'old' }, two: { 'etc/ü': 'new' } }, () => {
      mkdirSync(Buffer.concat([Buffer.from(`${at('')}/`), odd]));
      utimesSync(at('etc/ü'), 1, 1);
      setXattr(
        Buffer.concat([Buffer.from(`${rig.layer(rack)}/`), odd]),
        'trusted.overlay.redirect',
        Buffer.from('/etc/e'),
      );
    });
    expect(told(result)).to.deep.equal({
      '/etc/ü': 'stale-copy-up warn',
      '/etc/a\\x0a\\x5c\\xff': 'unsupported block',
    });
  });

  it('looks at all layers as they are merged', async () => {
    const files = (text: string): ImageTree => ({ 'etc/a': text, 'etc/b': text, 'etc/d/x': text });
    await shadowsOf({ one: files('old'), two: files('new') }, () => {
      writeFileSync(at('etc/a'), 'sealed');
      writeFileSync(at('etc/b'), 'sealed');
      rmSync(at('etc/d'), { recursive: true });
    });
    const stack = { layer: 2, sealed: ['1'] };
    await rig.mounts.unmountTree(rack);
    await rig.data.sealLayer(rack, stack, []);
    await rig.mounts.mountTree(treeSpec(rack, one, { generation: 2, ...stack }));
    writeFileSync(at('etc/b'), 'new');
    mkdirSync(at('etc/d'));
    const result = await report({ stack });
    expect(told(result)).to.deep.equal({
      '/etc/a': 'conflict warn',
      '/etc/b': 'redundant info',
      '/etc/d': 'hidden-subtree warn',
    });
    const layers = Object.fromEntries(result.findings.map(({ path, layer }) => [path, layer]));
    expect(layers).to.deep.equal({ '/etc/a': '1', '/etc/b': '2', '/etc/d': '2' });
  });

  it('follows the rules of the definition, and leaves out what the definition mounts', async () => {
    const files = (text: string): ImageTree => ({
      'usr/bin/a': text,
      'usr/bin/b': text,
      'etc/a': text,
      'etc/c': text,
      'etc/m/f': text,
    });
    const policy = {
      default: 'keep',
      rules: [
        { path: '/usr/bin/a', policy: 'keep' },
        { path: '/usr/bin/*', policy: 'drop' },
        { path: '/etc/**', policy: 'fail' },
      ],
    } as const;
    const result = await shadowsOf(
      { one: files('old'), two: { ...files('new'), 'etc/c': 'old' } },
      () => {
        for (const path of Object.keys(files(''))) writeFileSync(at(path), 'mine');
      },
      { policy, covered: [rackPath('/etc/m')] },
    );
    expect(told(result)).to.deep.equal({
      '/usr/bin/a': 'conflict warn',
      '/usr/bin/b': 'conflict info',
      '/etc/a': 'conflict block',
      '/etc/c': 'local-edit info',
    });
    expect(result.drops).to.deep.equal([{ path: '/usr/bin/b', how: 'entry' }]);
    expect(result.findings.map(({ rule }) => rule)).to.deep.equal([2, 0, 2, 1]);
  });

  it('has what lies in a directory made anew leave together with its hiding, unless that is to stay', async () => {
    const files = (text: string): ImageTree => ({
      'opt/app/f': text,
      'opt/app/lib/a': text,
      'opt/app/lib/b': text,
    });
    const policy = { default: 'drop', rules: [] } as const;
    const result = await shadowsOf(
      { one: files('old'), two: files('new') },
      () => {
        rmSync(at('opt/app'), { recursive: true });
        mkdirSync(at('opt/app/lib'), { recursive: true });
        writeFileSync(at('opt/app/f'), 'mine');
      },
      { policy },
    );
    expect(result.drops).to.deep.equal([
      { path: '/opt/app', how: 'opaque' },
      { path: '/opt/app/f', how: 'entry' },
    ]);
    expect(told(result)).to.deep.equal({
      '/opt/app/f': 'conflict info',
      '/opt/app/lib': 'hidden-subtree info',
    });
    const shadows = createShadows(rig.layout, rig.images);
    const stack = { layer: 1, sealed: [] };
    await shadows.checkDrops(rack, stack, result.drops);
    const keeping = await report({
      policy: { ...policy, rules: [{ path: '/opt/app/lib', policy: 'keep' }] },
    });
    expect(keeping.drops).to.deep.equal([]);
    expect(only({ ...keeping, findings: keeping.findings.slice(0, 1) })).to.deep.include({
      path: '/opt/app/f',
      level: 'warn',
      action: 'keep',
      detail: '/opt/app shows nothing of the image',
    });
    await rig.mounts.unmountTree(rack);
    const before = viewOf(rig.layer(rack));
    await shadows.setAside(rack, 'r1', stack, result.drops);
    await rig.mounts.mountTree(treeSpec(rack, two, { generation: 2 }));
    const seen = ['f', 'lib/a', 'lib/b'].map((path) => readFileSync(at(`opt/app/${path}`), 'utf8'));
    expect(seen).to.deep.equal(['new', 'new', 'new']);
    await rig.mounts.unmountTree(rack);
    await rig.mounts.unmountImage(two.sha256);
    await shadows.putBack(rack, 'r1', stack);
    expect(viewOf(rig.layer(rack))).to.deep.equal(before);
  });

  it('keeps what a sealed layer has, as if there was no rule', async () => {
    const files = (text: string): ImageTree => ({ 'etc/a': text });
    await shadowsOf({ one: files('old'), two: files('new') }, () => writeFileSync(at('etc/a'), 'sealed'));
    const stack = { layer: 2, sealed: ['1'] };
    await rig.mounts.unmountTree(rack);
    await rig.data.sealLayer(rack, stack, []);
    await rig.mounts.mountTree(treeSpec(rack, one, { generation: 2, ...stack }));
    const dropping = { stack, policy: { default: 'drop', rules: [] } } as const;
    const kept = { level: 'warn', action: 'keep', detail: 'a sealed layer has it' };
    expect(only(await report(dropping))).to.include(kept);
    writeFileSync(at('etc/a'), 'mine');
    expect(only(await report(dropping))).to.include(kept);
  });

  it('ends in time and says that it is not complete, counts exactly, lists no more than asked for', async () => {
    const many: ImageTree = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`etc/d/${n}`, '1']));
    const result = await shadowsOf(
      { one: many, two: many },
      () => {
        for (let n = 0; n < 40; n++) writeFileSync(at(`etc/d/${n}`), '2');
      },
      { listed: 10 },
    );
    expect(result.findings).to.have.length(10);
    expect(result).to.deep.include({ complete: true, levels: { info: 40, warn: 0, block: 0 } });
    const late = await report({ timeoutMs: 0 });
    expect(late).to.include({ complete: false, why: 'it took longer than 0 s' });
    const stopped = new AbortController();
    stopped.abort(new Error('the agent must go'));
    const question = { rack, stack: { layer: 1, sealed: [] }, running: one, next: two, covered: [] };
    const aborted = createShadows(rig.layout, rig.images)
      .report({ ...question, policy: keepShadows, timeoutMs: 1_000, listed: 1 }, stopped.signal)
      .then(() => '', String);
    expect(await aborted).to.contain('the agent must go');
  });

  it('takes an image by its name that nobody has a digest of, mounts nothing that can be seen, and leaves nothing', async () => {
    const before = rig.mountsBelow().length;
    const descriptors = readdirSync('/proc/self/fd').length;
    await shadowsOf({ one: { 'etc/a': 'old' }, two: { 'etc/a': 'new' } }, () =>
      writeFileSync(at('etc/a'), 'x'),
    );
    expect(told(await report({ next: { file: two.file } }))).to.deep.equal({ '/etc/a': 'conflict warn' });
    expect(rig.mountsBelow()).to.have.length(before + 2);
    await rig.mounts.unmountTree(rack);
    expect(told(await report({ next: { file: join(rig.layout.iso, two.file) } }))).to.have.keys('/etc/a');
    expect(await rig.mounts.unmountImage(one.sha256)).to.equal(true);
    expect(told(await report())).to.have.keys('/etc/a');
    chmodSync(join(rig.layout.iso, two.file), 0o666);
    await refusal(report({ next: { file: two.file } }), 'E_IMAGE_FORMAT');
    await refusal(report({ next: { file: 'three.iso' } }), 'E_IMAGE_NOT_FOUND');
    expect(readdirSync('/proc/self/fd')).to.have.length(descriptors);
  });

  it('is of the running image that is mounted, also when its file is gone', async () => {
    await shadowsOf({ one: { 'etc/a': 'old' }, two: { 'etc/a': 'new' } }, () =>
      utimesSync(at('etc/a'), 1, 1),
    );
    renameSync(join(rig.layout.iso, one.file), join(rig.layout.iso, 'elsewhere'));
    expect(only(await report())).to.include({ path: '/etc/a', class: 'stale-copy-up' });
    expect(readFileSync(at('etc/a'), 'utf8')).to.equal('old');
  });
});
