// Runs one stage as a child, shows its output as it comes, and counts what passed and failed out of mocha's summary.
// Never lets a hanging suite hang the run: after its time the whole process group is ended.
// @ts-check
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../setup/run.mjs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * @param {import('./stages.mjs').Stage} stage
 * @param {readonly string[]} extra further arguments for mocha (`--grep`)
 * @returns {Promise<Counts>}
 */
export async function runStage(stage, extra = []) {
  process.once('SIGINT', interrupt);
  try {
    const deadline = Date.now() + stage.minutes * 60_000;
    if (stage.command) return countCommand((await runChild(stage, stage.command, deadline, show)).exitCode);
    const files = (stage.folders ?? []).flatMap((folder) => specsBelow(folder));
    if (stage.lanes === undefined)
      return await runSuites(stage, mochaArguments(stage, files, extra), deadline, show);
    const counts = await inLanes(longestFirst(files), stage.lanes, async (file, lane) => {
      // Side by side, what one suite says is shown in one piece when it has ended.
      /** @type {string[]} */
      const held = [];
      const hold = (/** @type {string} */ text) => held.push(text);
      const result = await runSuites(stage, mochaArguments(stage, [file], extra), deadline, hold, lane);
      show(held.join(''));
      return result;
    });
    return counts.reduce(sum, { passed: 0, failed: 0, skipped: 0 });
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

/**
 * @param {import('./stages.mjs').Stage} stage
 * @param {readonly string[]} args
 * @param {number} deadline
 * @param {(text: string) => void} onOutput
 * @param {number} [lane]
 * @returns {Promise<Counts>}
 */
async function runSuites(stage, args, deadline, onOutput, lane) {
  const { exitCode, output } = await runChild(stage, args, deadline, onOutput, lane);
  return countMocha(output, exitCode);
}

/**
 * @param {Counts} a
 * @param {Counts} b
 * @returns {Counts}
 */
function sum(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** @param {string} text */
function show(text) {
  process.stdout.write(text);
}

/**
 * The biggest files take longest, as a rule: begun first, none of them is alone at the end.
 * @param {readonly string[]} files
 * @returns {string[]}
 */
function longestFirst(files) {
  const size = (/** @type {string} */ file) => statSync(join(projectRoot, file)).size;
  return [...files].sort((a, b) => size(b) - size(a));
}

/**
 * Runs `work` on each item, at most `lanes` at the same moment, each told its lane's number from 0; results in the order of the items.
 * @template T, R
 * @param {readonly T[]} items
 * @param {number} lanes
 * @param {(item: T, lane: number) => Promise<R>} work
 * @returns {Promise<R[]>}
 */
export async function inLanes(items, lanes, work) {
  /** @type {R[]} */
  const results = [];
  let next = 0;
  const run = async (/** @type {number} */ lane) => {
    for (let index = next++; index < items.length; index = next++) {
      const item = items[index];
      if (item !== undefined) results[index] = await work(item, lane);
    }
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => run(lane)));
  return results;
}

/**
 * @param {import('./stages.mjs').Stage} stage
 * @param {readonly string[]} files
 * @param {readonly string[]} extra
 * @returns {readonly string[]}
 */
function mochaArguments(stage, files, extra) {
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

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

function interrupt() {
  for (const child of running) endGroup(child);
  process.exit(130);
}

/** @param {import('node:child_process').ChildProcess} child */
function endGroup(child) {
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
}

/**
 * @param {import('./stages.mjs').Stage} stage
 * @param {readonly string[]} args of node
 * @param {number} deadline ms since the epoch
 * @param {(text: string) => void} onOutput
 * @param {number} [lane] of suites that run side by side
 * @returns {Promise<{ exitCode: number | null, output: string }>}
 */
function runChild(stage, args, deadline, onOutput, lane = 0) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...args], {
      cwd: projectRoot,
      env: { ...process.env, RACKOPS_TEST_LANE: String(lane) },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    let output = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text) => {
      output += text;
      onOutput(text);
    });
    running.add(child);
    const timer = setTimeout(
      () => {
        onOutput(`\n${stage.name}: ended after ${stage.minutes} minutes\n`);
        endGroup(child);
      },
      Math.max(0, deadline - Date.now()),
    );
    child.once('error', reject);
    // Not `close`: a daemon that a test left behind may hold the pipe, and the leftover check has said so already.
    child.once('exit', (exitCode) => {
      clearTimeout(timer);
      running.delete(child);
      setTimeout(() => {
        child.stdout.destroy();
        resolve({ exitCode, output });
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
