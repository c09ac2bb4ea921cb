/** Downloads from a server that behaves and from servers that do not: right bytes or a clear error, bounded in time and space, and nothing left that would be taken for an image. */
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import type { Refused } from '../../../src/host/linux/fetch/refused.js';
import { request } from '../../../src/host/linux/fetch/request.js';
import type { ErrorCode, ImageRef } from '../../../src/model/index.js';
import { FetchRig, httpSource, serve } from '../../support/fetch-rig.js';
import { fakeImage, type ImageServer } from '../../support/image-server.js';
import { refusal } from '../../support/refusal.js';

const bytes = fakeImage(300_000);

describe('a download', () => {
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

  const ensure = (...modes: readonly string[]) =>
    rig
      .store(
        [httpSource(modes.map((mode) => server.url(mode)))],
        modes.includes('silent') ? { headerTimeoutMs: 150 } : {},
      )
      .ensure(image, () => {});

  describe('ends with the right bytes', () => {
    const modes: readonly (readonly [mode: string, what: string])[] = [
      ['good', 'from a server that behaves'],
      ['without-length', 'without a length'],
      ['without-etag', 'without an ETag'],
      ['cut', 'although the connection is cut again and again'],
      ['fails/2/503', 'although the server fails twice'],
      ['fails/1/429', 'although the server is too busy once'],
      ['redirect/1', 'through a redirect'],
      ['redirect/5', 'through five redirects'],
      ['good/{name}/{version}/{sha256}/{file}', 'from a template'],
    ];
    for (const [mode, what] of modes) {
      it(what, async () => {
        await ensure(mode);
        expect(rig.stored(image)).to.equal(image.sha256);
        expect(rig.kept()).to.deep.equal([image.sha256]);
      }).timeout(10_000);
    }

    const begun: readonly (readonly [mode: string, what: string, requests: number])[] = [
      ['good', 'goes on where it was', 1],
      ['without-etag', 'goes on where it was, also without an ETag', 1],
      ['no-range', 'begins anew when the server knows no ranges', 1],
      ['wrong-range', 'begins anew when the server sends another range', 2],
      ['no-such-range', 'begins anew when the server has no such range', 2],
    ];
    for (const [mode, what, requests] of begun) {
      it(`after an interruption: it ${what}`, async () => {
        await ensure('status/404').catch(() => {});
        writeFileSync(rig.partialPath(image), bytes.subarray(0, 100_000));
        await ensure(mode);
        expect(
          server.seen
            .slice(1)
            .map(({ headers }) => headers.range)
            .slice(0, 1),
        ).to.deep.equal(['bytes=100000-']);
        expect(server.seen.length - 1).to.equal(requests);
        expect(rig.stored(image)).to.equal(image.sha256);
      });
    }

    it('after an interruption in which the file on the server became another one', async () => {
      await ensure('status/404').catch(() => {});
      writeFileSync(rig.partialPath(image), Buffer.alloc(100_000, 1));
      writeFileSync(`${rig.partialPath(image)}.etag`, '"of-earlier"');
      await ensure('new-etag');
      expect(server.seen.at(-1)?.headers['if-range']).to.equal('"of-earlier"');
      expect(rig.stored(image)).to.equal(image.sha256);
    });

    it('after an interruption that left something wrong, and nothing that tells', async () => {
      await ensure('status/404').catch(() => {});
      writeFileSync(rig.partialPath(image), Buffer.alloc(100_000, 1));
      await ensure('good');
      expect(server.seen.slice(1).map(({ headers }) => headers.range)).to.deep.equal([
        'bytes=100000-',
        undefined,
      ]);
      expect(rig.stored(image)).to.equal(image.sha256);
    });

    it('when all was there already but the last word', async () => {
      await ensure('status/404').catch(() => {});
      writeFileSync(rig.partialPath(image), bytes);
      await ensure('good');
      expect(rig.stored(image)).to.equal(image.sha256);
    });

    it('from the next mirror, whatever is wrong with the one before', async () => {
      await ensure('status/404', 'flipped', 'html', 'gzip', 'status/403', 'good');
      expect(rig.stored(image)).to.equal(image.sha256);
    });
  });

  describe('ends with a clear error', () => {
    const modes: readonly (readonly [mode: string, code: ErrorCode, says: RegExp])[] = [
      ['status/404', 'E_IMAGE_NOT_FOUND', /web-1\.0\.iso/],
      ['status/401', 'E_IMAGE_DENIED', /401/],
      ['status/403', 'E_IMAGE_DENIED', /403/],
      ['status/500', 'E_IMAGE_FETCH', /500/],
      ['status/503/3600', 'E_IMAGE_FETCH', /503/],
      ['status/501', 'E_IMAGE_FETCH', /501/],
      ['flipped', 'E_IMAGE_DIGEST', /want sha256 [0-9a-f]{64}, got [0-9a-f]{64}/],
      ['length-plus-1', 'E_IMAGE_FETCH', /connection was cut/],
      ['length-minus-1', 'E_IMAGE_DIGEST', /want sha256/],
      ['longer', 'E_IMAGE_DIGEST', /want sha256/],
      ['cut-without-length', 'E_IMAGE_SIZE', /150000 bytes.*300000/],
      ['endless', 'E_IMAGE_SIZE', /maxSize/],
      ['huge', 'E_IMAGE_SIZE', /maxSize/],
      ['html', 'E_IMAGE_FORMAT', /3c21444f.*HTML/],
      ['gzip', 'E_IMAGE_FETCH', /Content-Encoding/],
      ['silent', 'E_IMAGE_FETCH', /no answer within/],
      ['stalls', 'E_IMAGE_FETCH', /sent 0 B/],
      ['drips', 'E_IMAGE_FETCH', /it sent \d+ B in/],
      ['redirect/6', 'E_IMAGE_REDIRECT', /more than 5 times/],
      ['redirect-loop', 'E_IMAGE_REDIRECT', /more than 5 times/],
      [`redirect-to/${encodeURIComponent('file:///etc/passwd')}`, 'E_IMAGE_REDIRECT', /file:/],
      [
        `redirect-to/${encodeURIComponent('http://169.254.169.254/latest/meta-data')}`,
        'E_IMAGE_REDIRECT',
        /link-local address 169\.254/,
      ],
      [`redirect-to/${encodeURIComponent('http://[fe80::1]/')}`, 'E_IMAGE_REDIRECT', /link-local/],
      [`redirect-to/${encodeURIComponent('http://[::ffff:169.254.1.1]/')}`, 'E_IMAGE_REDIRECT', /link-local/],
      [`redirect-to/${encodeURIComponent('http://user:pw@127.0.0.1/')}`, 'E_IMAGE_REDIRECT', /credentials/],
    ];
    for (const [mode, code, says] of modes) {
      it(`${code} for ${decodeURIComponent(mode)}`, async () => {
        expect(await refusal(ensure(mode), code)).to.match(says);
        expect(rig.stored(image)).to.equal(null);
      }).timeout(20_000);
    }

    it('E_IMAGE_REDIRECT for a name that suddenly means this machine, which is not even connected to', async () => {
      const asked = request({
        method: 'GET',
        url: new URL(`http://localhost:${server.port}/good/${image.file}`),
        headers: {},
        ca: [],
        sourceHost: 'images.example',
        headerTimeoutMs: 3_000,
        signal: new AbortController().signal,
      });
      const refused = await asked.catch((error: Refused) => `${error.code} ${error.message}`);
      expect(refused).to.match(/^E_IMAGE_REDIRECT it leads to this machine/);
      expect(server.seen).to.deep.equal([]);
    });

    it('E_IMAGE_FETCH when nobody listens there', async () => {
      const { port } = server;
      await server.stop();
      const store = rig.store([httpSource(`http://127.0.0.1:${port}/good`)]);
      expect(
        await refusal(
          store.ensure(image, () => {}),
          'E_IMAGE_FETCH',
        ),
      ).to.match(/refuses connections/);
      expect(rig.kept()).to.deep.equal([]);
    }).timeout(20_000);

    it('that names every place, by what is wrong with each', async () => {
      const message = await refusal(ensure('status/404', 'flipped', 'html'), 'E_IMAGE_DIGEST');
      expect(message).to.contain('/flipped/').and.to.contain('/html/');
    });

    it('that names every place where it was looked for, without what is secret in a URL', async () => {
      const store = rig.store([httpSource([server.url('status/404?sig=hush'), server.url('status/410')])]);
      const message = await refusal(
        store.ensure(image, () => {}),
        'E_IMAGE_NOT_FOUND',
      );
      expect(message)
        .to.contain('/status/404/web-1.0.iso?…')
        .and.to.contain('/status/410/')
        .and.not.to.contain('hush');
    });
  });

  it('is given up when a server makes it begin anew for ever', async () => {
    await refusal(ensure('cut-by-turns'), 'E_IMAGE_FETCH');
    expect(server.seen.length).to.be.at.most(6);
  }).timeout(10_000);

  it('is not made again and again of an image whose header says that it is longer', async () => {
    const short = fakeImage(200_000);
    short.writeBigUInt64LE(300_000n, 40);
    const wrong = serve(server, 'short-1.0.iso', short);
    const store = rig.store([httpSource(server.url('good'))]);
    for (let pass = 0; pass < 3; pass++)
      await refusal(
        store.ensure(wrong, () => {}),
        'E_IMAGE_SIZE',
      );
    expect(server.seen.length).to.equal(1);
    expect(rig.kept()).to.deep.equal([]);
  });

  it('asks again only when that makes sense, and not at once after it was given up', async () => {
    const asked: Record<string, number> = {};
    for (const mode of ['status/404', 'status/403', 'status/503', 'status/503/3600', 'flipped']) {
      const store = rig.store([httpSource(server.url(mode))]);
      server.seen.length = 0;
      await store.ensure(image, () => {}).catch(() => {});
      await store.ensure(image, () => {}).catch(() => {});
      asked[mode] = server.seen.length;
    }
    expect(asked).to.deep.equal({
      'status/404': 1,
      'status/403': 1,
      'status/503': 5,
      'status/503/3600': 1,
      flipped: 1,
    });
  }).timeout(20_000);

  it('is asked for again at once when the definition names another image', async () => {
    const store = rig.store([httpSource(server.url('good'))]);
    await refusal(
      store.ensure({ ...image, file: 'web-2.0.iso' }, () => {}),
      'E_IMAGE_NOT_FOUND',
    );
    const other = serve(server, 'web-2.0.iso', fakeImage(200_000, 'two'));
    await store.ensure(other, () => {});
    expect(rig.stored(other)).to.equal(other.sha256);
  });

  it('is made once for racks that ask at the same moment', async () => {
    const store = rig.store([httpSource(server.url('good'))]);
    await Promise.all(Array.from({ length: 20 }, () => store.ensure(image, () => {})));
    expect(server.seen.length).to.equal(1);
    expect(rig.kept()).to.deep.equal([image.sha256]);
  });

  it('is made beside so many others only, and lets who waits do something else', async () => {
    let running = 0;
    let most = 0;
    let aside = 0;
    server.onBytes = async (sent) => {
      if (sent === 16_384) most = Math.max(most, ++running);
      await sleep(5);
      if (sent === 100_000) running--;
    };
    const images = Array.from({ length: 5 }, (_, index) =>
      serve(server, `i-${index}.iso`, fakeImage(100_000, `${index}`)),
    );
    const store = rig.store([httpSource(server.url('paced'))], { concurrent: 2 });
    const fetching = {
      signal: new AbortController().signal,
      aside: async <T>(work: () => Promise<T>) => {
        aside++;
        return work();
      },
      present: null,
      onDelta: () => {},
    };
    await Promise.all(images.map((each) => store.ensure(each, () => {}, fetching)));
    expect({ most, aside }).to.deep.equal({ most: 2, aside: 5 });
  });

  it('ends at once when it is told to, keeps what it has, and goes on from there', async () => {
    const stop = new AbortController();
    // More than is written at once, so that some of it is on the disk and some is not.
    const big = serve(server, 'big-1.0.iso', fakeImage(3_000_000));
    server.onBytes = async (sent) => {
      if (sent > 1_500_000) stop.abort(new Error('told to stop'));
      if (sent > 1_400_000) await sleep(2);
    };
    const aside = <T>(work: () => Promise<T>) => work();
    const store = rig.store([httpSource(server.url('paced'))]);
    const ended = await store
      .ensure(big, () => {}, { signal: stop.signal, aside, present: null, onDelta: () => {} })
      .catch((error: Error) => error.message);
    expect(ended).to.equal('told to stop');
    expect(rig.kept()).to.deep.equal([`${big.sha256}.partial`, `${big.sha256}.partial.etag`]);
    await rig.store([httpSource(server.url('good'))]).ensure(big, () => {});
    expect(server.seen.at(-1)?.headers.range).to.match(/^bytes=1[1-9]\d{5}-$/);
    expect(rig.stored(big)).to.equal(big.sha256);
  });

  it('tells how far it is', async () => {
    const told: string[] = [];
    const big = serve(server, 'big-1.0.iso', fakeImage(3_000_000));
    server.onBytes = async (sent) => {
      if (sent === 100 * 16_384) await sleep(1_050);
    };
    const pace = { stall: { bytes: 1, ms: 10_000 }, firstPauseMs: 10 };
    await rig.store([httpSource(server.url('paced'))], { pace }).ensure(big, (detail) => told.push(detail));
    expect(told).to.have.length(1);
    expect(told[0]).to.match(
      /^downloading 2 MiB of 2\.9 MiB from http:\/\/127\.0\.0\.1:\d+\/paced\/big-1\.0\.iso$/,
    );
  }).timeout(10_000);
});
