import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { captureInRack, type ExecDeps } from '../../../src/host/linux/exec.js';
import { createProbes } from '../../../src/host/linux/probes.js';
import { cgroupPids } from '../../../src/kernel/index.js';
import { cgroupRoot, keeperPaths } from '../../../src/model/index.js';
import { eventually, isAlive, ServiceRig, sh } from './support.js';

describe('commands in a rack', function () {
  this.timeout(30_000);
  let rig: ServiceRig;
  let deps: ExecDeps;

  beforeEach(async () => {
    rig = await ServiceRig.create();
    deps = { layout: rig.layout, runtime: async () => rig.runtime, kept: () => rig.supervisor.kept() };
    const env = { PATH: { value: '/usr/bin' }, NAME: { value: 'of the service' } };
    const command = sh('exec sleep 100');
    await rig.start(rig.rack('web', [{ name: 'main', command, user: 'web', env }]));
  });

  afterEach(async () => {
    await rig.dispose();
  });

  it('run as the user of the service, with its environment and capabilities', async () => {
    const script = 'id -un; echo $NAME; grep CapEff /proc/self/status; cat /proc/1/comm';
    const { exitCode, output } = await captureInRack(deps, 'web', 'main', sh(script), { timeoutMs: 10_000 });
    expect(exitCode).to.equal(0);
    expect(output).to.equal('web\nof the service\nCapEff:\t0000000000000400\nsleep\n');
  });

  it('give their exit code', async () => {
    expect(
      (await captureInRack(deps, 'web', 'main', sh('exit 42'), { timeoutMs: 10_000 })).exitCode,
    ).to.equal(42);
  });

  it('are ended at their deadline with what they started', async () => {
    const before = cgroupPids(cgroupRoot(rig.layout.run));
    const ended = await captureInRack(deps, 'web', 'main', sh('sleep 1000 & sleep 1001'), { timeoutMs: 400 });
    expect(ended.exitCode).to.equal(null);
    await eventually('only the service is left', () => {
      return cgroupPids(cgroupRoot(rig.layout.run)).filter(isAlive).length === before.length;
    });
  });

  for (const [moment, runs] of [
    ['while it runs', true],
    ['while the runtime is just starting it', false],
  ] as const) {
    it(`are ended with what they started as soon as they are aborted: ${moment}`, async () => {
      const before = cgroupPids(cgroupRoot(rig.layout.run));
      const stop = new AbortController();
      const begin = performance.now();
      const limits = { timeoutMs: 20_000, signal: stop.signal };
      const ended = captureInRack(deps, 'web', 'main', sh('sleep 1000 & sleep 1001'), limits);
      const all = () => cgroupPids(cgroupRoot(rig.layout.run));
      if (runs) await eventually('it runs', () => all().length >= before.length + 2);
      else await eventually('its runtime starts', () => execs(rig).length > 0);
      stop.abort(new Error('told to stop'));
      const error: unknown = await ended.catch((reason) => reason);
      expect(error).to.have.property('message', 'told to stop');
      expect(performance.now() - begin).to.be.below(3_000);
      await eventually('only the service is left', () => {
        return cgroupPids(cgroupRoot(rig.layout.run)).filter(isAlive).length === before.length;
      });
      expect(execs(rig)).to.deep.equal([]);
    });
  }

  it('are refused for a rack that does not run', async () => {
    const error: unknown = await captureInRack(deps, 'other', 'main', ['true'], { timeoutMs: 1_000 }).catch(
      (reason) => reason,
    );
    expect(error).to.have.property('code', 'E_NOT_RUNNING');
  });

  it('serve as probes: the exit code counts, the output is evidence', async () => {
    const probes = createProbes({
      exec: (rack, service, command, limits) => captureInRack(deps, rack, service, command, limits),
      now: Date.now,
    });
    const { signal } = new AbortController();
    const probe = async (script: string, timeoutMs = 10_000, rack = 'web') =>
      await probes.probe({ kind: 'exec', command: sh(script) }, timeoutMs, { rack, service: 'main' }, signal);
    expect(await probe('echo fine')).to.include({
      result: 'success',
      message: 'exit code 0',
      body: 'fine\\x0a',
    });
    expect(await probe('exit 3')).to.include({ result: 'failure', message: 'exit code 3' });
    expect(await probe('sleep 100', 300)).to.include({ result: 'failure', message: 'no end within 300ms' });
    expect(await probe('true', 300, 'other')).to.have.property('result', 'failure');
  });

  it('started from a shell pipeline return when they are done, though the keeper lives on', async () => {
    const other = await ServiceRig.create();
    try {
      const script = `
        import { createKeeperSupervisor } from '${path.resolve('src/host/linux/keeper-client.ts')}';
        import { hostPath, layoutOf } from '${path.resolve('src/model/index.ts')}';
        const layout = layoutOf({ root: hostPath('${other.layout.root}'), state: hostPath('${other.layout.state}'), run: hostPath('${other.layout.run}') });
        const supervisor = createKeeperSupervisor({ layout, runtime: async () => (${JSON.stringify(other.runtime)}), keeperProgram: hostPath('${other.keeperProgram}'), allowedMounts: [] });
        await supervisor.ensure();
        await supervisor.openSockets('web', [{ address: '127.0.0.1:0', family: 'v4', host: '127.0.0.1', port: 0 }]);
        console.log('ready');`;
      const command = `exec 7>&1; ${process.execPath} --import tsx --input-type=module -e "$SCRIPT" 2>&1 | cat`;
      const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command], {
        env: { ...process.env, SCRIPT: script },
        timeout: 15_000,
      });
      expect(stdout).to.equal('ready\n');
      expect(isAlive(await other.keeperPid())).to.equal(true);
      await other.supervisor.closeSockets('web', []);
    } finally {
      await other.dispose();
    }
  });
});

/** Files of commands under way. */
function execs({ layout }: ServiceRig): readonly string[] {
  const { containers } = keeperPaths(layout);
  return readdirSync(containers, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('/exec-'),
  );
}
