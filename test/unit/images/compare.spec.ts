import { expect } from 'chai';
import { fileChanges, packageChanges } from '../../../src/images/index.js';
import type { InstalledPackage, ManifestEntry } from '../../../src/model/index.js';

const face = { mode: '0644', uid: 0, gid: 0 };
const file = (path: string, sha256: string, more: object = {}): ManifestEntry => ({
  ...face,
  path,
  type: 'file',
  sizeBytes: 1,
  sha256,
  ...more,
});
const link = (path: string, target: string): ManifestEntry => ({ ...face, path, type: 'link', target });

describe('files of two images', () => {
  it('are added, changed, removed or the same, in the order of the manifests', () => {
    const before = [file('/a', '1'), file('/b', '1'), file('/c', '1'), link('/d', 'x')];
    const after = [file('/A', '1'), file('/b', '2'), file('/c', '1'), link('/d', 'y'), file('/e', '1')];
    expect(fileChanges(before, after)).to.deep.equal({
      added: ['/A', '/e'],
      changed: [
        { path: '/b', what: ['content'] },
        { path: '/d', what: ['content'] },
      ],
      removed: ['/a'],
    });
  });

  it('differ also by what is not content: mode, owner, attributes', () => {
    const xattrs = { 'security.capability': 'AQ==' };
    const before = [file('/a', '1'), file('/b', '1'), file('/c', '1', { xattrs })];
    const after = [file('/a', '1', { mode: '4755', gid: 7 }), file('/b', '1', { uid: 33 }), file('/c', '1')];
    expect(fileChanges(before, after).changed).to.deep.equal([
      { path: '/a', what: ['mode', 'owner'] },
      { path: '/b', what: ['owner'] },
      { path: '/c', what: ['xattrs'] },
    ]);
  });

  it('of another type differ by that alone', () => {
    const changes = fileChanges(
      [file('/a', '1')],
      [{ ...face, path: '/a', type: 'directory', mode: '0755' }],
    );
    expect(changes).to.deep.equal({ added: [], changed: [{ path: '/a', what: ['type'] }], removed: [] });
  });
});

describe('packages of two images', () => {
  const one = (name: string, version: string, architecture = 'amd64'): InstalledPackage => ({
    manager: 'dpkg',
    name,
    version,
    architecture,
  });

  it('are told by name and architecture, and change by their version', () => {
    const before = [one('curl', '1'), one('libc6', '2.36-9'), one('libc6', '2.36-9', 'i386')];
    const after = [one('libc6', '2.36-9+deb12u1'), one('libc6', '2.36-9', 'i386'), one('zsh', '5')];
    expect(packageChanges(before, after)).to.deep.equal({
      added: [one('zsh', '5')],
      changed: [
        { manager: 'dpkg', name: 'libc6', architecture: 'amd64', from: ['2.36-9'], to: ['2.36-9+deb12u1'] },
      ],
      removed: [one('curl', '1')],
    });
  });

  it('may be there in several versions, and change when one of them does', () => {
    const before = [one('linux', '1'), one('linux', '2')];
    expect(packageChanges(before, [...before].reverse()).changed).to.deep.equal([]);
    const [changed] = packageChanges(before, [one('linux', '2'), one('linux', '3')]).changed;
    expect(changed).to.include({ name: 'linux' });
    expect(changed?.from).to.deep.equal(['1', '2']);
    expect(changed?.to).to.deep.equal(['2', '3']);
  });
});
