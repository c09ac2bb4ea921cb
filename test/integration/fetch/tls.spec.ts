/** TLS of an image source: only a certificate that is trusted, and no way down to http. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { hostPath, type ImageRef } from '../../../src/model/index.js';
import { FetchRig, httpSource, serve } from '../../support/fetch-rig.js';
import { fakeImage, type ImageServer } from '../../support/image-server.js';
import { refusal } from '../../support/refusal.js';

describe('an image source over TLS', () => {
  let rig: FetchRig;
  let server: ImageServer;
  let image: ImageRef;
  let certificate: string;

  async function start(alternative: string, days: string): Promise<void> {
    rig = await FetchRig.create();
    certificate = join(rig.directory, 'certificate.pem');
    const key = join(rig.directory, 'key.pem');
    const subject = ['-subj', '/CN=images', '-addext', `subjectAltName=${alternative}`, '-days', days];
    const files = ['-keyout', key, '-out', certificate];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        ...subject,
        ...files,
      ],
      {
        stdio: 'ignore',
      },
    );
    server = await rig.server({ key: readFileSync(key, 'utf8'), cert: readFileSync(certificate, 'utf8') });
    image = serve(server, 'web-1.0.iso', fakeImage(100_000));
  }
  afterEach(async () => {
    await rig.dispose();
  });

  const ensure = (mode: string, trusted = true) =>
    rig
      .store([
        httpSource(server.url(mode), { insecure: false, caFile: trusted ? hostPath(certificate) : null }),
      ])
      .ensure(image, () => {});

  it('gives an image when its certificate is trusted by caFile', async () => {
    await start('IP:127.0.0.1', '1');
    await ensure('good');
    expect(rig.stored(image)).to.equal(image.sha256);
  });

  it('gives nothing when nobody vouches for its certificate', async () => {
    await start('IP:127.0.0.1', '1');
    expect(await refusal(ensure('good', false), 'E_IMAGE_TLS')).to.match(/SELF_SIGNED/);
    expect(server.seen).to.deep.equal([]);
  });

  it('gives nothing when its certificate is for another host', async () => {
    await start('DNS:images.example', '1');
    expect(await refusal(ensure('good'), 'E_IMAGE_TLS')).to.match(/ALTNAME/);
  });

  it('is not left for http', async () => {
    await start('IP:127.0.0.1', '1');
    const open = await rig.server();
    open.files.set(image.file, fakeImage(100_000));
    const mode = `redirect-to/${encodeURIComponent(open.url(`good/${image.file}`))}`;
    expect(await refusal(ensure(mode), 'E_IMAGE_REDIRECT')).to.match(/from https to http/);
    expect(open.seen).to.deep.equal([]);
  });
});
