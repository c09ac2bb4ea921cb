/**
 * Makes an example runnable in a sandbox: the images' real sha256 instead of the zeros, free ports instead of 8080 to 8099, the sandbox's directories
 * instead of /etc/rackops/secrets and /var/share. Changes nothing in examples/.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuiltImage, buildNginxImage, buildTinyImage } from './images/index.js';
import { freePort } from './sandbox/index.js';

const examplesDirectory = fileURLToPath(new URL('../examples', import.meta.url));
const zeros = '0'.repeat(64);

export interface PreparedExample {
  /** Contents by path in the repository: for `commit`. */
  readonly files: Readonly<Record<string, string>>;
  readonly images: readonly BuiltImage[];
  /** The port that stands for one of the example's: `ports.get(8080)`. */
  readonly ports: ReadonlyMap<number, number>;
}

/** Its images take minutes to build: `npm run hosting` and test/hosting run it. */
const onRequest = new Set(['hosting']);

/** Names of the folders in examples/ that are run with every test run. */
export function exampleNames(): string[] {
  return readdirSync(examplesDirectory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !onRequest.has(entry.name))
    .map((entry) => entry.name)
    .sort();
}

/** Makes an image called `file`, for an example whose ports are `ports`. */
export type ImageBuilder = (file: string, ports: ReadonlyMap<number, number>) => Promise<BuiltImage>;

/** Builds the images that the example names. `secrets` and `share` are host paths of existing directories. */
export async function prepareExample(
  name: string,
  host: { secrets: string; share: string },
  build: ImageBuilder = buildSmallImage,
): Promise<PreparedExample> {
  const files = new Map(filesOf(join(examplesDirectory, name)));
  const ports = new Map<number, number>();
  for (const text of files.values()) {
    for (const [port] of text.matchAll(/\b80[89]\d\b/g))
      if (!ports.has(Number(port))) ports.set(Number(port), await freePort());
  }
  const images = new Map<string, BuiltImage>();
  for (const [path, text] of files) {
    let changed = text
      .replace(/\b80[89]\d\b/g, (port) => String(ports.get(Number(port))))
      .replaceAll('/etc/rackops/secrets', host.secrets)
      .replace(/(source: |unix: ?)\/var\/share\b/g, `$1${host.share}`);
    const file = /^\s+file: (\S+\.iso)/m.exec(text)?.[1];
    if (file !== undefined) {
      const image = images.get(file) ?? (await build(file, ports));
      images.set(file, image);
      changed = changed.replace(zeros, image.sha256);
    }
    files.set(path, changed);
  }
  return { files: Object.fromEntries(files), images: [...images.values()], ports };
}

/** `webserver-1.0.iso` is nginx listening on the first port of the example; any other name is a tiny image. */
function buildSmallImage(file: string, ports: ReadonlyMap<number, number>): Promise<BuiltImage> {
  const [, name = '', version = ''] = /^(.+)-([^-]+)\.iso$/.exec(file) ?? [];
  if (name !== 'webserver') return buildTinyImage(name, version);
  return buildNginxImage(version, { listen: `127.0.0.1:${[...ports.values()][0] ?? 8080}` });
}

function filesOf(directory: string, base = directory): [string, string][] {
  return readdirSync(directory).flatMap((name): [string, string][] => {
    const path = join(directory, name);
    return statSync(path).isDirectory()
      ? filesOf(path, base)
      : [[relative(base, path), readFileSync(path, 'utf8')]];
  });
}
