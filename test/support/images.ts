/**
 * Images for tests, from the cache: the nginx ones take about 20 s the first time on a machine, the tiny ones two.
 * Never builds into a test's own directory; `rig.putImage` links them there.
 */
import { type BuiltImage, defaultListen } from '../../scripts/images/index.js';
import { freePort } from '../../scripts/sandbox/index.js';

export {
  type BuiltImage,
  buildNginxImage as nginxImage,
  buildTinyImage as tinyImage,
  siteConfiguration,
} from '../../scripts/images/index.js';

/** The image of that name; throws when there is none. */
export function imageOf(images: ReadonlyMap<string, BuiltImage>, name: string): BuiltImage {
  const image = images.get(name);
  if (image === undefined) throw new Error(`no image "${name}"`);
  return image;
}

/**
 * A free port of 127.0.0.1: the one that images are built for unless told otherwise, so that suites share them, as long as nobody has it. Suites that run
 * side by side (RACKOPS_TEST_LANE, 0 or more) have one each: a suite's port is not always taken when another one looks.
 */
export function webPort(): Promise<number> {
  return freePort(Number(defaultListen.split(':')[1]) + Number(process.env.RACKOPS_TEST_LANE ?? '0'));
}
