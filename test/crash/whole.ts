/**
 * Is the host whole? Everything of a sandbox that must be as if nothing had been interrupted: what answers, mounts, loop devices, processes, files.
 * Reads only, and independent of src/.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { cgroupDirectories, cgroupName, childrenOf, pidsIn } from '../../scripts/sandbox/kernel.js';
import { footprintIn, kernelShape } from '../support/racks.js';
import { eventually, httpGet, type StatusDocument, statusOf } from '../support/rig.js';
import type { CrashRig, Expected } from './operations.js';

/** One plain sync after the death, and the host is whole, the other rack untouched, and nothing is left to do. */
export async function expectRecovery(host: CrashRig, expected: Expected): Promise<void> {
  const status = statusOf((await host.rig.sync(expected.exitCode)).json);
  await expectWhole(host, expected, status);
  expect(footprintIn(host.rig, status, 'bystander'), 'the other rack').to.deep.equal(host.untouched);
  await expectIdle(host, expected, status);
}

/** Throws an AssertionError naming what is not as it should be. */
async function expectWhole(host: CrashRig, expected: Expected, status: StatusDocument): Promise<void> {
  const { rig, port } = host;
  const answer = await httpGet(`http://127.0.0.1:${port}/version`, 2_000);
  if (expected.version === null) expect(answer.error).to.equal('ECONNREFUSED');
  else expect(answer).to.include({ status: 200, body: `${expected.version}\n` });

  const images = [host.bystander, ...(host.imageInUse ? [host.imageInUse] : [])];
  const racks = ['bystander', ...(expected.version === null ? [] : ['subject'])];
  const { mounts, loops } = kernelShape(rig);
  expect(mounts, 'mounts').to.deep.equal(
    [
      ...racks.map((rack) => `/racks/active/${rack}`),
      ...images.map((image) => `/racks/readonly/${image.sha256}`),
    ].sort(),
  );
  expect(loops.map(withoutNumbers), 'loop devices').to.deep.equal(
    [
      ...images.map((image) => withoutNumbers(`/racks/iso/${image.file}`)),
      ...racks.map((rack) => `/run/layers/${rack}.N.squashfs`),
    ].sort(),
  );

  expect(status.racks.map((rack) => rack.name)).to.deep.equal(racks);
  const known = status.racks.flatMap((rack) => rack.services.map((service) => service.pid));
  expect(known, 'a pid for every service').not.to.include(null);
  // A process that is on its way out when the sync ends is none that was forgotten.
  await eventually(
    'no process but the services and their children',
    async () => {
      const strangers = strangersIn(rig.run, known);
      if (strangers.length > 0) throw new Error(strangers.join(', '));
      return true;
    },
    3_000,
  );
  expect(readdirSync(join(rig.root, 'readwrite/.rehearsal')), 'rehearsals').to.deep.equal([]);
  expect(readdirSync(join(rig.run, 'networks')), 'networks').to.deep.equal([]);
  expect(readdirSync(join(rig.state, 'journal')), 'journals').to.deep.equal([]);
  expect(strays(rig.state), 'half-written files').to.deep.equal([]);
  expect(strays(rig.run), 'half-written files').to.deep.equal([]);
  expectLayers(join(rig.root, 'readwrite'), expected.version !== null);
  const layers = readdirSync(join(rig.run, 'layers')).filter((name) => !name.startsWith('.'));
  expect(layers.map(withoutNumbers).sort(), 'generated layers').to.deep.equal(
    racks.map((rack) => `${rack}.N.squashfs`),
  );
}

/** Every layer there is needed by the tree or by a snapshot, and all that are needed are there. */
function expectLayers(readwrite: string, isInstalled: boolean): void {
  const trash = join(readwrite, '.trash');
  if (existsSync(trash)) expect(readdirSync(trash), 'trash').to.deep.equal([]);
  const directory = join(readwrite, 'subject');
  if (!isInstalled) return;
  const names = readdirSync(directory).filter((name) => name !== 'layers.json');
  expect(
    names.filter((name) => !/^\d+(-\d+)?$/.test(name)),
    'what is no layer',
  ).to.deep.equal([]);
  if (!existsSync(join(directory, 'layers.json'))) {
    expect(names, 'layers').to.have.length(1);
    return;
  }
  const manifest = JSON.parse(readFileSync(join(directory, 'layers.json'), 'utf8'));
  const needed = new Set([manifest, ...manifest.snapshots].flatMap(({ layers }) => layers));
  // Merged ones lie beside what they were merged from until the next swap.
  const single = names.filter((name) => !name.includes('-') || needed.has(name));
  expect(single, 'layers').to.have.members([...needed]);
  const upper = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .find((line) => line.includes(`upperdir=${directory}/`));
  expect(upper, 'the layer that is written to').to.contain(`upperdir=${directory}/${manifest.layers[0]},`);
}

/** A sync that has nothing to do must not touch anything; `status`: of the moment before. */
async function expectIdle(host: CrashRig, expected: Expected, status: StatusDocument): Promise<void> {
  const names = status.racks.map((rack) => rack.name);
  const look = (at: StatusDocument) => names.map((name) => footprintIn(host.rig, at, name));
  const before = look(status);
  const { json } = await host.rig.sync(expected.exitCode);
  expect(json).to.have.property('racks').that.deep.equals([]);
  expect(look(statusOf(json))).to.deep.equal(before);
}

/** Processes in the cgroups of this run directory that are neither a service's main process nor a child of one; services that are missing there. */
function strangersIn(run: string, known: readonly (number | null)[]): string[] {
  // A process is in one cgroup of each hierarchy.
  const pids = new Set(cgroupDirectories(cgroupName(run)).flatMap(pidsIn));
  const family = new Set(
    known.flatMap((pid) => (pid === null ? [] : [pid, ...childrenOf(pid).map((child) => child.pid)])),
  );
  return [
    ...[...pids].filter((pid) => !family.has(pid)).map((pid) => `unknown process ${pid} ${commandOf(pid)}`),
    ...known.filter((pid) => pid === null || !pids.has(pid)).map((pid) => `service ${pid} is in no cgroup`),
  ];
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '(gone)';
  }
}

function strays(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => /\.(tmp|partial|new)\b|\.tmp/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function withoutNumbers(path: string): string {
  return path.replace(/\.\d+\.squashfs$/, '.N.squashfs');
}
