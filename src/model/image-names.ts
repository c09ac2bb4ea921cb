/** Names as definitions may write them (`schema/rack.schema.json`: `imageFile`, `name`), for what is named on the command line. */

/** True for a plain name: letters, digits and `. _ + ~ -`, 200 at most. */
export function isImageFile(text: string): boolean {
  return text.length <= 200 && /^[A-Za-z0-9_][A-Za-z0-9._+~-]*$/.test(text);
}

/** True for the name of a rack: a lower-case letter, then lower-case letters, digits and hyphens, 32 at most. */
export function isRackName(text: string): boolean {
  return /^[a-z][a-z0-9-]{0,31}$/.test(text);
}

/** `webserver-2.0.iso` and `webserver-1.9.iso` are versions of `webserver`. */
export function imageSeries(file: string): string {
  const stem = file.replace(/\.(?:iso|squashfs|sqfs|sfs|img)$/, '');
  return stem.replace(/[-_.]v?\d[^/]*$/, '') || stem;
}
