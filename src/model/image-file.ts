/** The name of an image file, as definitions may write it (`schema/rack.schema.json`, `imageFile`). */

/** True for a plain name: letters, digits and `. _ + ~ -`, 200 at most. */
export function isImageFile(text: string): boolean {
  return text.length <= 200 && /^[A-Za-z0-9_][A-Za-z0-9._+~-]*$/.test(text);
}
