/** A new image by what it has in common with an older one: real squashfs, real zsyncmake and zsync, a real server. What goes wrong costs a whole download and is said; it never costs the image. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { workerUid } from '../../../src/host/linux/delta/workroom.js';
import { bundleFetchChild } from '../../support/bundled-child.js';
import { DeltaRig, noise, versions } from '../../support/delta-rig.js';

const images = versions();

/** What /proc says of the processes of the user that zsync runs as. */
function workers(file: 'cmdline' | 'environ' = 'cmdline'): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const [, uid] = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
        const text = uid === String(workerUid) ? readFileSync(`/proc/${pid}/${file}`, 'latin1') : '';
        // One that is dead and not yet waited for has none.
        return text === '' ? [] : [text];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

describe('the difference of an image', () => {
  let rig: DeltaRig;

  beforeEach(async () => {
    rig = await DeltaRig.create(images);
  });
  afterEach(async () => {
    await rig.dispose();
    expect(workers()).to.deep.equal([]);
  });

  function expectWhole(why: RegExp | 'absent'): void {
    expect(rig.fetch.stored(rig.next.image)).to.equal(rig.next.image.sha256);
    expect(rig.fetch.kept()).to.deep.equal([rig.old.image.sha256, rig.next.image.sha256].sort());
    expect(rig.told.map(({ kind }) => kind)).to.deep.equal([why === 'absent' ? 'absent' : 'failed']);
    const [told] = rig.told;
    if (told?.kind === 'failed' && why !== 'absent') expect(told.why).to.match(why);
  }

  function expectDelta(): void {
    expect(rig.told).to.have.length(1);
    expect(rig.told[0]).to.include({ kind: 'fetched', wholeBytes: rig.next.bytes.length });
    expect(rig.fetch.stored(rig.next.image)).to.equal(rig.next.image.sha256);
    expect(rig.fetch.kept()).to.deep.equal([rig.old.image.sha256, rig.next.image.sha256].sort());
  }

  it('is all that is downloaded, and the image has the right bytes', async () => {
    await rig.ensure();
    expectDelta();
    const sent = await rig.sent();
    const [told] = rig.told;
    expect(sent).to.be.lessThan(rig.next.bytes.length / 3);
    expect(told?.kind === 'fetched' && told.fetchedBytes).to.be.within(200_000, sent);
  });

  it('is found with the control file of a plain zsyncmake too', async () => {
    rig.server.files.set('web-2.0.iso.zsync', rig.control());
    await rig.ensure();
    expectDelta();
  });

  it('is found without being told what runs, by the name', async () => {
    await rig.fetch.forget(rig.old.image);
    writeFileSync(`${rig.fetch.layout.iso}/${rig.old.image.file}`, rig.old.bytes);
    await rig.ensure(['good'], {}, { present: null });
    expect(rig.told[0]).to.include({ kind: 'fetched' });
    expect(rig.fetch.stored(rig.next.image)).to.equal(rig.next.image.sha256);
  });

  it('is taken from a mirror, where the first place has nothing at all', async () => {
    await rig.ensure(['status/404', 'good']);
    expect(rig.told.map(({ kind }) => kind)).to.deep.equal(['absent', 'fetched']);
    expect(rig.fetch.stored(rig.next.image)).to.equal(rig.next.image.sha256);
  });

  it('counts what an interrupted download has brought', async () => {
    const half = Math.floor(rig.next.bytes.length / 2);
    writeFileSync(rig.fetch.partialPath(rig.next.image), rig.next.bytes.subarray(0, half));
    await rig.fetch.forget(rig.old.image);
    writeFileSync(`${rig.fetch.layout.iso}/web-0.9.iso`, noise(4_096, 'of no use'));
    await rig.ensure();
    const [told] = rig.told;
    expect(told?.kind === 'fetched' && told.fetchedBytes).to.be.within(1, half + 4_096);
    expect(rig.fetch.stored(rig.next.image)).to.equal(rig.next.image.sha256);
  });

  describe('is not asked for', () => {
    const unasked = (): void => {
      expect(rig.server.seen.map(({ url }) => url)).to.deep.equal(['/good/web-2.0.iso']);
      expect(rig.told).to.deep.equal([]);
      expect(rig.fetch.stored(rig.next.image)).to.equal(rig.next.image.sha256);
    };
    it('of a source that does not offer it', async () => {
      await rig.ensure(['good'], { delta: 'none' });
      unasked();
    });
    it('with no older image here', async () => {
      await rig.fetch.forget(rig.old.image);
      await rig.ensure();
      unasked();
    });
  });

  describe('gives way to a whole download, and says why, when', () => {
    const head = (fields: Readonly<Record<string, string | number>>, sums: Buffer | null = null) => {
      const known = { zsync: '0.6.2', Blocksize: 2048, Length: rig.next.bytes.length };
      const all = Object.entries({ ...known, 'Hash-Lengths': '2,2,5', URL: 'x', ...fields });
      const blocks = Math.ceil(rig.next.bytes.length / 2048);
      const text = all.map(([key, value]) => `${key}: ${value}\n`).join('');
      return Buffer.concat([Buffer.from(`${text}\n`), sums ?? Buffer.alloc(blocks * 7)]);
    };
    const controls: readonly (readonly [what: string, why: RegExp, control: () => Buffer])[] = [
      ['its control file is empty', /ends within its header/, () => Buffer.alloc(0)],
      ['its control file is a page', /no end of its header/, () => Buffer.from('<html>'.repeat(4_000))],
      ['its control file is noise', /not "key: value"|no end/, () => noise(200_000, 'control')],
      ['it says to be an exabyte', /more than images\.maxSize/, () => head({ Length: 10 ** 14 })],
      ['it says to be nothing', /Length is no number/, () => head({ Length: 0 })],
      ['its blocks have no bytes', /Blocksize is no power/, () => head({ Blocksize: 0 })],
      ['its blocks are odd', /Blocksize is no power/, () => head({ Blocksize: 3_000 })],
      ['its sums have no length', /Hash-Lengths make no sense/, () => head({ 'Hash-Lengths': '0,9,99' })],
      ['it has fewer sums than blocks', /fewer sums/, () => head({}, Buffer.alloc(100))],
      ['it has 64 MiB of sums for a few blocks', /more sums/, () => head({}, Buffer.alloc(67_108_864))],
      ['it wants gzip to be run', /made for a compressed file/, () => head({ Recompress: '0 --best' })],
      ['its sums fit nothing', /zsync|another sha256|no file of the right size/, () => head({})],
      [
        'its length is another one',
        /its file has \d+ bytes, and the control file says/,
        () => {
          const { length } = rig.next.bytes;
          const text = rig.control().toString('latin1');
          return Buffer.from(text.replace(`Length: ${length}`, `Length: ${length - 1}`), 'latin1');
        },
      ],
      [
        'it is of another image',
        /another sha256|its file has/,
        () => Buffer.from(rig.controlOf(rig.old.bytes, rig.old.image.file)),
      ],
    ];
    for (const [what, why, control] of controls) {
      it(what, async () => {
        rig.server.files.set('web-2.0.iso.zsync', control());
        await rig.ensure();
        expectWhole(why);
      });
    }

    it('there is no control file: which is no warning', async () => {
      rig.server.files.delete('web-2.0.iso.zsync');
      await rig.ensure();
      expectWhole('absent');
    });

    const servers: readonly (readonly [mode: string, why: RegExp])[] = [
      ['no-range', /all of the file when asked for a part/],
      ['wrong-range', /another range than was asked for/],
      ['part-flipped', /zsync: |another sha256|right size/],
      ['part-status/500', /answers with status 500/],
      ['part-silent', /no answer within/],
    ];
    for (const [mode, why] of servers) {
      it(`the server is of the kind ${mode}`, async () => {
        await rig.ensure([mode], {}, {}, { headerTimeoutMs: 150 });
        expectWhole(why);
      });
    }
  });

  it('goes nowhere else, whatever names and addresses are in the control file', async () => {
    const other = await rig.fetch.server();
    const text = rig.control().toString('latin1');
    const hostile = text
      .replace(/^Filename: .*$/m, 'Filename: ../../../../../../etc/rackops-was-here')
      .replace(/^URL: .*$/m, `URL: ${other.url('good/web-2.0.iso')}`);
    rig.server.files.set('web-2.0.iso.zsync', Buffer.from(hostile, 'latin1'));
    await rig.ensure();
    expectDelta();
    expect(other.seen).to.deep.equal([]);
  });

  it('is fetched with the credentials of the source, which zsync never sees, nor who the source sends us to', async () => {
    const tokenFile = await rig.fetch.secret('token', 's3cret-t0ken\n');
    const other = await rig.fetch.server();
    other.files.set('web-2.0.iso', rig.next.bytes);
    const lines: string[] = [];
    other.onBytes = async () => {
      lines.push(...workers('cmdline'), ...workers('environ'));
    };
    const parts = encodeURIComponent(other.url('paced/web-2.0.iso'));
    await rig.ensure([`parts-at/${parts}`], {
      access: { auth: { kind: 'bearer', tokenFile }, headers: [], caFile: null, insecure: true },
    });
    expectDelta();
    const asked = rig.server.seen.map(({ headers }) => headers.authorization);
    expect(new Set(asked)).to.deep.equal(new Set(['Bearer s3cret-t0ken']));
    expect(other.seen).not.to.deep.equal([]);
    expect(other.seen.filter(({ headers }) => headers.authorization !== undefined)).to.deep.equal([]);
    expect(lines.filter((line) => line.includes('zsync'))).not.to.deep.equal([]);
    expect(lines.join()).not.to.contain('s3cret');
  });

  it('ends at once when it is told to, and leaves nothing', async () => {
    const stop = new AbortController();
    let abortedAt = 0;
    rig.server.onBytes = async () => {
      if (workers().length === 0) return;
      abortedAt ||= performance.now();
      stop.abort(new Error('told to stop'));
      await sleep(50);
    };
    const ended = await rig
      .ensure(['paced'], {}, { signal: stop.signal })
      .catch((error: Error) => error.message);
    expect(performance.now() - abortedAt).to.be.lessThan(1_000);
    expect(ended).to.equal('told to stop');
    expect(rig.told).to.deep.equal([]);
    expect(rig.fetch.kept()).to.deep.equal([rig.old.image.sha256]);
  });

  describe('in a process of its own', () => {
    let script: string;

    before(() => {
      script = bundleFetchChild();
    });
    beforeEach(async () => {
      // What the next process knows of the old image is its name.
      await rig.fetch.forget(rig.old.image);
      writeFileSync(join(rig.fetch.layout.iso, rig.old.image.file), rig.old.bytes);
    });

    it('leaves no zsync when it is killed, and what it leaves is swept by the next one', async () => {
      const child = fork(script, rig.child('paced'), { execArgv: [] });
      await once(child, 'message');
      let atWork: readonly string[] = [];
      rig.server.onBytes = async () => {
        if (atWork.length > 0) return await sleep(1_000);
        atWork = workers();
        if (atWork.length > 0) child.kill('SIGKILL');
      };
      child.send('go');
      await once(child, 'exit');
      expect(atWork).not.to.deep.equal([]);
      for (let tries = 0; workers().length > 0 && tries < 50; tries++) await sleep(20);
      expect(workers()).to.deep.equal([]);
      expect(rig.fetch.kept()).to.deep.equal([`${rig.next.image.sha256}.delta`]);
      rig.server.onBytes = async () => {};
      await rig.ensure(['good'], { delta: 'none' });
      expect(rig.fetch.kept()).to.deep.equal([rig.next.image.sha256]);
    });

    it('is done without where zsync is not installed', async () => {
      // For that process alone: who looks for the program finds nothing that can be run.
      const hide = ['--mount', 'sh', '-c', 'mount --bind /dev/null /usr/bin/zsync && exec "$0" "$@"'];
      const child = spawn('unshare', [...hide, process.execPath, script, ...rig.child('good'), 'now'], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const said = await text(child.stderr);
      expect(said).to.contain('"kind":"failed"').and.to.contain('cannot find the program \\"zsync\\"');
      expect(rig.fetch.stored(rig.next.image)).to.equal(rig.next.image.sha256);
    });
  });
});
