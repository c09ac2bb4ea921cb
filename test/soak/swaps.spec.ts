/**
 * Many swaps back and forth under load, with an agent that goes on all the time: nobody is lost, and nothing is used up. RACKOPS_SWAPS says how many;
 * `npm test` does a few, `npm run test:soak` two hundred.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { expect } from 'chai';
import { cgroupDirectories, cgroupName, processesNaming } from '../../scripts/sandbox/index.js';
import { nginxImage, webPort } from '../support/images.js';
import { Load } from '../support/load.js';
import { kernelShape, webRack } from '../support/racks.js';
import { eventually, Rig } from '../support/rig.js';

/** Even: the last one is back where the first began. */
const swaps = 2 * Math.ceil(Number(process.env.RACKOPS_SWAPS ?? 10) / 2);
/** State on disk that a swap may leave for good, bytes: its commit in the mirror, its line in the history, its output in the log. */
const rememberedBytes = 32 * 1024;

describe(`${swaps} swaps back and forth`, function () {
  this.timeout(60_000 + swaps * 3_000);
  let rig: Rig;
  let load: Load;
  let swap: (version: 0 | 1) => Promise<void>;

  before(async () => {
    rig = await Rig.create();
    const port = await webPort();
    const listen = `127.0.0.1:${port}`;
    const images = [
      rig.putImage(await nginxImage('1.0', { listen })),
      rig.putImage(await nginxImage('2.0', { listen })),
    ] as const;
    const rollout = { data: 'keep', rehearse: 'never', bake: '0s' };
    swap = async (version) => {
      rig.commit({ 'racks/web.yaml': webRack('web', images[version], port, { rollout }) }, 'swap');
      await rig.sync(0);
    };
    await swap(0);
    rig.startAgent();
    await rig.agentAnswers();
    load = new Load(`http://${listen}/version`, 5);
  });
  after(async () => {
    await load?.stop();
    await rig.dispose();
  });

  /** What could be used up, but for the memory of past swaps. */
  const inUse = () => ({
    mounts: kernelShape(rig).mounts,
    // The rack's own layer is named after its generation.
    loops: kernelShape(rig).loops.map((file) => file.replace(/\.\d+\.squashfs$/, '.squashfs')),
    cgroups: cgroupDirectories(cgroupName(rig.run)).length,
    // A git or mount that is under way is gone at the next look.
    processes: processesNaming(rig.directory)
      .map(({ pid, command }) => `${command}: ${readdirSync(`/proc/${pid}/fd`).length} descriptors`)
      .sort(),
    bytes: bytesIn(rig.root) + bytesIn(rig.run),
  });

  it('lose nobody, and leave mounts, loop devices, descriptors, cgroups, processes and disk as they were', async () => {
    for (const version of [1, 0] as const) await swap(version);
    const before = await settled();
    const remembered = bytesIn(rig.state);
    await load.look();
    for (let count = 0; count < swaps; count++) await swap(count % 2 === 0 ? 1 : 0);
    const met = await load.look();
    expect(met, JSON.stringify(met)).to.deep.include({ failed: 0, bodies: ['1.0', '2.0'] });
    let after = inUse();
    await eventually('all is as it was', async () => {
      after = inUse();
      return JSON.stringify(after) === JSON.stringify(before);
    }).catch(() => expect(after).to.deep.equal(before));
    expect(bytesIn(rig.state) - remembered, 'bytes of state').to.be.below(swaps * rememberedBytes);
  });

  /** The same at three looks in a row: containers are forgotten and images let go a moment after a swap. */
  async function settled() {
    const seen: string[] = [];
    return await eventually('nothing changes any more', async () => {
      const now = inUse();
      seen.push(JSON.stringify(now));
      return seen.length > 2 && new Set(seen.slice(-3)).size === 1 ? now : null;
    });
  }
});

function bytesIn(directory: string): number {
  return Number(
    execFileSync('du', ['-s', '--block-size=1', '--one-file-system', directory], { encoding: 'utf8' }).split(
      '\t',
    )[0],
  );
}
