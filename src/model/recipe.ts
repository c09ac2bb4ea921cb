/** A recipe as it is built: everything decided, defaults filled in. Made of `kind: Image` documents by `definition/`. */
import type { RackPath } from './paths.js';

export interface DebianBase {
  readonly kind: 'debian';
  /** Null: the release of the host that builds. */
  readonly suite: string | null;
  readonly variant: 'essential' | 'apt' | 'minbase' | 'standard';
  readonly components: readonly string[];
  /** Null: what the host itself installs from. */
  readonly mirrors: readonly string[] | null;
  readonly checkValidUntil: boolean;
  /** Also the release's archives of updates and security fixes, of those that the host has; nothing with `mirrors`. */
  readonly updates: boolean;
  /** Patterns of dpkg. */
  readonly exclude: readonly string[];
}

/** Paths are below the recipe's context; digests 64 lower-case hex digits. */
export type RecipeBase =
  | DebianBase
  | { readonly kind: 'tarball'; readonly file: string; readonly sha256: string }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'image'; readonly file: string; readonly sha256: string }
  | { readonly kind: 'oci'; readonly source: string };

export interface RecipeFile {
  readonly path: RackPath;
  readonly from:
    | { readonly kind: 'source'; readonly source: string }
    | { readonly kind: 'content'; readonly text: string }
    | { readonly kind: 'link'; readonly target: string }
    | { readonly kind: 'directory' };
  /** Null: as the source is, or the usual. */
  readonly mode: number | null;
  readonly uid: number;
  readonly gid: number;
}

export type RecipeChange =
  | { readonly kind: 'packages'; readonly packages: readonly string[]; readonly timeoutMs: number }
  | { readonly kind: 'files'; readonly files: readonly RecipeFile[] }
  | { readonly kind: 'remove'; readonly paths: readonly RackPath[] }
  | {
      readonly kind: 'run';
      readonly command: readonly string[];
      /** As it was written. */
      readonly text: string;
      readonly network: boolean;
      readonly timeoutMs: number;
    };

export type RecipeStep = RecipeChange & {
  /** Where it is written, for messages: 1-based. */
  readonly line: number;
};

export interface Recipe {
  readonly name: string;
  readonly version: string;
  readonly base: RecipeBase;
  readonly steps: readonly RecipeStep[];
}

/** Name of the image file of a recipe. */
export function imageFileOf({ name, version }: Pick<Recipe, 'name' | 'version'>): string {
  return `${name}-${version}.iso`;
}
