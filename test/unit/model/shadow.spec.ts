import { expect } from 'chai';
import {
  isProgramPath,
  keepShadows,
  type Sameness,
  type ShadowFacts,
  type ShadowPolicy,
  ShadowTally,
  shadowClass,
  shadowRefusal,
  shadowSummary,
} from '../../../src/model/index.js';

const same: Sameness = { content: true, looks: true };
const other: Sameness = { content: false, looks: true };
const look: Sameness = { content: true, looks: false };

/** A regular file in all three, the same everywhere, unless said otherwise. */
function facts(overrides: Partial<ShadowFacts> = {}): ShadowFacts {
  return {
    upper: 'file',
    running: 'file',
    next: 'file',
    upperRunning: same,
    upperNext: same,
    runningNext: same,
    hidden: { count: 0, names: [] },
    feature: null,
    leave: { written: true, sealed: false, opaque: false, covers: [] },
    ...overrides,
  };
}
const conflict = facts({ upperRunning: other, upperNext: other, runningNext: other });
const noRunning = { running: null, upperRunning: null, runningNext: null };
const noNext = { next: null, upperNext: null, runningNext: null };

describe('a shadow', () => {
  const rows: readonly (readonly [string, ShadowFacts, ReturnType<typeof shadowClass>])[] = [
    ['in neither image', facts({ ...noRunning, ...noNext }), 'state'],
    ['a whiteout of what the new image has no more', facts({ upper: 'whiteout', ...noNext }), 'state'],
    ['as in the new image', facts({ upperRunning: other, runningNext: other }), 'redundant'],
    ['as in the running image, of three', facts({ upperNext: other, runningNext: other }), 'stale-copy-up'],
    [
      'old content of another owner',
      facts({ upperRunning: look, upperNext: other, runningNext: other }),
      'stale-copy-up',
    ],
    ['one content, the old mode', facts({ upperNext: look, runningNext: look }), 'stale-copy-up'],
    ['unchanged and gone in the new image', facts(noNext), 'stale-copy-up'],
    ['changed where the image did not', facts({ upperRunning: other, upperNext: other }), 'local-edit'],
    [
      'another mode where the image did not change',
      facts({ upperRunning: look, upperNext: look }),
      'local-edit',
    ],
    [
      'deleted where the image did not change',
      facts({ upper: 'whiteout', upperRunning: null, upperNext: null }),
      'local-edit',
    ],
    ['changed on both sides', conflict, 'conflict'],
    [
      'one content, three modes',
      facts({ upperRunning: look, upperNext: look, runningNext: look }),
      'conflict',
    ],
    ['changed here, gone in the new image', facts({ ...noNext, upperRunning: other }), 'conflict'],
    ['made on both sides', facts({ ...noRunning, upperNext: other }), 'collision'],
    [
      'deleted here, changed there',
      facts({ upper: 'whiteout', upperRunning: null, upperNext: null, runningNext: other }),
      'hidden-update',
    ],
    [
      'deleted here, made there',
      facts({ upper: 'whiteout', ...noRunning, upperNext: null }),
      'hidden-update',
    ],
    [
      'a directory that hides',
      facts({ upper: 'directory', next: 'directory', hidden: { count: 2, names: ['a'] } }),
      'hidden-subtree',
    ],
    [
      'a directory that only leads on',
      facts({ upper: 'directory', running: 'directory', next: 'directory' }),
      null,
    ],
    [
      'a directory of the old image with state in it',
      facts({ upper: 'directory', running: 'directory', ...noNext }),
      'state',
    ],
    [
      'another kind than both images had',
      facts({ upper: 'link', upperRunning: null, upperNext: null }),
      'local-edit',
    ],
    [
      'another kind than the new image',
      facts({ upper: 'link', upperRunning: null, upperNext: null, runningNext: other }),
      'type-mismatch',
    ],
    ['a foreign attribute', facts({ feature: 'trusted.overlay.redirect' }), 'unsupported'],
  ];
  for (const [what, given, expected] of rows) {
    it(`${what}: ${expected ?? 'nothing to tell'}`, () => {
      expect(shadowClass(given)).to.equal(expected);
    });
  }

  it('of a program or library is one by its place', () => {
    const programs = [
      '/bin/a',
      '/usr/sbin/a',
      '/lib64/a',
      '/usr/local/lib/x/a.so',
      '/opt/x/bin/a',
      '/usr/libexec/a',
    ];
    expect(programs.filter((path) => !isProgramPath(path))).to.deep.equal([]);
    const others = [
      '/etc/a',
      '/var/lib/a',
      '/usr/share/a',
      '/opt/x/a.conf',
      '/home/bin/a',
      '/usr/lib/python3/__pycache__/a.pyc',
    ];
    expect(others.filter(isProgramPath)).to.deep.equal([]);
  });
});

