/** Credentials of a source: sent to its scheme, host and port, and to nobody else, whatever a server answers; read anew each time; in no message. */
import { chmodSync, chownSync } from 'node:fs';
import { expect } from 'chai';
import { hostPath, type ImageRef, type SourceAccess } from '../../../src/model/index.js';
import { FetchRig, httpSource, serve } from '../../support/fetch-rig.js';
import { fakeImage, type ImageServer } from '../../support/image-server.js';
import { refusal } from '../../support/refusal.js';

describe('credentials of an image source', () => {
  let rig: FetchRig;
  let server: ImageServer;
  let other: ImageServer;
  let image: ImageRef;
  let access: Partial<SourceAccess>;

  beforeEach(async () => {
    rig = await FetchRig.create();
    server = await rig.server();
    other = await rig.server();
    image = serve(server, 'web-1.0.iso', fakeImage(100_000));
    other.files.set(image.file, fakeImage(100_000));
    access = {
      auth: { kind: 'bearer', tokenFile: await rig.secret('token', 's3cret-t0ken\n') },
      headers: [{ name: 'X-Key', file: await rig.secret('key', 'k3y') }],
    };
  });
  afterEach(async () => {
    await rig.dispose();
  });

  const ensure = (url: string, more: Partial<SourceAccess> = {}) =>
    rig.store([httpSource(url, { ...access, ...more })]).ensure(image, () => {});

  it('are sent to the source', async () => {
    await ensure(server.url('private'));
    expect(server.seen[0]?.headers).to.include({ authorization: 'Bearer s3cret-t0ken', 'x-key': 'k3y' });
  });

  it('go along a redirect within the source', async () => {
    await ensure(server.url('redirect/2'));
    expect(server.seen.map(({ headers }) => headers['x-key'])).to.deep.equal(['k3y', 'k3y', 'k3y']);
  });

  const elsewhere = encodeURIComponent;
  const layouts: readonly (readonly [string, () => string])[] = [
    ['another port', () => server.url(`redirect-to/${elsewhere(other.url(`good/${image.file}`))}`)],
    [
      'another name of the same address',
      () => server.url(`redirect-to/${elsewhere(`http://localhost:${other.port}/good/${image.file}`)}`),
    ],
    [
      'a URL without a scheme',
      () => server.url(`redirect-to/${elsewhere(`//${other.host}/good/${image.file}`)}`),
    ],
    ['two hops', () => server.url(`redirect-to/${elsewhere(other.url(`redirect/1/${image.file}`))}`)],
    [
      'a way back to the source',
      () =>
        server.url(
          `redirect-to/${elsewhere(other.url(`redirect-to/${elsewhere(server.url(`good/${image.file}`))}/${image.file}`))}`,
        ),
    ],
  ];
  for (const [what, url] of layouts) {
    it(`do not go along a redirect to ${what}`, async () => {
      await ensure(url());
      const later = [...other.seen, ...server.seen.slice(1)];
      expect(later.length).to.be.greaterThan(0);
      for (const { headers } of later) {
        expect(headers.authorization).to.equal(undefined);
        expect(headers['x-key']).to.equal(undefined);
      }
      expect(rig.stored(image)).to.equal(image.sha256);
    });
  }

  it('are read for each download: a rotated token counts at once', async () => {
    const store = rig.store([httpSource(server.url('private'), access)]);
    server.authorization = 'Bearer n3xt';
    await refusal(
      store.ensure(image, () => {}),
      'E_IMAGE_DENIED',
    );
    await rig.secret('token', 'n3xt');
    await store.ensure(image, () => {});
    expect(rig.stored(image)).to.equal(image.sha256);
  });

  it('are in no message', async () => {
    const told: string[] = [];
    for (const mode of ['private/no-such-file', 'status/403', 'status/500', 'flipped', 'html']) {
      const store = rig.store([
        httpSource(server.url(`${mode}?key=hush`), {
          ...access,
          auth: { kind: 'bearer', tokenFile: await rig.secret('token', 'wr0ng') },
        }),
      ]);
      const error = await store.ensure(image, (detail) => told.push(detail)).catch((caught: Error) => caught);
      told.push(JSON.stringify(error, Object.getOwnPropertyNames(error ?? {})));
    }
    expect(told.join('\n')).not.to.match(/wr0ng|k3y|hush/);
  });

  const spoilt: readonly (readonly [string, (path: string) => void, RegExp])[] = [
    ['that others can read', (path) => chmodSync(path, 0o640), /mode 0640/],
    ["that are not root's", (path) => chownSync(path, 1_000, 1_000), /uid 1000/],
  ];
  for (const [what, spoil, says] of spoilt) {
    it(`are not read from files ${what}`, async () => {
      spoil(await rig.secret('key', 'k3y'));
      expect(await refusal(ensure(server.url('good')), 'E_IMAGE_AUTH_FILE')).to.match(says);
      expect(server.seen).to.deep.equal([]);
    });
  }

  it('are not read from a file that is not there, is empty, or would make a second header', async () => {
    const headers = (file: string) => ({ headers: [{ name: 'X-Key', file: hostPath(file) }] });
    await refusal(ensure(server.url('good'), headers(`${rig.directory}/nothing`)), 'E_IMAGE_AUTH_FILE');
    for (const text of ['', '\n', 'a\nX-Evil: 1', 'a\u00e9']) {
      await rig.secret('key', text);
      await refusal(ensure(server.url('good')), 'E_IMAGE_AUTH_FILE');
    }
    expect(server.seen).to.deep.equal([]);
  });
});
