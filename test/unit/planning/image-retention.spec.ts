import { expect } from 'chai';
import {
  type ImageCandidate,
  type ImageNeed,
  imageRetention,
  type RetentionInput,
  seriesOf,
} from '../../../src/planning/index.js';

/** A copy in the store; the name is its digest, too. `at`: when it came. */
const copy = (name: string, at: number, over: Partial<ImageCandidate> = {}): ImageCandidate => ({
  path: `/racks/iso/.store/${name}`,
  names: [name],
  sha256: `sha of ${name}`,
  sizeBytes: 100,
  sinceMs: at,
  ours: true,
  isMounted: false,
  ...over,
});
const need = (name: string, role: ImageNeed['role'] = 'runs'): ImageNeed => ({
  sha256: `sha of ${name}`,
  file: name,
  role,
  rack: 'web',
});
const reasons = (files: readonly ImageCandidate[], over: Partial<RetentionInput> = {}): readonly string[] =>
  imageRetention({
    files,
    needs: [],
    keep: 1,
    freeBytes: 1e12,
    totalBytes: 1e12,
    wantedBytes: 0,
    manual: false,
    ...over,
  }).map(({ reason, stays }) => (stays ? reason : `gone: ${reason}`));

describe('which images stay', () => {
  it('keeps the newest of each name, and no more than that', () => {
    const files = [
      copy('web-1.0.iso', 1),
      copy('web-2.0.iso', 2),
      copy('web-3.0.iso', 3),
      copy('db-1.0.iso', 0),
    ];
    expect(reasons(files)).to.deep.equal(['gone: unneeded', 'gone: unneeded', 'kept', 'kept']);
    expect(reasons(files, { keep: 2 })).to.deep.equal(['gone: unneeded', 'kept', 'kept', 'kept']);
    expect(reasons(files, { keep: 0 })).to.deep.equal(Array(4).fill('gone: unneeded'));
  });

  it('keeps what anything needs, however old, and does not count it', () => {
    const files = [copy('web-1.0.iso', 1), copy('web-2.0.iso', 2), copy('web-3.0.iso', 3)];
    for (const role of ['mounted', 'runs', 'rollout', 'desired', 'previous'] as const)
      expect(reasons(files, { needs: [need('web-1.0.iso', role)] })).to.deep.equal([
        role,
        'gone: unneeded',
        'kept',
      ]);
  });

  it('gives up the oldest first where space is low, and only as much as it takes', () => {
    const files = [
      copy('web-1.0.iso', 1),
      copy('db-2.0.iso', 2),
      copy('dns-3.0.iso', 3),
      copy('mail-4.0.iso', 4),
    ];
    const low = { freeBytes: 950, totalBytes: 11_000, needs: [need('web-1.0.iso')] };
    expect(reasons(files, low)).to.deep.equal(['runs', 'gone: space', 'gone: space', 'kept']);
    expect(reasons(files, { ...low, freeBytes: 0 })).to.deep.equal(['runs', ...Array(3).fill('gone: space')]);
  });

  it('makes room for an image that did not fit, of what nothing needs', () => {
    const files = [
      copy('web-1.0.iso', 1),
      copy('db-2.0.iso', 2),
      copy('dns-3.0.iso', 3),
      copy('mail-4.0.iso', 4),
    ];
    const low = { freeBytes: 1_100, totalBytes: 10_000, needs: [need('web-1.0.iso')] };
    expect(reasons(files, low)).to.deep.equal(['runs', 'kept', 'kept', 'kept']);
    expect(reasons(files, { ...low, wantedBytes: 250 })).to.deep.equal([
      'runs',
      'gone: space',
      'gone: space',
      'kept',
    ]);
  });

  it('leaves what is mounted, or may be, also when a person put it there', () => {
    const files = [copy('web-1.0.iso', 1, { ours: false, sha256: null, isMounted: true })];
    expect(reasons(files, { keep: 0, manual: true })).to.deep.equal(['mounted']);
  });

  it('asks for no more than 10 GiB on a large disk', () => {
    const files = [copy('web-1.0.iso', 1)];
    expect(reasons(files, { freeBytes: 11 * 1_024 ** 3, totalBytes: 1e15 })).to.deep.equal(['kept']);
    expect(reasons(files, { freeBytes: 9 * 1_024 ** 3, totalBytes: 1e15 })).to.deep.equal(['gone: space']);
  });

  it('leaves alone what a person put there, unless that is asked for', () => {
    const byHand = { ours: false, sha256: null };
    const files = [
      copy('web-1.0.iso', 1, byHand),
      copy('web-2.0.iso', 2, byHand),
      copy('web-3.0.iso', 3, byHand),
    ];
    expect(reasons(files, { keep: 0, freeBytes: 0 })).to.deep.equal(['manual', 'manual', 'manual']);
    // Never read, so its name alone says that it may be the one.
    const needs = [need('web-1.0.iso', 'desired')];
    expect(reasons(files, { manual: true, needs })).to.deep.equal(['desired', 'gone: unneeded', 'kept']);
  });

  it('takes the part before the version for the name', () => {
    const series = (name: string) => seriesOf({ names: [name] });
    expect(
      ['webserver-2.0.iso', 'webserver-1.9.squashfs', 'webserver_v3.img', 'webserver.iso'].map(series),
    ).to.deep.equal(Array(4).fill('webserver'));
    expect(series('php7-fpm-8.2.iso')).to.equal('php7-fpm');
    // Only the last version: else one of these would take the place of the other.
    expect(series('debian-12-web-1.0.iso')).to.equal('debian-12-web');
    expect(series('debian-12-db-1.0.iso')).to.equal('debian-12-db');
    expect(
      ['web-2.0-1.iso', 'web-2.0-rc1.iso', 'web-2026-01-15.iso', 'web-1.0-amd64.iso'].map(series),
    ).to.deep.equal(Array(4).fill('web'));
    expect(seriesOf({ names: [] })).to.equal('');
  });
});
