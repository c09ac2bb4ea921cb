#!/usr/bin/env node
// `npm run hosting`: gets this machine ready, builds the images of examples/hosting (minutes the first time) and tells its story. `--keep` leaves it running.
// @ts-check
import { launch } from './setup/launch.mjs';

await launch({ name: 'hosting', script: 'scripts/hosting/main.ts' });
