/** Which versions of the helper programs an image was made with: they are what its bytes depend on besides its inputs. */
import { findProgram, runProgram } from './programs.js';

/** Most understand the first. */
const versionOptions: Readonly<Record<string, readonly string[]>> = {
  mksquashfs: ['-version'],
  zsyncmake: ['-V'],
};

/** As of `ImagePacking.versions`; `unknown` for one that does not say. */
export async function programVersions(
  programs: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const present = programs.filter((name) => findProgram(name) !== null).sort();
  const versions = await Promise.all(present.map(versionOf));
  return Object.fromEntries(present.map((name, index) => [name, versions[index] ?? 'unknown']));
}

async function versionOf(name: string): Promise<string> {
  const result = await runProgram(name, versionOptions[name] ?? ['--version'], { timeoutMs: 10_000 });
  return /\d+(?:\.\d+)+\S*/.exec(`${result.stdout}\n${result.stderr}`)?.[0] ?? 'unknown';
}
