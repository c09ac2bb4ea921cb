/** TLS of an image source: only a certificate that is trusted, and no way down to http. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { ServerOptions } from 'node:https';
import { join } from 'node:path';
import { expect } from 'chai';
import { hostPath, type ImageRef } from '../../../src/model/index.js';
import { selfSigned } from '../../support/certificate.js';
import { FetchRig, httpSource, serve } from '../../support/fetch-rig.js';
import { fakeImage, type ImageServer } from '../../support/image-server.js';
import { refusal } from '../../support/refusal.js';

describe('an image source over TLS', () => {
  let rig: FetchRig;
  let server: ImageServer;
  let image: ImageRef;
  let certificate: string;

  async function start(alternative: string, more: ServerOptions | 'expired' = {}): Promise<void> {
    rig = await FetchRig.create();
    certificate = join(rig.directory, 'certificate.pem');
    const key = join(rig.directory, 'key.pem');
    selfSigned(key, certificate, alternative);
    if (more === 'expired') expire(key);
    server = await rig.server({
      key: readFileSync(key),
      cert: readFileSync(certificate),
      ...(more === 'expired' ? {} : more),
    });
    image = serve(server, 'web-1.0.iso', fakeImage(100_000));
  }
  afterEach(async () => {
    await rig.dispose();
  });

  /** The same certificate, of a day in 2020. */
  function expire(key: string): void {
    const config = join(rig.directory, 'ca.conf');
    const section = `new_certs_dir=${rig.directory}\ndatabase=${rig.directory}/index\nrand_serial=yes\ndefault_md=sha256\npolicy=any`;
    writeFileSync(
      config,
      `[ca]\ndefault_ca=own\n[own]\n${section}\ncopy_extensions=copyall\n[any]\ncommonName=supplied\n`,
    );
    writeFileSync(join(rig.directory, 'index'), '');
    const request = join(rig.directory, 'request.pem');
    const dates = ['-startdate', '20200101000000Z', '-enddate', '20200102000000Z'];
    const quiet = { stdio: 'ignore' } as const;
    execFileSync(
      'openssl',
      [
        'x509',
        '-x509toreq',
        '-copy_extensions',
        'copyall',
        '-in',
        certificate,
        '-signkey',
        key,
        '-out',
        request,
      ],
      quiet,
    );
    execFileSync(
      'openssl',
      [
        'ca',
        '-batch',
        '-selfsign',
        '-config',
        config,
        '-keyfile',
        key,
        '-in',
        request,
        '-notext',
        '-out',
        certificate,
        ...dates,
      ],
      quiet,
    );
  }

  const ensure = (mode: string, trusted = true) =>
    rig
      .store([
        httpSource(server.url(mode), { insecure: false, caFile: trusted ? hostPath(certificate) : null }),
      ])
      .ensure(image, () => {});

  it('gives an image when its certificate is trusted by caFile', async () => {
    await start('IP:127.0.0.1');
    await ensure('good');
    expect(rig.stored(image)).to.equal(image.sha256);
  });

  it('gives nothing when nobody vouches for its certificate', async () => {
    await start('IP:127.0.0.1');
    expect(await refusal(ensure('good', false), 'E_IMAGE_TLS')).to.match(/SELF_SIGNED/);
    expect(server.seen).to.deep.equal([]);
  });

  it('gives nothing when its certificate is for another host', async () => {
    await start('DNS:images.example');
    expect(await refusal(ensure('good'), 'E_IMAGE_TLS')).to.match(/ALTNAME/);
  });

  it('gives nothing when its certificate has expired', async () => {
    await start('IP:127.0.0.1', 'expired');
    expect(await refusal(ensure('good'), 'E_IMAGE_TLS')).to.match(/EXPIRED/);
  });

  it('gives nothing over a protocol that is no longer safe', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    await start('IP:127.0.0.1', old);
    expect(await refusal(ensure('good'), 'E_IMAGE_TLS')).to.match(/protocol is not accepted/);
    expect(server.seen).to.deep.equal([]);
  });

  it('is checked although the environment says not to', async () => {
    await start('IP:127.0.0.1');
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      await refusal(ensure('good', false), 'E_IMAGE_TLS');
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  it('is not left for http', async () => {
    await start('IP:127.0.0.1');
    const open = await rig.server();
    open.files.set(image.file, fakeImage(100_000));
    const mode = `redirect-to/${encodeURIComponent(open.url(`good/${image.file}`))}`;
    expect(await refusal(ensure(mode), 'E_IMAGE_REDIRECT')).to.match(/from https to http/);
    expect(open.seen).to.deep.equal([]);
  });
});
