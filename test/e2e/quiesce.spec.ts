/**
 * A rehearsal on data that are brought to rest, on the real kernel and through the command line only: the service writes two files, the second one
 * only at rest, and does not start on a pair that differs. Only a copy that is made while it is frozen has a good pair.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { BuiltImage } from '../../scripts/images/index.js';
import { imageOf, tinyImage } from '../support/images.js';
import { tinyRack } from '../support/racks.js';
import { isRehearsing } from '../support/rehearsals.js';
import { eventually, freePort, httpGet, Rig } from '../support/rig.js';

const run = `#!/bin/sh
cd /var/lib
rm -f freeze frozen
[ "$(cat first)" = "$(cat second)" ] || exit 7
stop=
trap 'stop=1' TERM
httpd -f -p "$1" -h /srv/www &
n=$(cat first || echo 0)
while [ -z "$stop" ]; do
  n=$((n + 1)); echo $n > first; sleep 0.05
  [ -e freeze ] || continue
  echo $n > second
  touch frozen
  while [ -e freeze ] && [ -z "$stop" ]; do sleep 0.05; done
  n=$((n + 1)); echo $n > first
  rm -f frozen
done
echo $n > second
`;
/** Goes on for a while when all is at rest, so that the agent can be killed in it. */
const freeze = `#!/bin/sh
touch /var/lib/freeze
while [ ! -e /var/lib/frozen ]; do sleep 0.02; done
sleep "$1"
`;
const thaw = '#!/bin/sh\nrm -f /var/lib/freeze\n';

/** Stays at rest for so long before it says that it is. */
function resting(seconds: number, timeout = '5s', thawing: readonly string[] = ['thaw']): object {
  return { service: 'main', freeze: ['freeze', String(seconds)], thaw: thawing, timeout };
}

describe('a rehearsal of data that are brought to rest', function () {
  this.timeout(60_000);
  let rig: Rig;
  let port: number;
  const images = new Map<string, BuiltImage>();
  const commit = (version: string, quiesce: object | null, rollout = {}): void => {
    const definition = tinyRack('web', imageOf(images, version), {
      port,
      command: ['run', `127.0.0.1:${port}`],
      rollout: {
        rehearse: 'always',
        bake: '1s',
        timeout: '5s',
        ...(quiesce === null ? {} : { quiesce }),
        ...rollout,
      },
    });
    rig.commit({ 'racks/web.yaml': definition }, version);
  };
  const live = (name: string): string => join(rig.root, 'readwrite/web/1/var/lib', name);
  const written = (): number => Number(readFileSync(live('first'), 'utf8'));
  const lastChange = async (): Promise<string> =>
    (await rig.rackops(['history', 'web'])).stdout.trim().split('\n').at(-1) ?? '';
  const expectWriting = async (): Promise<void> => {
    const before = written();
    await eventually('the live service writes', async () => written() > before);
  };

  before(async function () {
    this.timeout(120_000);
    rig = await Rig.create();
    port = await freePort();
    const files = Object.fromEntries(
      Object.entries({ run, freeze, thaw }).map(([name, content]) => [
        `/bin/${name}`,
        { content, mode: '755' },
      ]),
    );
    for (const version of ['1.0', '2.0']) images.set(version, await tinyImage('pair', version, { files }));
    for (const image of images.values()) rig.putImage(image);
    commit('1.0', null);
    await rig.sync(0);
  });
  after(async function () {
    this.timeout(30_000);
    await rig.dispose();
  });

  it('cannot be told from the live data: both versions find a pair that differs', async () => {
    commit('2.0', resting(0));
    await rig.sync(0);
    expect(await lastChange()).to.match(/rehearsal inconclusive.*exit code 7/);
    await expectWriting();
  });

  it('passes on a copy that is made while the service is frozen, and the live one goes on', async () => {
    commit('1.0', resting(0));
    expect((await rig.rackops(['plan'])).stdout).to.match(/rehearse on a copy .* while main is frozen/);
    const seesWriting = async (): Promise<void> => {
      await eventually('the rehearsal runs', async () => isRehearsing(rig, 'web'));
      await expectWriting();
      expect(isRehearsing(rig, 'web'), 'the rehearsal still runs').to.equal(true);
    };
    const [{ stderr }] = await Promise.all([rig.sync(0), seesWriting()]);
    expect(await lastChange(), stderr).to.match(/: rehearsed/);
    expect(existsSync(live('freeze'))).to.equal(false);
    await expectWriting();
  });

  it('says nothing when it cannot be frozen in time, and thaws', async () => {
    commit('1.0', resting(20, '2s'), { rehearse: 'never' });
    await rig.sync(0);
    commit('2.0', resting(20, '2s'));
    await rig.sync(0);
    expect(await lastChange()).to.match(/inconclusive: cannot freeze service "main".*no end within 2000ms/);
    expect(existsSync(live('freeze'))).to.equal(false);
  });

  it('leaves nothing frozen when the agent is told to stop: it ends the freeze and waits for the thaw', async () => {
    const slowly = ['sh', '-c', 'sleep 1.5; thaw'];
    commit('1.0', resting(50, '60s', slowly), { rehearse: 'never' });
    await rig.sync(0);
    const pid = await rig.pidOf('web', 'main');
    commit('2.0', resting(50, '60s', slowly));
    const agent = rig.startAgent();
    await eventually('it is frozen', async () => existsSync(live('frozen')));
    const told = performance.now();
    await agent.stop('SIGTERM');
    expect(performance.now() - told).to.be.below(5_000);
    expect(existsSync(live('freeze'))).to.equal(false);
    expect(await rig.pidOf('web', 'main')).to.equal(pid);
    await expectWriting();
    commit('1.0', resting(50, '60s', slowly), { rehearse: 'never' });
    await rig.sync(0);
  });

  it('leaves nothing frozen after the agent was killed: the next pass thaws', async () => {
    commit('2.0', resting(1), { rehearse: 'never' });
    await rig.sync(0);
    const pid = await rig.pidOf('web', 'main');
    commit('1.0', resting(1));
    const agent = rig.startAgent();
    await eventually('it is frozen', async () => existsSync(live('frozen')));
    await agent.stop('SIGKILL');
    const before = written();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(written(), 'still frozen').to.equal(before);
    // Nothing but to thaw: the definition is again the one that runs.
    commit('2.0', resting(1), { rehearse: 'never' });
    await rig.sync(0);
    expect(existsSync(live('freeze'))).to.equal(false);
    expect(await rig.pidOf('web', 'main')).to.equal(pid);
    await expectWriting();
    expect((await httpGet(`http://127.0.0.1:${port}/up`)).status).to.equal(200);
  });
});
