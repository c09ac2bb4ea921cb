/** The options that every overlay of ours is mounted with. Pure. */
import { RackError } from '../../model/index.js';

/** Fixed on every kernel: with any of these features a writable layer would be tied to one image. */
export const overlayFeatures: readonly string[] = [
  'index=off',
  'metacopy=off',
  'redirect_dir=off',
  'xino=off',
  'nfs_export=off',
];

/** What mount(2) takes of them, bytes; it cuts off the rest. */
const pageBytes = 4_096;

/**
 * `lower`: topmost first. Names are checked long before; looked at once more because a comma or colon here has mounted another rack's writable layer.
 * Errors: E_BASE_DIR, E_LAYER_LIMIT.
 */
export function overlayOptions(lower: readonly string[], upper: string, work: string): string {
  const odd = [...lower, upper, work].find((path) => /[,:\\\s]/.test(path));
  if (odd !== undefined)
    throw new RackError('E_BASE_DIR', `cannot write "${odd}" into mount options`, {
      hint: 'choose base directories without comma, colon, backslash and white space',
    });
  const lowerOption = `lowerdir=${lower.join(':')}`;
  const options = [lowerOption, `upperdir=${upper}`, `workdir=${work}`, ...overlayFeatures].join(',');
  if (options.length < pageBytes) return options;
  throw new RackError(
    'E_LAYER_LIMIT',
    `cannot mount ${lower.length} layers on "${upper}": their paths do not fit into mount options`,
    { hint: 'choose a shorter root in host.yaml, or wait until they are merged' },
  );
}
