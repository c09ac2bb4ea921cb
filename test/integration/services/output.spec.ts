import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { askKeeper } from '../../../src/host/linux/keeper-connection.js';
import { keeperPaths, serviceLogPath } from '../../../src/model/index.js';
import { eventually, isAlive, ServiceRig, sh } from './support.js';

describe('what services leave', function () {
  this.timeout(30_000);
  let rig: ServiceRig;

  beforeEach(async () => {
    rig = await ServiceRig.create();
  });

  afterEach(async () => {
    await rig.dispose();
  });

  it('is no more output than a disk can take: a flood is dropped and counted', async () => {
    const command = sh('yes 0123456789 | head -c 60000000; echo the end');
    await rig.start(rig.rack('web', [{ name: 'main', command }]));
    await eventually('its end', async () => (await rig.service('web', 'main')).state === 'stopped', 20_000);
    await eventually('the last words', async () =>
      (await rig.output('web', 'main')).includes('ended: exit code 0'),
    );
    const log = readFileSync(serviceLogPath(rig.layout, 'web', 'main'), 'utf8');
    expect(log.length).to.be.below(20_000_000);
    const dropped = [...log.matchAll(/sys (\d+) bytes dropped/g)].reduce(
      (sum, match) => sum + Number(match[1]),
      0,
    );
    expect(dropped).to.be.above(30_000_000);
  });

  it('can be opened again as /dev/stdout, also by another user', async () => {
    const command = sh('echo first > /dev/stdout; echo second > /proc/self/fd/2');
    await rig.start(rig.rack('web', [{ name: 'main', command, user: 'web' }]));
    await eventually('both', async () => /out first[\s\S]*err second/.test(await rig.output('web', 'main')));
  });

  it('is no zombie and no container directory', async () => {
    const restart = { policy: 'always' as const, delayMs: 20, maxDelayMs: 20, onUnhealthy: false };
    await rig.start(rig.rack('web', [{ name: 'main', command: sh('sleep 0.01 & exit 1'), restart }]));
    await eventually('restarts', async () => (await rig.service('web', 'main')).restarts >= 10);
    await rig.stop('web', 'main');
    const keeper = await rig.keeperPid();
    const children = () => readFileSync(`/proc/${keeper}/task/${keeper}/children`, 'utf8').trim();
    await eventually('no children', () => children() === '');
    // The runtime forgets a container off the path of whoever stopped it; a keeper that holds nothing ends and takes the directories with it.
    const { containers, runtime } = keeperPaths(rig.layout);
    await eventually('no container directory', () =>
      [containers, runtime].every(
        (directory) => !existsSync(directory) || readdirSync(directory).length === 0,
      ),
    );
  });

  it('is a keeper that the next request finds, though one was just about to end', async () => {
    for (let n = 0; n < 3; n++) {
      await rig.start(rig.rack('web', [{ name: 'main', command: sh('exec sleep 100') }]));
      const first = await rig.keeperPid();
      await rig.stop('web', 'main');
      await askKeeper(keeperPaths(rig.layout).socket, 'shutdownIfIdle', {}, 3_000);
      await rig.supervisor.ensure();
      await rig.supervisor.openSockets('web', []);
      expect(isAlive(await rig.keeperPid())).to.equal(true);
      await eventually('the first one is gone', () => !isAlive(first));
    }
  });
});
