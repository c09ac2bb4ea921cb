/**
 * Root hooks of the suites that touch the machine: they need root, and leave nothing. Loaded with `--require test/support/setup.ts`.
 * A leftover fails the run, with a list of what is left.
 */
import { assertNoLeftovers, snapshot } from './leftovers.js';

let before: ReadonlySet<string>;

export const mochaHooks = {
  beforeAll(this: Mocha.Context): void {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) {
      throw new Error(
        'these suites mount and start processes: run them as root on Linux, or in Dockerfile.dev',
      );
    }
    before = snapshot();
  },
  async afterAll(this: Mocha.Context): Promise<void> {
    this.timeout(15_000);
    await assertNoLeftovers(before);
  },
};
