// Runs one stage as a child, shows its output as it comes, and counts what passed and failed out of mocha's summary.
// Never lets a hanging suite hang the run: after its time the whole process group is ended.
// @ts-check
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../setup/run.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * @param {import('./stages.mjs').Stage} stage
 * @param {readonly string[]} extra further arguments for mocha (`--grep`)
 * @returns {Promise<Counts>}
 */
export async function runStage(stage, extra = []) {
  const args = stage.command ?? mochaArguments(stage, extra);
  if (args === null) return { passed: 0, failed: 0, skipped: 0 };
  const { exitCode, output, late } = await runChild(args, stage.minutes);
  if (late) process.stdout.write(`\n${stage.name}: ended after ${stage.minutes} minutes\n`);
  return stage.command ? countCommand(exitCode) : countMocha(output, exitCode);
}

/**
 * @param {import('./stages.mjs').Stage} stage
 * @param {readonly string[]} extra
 * @returns {readonly string[] | null} null when the stage has no tests yet
 */
function mochaArguments(stage, extra) {
  const files = (stage.folders ?? []).flatMap((folder) => specsBelow(folder));
  if (files.length === 0) return null;
  const hooks = stage.privileged ? ['--require', './test/support/setup.ts'] : [];
  return ['node_modules/mocha/bin/mocha.js', ...hooks, ...extra, ...files];
}

/**
 * @param {string} folder
 * @returns {string[]} sorted
 */
export function specsBelow(folder) {
  const full = join(projectRoot, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return specsBelow(path);
      return entry.name.endsWith('.spec.ts') ? [path] : [];
    });
}

/**
 * @param {readonly string[]} args
 * @param {number} minutes
 * @returns {Promise<{ exitCode: number | null, output: string, late: boolean }>}
 */
function runChild(args, minutes) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    let output = '';
    let late = false;
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text) => {
      output += text;
      process.stdout.write(text);
    });
    const endGroup = () => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    };
    const timer = setTimeout(() => {
      late = true;
      endGroup();
    }, minutes * 60_000);
    const interrupt = () => {
      endGroup();
      process.exit(130);
    };
    process.once('SIGINT', interrupt);
    child.once('error', reject);
    // Not `close`: a daemon that a test left behind may hold the pipe, and the leftover check has said so already.
    child.once('exit', (exitCode) => {
      clearTimeout(timer);
      process.removeListener('SIGINT', interrupt);
      setTimeout(() => {
        child.stdout.destroy();
        resolve({ exitCode, output, late });
      }, 100);
    });
  });
}

/**
 * @param {number | null} exitCode
 * @returns {Counts}
 */
function countCommand(exitCode) {
  return exitCode === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/**
 * Counts the lines of mocha's summary. A run that ended badly without a failing test (a crash, a leftover, its time) is one failure.
 * @param {string} output
 * @param {number | null} exitCode
 * @returns {Counts}
 */
export function countMocha(output, exitCode) {
  const last = (/** @type {string} */ word) => {
    const found = [...output.matchAll(new RegExp(`^\\s+(\\d+) ${word}`, 'gm'))].at(-1);
    return Number(found?.[1] ?? 0);
  };
  const failed = last('failing');
  return {
    passed: last('passing'),
    failed: exitCode === 0 ? failed : Math.max(1, failed),
    skipped: last('pending'),
  };
}
