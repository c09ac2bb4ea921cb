/**
 * Images for tests, from the cache: the nginx ones take about 20 s the first time on a machine, the tiny ones two.
 * Never builds into a test's own directory; `rig.putImage` links them there.
 */
import { defaultListen } from '../../scripts/images/index.js';
import { freePort } from '../../scripts/sandbox/index.js';

export {
  type BuiltImage,
  buildNginxImage as nginxImage,
  buildTinyImage as tinyImage,
  siteConfiguration,
} from '../../scripts/images/index.js';

/** A free port of 127.0.0.1: the one that images are built for unless told otherwise, so that all suites share them, as long as nobody has it. */
export function webPort(): Promise<number> {
  return freePort(Number(defaultListen.split(':')[1]));
}
