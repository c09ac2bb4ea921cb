/**
 * A recipe becomes an image: its base, its steps in order, what the build left taken out, packed. All of it happens in a workspace; nothing of the host is written but that and the image's own files.
 */
import type { ImageTools, Workspace } from '../host/index.js';
import {
  type HostPath,
  type ImageInput,
  imageFileOf,
  type PackedImage,
  type Recipe,
} from '../model/index.js';
import { makeBase } from './base.js';
import { leftovers } from './cleaning.js';
import { describeStep } from './describe.js';
import { packTree } from './pack.js';
import { runSteps } from './steps.js';

/** What a build needs of the machine. */
export interface BuildPorts extends Pick<ImageTools, 'packing' | 'building' | 'oci' | 'rootCommands'> {
  /** ms since the epoch. */
  readonly now: () => number;
}

export interface BuildRequest {
  readonly recipe: Recipe;
  /** As messages name it; the provenance has its last part. */
  readonly recipeFile: string;
  /** Of the file, `sha256:<hex>`. */
  readonly recipeDigest: string;
  /** Directory that the recipe's paths are in. */
  readonly context: HostPath;
  /** Where the image goes. */
  readonly directory: HostPath;
  /** Where it is put together; the caller closes it. */
  readonly workspace: Workspace;
  /** As of `packTree`. */
  readonly zsync: boolean;
  readonly signal?: AbortSignal;
  readonly progress: (detail: string) => void;
}

/** A build in progress. */
export interface Build extends BuildRequest {
  readonly ports: BuildPorts;
  /** Grows while the build goes on, as does the next. */
  readonly inputs: ImageInput[];
  /** Paths of the tree that `files` steps made. */
  readonly placed: string[];
}

/** Programs whose versions an image depends on, for each kind of base. */
const tools: Readonly<Record<Recipe['base']['kind'], readonly string[]>> = {
  debian: ['mmdebstrap', 'apt-get', 'dpkg'],
  tarball: ['tar'],
  directory: [],
  image: [],
  oci: ['skopeo', 'umoci'],
};

/**
 * The image, its manifest and its provenance in `directory`. When it fails none of them is there. Errors: E_IMAGE_BASE, E_IMAGE_SOURCE, E_IMAGE_DIGEST, E_IMAGE_STEP (the step, its place, its last lines),
 * those of `packTree`, the signal's reason.
 */
export async function buildImage(ports: BuildPorts, request: BuildRequest): Promise<PackedImage> {
  const { recipe, recipeFile, recipeDigest, progress, signal } = request;
  const sinceMs = ports.now();
  const inputs: ImageInput[] = [
    { kind: 'recipe', name: recipeFile.slice(recipeFile.lastIndexOf('/') + 1), digest: recipeDigest },
  ];
  const build: Build = { ...request, ports, inputs, placed: [] };
  const { tree, stepsDone } = await makeBase(build);
  await runSteps(build, tree, stepsDone);
  await ports.building.prune(tree, leftovers(build.placed));
  return await packTree(ports.packing, {
    tree,
    directory: request.directory,
    file: imageFileOf(recipe),
    sinceMs,
    zsync: request.zsync,
    origin: {
      by: 'build',
      inputs,
      steps: recipe.steps.map(describeStep),
      tools: await ports.packing.versions(tools[recipe.base.kind]),
    },
    progress,
    ...(signal === undefined ? {} : { signal }),
  });
}
