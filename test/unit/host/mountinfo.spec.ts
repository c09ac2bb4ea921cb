/** Understanding the mount table, without one: text in, records and verdicts out. */
import { expect } from 'chai';
import { mountOf, parseMountinfo, unescapeOctal } from '../../../src/host/linux/mountinfo.js';
import { observeMounts } from '../../../src/host/linux/observe-mounts.js';
import { hostPath, layoutOf } from '../../../src/model/index.js';

const layout = layoutOf({
  root: hostPath('/racks'),
  state: hostPath('/var/lib/rackops'),
  run: hostPath('/run/rackops'),
});
const sha256 = 'a'.repeat(64);
const digest = 'd'.repeat(64);

const tree = (
  changes: { at?: string; options?: string; source?: string; superOptions?: string; type?: string } = {},
) =>
  `90 27 0:50 / ${changes.at ?? '/racks/active/web'} ${changes.options ?? 'rw,nosuid,nodev,relatime'} shared:7 - ${changes.type ?? 'overlay'} ${changes.source ?? `rack:web:3:${digest}`} ${changes.superOptions ?? 'rw,lowerdir=/run/rackops/layers/web.3:/racks/readonly/x,upperdir=/racks/readwrite/web/1,workdir=/racks/readwrite/.work/web/1,uuid=on,nouserxattr'}`;
const image = (options = 'ro,nosuid,nodev,relatime', type = 'squashfs', source = '/dev/loop3') =>
  `80 27 7:3 / /racks/readonly/${sha256} ${options} - ${type} ${source} ro,errors=continue`;

const observe = (...lines: readonly string[]) =>
  observeMounts(parseMountinfo(`${lines.join('\n')}\n`), layout);

describe('mountinfo', () => {
  it('has escapes for white space, backslash and colon', () => {
    expect(unescapeOctal('/a\\040b\\011c\\134d\\072e')).to.equal('/a b\tc\\d:e');
  });

  it('says which mount a path is on: the innermost, and of two at one place the later', () => {
    const records = parseMountinfo(
      [
        ['/', 'ext4'],
        ['/srv', 'nfs4'],
        ['/srv/a b', 'tmpfs'],
        ['/mnt', 'ext4'],
        ['/mnt', 'cifs'],
      ]
        .map(([at, type], id) => `${id} 1 0:5 / ${at?.replace(' ', '\\040')} rw - ${type} none rw\n`)
        .join(''),
    );
    const on = (path: string) => mountOf(records, path)?.type;
    expect(['/', '/srvs', '/srv', '/srv/x', '/srv/a b/c', '/mnt/x'].map(on)).to.deep.equal([
      'ext4',
      'ext4',
      'nfs4',
      'nfs4',
      'tmpfs',
      'cifs',
    ]);
  });

  it('has any number of optional fields before the dash', () => {
    const records = parseMountinfo(
      '1 2 0:5 / /a rw - tmpfs none rw\n3 4 0:6 / /b rw,nodev shared:5 master:7 propagate_from:2 unbindable - tmpfs tmpfs rw,size=1k\n',
    );
    expect(records.map(({ mountPoint, peers }) => ({ mountPoint, peers }))).to.deep.equal([
      { mountPoint: '/a', peers: [] },
      { mountPoint: '/b', peers: ['shared:5', 'master:7'] },
    ]);
    expect(records[1]?.superOptions).to.deep.equal(['rw', 'size=1k']);
  });

  it('may have an empty source', () => {
    expect(parseMountinfo('1 2 0:5 / /a rw -  tmpfs  rw\n')).to.have.length(1);
    expect(parseMountinfo('')).to.deep.equal([]);
  });
});

describe('what is observed of mounts', () => {
  it('is a tree as made, with the identity of its source', () => {
    expect(observe(tree()).trees).to.deep.equal([
      { rack: 'web', generation: 3, digest, layers: ['1'], asMade: true },
    ]);
  });

  it('is made of the layers of its rack, newest first, generated layer and image left out', () => {
    const lower =
      '/racks/readwrite/web/1-3:/racks/readwrite/web/1:/run/rackops/layers/web.3:/racks/readonly/x';
    const superOptions = `rw,lowerdir=${lower},upperdir=/racks/readwrite/web/4,workdir=/w`;
    expect(observe(tree({ superOptions })).trees[0]?.layers).to.deep.equal(['4', '1-3', '1']);
  });

  const otherwise: readonly (readonly [string, Parameters<typeof tree>[0]])[] = [
    ['with set-uid programs allowed', { options: 'rw,nodev,relatime' }],
    ['with devices allowed', { options: 'rw,nosuid,relatime' }],
    ['read-only', { options: 'ro,nosuid,nodev' }],
    [
      'with another writable layer',
      { superOptions: 'rw,lowerdir=/x,upperdir=/racks/readwrite/mail/1,workdir=/w' },
    ],
    [
      'with a writable layer whose name only begins like it',
      { superOptions: 'rw,upperdir=/racks/readwrite/web-2/1' },
    ],
    ['without a writable layer', { superOptions: 'ro,lowerdir=/x:/y' }],
    ...['index=on', 'metacopy=on', 'redirect_dir=on', 'xino=on', 'nfs_export=on', 'volatile'].map(
      (option) =>
        [`with ${option}`, { superOptions: `rw,upperdir=/racks/readwrite/web/1,${option}` }] as const,
    ),
  ];
  for (const [what, changes] of otherwise) {
    it(`is drift for a tree ${what}`, () => {
      const [{ layers: _, ...seen } = { layers: [] }] = observe(tree(changes)).trees;
      expect(seen).to.deep.equal({ rack: 'web', generation: 3, digest, asMade: false });
    });
  }

  const foreign: readonly (readonly [string, Parameters<typeof tree>[0]])[] = [
    ['of another type', { type: 'tmpfs', source: 'tmpfs', superOptions: 'rw' }],
    ['that says it is another rack', { source: `rack:mail:3:${digest}` }],
    ['without a generation', { source: 'rack:web' }],
    ['without our source', { source: 'overlay' }],
  ];
  for (const [what, changes] of foreign) {
    it(`is something foreign for a mount ${what}`, () => {
      expect(observe(tree(changes)).trees).to.deep.equal([
        { rack: 'web', generation: null, digest: null, layers: [], asMade: false },
      ]);
    });
  }

  it('is drift for two mounts at one place', () => {
    expect(observe(tree(), tree()).trees.map(({ asMade }) => asMade)).to.deep.equal([false]);
    expect(observe(image(), image()).images).to.deep.equal([{ sha256, asMade: false }]);
  });

  it('does not take a mount in a tree, or a place that only begins like ours, for a tree', () => {
    expect(
      observe(tree({ at: '/racks/active/web/data' }), tree({ at: '/racks/active-old/web' })).trees,
    ).to.deep.equal([]);
  });

  it('is an image as made, or one that somebody mounted by hand', () => {
    expect(observe(image()).images).to.deep.equal([{ sha256, asMade: true }]);
    for (const line of [
      image('ro,relatime'),
      image('rw,nosuid,nodev'),
      image('ro,nosuid,nodev', 'ext4'),
      image('ro,nosuid,nodev', 'squashfs', '/dev/sda1'),
    ])
      expect(observe(line).images, line).to.deep.equal([{ sha256, asMade: false }]);
  });

  it('is a stray layer where a crash left one', () => {
    const line = '95 27 7:9 / /run/rackops/layers/web.3 ro,nosuid,nodev - squashfs /dev/loop9 ro';
    expect(observe(line).strayLayers).to.deep.equal(['web.3']);
  });
});
