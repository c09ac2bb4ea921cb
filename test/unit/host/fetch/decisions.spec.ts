import { expect } from 'chai';
import { addressFault } from '../../../../src/host/linux/fetch/address.js';
import { pauseMs, resting } from '../../../../src/host/linux/fetch/again.js';
import { challengeOf, tokenUrl } from '../../../../src/host/linux/fetch/challenge.js';
import { imageUrl } from '../../../../src/host/linux/fetch/place.js';
import { followed, type Hop } from '../../../../src/host/linux/fetch/redirect.js';
import { Refused } from '../../../../src/host/linux/fetch/refused.js';
import { judge, retryAfterMs } from '../../../../src/host/linux/fetch/response.js';
import { nameIn } from '../../../../src/host/linux/minisign-form.js';
import { type ErrorCode, RackError } from '../../../../src/model/index.js';

const image = { file: 'web-shop-2.0-rc1.iso', sha256: 'a'.repeat(64) };
const refused = (again: Refused['again'], afterMs: number | null = null) =>
  new Refused('E_IMAGE_FETCH', 'x', { again, afterMs });

describe('where an image is', () => {
  const places: readonly (readonly [string, string | null])[] = [
    ['https://h/i', 'https://h/i/web-shop-2.0-rc1.iso'],
    ['https://h/i///', 'https://h/i/web-shop-2.0-rc1.iso'],
    ['https://h/i?k=1', 'https://h/i/web-shop-2.0-rc1.iso?k=1'],
    ['https://h/{name}/{version}', 'https://h/web-shop/2.0-rc1'],
    ['https://h/{sha256}', `https://h/${'a'.repeat(64)}`],
  ];
  for (const [template, url] of places)
    it(`below ${template}`, () => expect(imageUrl(template, image)?.href ?? null).to.equal(url));
  it('has its signature beside it, wherever the template has the name', () => {
    const beside = (template: string) => imageUrl(template, image, '.minisig')?.href ?? null;
    expect(beside('https://h/i?k=1')).to.equal('https://h/i/web-shop-2.0-rc1.iso.minisig?k=1');
    expect(beside('https://h/{name}/{version}')).to.equal('https://h/web-shop/2.0-rc1.minisig');
    expect(beside('https://h/get?file={file}')).to.equal('https://h/get?file=web-shop-2.0-rc1.iso.minisig');
    expect(beside('https://h/get?sha256={sha256}')).to.equal(null);
  });
  it('is nowhere when its name has no version, and the template wants one', () => {
    expect(imageUrl('https://h/{version}', { ...image, file: 'web.iso' })).to.equal(null);
  });
});

describe('a redirect', () => {
  const from: Hop = { url: new URL('https://a.example/x'), hops: 0, trusted: true };
  const trusted = (location: string, at = from) => {
    const next = followed(at, location);
    return 'refused' in next ? next.refused : next.trusted;
  };
  it('keeps credentials within scheme, host and port, and never gets them back', () => {
    expect(trusted('/y')).to.equal(true);
    expect(trusted('https://A.example:443/y')).to.equal(true);
    for (const other of [
      'https://a.example:444/',
      'https://b.example/',
      '//a.example.b/',
      'https://a.example./',
    ])
      expect(trusted(other), other).to.equal(false);
    const back = followed(followed(from, 'https://b.example/') as Hop, 'https://a.example/');
    expect(back).to.include({ trusted: false });
  });
  it('is refused to http, to files, with credentials, to nothing', () => {
    for (const other of [
      'http://a.example/',
      'file:///etc/passwd',
      'ftp://a/',
      'https://u:p@a.example/',
      '',
      'https://',
    ])
      expect(trusted(other), other).to.be.a('string');
  });
});

