/** A recipe file: bytes to the recipe with its defaults, or everything that is wrong with it. Opens nothing. */
import { parseDurationMs } from '../lib/index.js';
import type { Image } from '../model/generated/index.js';
import {
  type Problem,
  permissionBits,
  type Recipe,
  type RecipeBase,
  type RecipeChange,
  type RecipeFile,
  rackPath,
} from '../model/index.js';
import { Fields } from './fields.js';
import { type Finding, isWarning, problemOf } from './finding.js';
import { validateImage } from './generated/validators.js';
import { merged, modeFindings, nulFindings } from './parse-rack.js';
import type { Places } from './places.js';
import { recipeFindings } from './recipe-rules.js';
import { schemaFindings } from './schema-errors.js';
import { readText } from './text.js';
import { isRecord } from './words.js';
import { readYaml } from './yaml.js';

/** The recipe, or null when a problem is an error. `file`: as problems name it. Problems are sorted by place. Effects: none. */
export function parseRecipe(
  bytes: Uint8Array,
  file: string,
): { readonly recipe: Recipe | null; readonly problems: readonly Problem[] } {
  const problems = (findings: readonly Finding[]): readonly Problem[] =>
    findings.map((finding) => problemOf(finding, file, null));
  const { text, finding } = readText(bytes);
  if (text === null) return { recipe: null, problems: problems([finding]) };
  const { value, places, findings: syntax } = readYaml(text);
  if (value === undefined) return { recipe: null, problems: problems(syntax) };

  const isValid = validateImage(value);
  const fields = new Fields(value, places);
  const findings = merged([
    syntax.filter((f) => f.code !== 'E_AMBIGUOUS_NUMBER'),
    schemaFindings(validateImage.errors ?? [], places),
    syntax,
    isRecord(value)
      ? [
          ...modeFindings(fields, ['/steps/*/files/*/mode']),
          ...recipeFindings(fields),
          ...nulFindings(fields, value),
        ]
      : [],
  ]);
  const recipe = isValid && findings.every(isWarning) ? recipeOf(value, places) : null;
  return { recipe, problems: problems(findings) };
}

/** True for a file that says it is a recipe of ours, however wrong it is otherwise. Effects: none. */
export function saysRecipe(bytes: Uint8Array): boolean {
  const text = new TextDecoder().decode(bytes);
  return /^apiVersion:\s*["']?rackops\//m.test(text) && /^kind:\s*["']?Image\b/m.test(text);
}

function recipeOf(image: Image, places: Places): Recipe {
  return {
    name: image.name,
    version: image.version,
    base: baseOf(image.base),
    steps: (image.steps ?? []).map((step, index) => ({
      ...changeOf(step),
      line: places.ofValue(`/steps/${index}`).line,
    })),
  };
}

function baseOf({ debian, tarball, directory, image, oci }: Image['base']): RecipeBase {
  if (debian !== undefined) {
    return {
      kind: 'debian',
      suite: debian.suite ?? null,
      variant: debian.variant ?? 'essential',
      components: debian.components ?? ['main'],
      mirrors: debian.mirrors ?? null,
      checkValidUntil: debian.checkValidUntil ?? true,
      updates: debian.updates ?? true,
      exclude: debian.exclude ?? [],
    };
  }
  if (tarball !== undefined)
    return { kind: 'tarball', file: tarball.file, sha256: plainSha256(tarball.sha256) };
  if (image !== undefined) return { kind: 'image', file: image.file, sha256: plainSha256(image.sha256) };
  if (oci !== undefined) return { kind: 'oci', source: oci.source };
  if (directory !== undefined) return { kind: 'directory', path: directory };
  throw new Error('internal error: a recipe without a base passed the checks');
}

type Step = NonNullable<Image['steps']>[number];

function changeOf({ packages, files, remove, run, network, timeout }: Step): RecipeChange {
  const timeoutMs = milliseconds(timeout ?? '1h');
  if (packages !== undefined) return { kind: 'packages', packages, timeoutMs };
  if (files !== undefined) return { kind: 'files', files: files.map(fileOf) };
  if (remove !== undefined) return { kind: 'remove', paths: remove.map(rackPath) };
  if (run === undefined) throw new Error('internal error: an empty step passed the checks');
  const isText = typeof run === 'string';
  return {
    kind: 'run',
    command: isText ? ['/bin/sh', '-e', '-c', run] : run,
    text: isText ? run : run.join(' '),
    network: network ?? false,
    timeoutMs,
  };
}

function fileOf(file: NonNullable<Step['files']>[number]): RecipeFile {
  const [uid = '0', gid = uid] = (file.owner ?? '0').split(':');
  return {
    path: rackPath(file.path),
    from: contentOf(file),
    mode: file.mode === undefined ? null : permissionBits(file.mode),
    uid: Number(uid),
    gid: Number(gid),
  };
}

function contentOf({ source, content, link }: NonNullable<Step['files']>[number]): RecipeFile['from'] {
  if (source !== undefined) return { kind: 'source', source };
  if (content !== undefined) return { kind: 'content', text: content };
  return link === undefined ? { kind: 'directory' } : { kind: 'link', target: link };
}

function plainSha256(text: string): string {
  return text.replace(/^sha256:/, '').toLowerCase();
}

function milliseconds(text: string): number {
  const ms = parseDurationMs(text);
  if (ms === null) throw new Error(`internal error: not a duration: ${text}`);
  return ms;
}
