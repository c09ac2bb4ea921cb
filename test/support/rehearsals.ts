/** Rehearsals on a test host, by the kernel's facts and the files of the run directory. Reads only. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { loopsOf, mountsUnder } from '../../scripts/sandbox/index.js';
import { eventually, type Rig } from './rig.js';

/** The tree of a rehearsal of this rack is mounted. */
export function isRehearsing(rig: Rig, rack: string): boolean {
  return mountsUnder(rig.directory).some((point) => point.endsWith(`/${rack}+rehearsal`));
}

/** Nothing is there of any rehearsal; of their containers: within a moment, because the keeper forgets them by itself. */
export async function expectNoRehearsal(rig: Rig): Promise<void> {
  const inRun = (name: string): readonly string[] => readdirSync(join(rig.run, name));
  const rehearsals = (name: string): readonly string[] => inRun(name).filter((entry) => entry.includes('+'));
  expect(readdirSync(join(rig.root, 'readwrite/.rehearsal'))).to.deep.equal([]);
  expect(inRun('networks')).to.deep.equal([]);
  expect(mountsUnder(rig.directory).filter((point) => point.includes('rehears'))).to.deep.equal([]);
  expect(loopsOf(rig.directory).filter(({ file }) => file.includes('rehears'))).to.deep.equal([]);
  expect(rehearsals('bundles')).to.deep.equal([]);
  expect(rehearsals('layers')).to.deep.equal([]);
  await eventually('containers of rehearsals are gone', async () => rehearsals('containers').length === 0);
}
