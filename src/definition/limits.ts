/** Limits of what is read from Git. They are checked before the costly step they guard. */

/** Bytes of one definition: a large real one has 10 KiB, and 2 MB of YAML block the event loop for seconds. */
export const maxDefinitionBytes = 256 * 1024;
/** Bytes of one file for a rack (`files`). */
export const maxSourceBytes = 1024 * 1024;
/** Definition files of one repository folder. */
export const maxDefinitionFiles = 2_000;
/** Levels of nesting; a definition needs seven. */
export const maxDepth = 20;
/** Parsed files that are remembered by object id: two full revisions and some. */
export const maxCachedBlobs = 5_000;
/** Problems kept for one file; more are noise. */
export const maxFindingsPerFile = 50;
/** Characters of a value that a message may quote. */
export const maxQuoted = 40;
