/** From which file the runtime's program runs: a sealed copy, made anew for another file, and none for programs that do not expect it. */
import {
  closeSync,
  copyFileSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { RuntimeProgram } from '../../../src/keeper/runtime-program.js';
import { type ProcessExit, waitChild } from '../../../src/kernel/index.js';
import { hostPath } from '../../../src/model/index.js';
import { until } from '../../support/mount-rig.js';
import { scratchDirectory } from '../../support/scratch.js';

describe('the program of the runtime', () => {
  let directory: string;
  const at = (name: string): string => join(directory, name);
  const program = (name: string): RuntimeProgram =>
    new RuntimeProgram({ path: hostPath(at(name)), hidesUnified: false });
  /** As a package manager does: another file in its place. */
  const install = (source: string, name: string): void => {
    copyFileSync(source, at(`${name}.new`));
    renameSync(at(`${name}.new`), at(name));
  };
  const run = async (
    started: RuntimeProgram,
    ...args: readonly string[]
  ): Promise<{ readonly exit: ProcessExit | null; readonly output: string }> => {
    const out = openSync(at('out'), 'w');
    try {
      const pid = started.start(args, ['ignore', out, out]);
      let exit: ProcessExit | null = null;
      await until('the program has ended', () => {
        exit = waitChild(pid);
        return exit !== null;
      });
      return { exit, output: readFileSync(at('out'), 'utf8') };
    } finally {
      closeSync(out);
    }
  };
  const ownFile = ['-c', 'readlink /proc/$$/exe; echo "$0"', 'told'];
  const succeeded = { code: 0, signal: null };

  beforeEach(async () => {
    directory = scratchDirectory();
  });
  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  for (const name of ['crun', 'runc'])
    it(`runs from a copy in memory that nobody can write to, where it is ${name}`, async () => {
      install('/bin/sh', name);
      const started = program(name);
      for (let time = 0; time < 2; time++)
        expect(await run(started, ...ownFile)).to.deep.equal({
          exit: succeeded,
          output: `/memfd:${name} (deleted)\ntold\n`,
        });
      expect((await run(started, '-c', ': > /proc/$$/exe')).exit?.code).to.not.equal(0);
    });

  it('is the new file from the next start on, and the old copy is given back', async () => {
    install('/bin/true', 'crun');
    const started = program('crun');
    expect((await run(started)).exit?.code).to.equal(0);
    const before = readdirSync('/proc/self/fd').length;
    install('/bin/false', 'crun');
    expect((await run(started)).exit?.code).to.equal(1);
    expect(readdirSync('/proc/self/fd').length).to.be.at.most(before);
  });

  it('runs from its own file where it is another program, a script too', async () => {
    writeFileSync(at('wrapper'), '#!/bin/sh\nreadlink /proc/$$/exe; echo "$0" "$@"\n', { mode: 0o755 });
    expect(await run(program('wrapper'), 'run')).to.deep.equal({
      exit: succeeded,
      output: `${realpathSync('/bin/sh')}\n${at('wrapper')} run\n`,
    });
  });

  it('is refused when there is none, and started once it is there again', async () => {
    const started = program('crun');
    expect(() => started.start([], ['ignore', 'ignore', 'ignore']))
      .to.throw()
      .with.property('code', 'ENOENT');
    install('/bin/true', 'crun');
    expect((await run(started)).exit).to.deep.equal(succeeded);
  });
});