describe('what is done about a shadow', () => {
  function judged(given: ShadowFacts, path: string, policy: Partial<ShadowPolicy> = {}): string {
    const tally = new ShadowTally({ ...keepShadows, ...policy }, 10);
    tally.add(() => path, '1', given);
    const { findings } = tally.report('');
    return findings.map(({ level, action }) => (action === 'keep' ? level : action)).join();
  }
  const mismatch = facts({ upper: 'directory', upperRunning: null, upperNext: null, runningNext: other });
  const deletedOnly = facts({ upper: 'whiteout', upperRunning: null, upperNext: null });

  it('is what its class says without a rule: an edited program is an error, an edited configuration is not', () => {
    expect(judged(conflict, '/etc/a')).to.equal('warn');
    expect(judged(conflict, '/usr/bin/a')).to.equal('block');
    expect(judged(facts({ ...noNext, upperRunning: other }), '/usr/bin/a')).to.equal('warn');
    expect(judged(mismatch, '/etc/a')).to.equal('block');
    expect(judged(deletedOnly, '/etc/a')).to.equal('info');
    expect(judged(conflict, '/usr/bin/a', { default: 'keep' })).to.equal('block');
  });

  it('is what the first rule that matches says, which allows also what would block', () => {
    const rules = [
      { path: '/usr/bin/*', policy: 'keep' },
      { path: '/**', policy: 'fail' },
    ] as const;
    expect(judged(conflict, '/usr/bin/a', { rules })).to.equal('warn');
    expect(judged(conflict, '/etc/a', { rules })).to.equal('block');
    expect(judged(deletedOnly, '/etc/a', { rules })).to.equal('info');
  });

  it('is a drop only where the image has something to be seen, and never of a directory with state in it', () => {
    const drops = { default: 'drop' } as const;
    expect(judged(conflict, '/etc/a', drops)).to.equal('drop');
    expect(judged(deletedOnly, '/etc/a', drops)).to.equal('drop');
    expect(judged(mismatch, '/etc/a', drops)).to.equal('drop');
    expect(judged(facts(noNext), '/etc/a', drops)).to.equal('warn');
    const directory = facts({ upper: 'directory', running: 'directory', next: 'directory' });
    expect(judged({ ...directory, upperNext: look, runningNext: look }, '/etc/a', drops)).to.equal('warn');
    expect(judged(facts({ feature: 'trusted.overlay.metacopy' }), '/etc/a', drops)).to.equal('block');
  });

  it('is a refresh of old content whose face was changed here, a drop where it was not, and nothing else', () => {
    const refresh = { default: 'refresh' } as const;
    const stale = facts({ upperRunning: look, upperNext: other, runningNext: other });
    const bothDiffer = { content: false, looks: false };
    expect(judged({ ...stale, upperNext: bothDiffer }, '/usr/bin/a', refresh)).to.equal('refresh');
    expect(judged({ ...stale, upperRunning: same }, '/usr/bin/a', refresh)).to.equal('drop');
    // To what the new image has too.
    expect(judged({ ...stale, upperNext: other }, '/usr/bin/a', refresh)).to.equal('drop');
    expect(judged(facts({ ...noNext, upperRunning: look }), '/etc/a', refresh)).to.equal('warn');
    const links = { upper: 'link', running: 'link', next: 'link', upperNext: bothDiffer } as const;
    expect(judged({ ...stale, ...links }, '/etc/a', refresh)).to.equal('warn');
    const directories = { upper: 'directory', running: 'directory', next: 'directory' } as const;
    const onlyLooks = { upperRunning: same, upperNext: look, runningNext: look };
    expect(judged({ ...stale, ...directories, ...onlyLooks }, '/etc/a', refresh)).to.equal('warn');
    expect(judged(conflict, '/etc/a', refresh)).to.equal('warn');
    expect(judged(conflict, '/usr/bin/a', refresh)).to.equal('block');
    expect(judged(deletedOnly, '/etc/a', refresh)).to.equal('info');
  });

  it('is told with how many are dropped and how many refreshed, and relied on', () => {
    const policy: ShadowPolicy = { default: 'refresh', rules: [{ path: '/bin/*', policy: 'drop' }] };
    const tally = new ShadowTally(policy, 3);
    tally.add(() => '/bin/a', '1', conflict);
    const bothDiffer = { content: false, looks: false };
    tally.add(() => '/etc/a', '1', facts({ upperRunning: look, upperNext: bothDiffer, runningNext: other }));
    const report = tally.report('too slow');
    expect(report.drops).to.deep.equal([
      { path: '/bin/a', how: 'entry' },
      { path: '/etc/a', how: 'refresh' },
    ]);
    expect(shadowSummary('web', report)).to.contain('1 dropped at the swap, 1 refreshed at the swap');
    expect(shadowRefusal('web', report, { default: 'refresh', rules: [] })).to.include({
      code: 'E_SHADOW_INCOMPLETE',
    });
  });

  it('keeps a rollout from beginning, with the paths and what to do; or does not', () => {
    const report = (policy: ShadowPolicy, why = '', count = 7) => {
      const tally = new ShadowTally(policy, 3);
      for (let n = 0; n < count; n++) tally.add(() => `/bin/${n}`, '1', conflict);
      return tally.report(why);
    };
    const refused = shadowRefusal('web', report(keepShadows), keepShadows);
    expect(refused).to.include({ code: 'E_SHADOW' });
    expect(refused?.message).to.contain('/bin/0 (conflict), /bin/1 (conflict), /bin/2 (conflict) and 4 more');
    const keep: ShadowPolicy = { default: 'keep', rules: [{ path: '/bin/*', policy: 'keep' }] };
    expect(shadowRefusal('web', report(keep, 'too slow'), keep)).to.equal(null);
    expect(shadowSummary('web', report(keep, 'too slow'))).to.equal(
      '7 file(s) of the writable layer hide what the new image brings, not all was looked at (too slow); see: rackops shadow web',
    );
    const fail: ShadowPolicy = { default: 'fail', rules: [] };
    expect(shadowRefusal('web', report(fail, 'too slow', 0), fail)).to.include({
      code: 'E_SHADOW_INCOMPLETE',
    });
    expect(shadowRefusal('web', report(fail, '', 0), fail)).to.equal(null);
    expect(shadowSummary('web', report(fail, '', 0))).to.equal(null);
  });
});
