/** The options that every overlay of ours is mounted with. */

/** Fixed on every kernel: with any of these features a writable layer would be tied to one image. */
export const overlayFeatures: readonly string[] = [
  'index=off',
  'metacopy=off',
  'redirect_dir=off',
  'xino=off',
  'nfs_export=off',
];
