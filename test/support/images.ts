/**
 * Images for tests, from the cache: the nginx ones take about 20 s the first time on a machine, the tiny ones two.
 * Never builds into a test's own directory; `rig.putImage` links them there.
 */
export {
  type BuiltImage,
  buildNginxImage as nginxImage,
  buildTinyImage as tinyImage,
  siteConfiguration,
} from '../../scripts/images/index.js';
