/** Layers that a service writes to while they are read: what it puts in the place of a file or a directory meanwhile neither leads out of the layer nor holds anybody up. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';
import { changedFiles } from '../../../src/host/linux/changed-files.js';
import { mergeLayers } from '../../../src/host/linux/merge-layers.js';
import { isViewTorn } from '../../../src/host/linux/rehearsal-torn.js';
import { walk } from '../../../src/host/linux/walk.js';
import { hostPath, layoutOf, rehearsalPaths } from '../../../src/model/index.js';
import { scratchDirectory } from '../../support/scratch.js';

describe('a layer that is written to while it is read', () => {
  let directory: string;
  const layer = (...names: readonly string[]): string => join(directory, 'layer', ...names);
  const host = (...names: readonly string[]): string => join(directory, 'host', ...names);
  const copy = (...names: readonly string[]): string => join(directory, 'copy', ...names);

  beforeEach(async () => {
    directory = scratchDirectory();
    for (const path of [layer('d'), host()]) mkdirSync(path, { recursive: true });
    writeFileSync(layer('d/page'), 'own');
    writeFileSync(host('page'), 'secret');
    writeFileSync(host('more'), 'secret');
  });
  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  const replaceByLink = (): void => {
    renameSync(layer('d'), layer('away'));
    symlinkSync(host(), layer('d'));
  };

  it('is copied from the directory that was met, though a link to the host takes its place', async () => {
    await mergeLayers([layer()], copy(), meanwhile(2, replaceByLink));
    expect(readdirSync(copy('d'))).to.deep.equal(['page']);
    expect(readFileSync(copy('d/page'), 'utf8')).to.equal('own');
  });

  it('is copied without what goes meanwhile', async () => {
    writeFileSync(layer('d/second'), 'own');
    await mergeLayers(
      [layer()],
      copy(),
      meanwhile(3, () => rmSync(layer('d'), { recursive: true })),
    );
    expect(readdirSync(copy('d'))).to.deep.equal(['page']);
  });

  it('is copied to its end, and never with a file of the host, though a file is a pipe or a link by turns', async () => {
    execFileSync('mkfifo', [join(directory, 'pipe')]);
    writeFileSync(join(directory, 'file'), 'own');
    const swapper = new Worker(swapping, {
      eval: true,
      execArgv: [],
      workerData: { directory, at: layer('d/page') },
    });
    await once(swapper, 'message');
    const met = new Set<string>();
    try {
      for (let round = 0; round < 300; round++) {
        await mergeLayers([layer()], copy(), new AbortController().signal);
        met.add(whatIs(copy('d/page')));
        rmSync(copy(), { recursive: true });
      }
    } finally {
      await swapper.terminate();
    }
    expect([...met].sort()).to.deep.equal(['file: own', 'link', 'pipe']);
  });

  it('is walked below what was met, and nowhere else', async () => {
    const met: string[] = [];
    for await (const { path } of walk(layer())) {
      met.push(path.toString());
      if (met.length === 1) replaceByLink();
    }
    expect(met).to.deep.equal(['d']);
    expect(await changedFiles(layer(), 0)).to.deep.equal({ files: ['/away/page', '/d'], complete: true });
  });

  it('is walked without a directory that goes, or is a pipe by the time it is its turn', async () => {
    for (const name of ['a', 'b', 'c']) mkdirSync(layer(name, 'below'), { recursive: true });
    const met: string[] = [];
    for await (const { path } of walk(layer())) {
      met.push(path.toString());
      if (met.length > 1) continue;
      for (const name of ['a', 'b']) rmSync(layer(name), { recursive: true });
      execFileSync('mkfifo', [layer('a')]);
    }
    expect(met).to.include.members(['c/below', 'd/page']);
    expect(met).not.to.include('a/below');
  });

  it('tells nothing of a rehearsal whose view or whose data are gone', async () => {
    const layout = layoutOf({
      root: hostPath(directory),
      state: hostPath(join(directory, 'state')),
      run: hostPath(join(directory, 'run')),
    });
    mkdirSync(rehearsalPaths(layout, 'web').space, { recursive: true });
    expect(await isViewTorn(layout, 'web')).to.equal(false);
  });
});

/** A signal that is never aborted; the one who looks at it for the `time`th time finds `act` done. */
function meanwhile(time: number, act: () => void): AbortSignal {
  const { signal } = new AbortController();
  let looks = 0;
  signal.throwIfAborted = () => {
    looks++;
    if (looks === time) act();
  };
  return signal;
}

/** Puts a file, a pipe and a link to the host at `at`, one over the other, until it is ended. */
const swapping = `
const { linkSync, renameSync, symlinkSync, rmSync } = require('node:fs');
const { parentPort, workerData: { directory, at } } = require('node:worker_threads');
const next = directory + '/next';
for (let turn = 0; ; turn++) {
  rmSync(next, { force: true });
  if (turn % 3 === 0) linkSync(directory + '/file', next);
  else if (turn % 3 === 1) linkSync(directory + '/pipe', next);
  else symlinkSync(directory + '/host/page', next);
  renameSync(next, at);
  if (turn === 3) parentPort.postMessage('begun');
}`;

function whatIs(path: string): string {
  const found = lstatSync(path);
  if (found.isFIFO()) return 'pipe';
  if (found.isSymbolicLink()) return 'link';
  return `file: ${readFileSync(path, 'utf8')}`;
}
