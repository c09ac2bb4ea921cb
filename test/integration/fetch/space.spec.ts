/** A download and the disk: what does not fit is refused before it begins, what stops fitting leaves nothing, and both go well once there is space. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { mount, unmount } from '../../../src/kernel/index.js';
import type { ImageRef } from '../../../src/model/index.js';
import { FetchRig, httpSource, serve } from '../../support/fetch-rig.js';
import { fakeImage, type ImageServer } from '../../support/image-server.js';
import { refusal } from '../../support/refusal.js';

const bytes = fakeImage(3_000_000);
const mebibyte = 1_048_576;

describe('a download onto a small disk', () => {
  let rig: FetchRig;
  let server: ImageServer;
  let image: ImageRef;

  beforeEach(async () => {
    rig = await FetchRig.create();
    server = await rig.server();
    image = serve(server, 'web-1.0.iso', bytes);
  });
  afterEach(async () => {
    await unmount(rig.layout.iso);
    await rig.dispose();
  });

  const ensure = (mode: string) => rig.store([httpSource(server.url(mode))]).ensure(image, () => {});
  const filler = () => join(rig.layout.iso, 'filler');

  it('is refused before it begins, saying what it needs and what is free', async () => {
    await mount('tmpfs', rig.layout.iso, 'tmpfs', 0, 'size=66m,mode=755');
    expect(await refusal(ensure('good'), 'E_DISK_SPACE')).to.match(/needs 2\.9 MiB, free \d+(\.\d)? MiB/);
    expect(rig.kept()).to.deep.equal([]);
  });

  it('leaves nothing when the space goes halfway, and is made when it is back', async () => {
    await mount('tmpfs', rig.layout.iso, 'tmpfs', 0, 'size=70m,mode=755');
    server.onBytes = async (sent) => {
      if (sent === 64 * 16_384) writeFileSync(filler(), Buffer.alloc(68 * mebibyte));
    };
    expect(await refusal(ensure('paced'), 'E_DISK_SPACE')).to.contain(image.file);
    expect(rig.kept()).to.deep.equal([]);
    rmSync(filler());
    await ensure('good');
    expect(rig.stored(image)).to.equal(image.sha256);
  });
});
