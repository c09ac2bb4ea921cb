#!/usr/bin/env node
// `npm run build`: makes the program of package.json's `bin` from src/. The work is in setup/build.mjs, which the set-up uses too.
// @ts-check
import { build } from './setup/build.mjs';
import { exitWithSetupError } from './setup.mjs';

try {
  build();
} catch (error) {
  exitWithSetupError(error);
}
