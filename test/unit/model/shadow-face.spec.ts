import { expect } from 'chai';
import { type Face, mergedFace, mergeRefusal } from '../../../src/model/index.js';

function face(overrides: Partial<Omit<Face, 'xattrs'>> = {}, xattrs: Record<string, string> = {}): Face {
  const values = Object.entries(xattrs).map(([name, value]) => [name, Buffer.from(value)] as const);
  return { uid: 0, gid: 0, mode: 0o755, xattrs: new Map(values), ...overrides };
}
const plain = ({ xattrs, ...rest }: Face) => ({
  ...rest,
  xattrs: Object.fromEntries([...xattrs].map(([name, value]) => [name, value.toString()])),
});

describe('the face of a file that is refreshed', () => {
  it("is what was changed here, and else the new image's, each by itself", () => {
    const found = mergedFace(face({ mode: 0o700, gid: 33 }), face(), face({ uid: 7, gid: 8, mode: 0o4755 }));
    expect(plain(found)).to.deep.equal({ uid: 7, gid: 33, mode: 0o700, xattrs: {} });
  });

  it('has attributes that were set, and not those that were removed, here or in the new image', () => {
    const base = { 'user.gone-here': '1', 'user.gone-there': '1', 'user.changed': '1', 'user.both': '1' };
    const mine = { 'user.gone-there': '1', 'user.changed': '2', 'user.both': '2', 'user.mine': '1' };
    const theirs = {
      'user.gone-here': '1',
      'user.changed': '1',
      'user.both': '3',
      'security.capability': 'x',
    };
    expect(plain(mergedFace(face({}, mine), face({}, base), face({}, theirs))).xattrs).to.deep.equal({
      'user.changed': '2',
      'user.both': '2',
      'user.mine': '1',
      'security.capability': 'x',
    });
  });
});

describe('a merge that is to be written', () => {
  it('is refused with conflicts, and where there is nothing to be written', () => {
    const merge = { text: '', conflicts: 0, changes: true };
    expect(mergeRefusal('web', '/etc/a', merge)).to.equal(null);
    const conflicts = mergeRefusal('web', '/etc/a', { ...merge, conflicts: 2 });
    expect(conflicts).to.include({ code: 'E_SHADOW_CONFLICT' });
    expect(conflicts?.message).to.contain('2 conflict(s)');
    expect(mergeRefusal('web', '/etc/a', { ...merge, changes: false })).to.include({
      code: 'E_SHADOW_MERGE',
    });
  });
});
