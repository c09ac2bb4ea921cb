/** A process that downloads is killed at any of so many points, spread over the file: the next one goes on or begins anew, and ends with the right bytes. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { ImageRef } from '../../../src/model/index.js';
import { bundleFetchChild } from '../../support/bundled-child.js';
import { FetchRig, httpSource, serve } from '../../support/fetch-rig.js';
import { fakeImage, type ImageServer } from '../../support/image-server.js';

/** All of them: npm run test:killed. */
const points = Number(process.env.RACKOPS_KILLS ?? '8');
const writeBytes = 1_048_576;
/** Sent in pieces of 16 KiB. */
const bytes = fakeImage(3 * 1_048_576 + 12_345);

function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

describe('a process that downloads', () => {
  let rig: FetchRig;
  let server: ImageServer;
  let image: ImageRef;

  beforeEach(async () => {
    rig = await FetchRig.create();
    server = await rig.server();
    image = serve(server, 'web-1.0.iso', bytes);
  });
  afterEach(async () => {
    await rig.dispose();
  });

  /** Started, and waiting for its word. */
  async function child(script: string): Promise<ChildProcess> {
    const started = fork(script, [rig.directory, server.url('paced'), image.file, image.sha256], {
      // Without the loader of the tests.
      execArgv: [],
    });
    await once(started, 'message');
    return started;
  }

  it(`may be killed at any of ${points} points`, async () => {
    let resumed = 0;
    const script = bundleFetchChild();
    let next = child(script);
    for (let point = 1; point <= points; point++) {
      const killAt = Math.floor((bytes.length * point) / points);
      const process = await next;
      // Its successor starts meanwhile: most of the time goes into that.
      next = child(script);
      const ended = once(process, 'exit');
      server.seen.length = 0;
      let sentInAll = 0;
      server.onBytes = async (sent) => {
        sentInAll = sent;
        if (sent < killAt) return;
        // What is on its way is no loss to measure: killed when all that makes a whole write has been written.
        const written = Math.floor(killAt / writeBytes) * writeBytes;
        while (sizeOf(rig.partialPath(image)) < written) await sleep(2);
        process.kill('SIGKILL');
      };
      process.send('go');
      await ended;
      expect(sentInAll).to.be.at.least(killAt - 16_384);
      server.onBytes = async () => {};
      server.seen.length = 0;
      await rig.store([httpSource(server.url('good'))]).ensure(image, () => {});
      if (server.seen[0]?.headers.range !== undefined) resumed++;
      expect(rig.stored(image), `killed at ${killAt}`).to.equal(image.sha256);
      expect(rig.kept()).to.deep.equal([image.sha256]);
      await rig.forget(image);
    }
    (await next).disconnect();
    // What was written before the kill is not fetched again: one write of 1 MiB is lost at most.
    expect(resumed).to.be.greaterThan(points / 2);
  }).timeout(300_000);
});
