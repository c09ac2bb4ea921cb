#!/usr/bin/env node
// Makes this checkout ready: OS packages, npm packages, dist/. Needs nothing but Node 20 (and root, where packages are missing).
// Idempotent: a second run finds everything and takes well under a second. Usage: node scripts/setup.mjs [--test] [--packages-only]
// @ts-check
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ensureOsPackages } from './setup/apt.mjs';
import { ensureBuilt } from './setup/build.mjs';
import { ensureNodeModules } from './setup/npm.mjs';
import { osPackages } from './setup/packages.mjs';
import { SetupError, say } from './setup/run.mjs';

/**
 * @param {{ uses?: readonly ('run' | 'images' | 'test')[], build?: boolean }} [options] what the checkout is made ready for
 * @returns {Promise<void>} rejects with a SetupError that says what to do
 */
export async function setUp({ uses = ['run', 'images'], build = true } = {}) {
  requireNode();
  await ensureOsPackages(osPackages.filter((item) => uses.includes(item.use)));
  ensureNodeModules();
  if (build) ensureBuilt();
}

/** A message for a SetupError; anything else is a bug and keeps its stack. @param {unknown} error */
export function exitWithSetupError(error) {
  if (!(error instanceof SetupError)) throw error;
  say(error.message);
  process.exit(1);
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetupError(`Node ${process.versions.node} is too old: rackops needs 20.19 or newer`);
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const uses = /** @type {('run' | 'images' | 'test')[]} */ (['run', 'images']);
  if (process.argv.includes('--test')) uses.push('test');
  await setUp({ uses, build: !process.argv.includes('--packages-only') }).catch(exitWithSetupError);
  say('ready');
}
