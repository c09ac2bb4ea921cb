/** A new image by what it has in common with an older one: real squashfs, real zsyncmake and zsync, a real server. */
import { expect } from 'chai';
import { DeltaRig, noise, squashfs } from '../../support/delta-rig.js';
import { scratchDirectory } from '../../support/scratch.js';

describe('the difference of an image', () => {
  let rig: DeltaRig;

  beforeEach(async () => {
    const directory = scratchDirectory();
    const files = {
      'usr/lib/big.so': noise(2_000_000, 'big'),
      'usr/lib/small.so': noise(300_000, 'small'),
      'srv/index.html': Buffer.from('one\n'.repeat(50_000)),
    };
    const old = squashfs(directory, files);
    const next = squashfs(scratchDirectory(), {
      ...files,
      'srv/index.html': Buffer.from('two\n'.repeat(60_000)),
      'usr/lib/added.so': noise(200_000, 'added'),
    });
    rig = await DeltaRig.create([old, next]);
  });
  afterEach(async () => {
    await rig.dispose();
  });

  it('is all that is downloaded, and the image has the right bytes', async () => {
    await rig.ensure();
    expect(rig.told).to.deep.equal([]);
    expect(rig.fetch.stored(rig.next.image)).to.equal(rig.next.image.sha256);
    rig.server.cut();
    expect(rig.server.sent).to.be.lessThan(rig.next.bytes.length / 3);
  });
});
