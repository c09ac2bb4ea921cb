/** What a new image has that the old one has not, for people. Pure. */
import { escapeControl, formatBytes } from '../lib/index.js';
import type { ChangedPackage, Facet, FileChanges, ImageRef, PackageChanges } from '../model/index.js';

/** Lines of a kind before the rest is only counted: a person reads these, `--json` has all. */
const shownFiles = 20;
const shownPackages = 50;

export interface ImageChangeInput {
  readonly from: ImageRef & { readonly sizeBytes: number };
  readonly to: ImageRef & { readonly sizeBytes: number; readonly isNew: boolean };
  readonly files: FileChanges;
  readonly packages: PackageChanges;
}

/** Several lines, no trailing newline. */
export function imageChangeText({ from, to, files, packages }: ImageChangeInput): string {
  const grown = to.sizeBytes - from.sizeBytes;
  const growth = `${grown < 0 ? '-' : '+'}${formatBytes(Math.abs(grown))}`;
  const left = to.isNew ? '' : ' (was there already, with the same content)';
  return [
    `${to.file}: ${formatBytes(to.sizeBytes)}, ${growth} from ${from.file}${left}`,
    ...section(
      'packages',
      packages,
      [
        ...packages.changed.map((item) => `~ ${item.name} ${versions(item)}`),
        ...packages.added.map((item) => `+ ${item.name} ${item.version}`),
        ...packages.removed.map((item) => `- ${item.name} ${item.version}`),
      ],
      shownPackages,
    ),
    ...section(
      'files',
      files,
      [
        ...files.changed.map(({ path, what }) => `~ ${path}${besidesContent(what)}`),
        ...files.added.map((path) => `+ ${path}`),
        ...files.removed.map((path) => `- ${path}`),
      ],
      shownFiles,
    ),
  ].join('\n');
}

/** A new mode or owner is said also where the content is new: it may be a setuid bit. */
function besidesContent(what: readonly Facet[]): string {
  const others = what.filter((facet) => facet !== 'content');
  return others.length === 0 ? '' : ` (${others.join(', ')})`;
}

function versions({ from, to }: ChangedPackage): string {
  return `${from.join(', ')} -> ${to.join(', ')}`;
}

function section(
  what: string,
  counts: {
    readonly changed: readonly unknown[];
    readonly added: readonly unknown[];
    readonly removed: readonly unknown[];
  },
  lines: readonly string[],
  shown: number,
): readonly string[] {
  if (lines.length === 0) return [`${what}: nothing changed`];
  const { changed, added, removed } = counts;
  const rest = lines.length - shown;
  return [
    `${what}: ${changed.length} changed, ${added.length} new, ${removed.length} removed`,
    ...lines.slice(0, shown).map((line) => `  ${escapeControl(line)}`),
    ...(rest > 0 ? [`  … ${rest} more; --json has all`] : []),
  ];
}

/** The part of a rack's definition that takes the image; to be pasted. No trailing newline. */
export function imageSnippet({ file, sha256 }: ImageRef): string {
  // In quotes: of only digits, or of digits and one e, it would be a number.
  return `image:\n  file: ${file}\n  sha256: "${sha256}"`;
}
