/** The options of every overlay that we mount with a writable layer. Pure. */
import { RackError } from '../../model/index.js';

/**
 * Fixed on every kernel: with any of these features a writable layer would be tied to one image. Names are checked long before; looked at once more because a comma or colon
 * here has mounted another rack's writable layer. Error: E_BASE_DIR.
 */
export function overlayOptions(lower: readonly string[], upper: string, work: string): string {
  const odd = [...lower, upper, work].find((path) => /[,:\\\s]/.test(path));
  if (odd !== undefined)
    throw new RackError('E_BASE_DIR', `cannot write "${odd}" into mount options`, {
      hint: 'choose base directories without comma, colon, backslash and white space',
    });
  return [
    `lowerdir=${lower.join(':')}`,
    `upperdir=${upper}`,
    `workdir=${work}`,
    'index=off',
    'metacopy=off',
    'redirect_dir=off',
    'xino=off',
    'nfs_export=off',
  ].join(',');
}