describe('an address', () => {
  const fault = (address: string, host = 'cdn.example', sourceHost = 'images.example') =>
    addressFault(address, { host, sourceHost }) !== null;
  it('of a link or of this machine is refused to whom a source sends us', () => {
    for (const address of [
      '169.254.169.254',
      'fe80::1',
      '::ffff:169.254.1.1',
      '::ffff:a9fe:1',
      '127.0.0.1',
      '::1',
      '0.0.0.0',
      '::ffff:127.0.0.1',
    ])
      expect(fault(address), address).to.equal(true);
    for (const address of ['10.0.0.1', '192.0.2.1', '2001:db8::1'])
      expect(fault(address), address).to.equal(false);
  });
  it('of a link is refused for the source too, unless it is what the administrator wrote', () => {
    expect(fault('169.254.1.1', 'images.example')).to.equal(true);
    expect(fault('127.0.0.1', 'images.example')).to.equal(false);
    expect(fault('169.254.1.1', '169.254.1.1', '169.254.1.1')).to.equal(false);
  });
});

describe('an answer', () => {
  const asked = { offset: 100, maxBytes: 1_000, nowMs: 0 };
  const kind = (status: number, headers: Record<string, string>, more = {}) =>
    judge(status, headers, { ...asked, ...more }).kind;
  it('is taken for what it is', () => {
    expect(kind(200, {})).to.equal('whole');
    expect(kind(206, { 'content-range': 'bytes 100-999/1000', 'content-length': '900' })).to.equal('rest');
    expect(kind(206, { 'content-range': 'bytes 100-999/*' })).to.equal('rest');
    expect(kind(416, { 'content-range': 'bytes */100' })).to.equal('complete');
    for (const range of [
      'bytes 0-999/1000',
      'bytes 101-999/1000',
      'bytes 100-500/1000',
      'bytes 999-100/1000',
      'bytes 100-1000/1000',
      'lines 1-2/3',
      '',
    ])
      expect(kind(206, { 'content-range': range }), range).to.equal('restart');
    expect(kind(206, { 'content-range': 'bytes 100-999/1000', 'content-length': '899' })).to.equal('restart');
    expect(kind(416, {})).to.equal('restart');
  });
  it('is refused when a part was not asked for, or it is too long', () => {
    expect(() => kind(206, { 'content-range': 'bytes 0-9/10' }, { offset: 0 })).to.throw(Refused);
    expect(() => kind(200, { 'content-length': '1001' })).to.throw(/maxSize/);
    expect(() => kind(200, { 'content-length': '9'.repeat(18) })).to.throw(/maxSize/);
  });
  it('may ask for a pause of an hour at most', () => {
    expect(retryAfterMs('120', 0)).to.equal(120_000);
    expect(retryAfterMs('999999', 0)).to.equal(3_600_000);
    expect(retryAfterMs('Thu, 01 Jan 1970 00:01:00 GMT', 10_000)).to.equal(50_000);
    expect(retryAfterMs('Thu, 01 Jan 1970 00:01:00 GMT', 90_000)).to.equal(0);
    expect(retryAfterMs('soon', 0)).to.equal(null);
  });
});

describe('a place that failed', () => {
  it('is asked again in a moment, five times in all, with growing pauses', () => {
    expect([1, 2, 3, 4, 5].map((failures) => pauseMs(refused('soon'), failures, 0))).to.deep.equal([
      500,
      1_000,
      2_000,
      4_000,
      null,
    ]);
    expect(pauseMs(refused('soon', 3_000), 1, 0)).to.equal(3_000);
    expect(pauseMs(refused('soon', 60_000), 1, 0)).to.equal(null);
    expect(pauseMs(refused('unless-changed'), 1, 0)).to.equal(null);
  });
  it('rests longer each time, a quarter of an hour at most, or as long as it asked for', () => {
    const rests = resting();
    const until = (failure: Refused) => {
      rests.failed('p', failure, 0);
      let ms = 0;
      while (rests.check('p', ms) !== null) ms += 1_000;
      return ms;
    };
    expect([1, 2, 3].map(() => until(refused('soon')))).to.deep.equal([30_000, 60_000, 120_000]);
    rests.succeeded('p');
    expect(until(refused('unless-changed'))).to.equal(900_000);
    expect(until(refused('soon', 3_600_000))).to.equal(3_600_000);
    expect(until(refused('always'))).to.equal(0);
  });
  it('rests too when what it gave is of no use, unless that is the fault of this host', () => {
    const rests = resting();
    const rested = (code: ErrorCode, afterMs: number) => {
      rests.failed(code, new RackError(code, 'cannot use it'), 0);
      return rests.check(code, afterMs) !== null;
    };
    expect([rested('E_IMAGE_SIG_CONTENT', 899_999), rested('E_IMAGE_SIZE', 899_999)]).to.deep.equal([
      true,
      true,
    ]);
    expect([rested('E_IMAGE_SIG_MISSING', 29_999), rested('E_IMAGE_SIG_MISSING', 60_000)]).to.deep.equal([
      true,
      false,
    ]);
    expect(rested('E_PROGRAM_MISSING', 0)).to.equal(false);
  });
  it('does not rest for ever when the clock is set back', () => {
    const rests = resting();
    rests.failed('p', refused('soon'), 10_000_000);
    expect(rests.check('p', 0)).to.equal(null);
  });
});

