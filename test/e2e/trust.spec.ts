/** Whom a host believes: commits that are signed by the right people, images that are what they were. One host, and a rack that must never be touched. */
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type BuiltImage, tinyImage } from '../support/images.js';
import { type Footprint, footprintIn, tinyRack } from '../support/racks.js';
import { Rig, type StatusDocument, statusOf } from '../support/rig.js';
import { Signers } from '../support/signers.js';

describe('a host that asks for signatures', function () {
  this.timeout(60_000);
  let rig: Rig;
  let signers: Signers;
  let key: string;
  let first: BuiltImage;
  let second: BuiltImage;
  let witness: Footprint;
  let atFirst: StatusDocument;

  const git = (...args: string[]): string => rig.repository.git(...args);
  const iso = (name: string): string => join(rig.root, 'iso', name);
  /** A file of its own: the cache's must not be written to. */
  const put = (image: BuiltImage): BuiltImage => {
    copyFileSync(image.path, iso(`${image.file}.new`));
    chmodSync(iso(`${image.file}.new`), 0o644);
    renameSync(iso(`${image.file}.new`), iso(image.file));
    return image;
  };
  const verifyBy = (mode: string): void =>
    rig.writeHost({ repository: { verify: { mode, allowedSignersFile: join(rig.directory, 'allowed') } } });
  const commit = (image: BuiltImage, signed: boolean, message: string): string => {
    signers.use(git, signed ? key : null);
    return rig.commit({ 'racks/web.yaml': tinyRack('web', image) }, message);
  };
  const rackIn = (result: { json: unknown }, name: string) =>
    statusOf(result.json).racks.find((rack) => rack.name === name);
  /** What web runs at the end of a sync that goes well. */
  const synced = async (): Promise<string | undefined> => rackIn(await rig.sync(0), 'web')?.image?.file;
  const sourceError = (result: { json: unknown }): unknown => Reflect.get(Object(result.json), 'sourceError');

  before(async () => {
    rig = await Rig.create();
    signers = new Signers(rig.directory);
    key = signers.ssh('good');
    writeFileSync(join(rig.directory, 'allowed'), signers.allowed(key), { mode: 0o644 });
    verifyBy('every');
    first = put(await tinyImage('tiny', '1.0'));
    second = put(await tinyImage('tiny', '2.0'));
    signers.use(git, key);
    rig.commit(
      { 'racks/witness.yaml': tinyRack('witness', first), 'racks/web.yaml': tinyRack('web', first) },
      'two racks',
    );
    atFirst = statusOf((await rig.sync(0)).json);
    witness = footprintIn(rig, atFirst, 'witness');
  });
  after(async () => {
    signers.use(git, key);
    signers.end();
    await rig.dispose();
  });
  afterEach('the witness was not touched', () => {
    expect(footprintIn(rig, atFirst, 'witness')).to.deep.equal(witness);
  });

  it('stays on the last verified revision while the tip is not signed, says so, and says it once in the log', async () => {
    const good = rig.repository.head();
    const bad = commit(second, false, 'nobody signed this');
    const result = await rig.sync(1);
    expect(sourceError(result)).to.have.property('code', 'E_SIG_MISSING');
    expect(sourceError(result)).to.have.property('message').that.contains(bad);
    expect(rackIn(result, 'web')?.image?.file).to.equal(first.file);
    const status = await rig.rackops(['status'], { json: true });
    expect(status.json).to.have.property('revision', good);
    expect(status.json).to.have.nested.property('sourceError.code', 'E_SIG_MISSING');
    expect(status.json).to.have.nested.property('signatures.revision', good);
    expect((await rig.rackops(['status'])).stdout)
      .to.contain('E_SIG_MISSING')
      .and.to.contain(bad);
    git('push', '--quiet', 'origin', 'HEAD:refs/heads/feature');
    const plan = await rig.rackops(['plan', '--ref', 'feature']);
    expect(plan.exitCode).to.equal(1);
    expect(plan.stderr).to.contain('E_SIG_MISSING');

    const worse = commit(second, false, 'nor this');
    const agent = rig.startAgent();
    await rig.agentAnswers();
    await rig.rackops(['sync']);
    await rig.rackops(['sync']);
    await agent.stop();
    expect(rig.agentLog().split('E_SIG_MISSING').length - 1).to.equal(1);
    expect(rig.agentLog()).to.contain(worse);
  });

  it('asks in mode every for each commit, also below a signed tip, and is healed by a signed one in its place', async () => {
    const unsigned = rig.repository.head();
    commit(second, true, 'signed on top');
    expect(sourceError(await rig.sync(1)))
      .to.have.property('message')
      .that.contains(unsigned);
    rig.repository.forceTo(`${unsigned}~2`);
    commit(second, true, 'signed instead');
    expect(await synced()).to.equal(second.file);
  });

  it('takes a signed tip in mode head whatever is below it, and says what it let pass', async () => {
    verifyBy('head');
    const unsigned = commit(second, false, 'on the way');
    commit(first, true, 'signed');
    expect(await synced()).to.equal(first.file);
    const status = await rig.rackops(['status'], { json: true });
    expect(status.json).to.have.nested.property('signatures.unsigned', 1);
    expect((await rig.rackops(['status'])).stdout)
      .to.contain(unsigned)
      .and.to.contain('mode head');
    verifyBy('every');
    commit(second, true, 'signed again');
    await rig.sync(0);
  });

  it('starts no agent without a key', async () => {
    writeFileSync(join(rig.directory, 'allowed'), '');
    const agent = await rig.rackops(['agent']);
    expect(agent.exitCode).to.equal(1);
    expect(agent.stderr).to.contain('E_SIG_CONFIG');
    expect(sourceError(await rig.sync(1))).to.have.property('code', 'E_SIG_CONFIG');
    writeFileSync(join(rig.directory, 'allowed'), signers.allowed(key));
    await rig.sync(0);
  });

  it('mounts no image that was changed, names what is wrong, and takes it when it is right', async () => {
    const third = await tinyImage('tiny', '3.0');
    const good = readFileSync(third.path);
    const flipped = Buffer.from(good);
    flipped.writeUInt8(flipped.readUInt8(5_000) ^ 1, 5_000);
    const superblock = Buffer.from(good);
    superblock.writeUInt8(superblock.readUInt8(20) ^ 1, 20);
    commit(third, true, 'a third version');
    for (const bytes of [
      flipped,
      superblock,
      good.subarray(0, 9_000),
      Buffer.concat([good, Buffer.alloc(1)]),
      readFileSync(first.path),
    ]) {
      writeFileSync(iso(third.file), bytes);
      const rack = rackIn(await rig.sync(1), 'web');
      expect(rack).to.include({ condition: 'Failed', reason: 'ImageDigest' });
      expect(rack?.message).to.contain(third.sha256);
      expect(rack?.image?.file).to.equal(second.file);
    }
    expect(existsSync(join(rig.root, 'readonly', third.sha256))).to.equal(false);
    put(third);
    expect(await synced()).to.equal(third.file);
  });

  it('lists its images with who needs them, and verifies them', async () => {
    const list = await rig.rackops(['image', 'list'], { json: true });
    const reasons = Object.fromEntries(images(list.json).map(({ file, reason }) => [file, reason]));
    expect(reasons).to.deep.equal({
      [first.file]: 'runs',
      [second.file]: 'previous',
      'tiny-3.0.iso': 'runs',
    });
    expect((await rig.rackops(['image', 'list'])).stdout).to.match(
      /tiny-1\.0\.iso +[0-9a-f]{12} .*runs: witness/,
    );
    const verified = await rig.rackops(['image', 'verify'], { json: true });
    expect(verified.exitCode, verified.stderr).to.equal(0);
    expect(images(verified.json).map(({ result }) => result)).to.deep.equal(['good', 'good', 'good']);
  });

  it('finds a running image that is damaged: loud, and no outage', async () => {
    const bytes = readFileSync(iso(first.file));
    const damaged = Buffer.from(bytes);
    // In the padding behind the file system: nobody meets it.
    damaged.writeUInt8(1, damaged.length - 1);
    writeFileSync(iso(first.file), damaged);
    const verified = await rig.rackops(['image', 'verify', first.file]);
    expect(verified.exitCode).to.equal(1);
    expect(verified.stdout).to.contain(`racks: witness`).and.to.contain(first.sha256);
    expect(rackIn(await rig.sync(1), 'witness')).to.include({ condition: 'Failed', reason: 'ImageDamaged' });
    writeFileSync(iso(first.file), bytes);
    expect((await rig.rackops(['image', 'verify', '--all'])).exitCode).to.equal(0);
    await rig.sync(0);
    chmodSync(iso(first.file), 0o666);
    expect((await rig.rackops(['image', 'verify'])).stdout).to.contain('mode 0666');
    chmodSync(iso(first.file), 0o644);
    await rig.rackops(['image', 'verify']);
    expect((await rig.rackops(['image', 'verify', 'no-such.iso'])).stderr).to.contain('E_IMAGE_NOT_FOUND');
  });

  it('deletes by itself what it copied and nothing needs, and never what a person put there', async () => {
    verifyBy('every');
    rig.writeHost({
      images: { keep: 0 },
      repository: { verify: { allowedSignersFile: join(rig.directory, 'allowed') } },
    });
    const store = (): readonly string[] => readdirSync(iso('.store')).sort();
    const copied = await Promise.all(['4.0', '5.0', '6.0'].map((version) => tinyImage('tiny', version)));
    for (const image of copied) {
      put(image);
      chownSync(iso(image.file), 1000, 1000);
      commit(image, true, `copied ${image.file}`);
      await rig.sync(0);
    }
    const [four, five, six] = copied;
    expect(store()).to.deep.equal([five?.sha256, six?.sha256].sort());
    expect(readdirSync(iso('.')).filter((name) => name.endsWith('.iso'))).to.have.length(6);

    const dry = await rig.rackops(['image', 'prune', '--dry-run', '--manual'], { json: true });
    const files = images(dry.json)
      .map(({ file }) => file)
      .sort();
    expect(files).to.deep.equal(['tiny-2.0.iso', 'tiny-3.0.iso', four?.file]);
    expect((await rig.rackops(['image', 'prune'])).stdout).to.contain('nothing to delete');
    const agent = rig.startAgent();
    await rig.agentAnswers();
    const pruned = await rig.rackops(['image', 'prune', '--manual'], { json: true });
    await agent.stop();
    expect(
      images(pruned.json)
        .map(({ file }) => file)
        .sort(),
    ).to.deep.equal(files);
    expect(
      readdirSync(iso('.'))
        .filter((name) => name.endsWith('.iso'))
        .sort(),
    ).to.deep.equal([first.file, five?.file, six?.file]);
    expect(await synced()).to.equal(six?.file);
  });
});

interface Line {
  readonly file: string;
  readonly reason: string;
  readonly result: string;
}

function images(json: unknown): readonly Line[] {
  if (typeof json === 'object' && json !== null && 'images' in json && Array.isArray(json.images))
    return json.images;
  throw new Error(`no list of images: ${JSON.stringify(json)}`);
}
