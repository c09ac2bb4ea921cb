/** The base of a recipe as a tree that can be written to. */
import { assertNever } from '../lib/index.js';
import { type HostPath, RackError, type RecipeStep, under } from '../model/index.js';
import type { Build } from './build.js';
import { parseOciSource } from './oci-source.js';

export interface Base {
  readonly tree: HostPath;
  /** How many of the recipe's first steps are done with it. */
  readonly stepsDone: number;
}

/** Adds what it is made of to the build's inputs. Errors: E_IMAGE_BASE, E_IMAGE_SOURCE, E_IMAGE_DIGEST, those of container images, the signal's reason. */
export async function makeBase(build: Build): Promise<Base> {
  const { base } = build.recipe;
  switch (base.kind) {
    case 'debian':
      return await debianBase(build, base);
    case 'tarball': {
      const tree = await build.workspace.fresh('tree');
      const archive = { context: build.context, file: base.file, sha256: base.sha256 };
      await build.ports.building.untar(archive, tree, build.workspace.path, watchOf(build));
      build.inputs.push({ kind: 'tarball', name: base.file, digest: `sha256:${base.sha256}` });
      return { tree, stepsDone: 0 };
    }
    case 'directory': {
      const tree = await build.workspace.fresh('tree');
      const digest = await build.ports.building.copyDirectory(build.context, base.path, tree, watchOf(build));
      build.inputs.push({ kind: 'directory', name: base.path, digest });
      return { tree, stepsDone: 0 };
    }
    case 'image':
      return await imageBase(build, base);
    case 'oci':
      return await ociBase(build, base.source);
    default:
      return assertNever(base, 'base');
  }
}

function watchOf({ signal, progress }: Build) {
  return {
    progress: (detail: string) => progress(`base: ${detail}`),
    ...(signal === undefined ? {} : { signal }),
  };
}

type Kind<K> = Extract<Build['recipe']['base'], { readonly kind: K }>;

/** Packages that are wanted first are installed along with the release: once, and by this host's own tools. */
async function debianBase(build: Build, base: Kind<'debian'>): Promise<Base> {
  const { steps } = build.recipe;
  const other = steps.findIndex((step) => step.kind !== 'packages');
  const leading = (other === -1 ? steps : steps.slice(0, other)).filter(isPackages);
  const first = {
    packages: leading.flatMap((step) => step.packages),
    timeoutMs: leading.reduce((sum, step) => sum + step.timeoutMs, 0),
    scratch: build.workspace.path,
  };
  const tree = await build.workspace.fresh('tree');
  await build.ports.building.debian(base, first, tree, watchOf(build));
  build.inputs.push({ kind: 'packages', name: base.suite ?? "the host's release", digest: null });
  return { tree, stepsDone: leading.length };
}

function isPackages(step: RecipeStep): step is Extract<RecipeStep, { readonly kind: 'packages' }> {
  return step.kind === 'packages';
}

async function imageBase(build: Build, base: Kind<'image'>): Promise<Base> {
  const { workspace, context, directory, ports, signal } = build;
  const file = (await ports.building.find(context, base.file)) ?? under(directory, base.file);
  const { root, sha256 } = await workspace.mountImage(file, {
    sha256: base.sha256,
    ...(signal === undefined ? {} : { signal }),
  });
  build.inputs.push({ kind: 'image', name: base.file, digest: `sha256:${sha256}` });
  const { tree } = await workspace.overlay(root);
  return { tree, stepsDone: 0 };
}

async function ociBase(build: Build, source: string): Promise<Base> {
  const { workspace, ports } = build;
  // Below the context, whose place on this host no name says.
  const named = parseOciSource(source, '/')?.source;
  if (named === undefined) throw notFound(source);
  const reference =
    named.transport === 'docker' ? named.reference : await layoutIn(build, named.reference.slice(1));
  const fetched = await ports.oci.fetch({
    source: { ...named, reference },
    directory: await workspace.fresh('oci'),
    authFile: null,
    certDirectory: null,
    ...watchOf(build),
  });
  const tree = under(await workspace.fresh('unpacked'), 'tree');
  const watch = watchOf(build);
  for (const path of await ports.oci.unpack(fetched, tree, watch)) watch.progress(`taken out: ${path}`);
  build.inputs.push({ kind: 'oci', name: source, digest: fetched.digest });
  return { tree, stepsDone: 0 };
}

/** The layout's real path with its tag. */
async function layoutIn({ ports, context }: Build, reference: string): Promise<string> {
  const [path = '', ...tag] = reference.split(':');
  const found = await ports.building.find(context, path);
  if (found === null) throw notFound(path);
  return [found, ...tag].join(':');
}

function notFound(what: string): RackError {
  return new RackError('E_IMAGE_SOURCE', `cannot find the container image "${what}"`, {
    blame: 'definition',
    hint: "the path of a layout is below the recipe's directory; a registry is named as docker://HOST/NAME:TAG",
  });
}
