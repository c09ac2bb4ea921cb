// The stages of a whole test run, in the order in which a mistake is found soonest. Data only.
// A folder below test/ that no stage names is never run: test/architecture checks that there is none.
// @ts-check

/**
 * @typedef {object} Stage
 * @property {string} name
 * @property {readonly string[]} [folders] mocha suites: every `*.spec.ts` below them
 * @property {readonly string[]} [command] arguments of node, for a stage that is no mocha suite
 * @property {boolean} [privileged] needs root on Linux; the leftover check is on
 * @property {number} [lanes] so many suites run side by side, each file in a process of its own: for stages that wait more than they work
 * @property {boolean} [onRequest] run only when it is named: takes too long for every run
 * @property {number} minutes after that many the stage is ended and has failed
 */

/** @type {readonly Stage[]} */
export const stages = [
  { name: 'check', command: ['scripts/check.mjs'], minutes: 5 },
  { name: 'unit', folders: ['test/unit', 'test/golden', 'test/property', 'test/architecture'], minutes: 5 },
  { name: 'contract', folders: ['test/contract'], privileged: true, minutes: 5 },
  { name: 'integration', folders: ['test/integration'], privileged: true, lanes: 2, minutes: 15 },
  { name: 'e2e', folders: ['test/e2e'], privileged: true, lanes: 2, minutes: 25 },
  { name: 'soak', folders: ['test/soak'], privileged: true, minutes: 15 },
  {
    name: 'crash',
    folders: ['test/crash'],
    privileged: true,
    lanes: 2,
    minutes: process.env.RACKOPS_CRASH === 'all' ? 120 : 15,
  },
  // Minutes of building images from packages the first time, then the whole of examples/hosting.
  { name: 'hosting', folders: ['test/hosting'], privileged: true, onRequest: true, minutes: 40 },
];
