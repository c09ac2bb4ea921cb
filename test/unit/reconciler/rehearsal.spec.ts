/** A pass with a rehearsal, on the memory host: the verdicts and what follows from each. The real view is tested in test/e2e and test/integration. */
import { expect } from 'chai';
import { type Behaviour, Crash } from '../../../src/host/memory/index.js';
import { RackError } from '../../../src/model/index.js';
import { imageRef } from '../../support/builders.js';
import { definition, type MemoryRig, memoryRig } from '../../support/memory-rig.js';

const v1 = imageRef('web-1.0');
const v2 = imageRef('web-2.0');
const web = (image = v1, more = {}): Record<string, string> => ({
  'racks/web.yaml': definition('web', { image, listen: '127.0.0.1:80', ...more }),
});

describe('a pass with a rehearsal', () => {
  let rig: MemoryRig;
  beforeEach(async () => {
    rig = await memoryRig();
    rig.world.addImage(v1, v2);
    rig.repository.commit(web());
    await rig.sync();
    rig.world.clearTrace();
  });
  afterEach(() => rig.dispose());
  const swap = async (more = {}) => {
    rig.repository.commit(web(v2, more));
    return await rig.sync();
  };
  const history = async () => (await rig.store().history('web', 10)).at(-1);
  const rehearsals = (): number => rig.world.trace().filter((call) => call === 'rehearsals.open').length;

  it('swaps after a rehearsal that passed, says so, and leaves nothing of it', async () => {
    const report = await swap();
    expect(report.exitCode).to.equal(0);
    expect(report.status.racks[0]).to.deep.include({ condition: 'Ready', image: v2 });
    expect(await history()).to.deep.include({ event: 'swapped', message: 'rehearsed' });
    expect(rig.world.snapshot().rehearsals).to.deep.equal([]);
    const trace = rig.world.trace();
    expect(trace.lastIndexOf('rehearsals.discard')).to.be.below(trace.indexOf('supervisor.stop'));
  });

  const bad: readonly Behaviour[] = [
    { kind: 'never starts' },
    { kind: 'unhealthy' },
    { kind: 'exits', afterMs: 300, code: 0 },
    { kind: 'dies during bake', afterMs: 300 },
    { kind: 'sickens', afterMs: 300 },
  ];
  for (const behaviour of bad) {
    it(`finds a bad version (${behaviour.kind}) without touching the one that runs, and does not try it again`, async () => {
      rig.world.script(v2, behaviour);
      const before = rig.world.snapshot();
      const report = await swap();
      expect(report.exitCode).to.equal(1);
      expect(report.racks[0]).to.include({ outcome: 'failed', reason: 'RehearsalFailed' });
      expect(report.status.racks[0]).to.deep.include({ condition: 'Failed', image: v1, health: 'healthy' });
      expect(report.status.racks[0]?.quarantined[0]).to.include({ reason: 'RehearsalFailed' });
      expect(rig.world.snapshot()).to.deep.equal(before);
      expect((await rig.sync()).racks).to.deep.equal([]);
    });
  }

  it('keeps the probes and the last output of the rehearsal as evidence', async () => {
    rig.world.script(v2, { kind: 'unhealthy', message: 'HTTP 500' });
    await swap();
    const [evidence] = await rig.store().evidence('web');
    expect(evidence?.failure).to.include({ reason: 'RehearsalFailed', phase: 'rehearse' });
    expect(evidence?.probes.at(-1)?.message).to.equal('HTTP 500');
    expect(evidence?.output.main?.join()).to.include('started');
  });

  it('tries it again after retry', async () => {
    rig.world.scriptRehearsal(v2, { kind: 'unhealthy' });
    await swap();
    await rig.operate({ kind: 'retry', rack: 'web' });
    rig.world.scriptRehearsal(v2, { kind: 'runs' });
    expect((await rig.sync()).status.racks[0]).to.deep.include({ condition: 'Ready', image: v2 });
  });

  const inconclusive: readonly (readonly [string, () => void])[] = [
    [
      'the running version fails it too',
      () => {
        rig.world.scriptRehearsal(v1, { kind: 'unhealthy' });
        rig.world.scriptRehearsal(v2, { kind: 'unhealthy' });
      },
    ],
    [
      'the view ran out of space',
      () => {
        rig.world.scriptRehearsal(v2, { kind: 'exits', afterMs: 10, code: 1 });
        rig.world.fillViews(true);
      },
    ],
    [
      'a mount source went meanwhile',
      () => {
        rig.world.scriptRehearsal(v2, { kind: 'exits', afterMs: 10, code: 1 });
        const gone = 'cannot mount "/srv/pages": it does not exist on this host';
        rig.world.failOn('bundles.check', 1, new RackError('E_SOURCE_MISSING', gone));
      },
    ],
    ['the view cannot be made', () => rig.world.failOn('rehearsals.open')],
  ];
  for (const [what, disturb] of inconclusive) {
    it(`warns and goes on when ${what}`, async () => {
      disturb();
      const report = await swap();
      expect(report.status.racks[0]).to.deep.include({ condition: 'Ready', image: v2, quarantined: [] });
      expect((await history())?.message).to.match(/rehearsal inconclusive/);
      const warning = rig.events.find((event) => event.code === 'Warning');
      expect(warning).to.include({ warning: 'RehearsalInconclusive' });
    });
  }

  it('tries once more a version that failed on data that changed meanwhile, and only once', async () => {
    rig.world.tearViews(true);
    rig.world.scriptRehearsal(v2, { kind: 'unhealthy' });
    expect((await swap()).racks[0]).to.include({ outcome: 'failed', reason: 'RehearsalFailed' });
    expect(rehearsals()).to.equal(3);
  });

  it('has at most four of them at the same moment, and the rest in turn', async () => {
    const names = [...'abcdefghij'];
    const all = (version: string): Record<string, string> =>
      Object.fromEntries(
        names.map((name) => [
          `racks/${name}.yaml`,
          definition(name, { image: imageRef(`${name}-${version}`) }),
        ]),
      );
    rig.world.addImage(...names.flatMap((name) => [imageRef(`${name}-1.0`), imageRef(`${name}-2.0`)]));
    rig.repository.commit(all('1.0'));
    await rig.sync();
    rig.events.length = 0;
    rig.repository.commit(all('2.0'));
    expect((await rig.sync()).exitCode).to.equal(0);
    let running = 0;
    const counts = rig.events.flatMap((event) => {
      if (!('step' in event) || event.step !== 'rehearse') return [];
      if (event.code === 'StepStarted') running++;
      if (event.code === 'StepEnded') running--;
      return [running];
    });
    expect(Math.max(...counts)).to.equal(4);
    expect(rehearsals()).to.equal(names.length);
  });

  it('still rolls back what an inconclusive rehearsal let through', async () => {
    rig.world.failOn('rehearsals.open');
    rig.world.script(v2, { kind: 'unhealthy' });
    expect((await swap()).racks[0]).to.include({ outcome: 'rolled-back', reason: 'ProbeFailed' });
  });

  it('rehearses neither an installation, nor `never`, nor a version that was committed before', async () => {
    await swap({ rehearse: 'never' });
    rig.repository.commit(web(v1));
    await rig.sync();
    expect(rehearsals()).to.equal(0);
    expect((await history())?.reason).to.match(/committed here before/);
  });

  it('rehearses such a version nevertheless where always is asked for', async () => {
    await swap({ rehearse: 'always' });
    rig.repository.commit(web(v1, { rehearse: 'always' }));
    await rig.sync();
    rig.repository.commit(web(v2, { rehearse: 'always' }));
    await rig.sync();
    expect(rehearsals()).to.equal(3);
  });

  it('touches nothing while what is left of a rehearsal cannot be discarded', async () => {
    rig.world.failOn('rehearsals.discard', 2);
    const before = rig.world.snapshot();
    const report = await swap();
    expect(report.racks[0]).to.include({ outcome: 'failed' });
    expect(report.status.racks[0]?.quarantined).to.deep.equal([]);
    expect(rig.world.snapshot()).to.deep.equal(before);
    expect((await rig.sync()).status.racks[0]).to.deep.include({ condition: 'Ready', image: v2 });
  });

  it('begins again after the agent was killed in the middle of one', async () => {
    rig.world.crashOn('supervisor.observe', 6);
    rig.repository.commit(web(v2));
    await rig.sync().catch((error) => expect(error).to.be.instanceOf(Crash));
    expect(rig.world.snapshot().rehearsals).to.deep.equal(['web']);
    await rig.restart();
    expect((await rig.sync()).status.racks[0]).to.deep.include({ condition: 'Ready', image: v2 });
    expect(rehearsals()).to.equal(2);
    expect(rig.world.snapshot().rehearsals).to.deep.equal([]);
  });

  describe('of a running version that says how its data come to rest', () => {
    const [frozen, copied, thawed] = ['web/main: freeze', 'copy of web', 'web/main: thaw now'];
    const calmly = { quiesce: true };
    beforeEach(async () => {
      rig.repository.commit(web(v1, { ...calmly, rehearse: 'never' }));
      await rig.sync();
      rig.world.clearTrace();
    });

    it('sees a copy that is made between freeze and thaw', async () => {
      expect((await swap(calmly)).exitCode).to.equal(0);
      expect(await history()).to.deep.include({ event: 'swapped', message: 'rehearsed' });
      expect(rig.world.commands()).to.deep.equal([frozen, copied, thawed]);
    });

    it('freezes for a version without the hook too, and not for the first one with it', async () => {
      await swap();
      expect(rig.world.commands()).to.deep.equal([frozen, copied, thawed]);
      rig.repository.commit(web(v1, { ...calmly, rehearse: 'always' }));
      await rig.sync();
      expect(rehearsals()).to.equal(2);
      expect(rig.world.commands()).to.have.length(3);
    });

    it('takes a copy for the control as well, and none of them is torn', async () => {
      rig.world.tearViews(true);
      rig.world.scriptRehearsal(v2, { kind: 'unhealthy' });
      expect((await swap(calmly)).racks[0]).to.include({ outcome: 'failed', reason: 'RehearsalFailed' });
      expect(rig.world.commands()).to.deep.equal([frozen, copied, thawed, frozen, copied, thawed]);
    });

    it('says nothing when freezing fails, and thaws', async () => {
      rig.world.failProgram('freeze');
      expect((await swap(calmly)).status.racks[0]).to.deep.include({ condition: 'Ready', image: v2 });
      expect((await history())?.message).to.match(
        /inconclusive.*cannot freeze service "main" with \["freeze"\]: exit code 1: no/,
      );
      expect(rig.world.commands()).to.deep.equal([frozen, thawed]);
    });

    it('is thawed at once when the agent is told to stop in the middle of a freeze', async () => {
      rig.world.hangProgram('freeze', () => rig.stop());
      const before = rig.world.now();
      expect((await swap(calmly)).racks[0]).to.include({ outcome: 'waiting', reason: 'Parked' });
      expect(rig.world.commands()).to.deep.equal([frozen, thawed]);
      expect(rig.world.now() - before).to.be.below(1_000);
    });

    it('is thawed although a thaw fails for a moment', async () => {
      rig.world.failProgram('thaw', 2);
      expect((await swap(calmly)).status.racks[0]).to.deep.include({ condition: 'Ready', image: v2 });
      expect(rig.world.commands()).to.deep.equal([frozen, copied, thawed, thawed, thawed]);
      expect(await history()).to.deep.include({ message: 'rehearsed' });
      expect(JSON.stringify(rig.events)).to.not.include('ThawFailed');
    });

    it('warns when thawing fails again and again, naming the command', async () => {
      rig.world.failProgram('thaw');
      expect((await swap(calmly)).status.racks[0]).to.deep.include({ condition: 'Ready', image: v2 });
      const warning = rig.events.find((event) => event.code === 'Warning');
      expect(warning).to.include({ warning: 'ThawFailed' });
      expect(JSON.stringify(warning)).to.match(/cannot thaw service .*thaw.*now.*tried 3 times: exit code 1/);
      expect(rig.world.commands()).to.deep.equal([frozen, copied, thawed, thawed, thawed]);
      expect((await history())?.message)
        .to.match(/rehearsed/)
        .and.match(/cannot thaw/);
    });

    for (const [moment, operation] of [
      ['right after the freeze', 'commands.run'],
      ['in the middle of the copy', 'rehearsals.open'],
    ] as const) {
      it(`is thawed by the next pass after the agent was killed ${moment}`, async () => {
        rig.world.crashOn(operation, 1, 'middle');
        rig.repository.commit(web(v2, calmly));
        await rig.sync().catch((error) => expect(error).to.be.instanceOf(Crash));
        expect(rig.world.commands()).to.deep.equal([frozen]);
        await rig.restart();
        expect((await rig.sync()).status.racks[0]).to.deep.include({ condition: 'Ready', image: v2 });
        expect(rig.world.commands()).to.deep.equal([frozen, thawed, frozen, copied, thawed]);
      });
    }

    it('needs no thaw where the machine was started anew', async () => {
      rig.world.crashOn('commands.run', 1, 'middle');
      rig.repository.commit(web(v2, calmly));
      await rig.sync().catch((error) => expect(error).to.be.instanceOf(Crash));
      await rig.reboot();
      expect((await rig.sync()).status.racks[0]).to.deep.include({ condition: 'Ready', image: v2 });
      expect(rig.world.commands()).to.deep.equal([frozen]);
      expect(JSON.stringify(rig.events)).to.not.include('ThawFailed');
    });
  });
});
