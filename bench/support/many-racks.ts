/**
 * A sandbox with many small racks of one image: each runs one `sleep`. No health checks, so that what is measured is rackops and not the probing.
 */
import { existsSync } from 'node:fs';
import { buildTinyImage } from '../../scripts/images/index.js';
import { Sandbox, sweep } from '../../scripts/sandbox/index.js';
import { putAside } from './aside.js';
import { mountMemory } from './memory-mount.js';

const directory = '/var/tmp/rackops-bench';

/** Whatever was measured there, also by a measurement that was told to stop or killed, has ended and is put aside. */
export async function endManyRacks(): Promise<void> {
  if (!existsSync(directory)) return;
  await sweep(directory, [`${directory}/run`]);
  putAside(directory);
}

/** The sandbox in /var/tmp/rackops-bench, ended first if an earlier run left one; `racks` definitions are committed, nothing is applied. */
export async function manyRacks(
  racks: number,
  host: Readonly<Record<string, unknown>> = {},
): Promise<Sandbox> {
  await endManyRacks();
  const sandbox = new Sandbox({ directory, host: { name: 'bench', ...host } });
  await mountMemory(sandbox.run);
  const image = sandbox.putImage(await buildTinyImage('bench', '1.0'));
  sandbox.commit(rackFiles(racks, image), `${racks} racks`);
  return sandbox;
}

/** One definition a rack, as values. */
export function rackFiles(
  racks: number,
  image: { readonly file: string; readonly sha256: string },
): Readonly<Record<string, object>> {
  const files: Record<string, object> = {};
  for (let number = 0; number < racks; number++) {
    const name = `rack-${String(number).padStart(4, '0')}`;
    files[`racks/${name}.yaml`] = {
      apiVersion: 'rackops/v1',
      kind: 'Rack',
      name,
      image,
      services: { main: { command: ['sleep', '1000000'] } },
      rollout: { bake: '0s' },
    };
  }
  return files;
}
