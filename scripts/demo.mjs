#!/usr/bin/env node
// `npm run demo`: gets this machine ready, then tells the story in scripts/demo/.
// @ts-check
import { launch } from './setup/launch.mjs';

await launch({ name: 'demo', script: 'scripts/demo/main.ts' });
