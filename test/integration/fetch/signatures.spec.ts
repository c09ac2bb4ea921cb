/** Signatures of images, made by minisign: what is not signed as its source wants it is in no store, and each way to be wrong has its own code. */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { signatureMediaType } from '../../../src/host/linux/fetch/registry.js';
import { pushImage } from '../../../src/host/linux/index.js';
import { sha256Hex } from '../../../src/lib/index.js';
import {
  type ErrorCode,
  hostPath,
  type ImageRef,
  type ImageVerify,
  plainDirectory,
} from '../../../src/model/index.js';
import { BadRegistry } from '../../support/bad-registry.js';
import { FetchRig, httpSource, registrySource, serve } from '../../support/fetch-rig.js';
import { fakeImage, type ImageServer } from '../../support/image-server.js';
import { refusal } from '../../support/refusal.js';
import { Registry } from '../../support/registry.js';

const bytes = fakeImage(200_000);

describe('a signature', () => {
  let rig: FetchRig;
  let server: ImageServer;
  let image: ImageRef;

  beforeEach(async () => {
    rig = await FetchRig.create();
    server = await rig.server();
    image = serve(server, 'web-1.0.iso', bytes);
    for (const name of ['ours', 'theirs'])
      execFileSync('minisign', ['-G', '-W', '-p', path(`${name}.pub`), '-s', path(`${name}.key`)], {
        stdio: 'ignore',
      });
  });
  afterEach(async () => {
    await rig.dispose();
  });

  const path = (name: string): string => join(rig.directory, name);
  const keys = (...names: readonly string[]): ImageVerify => ({
    keys: names.map((name) => hostPath(path(`${name}.pub`))),
    required: true,
  });

  /** Text of the signature of these bytes under that name. */
  function sign(key: string, content: Buffer, name: string, ...more: readonly string[]): string {
    const file = path(name);
    writeFileSync(file, content);
    execFileSync('minisign', ['-S', '-s', path(`${key}.key`), '-m', file, ...more], {
      stdio: 'ignore',
      input: '\n',
    });
    return readFileSync(`${file}.minisig`, 'utf8');
  }

  const offer = (signature: string): void => {
    server.files.set(`${image.file}.minisig`, Buffer.from(signature));
  };
  const fromServer = (verify: ImageVerify) => rig.store([httpSource(server.url('good'), {}, { verify })]);

  it('by one of the keys of the source lets an image in', async () => {
    offer(sign('ours', bytes, image.file));
    await fromServer(keys('theirs', 'ours')).ensure(image, () => {});
    expect(rig.stored(image)).to.equal(image.sha256);
  });

  const wrong: readonly (readonly [string, ErrorCode, () => string | null])[] = [
    ['that is missing', 'E_IMAGE_SIG_MISSING', () => null],
    ['by another key', 'E_IMAGE_SIG_KEY', () => sign('theirs', bytes, image.file)],
    ['of other bytes', 'E_IMAGE_SIG_CONTENT', () => sign('ours', fakeImage(200_000, 'other'), image.file)],
    ['for another name', 'E_IMAGE_SIG_NAME', () => sign('ours', bytes, 'mail-1.0.iso')],
    ['for no name', 'E_IMAGE_SIG_NAME', () => sign('ours', bytes, image.file, '-t', 'good for everything')],
    [
      'for two names',
      'E_IMAGE_SIG_NAME',
      () => sign('ours', bytes, image.file, '-t', 'file:mail-1.0.iso\tfile:web-1.0.iso'),
    ],
    ['of the old kind', 'E_IMAGE_SIG_FORMAT', () => sign('ours', bytes, image.file, '-l')],
    ['that is none', 'E_IMAGE_SIG_FORMAT', () => '<html>'],
    [
      'with a changed comment',
      'E_IMAGE_SIG_CONTENT',
      () => sign('ours', bytes, 'mail-1.0.iso').replace('file:mail-1.0.iso', 'file:web-1.0.iso'),
    ],
  ];
  for (const [what, code, make] of wrong) {
    it(`${what} keeps an image out: ${code}`, async () => {
      const signature = make();
      if (signature !== null) offer(signature);
      const store = fromServer(keys('ours'));
      await refusal(
        store.ensure(image, () => {}),
        code,
      );
      await refusal(store.openVerified(image), 'E_IMAGE_NOT_FOUND');
      expect(rig.stored(image)).to.equal(null);
    });
  }

  it('that comes later lets in what was downloaded, without downloading it again', async () => {
    await refusal(
      fromServer(keys('ours')).ensure(image, () => {}),
      'E_IMAGE_SIG_MISSING',
    );
    offer(sign('ours', bytes, image.file));
    server.seen.length = 0;
    await fromServer(keys('ours')).ensure(image, () => {});
    expect(server.seen[0]?.headers.range).to.equal(`bytes=${bytes.length}-`);
    expect(rig.stored(image)).to.equal(image.sha256);
  });

  it('that was good once needs neither network nor signature again, until the keys change', async () => {
    offer(sign('ours', bytes, image.file));
    await fromServer(keys('ours')).ensure(image, () => {});
    server.files.clear();
    await fromServer(keys('ours')).ensure(image, () => {});
    await (await fromServer(keys('ours')).openVerified(image)).handle.close();
    expect(server.seen.length).to.equal(2);
    renameSync(path('theirs.pub'), path('ours.pub'));
    await refusal(fromServer(keys('ours')).openVerified(image), 'E_IMAGE_NOT_FOUND');
  });

  it('is asked for an image that is in the store already when signatures begin to be required', async () => {
    await rig.store([httpSource(server.url('good'))]).ensure(image, () => {});
    await refusal(
      fromServer(keys('ours')).ensure(image, () => {}),
      'E_IMAGE_SIG_MISSING',
    );
    offer(sign('ours', bytes, image.file));
    server.seen.length = 0;
    await fromServer(keys('ours')).ensure(image, () => {});
    expect(server.seen.map(({ url }) => url)).to.deep.equal([`/good/${image.file}.minisig`]);
  });

  it('may be absent where it is not required, and must not be wrong', async () => {
    const lenient = { ...keys('ours'), required: false };
    const told: string[] = [];
    await fromServer(lenient).ensure(image, (detail) => told.push(detail));
    expect(told.join('\n')).to.contain('warning').and.to.contain('has no signature');
    await (await fromServer(lenient).openVerified(image)).handle.close();
    await refusal(fromServer(keys('ours')).openVerified(image), 'E_IMAGE_NOT_FOUND');
    await refusal(
      fromServer(keys('ours')).ensure(image, () => {}),
      'E_IMAGE_SIG_MISSING',
    );
    await rig.forget(image);
    offer(sign('theirs', bytes, image.file));
    await refusal(
      fromServer(lenient).ensure(image, () => {}),
      'E_IMAGE_SIG_KEY',
    );
  });

  it('is asked of directories too, beside the image', async () => {
    const source = { ...plainDirectory(rig.layout.iso), verify: keys('ours') };
    writeFileSync(join(rig.layout.iso, image.file), bytes);
    await refusal(
      rig.store([source]).ensure(image, () => {}),
      'E_IMAGE_SIG_MISSING',
    );
    sign('ours', bytes, image.file);
    copyFileSync(path(`${image.file}.minisig`), join(rig.layout.iso, `${image.file}.minisig`));
    await (await rig.store([source]).openVerified(image)).handle.close();
  });

  it('is of the bytes that are used, also when somebody changes the file meanwhile', async () => {
    const source = { ...plainDirectory(rig.layout.iso), verify: keys('ours') };
    const file = join(rig.layout.iso, image.file);
    const released = fakeImage(bytes.length, 'released');
    sign('ours', released, image.file);
    copyFileSync(path(`${image.file}.minisig`), `${file}.minisig`);
    writeFileSync(file, bytes);
    chmodSync(file, 0o666);
    const flipper = new Worker(
      `const { openSync, writeSync } = require('node:fs');
       const { file, contents } = require('node:worker_threads').workerData;
       const fd = openSync(file, 'r+');
       for (let turn = 0; ; turn++) {
         writeSync(fd, contents[turn % 2], 0, contents[0].length, 0);
         Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.random() * 8);
       }`,
      { eval: true, workerData: { file, contents: [bytes, released] } },
    );
    try {
      for (let pass = 0; pass < 15; pass++) {
        await rig
          .store([source])
          .ensure(image, () => {})
          .catch(() => {});
        expect(rig.stored(image)).to.equal(null);
      }
    } finally {
      await flipper.terminate();
    }
  }).timeout(20_000);

  it('that does not come, or not whole, is asked of the mirror', async () => {
    offer(sign('ours', bytes, image.file));
    for (const mode of ['signature-stalls', 'signature-cut']) {
      const urls = [server.url(mode), server.url('good')];
      const options = { headerTimeoutMs: 100 };
      await rig.store([httpSource(urls, {}, { verify: keys('ours') })], options).ensure(image, () => {});
      expect(rig.stored(image)).to.equal(image.sha256);
      await rig.forget(image);
      await rm(join(rig.layout.state, 'image-signatures.json'));
    }
  });

  it('that is missing or wrong does not make a download of each pass', async () => {
    for (const signature of [null, sign('theirs', bytes, image.file)]) {
      if (signature !== null) offer(signature);
      server.seen.length = 0;
      // What the second source has needs no signature, so that nothing of the first one may stay.
      const urls = [server.url('good'), server.url('status/404')] as const;
      const store = rig.store([httpSource(urls[0], {}, { verify: keys('ours') }), httpSource(urls[1])]);
      for (let pass = 0; pass < 3; pass++) await store.ensure(image, () => {}).catch(() => {});
      expect(server.seen.map(({ url }) => url)).to.deep.equal([
        `/good/${image.file}`,
        `/good/${image.file}.minisig`,
        `/status/404/${image.file}`,
      ]);
    }
  });

  it('is not downloaded for when its key is missing, and leaves no file open then', async () => {
    await rig.store([httpSource(server.url('good'))]).ensure(image, () => {});
    const open = readdirSync('/proc/self/fd').length;
    server.seen.length = 0;
    for (let pass = 0; pass < 5; pass++)
      await refusal(
        fromServer(keys('nobodys')).ensure(image, () => {}),
        'E_IMAGE_AUTH_FILE',
      );
    expect(readdirSync('/proc/self/fd').length).to.be.at.most(open + 2);
    expect(server.seen).to.deep.equal([]);
  });

  it('is not checked with a key that others can change, or that is none', async () => {
    offer(sign('ours', bytes, image.file));
    execFileSync('chmod', ['666', path('ours.pub')]);
    await refusal(
      fromServer(keys('ours')).ensure(image, () => {}),
      'E_IMAGE_AUTH_FILE',
    );
    writeFileSync(path('theirs.pub'), 'no key');
    await refusal(
      fromServer(keys('theirs')).ensure(image, () => {}),
      'E_IMAGE_SIG_FORMAT',
    );
  });

  const manifests: readonly (readonly [what: string, manifest: string, code: ErrorCode, says: RegExp])[] = [
    [
      'is an index of others',
      JSON.stringify({ manifests: [{ digest: `sha256:${'0'.repeat(64)}` }] }),
      'E_OCI_REGISTRY',
      /has no layers/,
    ],
    [
      'sends elsewhere for a layer',
      JSON.stringify({
        layers: [
          {
            mediaType: signatureMediaType,
            digest: `sha256:${'0'.repeat(64)}`,
            size: 300,
            urls: ['http://h/'],
          },
        ],
      }),
      'E_OCI_REGISTRY',
      /sends us elsewhere/,
    ],
    ['has 5 MiB', ' '.repeat(5 * 1_048_576), 'E_IMAGE_SIZE', /manifest is longer than 4194304 bytes/],
  ];
  for (const [what, manifest, code, says] of manifests) {
    it(`is not taken from a registry whose manifest ${what}`, async () => {
      const registry = await BadRegistry.start();
      try {
        registry.blobs.set(`sha256:${image.sha256}`, bytes);
        registry.manifests.set('honest', manifest);
        const source = registrySource(registry.host, 'honest', {}, { verify: keys('ours') });
        const ensured = rig.store([source]).ensure(image, () => {});
        expect(await refusal(ensured, code)).to.match(says);
        expect(rig.stored(image)).to.equal(null);
      } finally {
        await registry.stop();
      }
    });
  }

  it('goes into a registry with the image, and is found there', async () => {
    execFileSync('mkdir', [path('registry')]);
    const registry = await Registry.start(path('registry'));
    try {
      sign('ours', bytes, image.file);
      const source = registrySource(registry.host, 'racks/web', {}, { verify: keys('ours') });
      const request = {
        file: path(image.file),
        registry: source,
        signal: new AbortController().signal,
        progress: () => {},
      };
      await pushImage({ ...request, signature: null, tag: '1.0' });
      await refusal(
        rig.store([source]).ensure(image, () => {}),
        'E_IMAGE_SIG_MISSING',
      );
      const report = await pushImage({ ...request, signature: `${path(image.file)}.minisig`, tag: '1.0' });
      expect(report.signature).to.equal(`sha256-${sha256Hex(bytes)}.minisig`);
      await rig.store([source]).ensure(image, () => {});
      expect(basename(path(image.file))).to.equal(report.file);
    } finally {
      await registry.stop();
    }
  }).timeout(20_000);
});