describe('a realm', () => {
  const rules = {
    registry: new URL('https://r.example/v2/a/'),
    realms: ['auth.example:8443'],
    insecure: false,
  };
  const ask = (realm: string) => tokenUrl({ realm, service: 's' }, 'repository:a:pull', rules).href;
  it('is asked on the host of the registry, or on one that is listed', () => {
    expect(ask('https://r.example/token')).to.equal(
      'https://r.example/token?service=s&scope=repository%3Aa%3Apull',
    );
    expect(ask('https://auth.example:8443/t')).to.contain('auth.example');
  });
  it('is refused anywhere else', () => {
    for (const realm of [
      'https://auth.example/t',
      'https://r.example:444/',
      'http://r.example/',
      'https://r.example.evil/',
      'https://u:p@r.example/',
      'x',
    ])
      expect(() => ask(realm), realm).to.throw(/no credential was sent/);
  });
  it('is the one that is listed, with the usual port or without it', () => {
    for (const listed of ['auth.example:443', 'auth.example'])
      expect(
        tokenUrl({ realm: 'https://auth.example/t', service: null }, 'x', { ...rules, realms: [listed] })
          .host,
      ).to.equal('auth.example');
  });
  it('is asked without TLS only on this machine, or on the host that is asked without TLS anyway', () => {
    const insecure = {
      registry: new URL('http://127.0.0.1:5000/v2/a/'),
      realms: ['auth.example', '127.0.0.1:5001'],
      insecure: true,
    };
    const open = (realm: string) => tokenUrl({ realm, service: null }, 'x', insecure).host;
    expect(open('http://127.0.0.1:5000/t')).to.equal('127.0.0.1:5000');
    expect(open('http://127.0.0.1:5001/t')).to.equal('127.0.0.1:5001');
    expect(open('https://auth.example/t')).to.equal('auth.example');
    expect(() => open('http://auth.example/t')).to.throw(/no credential was sent/);
  });
  it('is found in the challenge', () => {
    expect(challengeOf('Bearer realm="https://a/t",service="s"')).to.deep.equal({
      kind: 'bearer',
      realm: 'https://a/t',
      service: 's',
    });
    expect(challengeOf('Basic realm="x"')).to.deep.equal({ kind: 'basic' });
    for (const text of [undefined, 'Negotiate', 'Bearer', `Bearer realm="${'x'.repeat(5_000)}"`])
      expect(challengeOf(text)).to.equal(null);
  });
});

describe('a trusted comment', () => {
  it('names one file, or none', () => {
    expect(nameIn('timestamp:1\tfile:a b.iso\thashed\n')).to.equal('a b.iso');
    expect(nameIn('file:a.iso\tfile:b.iso')).to.equal(null);
    expect(nameIn('a file:a.iso file:b.iso')).to.equal(null);
    expect(nameIn('profile:a.iso')).to.equal(null);
  });
});
