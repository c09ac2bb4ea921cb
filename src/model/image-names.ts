/** Names as definitions may write them (`schema/rack.schema.json`: `imageFile`, `name`), for what is named on the command line. */

/** True for a plain name: letters, digits and `. _ + ~ -`, 200 at most. */
export function isImageFile(text: string): boolean {
  return text.length <= 200 && /^[A-Za-z0-9_][A-Za-z0-9._+~-]*$/.test(text);
}

/** Separated by `-` or `_`; digits first, then more parts with digits in them, or a word for what comes before a release. */
const versionAtEnd =
  /^(.+?)[-_](v?\d[^-]*(?:-\d[^-]*)*(?:-(?:[A-Za-z.~+]*\d[\w.~+]*|alpha|beta|rc|pre|dev))?)$/;

/** `webserver-2.0.iso` is version `2.0` of `webserver`, and `debian-12-web-1.0.iso` version `1.0` of `debian-12-web`. Without a version, `name` is the whole name without its ending. */
export function imageNameParts(file: string): { readonly name: string; readonly version: string | null } {
  const stem = file.replace(/\.[a-z]+$/, '');
  const [, name = stem, version = null] = versionAtEnd.exec(stem) ?? [];
  return { name, version };
}

/** What versions of one image have in common. */
export function imageSeries(file: string): string {
  return imageNameParts(file).name;
}

/** True for the name of a rack: a lower-case letter, then lower-case letters, digits and hyphens, 32 at most. */
export function isRackName(text: string): boolean {
  return /^[a-z][a-z0-9-]{0,31}$/.test(text);
}
