/** The image directory as it is looked after between rollouts: what counts as an image, what goes with one, and what killed processes left. Mounts nothing. */
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createStoredImages } from '../../../src/host/linux/stored-images.js';
import { hostPath } from '../../../src/model/index.js';
import { FetchRig } from '../../support/fetch-rig.js';

const sha256 = 'a'.repeat(64);

describe('the image directory', () => {
  let rig: FetchRig;
  beforeEach(async () => {
    rig = await FetchRig.create();
  });
  afterEach(() => rig.dispose());

  const images = () => createStoredImages(rig.layout);
  const inIso = (name: string) => join(rig.layout.iso, name);
  /** `ageMs`: when it was written last. */
  function put(path: string, ageMs = 0): void {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, 'x');
    const at = (Date.now() - ageMs) / 1_000;
    utimesSync(path, at, at);
  }

  it('has images in it, and beside them what is none and goes with them', async () => {
    const beside = ['manifest.jsonl', 'provenance.json', 'minisig', 'zsync'];
    for (const name of ['web-1.0.iso', 'web-2.0.iso']) {
      put(inIso(name));
      for (const ending of beside) put(inIso(`${name}.${ending}`));
    }
    expect((await images().list()).map(({ file }) => file)).to.deep.equal(['web-1.0.iso', 'web-2.0.iso']);
    await images().remove(hostPath(inIso('web-1.0.iso')));
    expect(readdirSync(rig.layout.iso).filter((name) => name.startsWith('web-1'))).to.deep.equal([]);
    expect(readdirSync(rig.layout.iso).filter((name) => name.startsWith('web-2')).length).to.equal(5);
  });

  it('may be missing before the first pass', async () => {
    rmSync(rig.layout.iso, { recursive: true });
    expect(await images().list()).to.deep.equal([]);
    expect(await images().space()).to.deep.equal({ freeBytes: 0, totalBytes: 0 });
  });

  it('is rid of what killed processes left, and of nothing that somebody works on', async () => {
    const other = 'b'.repeat(64);
    const day = 86_400_000;
    const stay = [
      inIso(`.store/${sha256}`),
      inIso(`.store/${other}.copying`),
      inIso(`.store/${other}.partial`),
      inIso(`.store/${other}.partial.etag`),
      join(rig.layout.state, 'image-1-2.minisig'),
    ];
    for (const path of stay) put(path);
    const go = [
      inIso(`.store/${sha256}.copying`),
      inIso(`.store/${sha256}.partial`),
      inIso(`.store/${sha256}.partial.etag`),
      inIso(`.store/${'c'.repeat(64)}.partial.etag`),
      join(rig.layout.state, 'image-3-4.minisig'),
    ];
    for (const path of go) put(path, 8 * day);
    await images().sweep();
    expect(stay.filter((path) => !existsSync(path))).to.deep.equal([]);
    expect(go.filter((path) => existsSync(path))).to.deep.equal([]);
  });
});
