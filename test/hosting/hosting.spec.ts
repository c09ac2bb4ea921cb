/**
 * examples/hosting on the real kernel, through the command line only: the story that `npm run hosting` tells, a chapter a test, each on what the one before has left.
 * The images are built the first time, which takes minutes: this suite runs on request (`npm run test:hosting`).
 */

import { Hosting } from '../../scripts/hosting/hosting.js';
import { HostingStory } from '../../scripts/hosting/story.js';
import { Screen } from '../../scripts/stage/screen.js';
import { Stage } from '../../scripts/stage/stage.js';
import { Rig } from '../support/rig.js';

describe('a whole server in five racks', function () {
  this.timeout(20 * 60_000);
  // What a chapter builds on did not happen: its failure would say nothing.
  this.bail(true);
  let rig: Rig;
  let story: HostingStory;
  let failed = false;

  before(async function () {
    this.timeout(25 * 60_000);
    rig = await Rig.create();
    const hosting = await Hosting.prepare(rig);
    story = new HostingStory(new Stage(rig, new Screen(() => {})), hosting);
    rig.startAgent();
  });

  afterEach(function () {
    failed ||= this.currentTest?.state === 'failed';
  });

  after(() => rig.dispose({ force: failed }));

  it('comes up out of one commit', () => story.install());

  it('answers: pages from the database by both generations of Rails, a name, and a letter in its mailbox', () =>
    story.ask());

  it('upgrades one generation of Rails and touches nobody else', () => story.upgradeRails());

  it('keeps a zone with a mistake from every visitor', () => story.breakZone());

  it('takes a mail server with a mistake back by itself, with its mailboxes', () => story.breakMail());

  it('goes back to the version before by a git revert, with what was written meanwhile', () =>
    story.goBack());
});
