/** Trees that no path of the kernel leads to the end of: made, and looked at, one directory at a time. */
import { execFileSync } from 'node:child_process';

/** Longer than any path, in 20 directories. */
export const longNames: readonly string[] = Array.from({ length: 20 }, (_, index) =>
  String.fromCharCode(97 + index).repeat(250),
);

/** In more directories than a path can name when there are more than 2,048, of one letter each. */
export function shortNames(count: number): readonly string[] {
  return Array.from({ length: count }, () => 'd');
}

/** The directories are there, one in the other, below `top`, which is; `script` is run in the last one, by a shell, and what it prints returned. */
export function dig(top: string, names: readonly string[], script = ''): string {
  return execFileSync(process.execPath, ['-e', digging, script], {
    cwd: top,
    input: names.join('\n'),
    encoding: 'utf8',
  });
}

const digging = `
for (const name of fs.readFileSync(0, 'utf8').split('\\n')) {
  if (!fs.existsSync(name)) fs.mkdirSync(name);
  process.chdir(name);
}
child_process.execFileSync('/bin/sh', ['-ec', process.argv[1]], { stdio: 'inherit' });`;
