/** A swap for which only what the running image lacks is downloaded, seen from outside; and one where that comes to nothing, which is said and costs no more than the download of all of it. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { ImageServer } from '../support/image-server.js';
import { type BuiltImage, tinyImage } from '../support/images.js';
import { tinyRack } from '../support/racks.js';
import { Rig } from '../support/rig.js';

describe('a swap by the difference of its images', function () {
  this.timeout(90_000);
  let rig: Rig;
  let server: ImageServer;

  before(async () => {
    server = await ImageServer.start();
    rig = await Rig.create();
    rig.writeHost({ images: { sources: [{ url: server.url('good'), insecure: true, delta: 'zsync' }] } });
    await runs(await published('1.0'));
  });
  after(async () => {
    await rig.dispose();
    await server.stop();
  });

  async function published(version: string): Promise<BuiltImage> {
    const image = await tinyImage('tiny', version);
    server.files.set(image.file, readFileSync(image.path));
    return image;
  }

  /** The rack runs it; what `sync` told people meanwhile. */
  async function runs(image: BuiltImage): Promise<string> {
    rig.commit({ 'racks/web.yaml': tinyRack('web', image) }, image.file);
    const { exitCode, stderr } = await rig.rackops(['sync']);
    expect(exitCode, stderr).to.equal(0);
    expect((await rig.rack('web')).image?.sha256).to.equal(image.sha256);
    return stderr;
  }

  it('downloads a part of the new one, and says how much', async () => {
    const image = await published('2.0');
    const control = join(rig.directory, 'control');
    execFileSync('zsyncmake', ['-Z', '-o', control, image.path], { stdio: 'pipe' });
    server.files.set(`${image.file}.zsync`, readFileSync(control));
    server.seen.length = 0;
    const said = await runs(image);
    expect(said).to.match(/web: \S+ \S+ of \S+ \S+ downloaded, the rest of "tiny-2\.0\.iso" was here/);
    expect(server.seen.map(({ url }) => url)).to.include('/good/tiny-2.0.iso.zsync');
    const parts = server.seen.filter(({ url }) => url === '/good/tiny-2.0.iso');
    expect(parts.every(({ headers }) => headers.range !== undefined)).to.equal(true);
  });

  it('downloads all of it when the control file is of no use, and warns', async () => {
    const image = await published('3.0');
    server.files.set(`${image.file}.zsync`, Buffer.from('<html>sign in</html>\n\n'));
    const said = await runs(image);
    expect(said).to.contain('warning: web: all of "tiny-3.0.iso" is downloaded: ');
    expect(said).to.contain('its control file is of no use');
    const history = await rig.rackops(['history', 'web'], { json: true });
    expect(JSON.stringify(history.json)).to.contain('its control file is of no use');
  });
});
