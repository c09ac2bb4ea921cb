// Brings node_modules to what package-lock.json says, with `npm ci`, only when it is not there yet or differs.
// Never asks the registry when everything is in place: the set-up works without a network then.
// @ts-check
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, projectRoot, say } from './run.mjs';

/** node_modules is complete afterwards. */
export function ensureNodeModules() {
  const difference = firstDifference();
  if (difference === null) return;
  say(`installing npm packages (${difference})`);
  mustRun('install the npm packages', 'npm', ['ci', '--prefer-offline', '--no-audit', '--no-fund'], {
    env: { npm_config_loglevel: 'error' },
  });
}

/**
 * npm leaves a lock file of what it installed inside node_modules: the two are compared package by package.
 * @returns {string | null}
 */
function firstDifference() {
  const installedFile = join(projectRoot, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return 'none are there';
  const installed = readPackages(installedFile);
  const wanted = readPackages(join(projectRoot, 'package-lock.json'));
  for (const [path, entry] of Object.entries(wanted)) {
    // An optional package may rightly be absent: it is for another platform.
    if (path === '' || entry.optional) continue;
    const name = path.replace(/^.*node_modules\//, '');
    if (installed[path]?.version !== entry.version) return `${name} is not at ${entry.version}`;
    if (!existsSync(join(projectRoot, path))) return `${name} is gone`;
  }
  return null;
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages ?? {};
}
