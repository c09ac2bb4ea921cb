/** Images in OCI registries: pushed to and fetched from the real one; and from one that lies, which gets no credential to carry away. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { pushImage } from '../../../src/host/linux/index.js';
import { sha256Hex } from '../../../src/lib/index.js';
import type { ErrorCode, ImageRef, SourceAccess } from '../../../src/model/index.js';
import { BadRegistry } from '../../support/bad-registry.js';
import { FetchRig, registrySource } from '../../support/fetch-rig.js';
import { fakeImage } from '../../support/image-server.js';
import { refusal } from '../../support/refusal.js';
import { Registry, registryPassword, registryUser } from '../../support/registry.js';

const bytes = fakeImage(3_000_000);
const image: ImageRef = { file: 'web-1.0.iso', sha256: sha256Hex(bytes) };

describe('an OCI registry', () => {
  let rig: FetchRig;
  let file: string;

  beforeEach(async () => {
    rig = await FetchRig.create();
    file = join(rig.directory, image.file);
    writeFileSync(file, bytes);
  });
  afterEach(async () => {
    await rig.dispose();
  });

  const push = (registry: ReturnType<typeof registrySource>, tag = '1.0') =>
    pushImage({
      file,
      signature: null,
      registry,
      tag,
      signal: new AbortController().signal,
      progress: () => {},
    });

  async function password(): Promise<SourceAccess['auth']> {
    return {
      kind: 'basic',
      usernameFile: await rig.secret('user', `${registryUser}\n`),
      passwordFile: await rig.secret('password', ` ${registryPassword}\n`),
    };
  }

  describe('the real one', () => {
    let registry: Registry;

    async function start(user: boolean): Promise<void> {
      mkdirSync(join(rig.directory, 'registry'));
      registry = await Registry.start(join(rig.directory, 'registry'), { user });
    }
    afterEach(() => registry.stop());

    it('takes an image as an artifact, twice, and gives it by its sha256 alone', async () => {
      await start(false);
      const source = registrySource(registry.host, 'racks/web');
      const first = await push(source);
      expect(first).to.include({
        file: image.file,
        sha256: image.sha256,
        bytes: bytes.length,
        reference: `${registry.host}/racks/web:1.0`,
      });
      expect(await push(source)).to.deep.equal(first);
      await push(source, 'latest');
      await rig.store([source]).ensure(image, () => {});
      expect(rig.stored(image)).to.equal(image.sha256);
      const answer = await fetch(`http://${registry.host}/v2/racks/web/manifests/${first.manifest}`, {
        headers: { accept: 'application/vnd.oci.image.manifest.v1+json' },
      });
      const manifest = JSON.parse(await answer.text());
      expect(manifest.artifactType).to.equal('application/vnd.rackops.image.v1');
      expect(manifest.layers[0].annotations).to.deep.equal({ 'org.opencontainers.image.title': image.file });
    }).timeout(20_000);

    it('goes on with a download where it was', async () => {
      await start(false);
      const source = registrySource(registry.host, 'racks/web');
      await refusal(
        rig.store([source]).ensure(image, () => {}),
        'E_IMAGE_NOT_FOUND',
      );
      writeFileSync(rig.partialPath(image), bytes.subarray(0, 1_000_000));
      await push(source);
      await rig.store([source]).ensure(image, () => {});
      expect(rig.stored(image)).to.equal(image.sha256);
    }).timeout(20_000);

    it('is signed in to, for a push and for a download, with what the files hold', async () => {
      await start(true);
      await refusal(push(registrySource(registry.host, 'racks/web')), 'E_IMAGE_DENIED');
      const source = registrySource(registry.host, 'racks/web', { auth: await password() });
      await push(source);
      await refusal(
        rig.store([registrySource(registry.host, 'racks/web')]).ensure(image, () => {}),
        'E_IMAGE_DENIED',
      );
      await rig.store([source]).ensure(image, () => {});
      expect(rig.stored(image)).to.equal(image.sha256);
    }).timeout(20_000);

    it('is asked again at once when a wrong password was corrected', async () => {
      await start(true);
      const source = registrySource(registry.host, 'racks/web', { auth: await password() });
      await push(source);
      await rig.secret('password', 'wrong');
      const store = rig.store([source]);
      expect(
        await refusal(
          store.ensure(image, () => {}),
          'E_IMAGE_DENIED',
        ),
      ).not.to.contain('wrong');
      await rig.secret('password', registryPassword);
      await store.ensure(image, () => {});
    }).timeout(20_000);
  });

  describe('that lies', () => {
    let registry: BadRegistry;
    let other: BadRegistry;

    beforeEach(async () => {
      registry = await BadRegistry.start();
      other = await BadRegistry.start();
      registry.elsewhere = `http://${other.host}`;
      registry.blobs.set(`sha256:${image.sha256}`, bytes);
    });
    afterEach(async () => {
      await registry.stop();
      await other.stop();
    });

    async function ensure(mode: string, realms: readonly string[] = []): Promise<void> {
      const source = registrySource(registry.host, mode, { auth: await password() }, { realms });
      await rig.store([source]).ensure(image, () => {});
    }

    it('is of no consequence where only its headers lie: the bytes are right', async () => {
      await ensure('honest');
      await rig.store([registrySource(registry.host, 'access-token')]).ensure(image, () => {});
      expect(rig.stored(image)).to.equal(image.sha256);
      const basic = `Basic ${Buffer.from(`${registryUser}:${registryPassword}`).toString('base64')}`;
      expect(
        registry.seen.map(({ what, authorization }) => [what.split('/')[1], authorization]),
      ).to.deep.equal([
        ['v2', undefined],
        ['token', basic],
        ['v2', 'Bearer t0ken'],
      ]);
    });

    it('is signed in to anew when its token has expired under way', async () => {
      await ensure('expires');
      expect(rig.stored(image)).to.equal(image.sha256);
      expect(registry.seen.filter(({ what }) => what.includes('/token/')).length).to.equal(2);
    });

    it('does not hold a download up that waits for a token', async () => {
      const source = registrySource(registry.host, 'token-stalls', { auth: await password() });
      const store = rig.store([source], { headerTimeoutMs: 300 });
      const ensured = store.ensure(image, () => {});
      expect(await refusal(ensured, 'E_IMAGE_FETCH')).to.match(/token is not whole after 0\.3 s/);
    });

    it('gets no image whose signature is no signature, or is missing', async () => {
      const text = join(rig.directory, 'text');
      writeFileSync(text, 'no signature');
      const source = registrySource(registry.host, 'honest');
      const request = { file, registry: source, tag: '1.0', signal: new AbortController().signal };
      for (const [signature, code] of [
        [text, 'E_IMAGE_SIG_FORMAT'],
        [`${text}.minisig`, 'E_IMAGE_SIG_MISSING'],
      ] as const)
        await refusal(pushImage({ ...request, signature, progress: () => {} }), code);
      expect(registry.seen).to.deep.equal([]);
    });

    const modes: readonly (readonly [mode: string, code: ErrorCode, says: RegExp])[] = [
      ['elsewhere', 'E_OCI_REALM', /127\.0\.0\.1:\d+ for a token; no credential was sent/],
      ['by-address', 'E_OCI_REALM', /169\.254\.169\.254/],
      ['by-file', 'E_OCI_REALM', /file:/],
      ['with-user', 'E_OCI_REALM', /credentials in it/],
      ['no-url', 'E_OCI_REALM', /no URL/],
      ['no-challenge', 'E_IMAGE_DENIED', /401/],
      ['big-token', 'E_IMAGE_SIZE', /token is longer than 65536/],
      ['no-token', 'E_OCI_REGISTRY', /without a token/],
      ['no-json', 'E_OCI_REGISTRY', /without a token/],
      ['header-in-token', 'E_OCI_REGISTRY', /without a token/],
      ['wrong-token', 'E_IMAGE_DENIED', /401/],
      ['no-entry', 'E_IMAGE_DENIED', /403/],
      ['too-many', 'E_IMAGE_FETCH', /429/],
    ];
    for (const [mode, code, says] of modes) {
      it(`${code} for ${mode}`, async () => {
        expect(await refusal(ensure(mode), code)).to.match(says);
        expect(other.seen).to.deep.equal([]);
        expect(rig.stored(image)).to.equal(null);
      });
    }

    it('may send for a token to a host that is listed', async () => {
      await ensure('elsewhere', [other.host]);
      expect(other.seen.map(({ authorization }) => authorization?.split(' ')[0])).to.deep.equal(['Basic']);
      expect(rig.stored(image)).to.equal(image.sha256);
    });

    it('may keep its blobs elsewhere, which sees no credential', async () => {
      const server = await rig.server();
      server.files.set(image.file, bytes);
      registry.elsewhere = `http://${server.host}`;
      await ensure('cdn');
      expect(server.seen.map(({ headers }) => headers.authorization)).to.deep.equal([undefined]);
      expect(rig.stored(image)).to.equal(image.sha256);
    });
  });
});
