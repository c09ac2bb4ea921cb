/**
 * The agent may die at any moment: the next sync finishes what was begun, whatever it was, and the host is as if nothing had happened. The cases come from a
 * recording of the uninterrupted operation. `npm test` runs a sample, RACKOPS_CRASH=all (`npm run test:crash`) every one.
 */
import { expect } from 'chai';
import { dieAt, nameOf, type Point, recordCalls } from './crash.js';
import { CrashRig, type OperationName } from './operations.js';
import { expectRecovery } from './whole.js';

const wantsAll = process.env.RACKOPS_CRASH === 'all';
const moments = ['before', 'after'] as const;
type Call = Omit<Point, 'moment'>;
/** Cases of one operation in the sample. */
const sampled = 4;

/** The suite of one operation. */
export function describeDeath(operation: OperationName): void {
  describe(`death in the middle of: ${operation}`, function () {
    this.timeout(wantsAll ? 3_600_000 : 240_000);
    let host: CrashRig;

    before(async () => {
      host = await CrashRig.create();
    });
    after(() => host.rig.dispose());

    it(`is survived ${wantsAll ? 'before and after every act' : 'at a sample of its acts'}`, async () => {
      await host.ready(operation);
      host.ask(operation);
      const calls = await recordCalls(host.rig);
      expect(calls.length, 'acts of the operation').to.be.greaterThan(5);
      const failed: string[] = [];
      for (const point of wantsAll ? bothMoments(calls) : sampleOf(calls)) {
        const complaint = await survives(host, operation, point).catch((error: Error) => error.message);
        if (complaint === null) continue;
        failed.push(`${nameOf(point)}: ${complaint}`);
        if (!(await isUsable(host))) break;
      }
      expect(failed, failed.join('\n\n')).to.have.length(0);
    });
  });
}

/** Null when the host came through. */
async function survives(host: CrashRig, operation: OperationName, point: Point): Promise<string | null> {
  await host.ready(operation);
  const expected = host.ask(operation);
  if (!(await dieAt(host.rig, point))) return 'it did not die: the act was never reached';
  await expectRecovery(host, expected);
  return null;
}

/** After a failure the later cases say nothing if the host does not come right by plain syncs. */
async function isUsable(host: CrashRig): Promise<boolean> {
  const { exitCode } = await host.rig.rackops(['sync']);
  return exitCode === 0 || exitCode === 1;
}

function bothMoments(calls: readonly Call[]): readonly Point[] {
  return calls.flatMap((call) => moments.map((moment) => ({ ...call, moment })));
}

/**
 * Evenly over the operation, so that each phase is met, before and after in turn; and around each act on layers, whichever the operation: they are the one thing that cannot be
 * made again from Git and an image, so a gap there loses data for good.
 */
function sampleOf(calls: readonly Call[]): readonly Point[] {
  const layers = bothMoments(calls.filter(({ method }) => method.startsWith('data.')));
  const evenly = Array.from({ length: sampled }, (_, index) => {
    const call = calls[Math.floor((index * calls.length) / sampled)];
    const moment = moments[index % 2];
    return call && moment && !call.method.startsWith('data.') ? [{ ...call, moment }] : [];
  }).flat();
  return [...evenly, ...layers];
}
