#!/usr/bin/env node
// `npm test`: sets the machine up, then runs the checks and all suites, and ends with one line of counts. Needs nothing but Node, and root for the suites
// that mount and start processes (elsewhere these are skipped, with a word).
// Usage: node scripts/test.mjs [STAGE ...] [-- MOCHA OPTIONS]; no stage = all of them but those on request.
// @ts-check
import { exitWithSetupError, setUp } from './setup.mjs';
import { runStage } from './test/run-stage.mjs';
import { stages } from './test/stages.mjs';

const separator = process.argv.indexOf('--');
const names = process.argv.slice(2, separator === -1 ? undefined : separator);
const extra = separator === -1 ? [] : process.argv.slice(separator + 1);
const unknown = names.filter((name) => !stages.some((stage) => stage.name === name));
if (unknown.length > 0) {
  process.stderr.write(
    `no stage "${unknown.join('", "')}": there are ${stages.map((stage) => stage.name).join(', ')}\n`,
  );
  process.exit(64);
}

const wanted = stages.filter((stage) =>
  names.length === 0 ? stage.onRequest !== true : names.includes(stage.name),
);
const mayTouchTheMachine = process.platform === 'linux' && process.getuid?.() === 0;
const needsTheMachine = wanted.some((stage) => stage.privileged) && mayTouchTheMachine;
await setUp({ uses: needsTheMachine ? ['run', 'images', 'test'] : [], build: needsTheMachine }).catch(
  exitWithSetupError,
);

const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const summary = [];
for (const stage of wanted) {
  process.stdout.write(`\n== ${stage.name}\n`);
  if (stage.privileged && !mayTouchTheMachine) {
    process.stdout.write('skipped: needs root on Linux; Dockerfile.dev is a way to have that\n');
    summary.push(`${stage.name}: skipped`);
    continue;
  }
  const startedAt = Date.now();
  const counts = await runStage(stage, extra);
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  const seconds = Math.round((Date.now() - startedAt) / 1_000);
  summary.push(`${stage.name}: ${counts.passed} passed, ${counts.failed} failed, ${seconds} s`);
}
process.stdout.write(`\n${summary.join('\n')}\n\n`);
process.stdout.write(
  `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}\n`,
);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
