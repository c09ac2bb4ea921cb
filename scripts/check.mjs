#!/usr/bin/env node
// `npm run check` without the tests: format and lint, types, and whether what is generated is fresh. Changes nothing.
// Runs all of them, and shows the output of those that failed.
// @ts-check
import { existsSync } from 'node:fs';
import { run } from './setup/run.mjs';

/** @type {readonly { what: string, args: readonly string[], needs?: string }[]} */
const checks = [
  {
    what: 'format and lint',
    args: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'],
  },
  { what: 'types of src', args: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', '.'] },
  { what: 'types of test and scripts', args: ['node_modules/typescript/bin/tsc', '--noEmit', '-p', 'test'] },
  {
    what: 'types generated from the schemas are fresh',
    args: ['--import', 'tsx', 'scripts/generate-types.ts', '--check'],
    needs: 'scripts/generate-types.ts',
  },
  {
    what: 'generated reference pages are fresh',
    args: ['--import', 'tsx', 'scripts/generate-docs.ts', '--check'],
    needs: 'scripts/generate-docs.ts',
  },
];

let failed = 0;
for (const check of checks) {
  if (check.needs !== undefined && !existsSync(new URL(`../${check.needs}`, import.meta.url))) continue;
  const result = run(process.execPath, check.args, { timeoutMs: 240_000 });
  process.stdout.write(`${result.ok ? 'ok    ' : 'FAILED'} ${check.what}\n`);
  if (!result.ok) {
    failed++;
    process.stdout.write(`${result.output}\n`);
  }
}
process.exitCode = failed > 0 ? 1 : 0;
