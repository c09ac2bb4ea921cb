#!/usr/bin/env node
// `npm run bench -- NAME …`: gets the machine ready, then runs a measurement of bench/. Without a name: all of them.
// @ts-check
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './setup/run.mjs';
import { exitWithSetupError, setUp } from './setup.mjs';

const all = readdirSync(join(projectRoot, 'bench'), { withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  .map((entry) => entry.name.replace(/\.ts$/, ''));
const [name, ...options] = process.argv.slice(2);
if (name !== undefined && !existsSync(join(projectRoot, 'bench', `${name}.ts`))) {
  process.stderr.write(`no measurement "${name}": there are ${all.join(', ')}\n`);
  process.exit(64);
}
await setUp({ uses: ['run', 'images', 'test'] }).catch(exitWithSetupError);
let failed = 0;
for (const each of name === undefined ? all : [name]) {
  const result = spawnSync(
    process.execPath,
    ['--expose-gc', '--import', 'tsx', `bench/${each}.ts`, ...options],
    {
      cwd: projectRoot,
      stdio: 'inherit',
    },
  );
  if (result.status !== 0) failed++;
}
process.exitCode = failed > 0 ? 1 : 0;
