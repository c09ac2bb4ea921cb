/** What may happen to the repository and its history, and that no rack pays for it. One host, racks that must never be touched. */
import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { expect } from 'chai';
import { tinyImage } from '../support/images.js';
import { type Footprint, footprintOf, tinyRack } from '../support/racks.js';
import { Rig } from '../support/rig.js';

describe('the repository', function () {
  this.timeout(60_000);
  let rig: Rig;
  let definitions: Record<string, object>;
  let untouched: readonly Footprint[] | undefined;
  const look = () => Promise.all(['one', 'two'].map((name) => footprintOf(rig, name)));

  before(async () => {
    rig = await Rig.create();
    const image = rig.putImage(await tinyImage('tiny', '1.0'));
    definitions = { 'racks/one.yaml': tinyRack('one', image), 'racks/two.yaml': tinyRack('two', image) };
  });
  after(() => rig.dispose());
  afterEach('no rack was touched', async () => {
    if (untouched !== undefined) expect(await look()).to.deep.equal(untouched);
  });

  it('may be empty at first: nothing is installed, and nothing is wrong', async () => {
    const result = await rig.rackops(['sync'], { json: true });
    expect(result.exitCode, result.stderr).to.equal(0);
    rig.commit(definitions, 'two racks');
    await rig.sync(0);
    untouched = await look();
  });

  it('may be gone: exit 1, the racks stay up, and it is back as soon as the repository is', async () => {
    const { bare } = rig.repository;
    renameSync(bare, `${bare}.away`);
    const result = await rig.sync(1);
    expect(result.json)
      .to.have.nested.property('sourceError.code')
      .that.matches(/^E_GIT/);
    expect((await rig.status()).racks.map((rack) => rack.condition)).to.deep.equal(['Ready', 'Ready']);
    expect((await rig.rackops(['plan'])).exitCode).to.equal(1);
    renameSync(`${bare}.away`, bare);
    await rig.sync(0);
  });

  it('may lose the branch: the last revision stays in force', async () => {
    const head = rig.repository.head();
    rig.repository.git('push', '--quiet', 'origin', 'HEAD:refs/heads/other');
    rig.repository.git('--git-dir', rig.repository.bare, 'update-ref', '-d', 'refs/heads/main');
    const result = await rig.sync(1);
    expect(result.json).to.have.nested.property('sourceError.code', 'E_GIT_REF');
    expect(result.json).to.have.nested.property('sourceError.message').that.contains('main');
    expect((await rig.status()).revision).to.equal(head);
    rig.repository.git('push', '--quiet', 'origin', 'HEAD:main');
    await rig.sync(0);
  });

  it('may have its folder renamed: that proves nothing, no rack is removed', async () => {
    rig.repository.git('mv', 'racks', 'rack');
    rig.commit({}, 'rename');
    await rig.sync(1);
    expect((await rig.status()).heldRemovals).to.deep.equal(['one', 'two']);
    rig.repository.revert(rig.repository.head());
    await rig.sync(0);
  });

  it('may have all definitions broken: that proves nothing either', async () => {
    rig.commit({ 'racks/one.yaml': 'kind: [', 'racks/two.yaml': '' }, 'all broken');
    await rig.sync(3);
    rig.repository.revert(rig.repository.head());
    await rig.sync(0);
  });

  it('does not go back in history by a force-push, until it is allowed for that commit', async () => {
    const applied = rig.repository.head();
    const older = rig.repository.git('rev-parse', 'HEAD~1');
    rig.repository.forceTo(older);
    const refused = await rig.sync(1);
    expect(refused.json).to.have.nested.property('sourceError.code', 'E_HISTORY_REWOUND');
    expect((await rig.status()).revision).to.equal(applied);
    await rig.sync(1, '--allow-rewind', applied);
    // The older commit has all definitions broken.
    await rig.sync(3, '--allow-rewind', older);
    expect((await rig.status()).revision).to.equal(older);
    rig.repository.forceTo(applied);
    await rig.sync(0);
  });

  it('survives the loss of the mirror', async () => {
    rmSync(`${rig.state}/mirror`, { recursive: true, force: true });
    await rig.sync(0);
  });

  it('never reads a definition through a symbolic link', async () => {
    rig.repository.git('config', 'core.symlinks', 'true');
    rmSync(`${rig.repository.work}/racks/two.yaml`);
    symlinkSync('/etc/shadow', `${rig.repository.work}/racks/two.yaml`);
    rig.commit({}, 'a link');
    const result = await rig.sync(3);
    expect(result.stdout).to.contain('E_GIT_MODE').and.not.contain('root:');
    rig.repository.revert(rig.repository.head());
    await rig.sync(0);
  });
});
