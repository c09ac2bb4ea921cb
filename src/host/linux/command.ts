/**
 * Whether a service's command can be started in its rack, said before the start: the runtime knows only "no such file" for four different mistakes.
 * Looks only at the merged tree; what lies in a mount is left to the runtime.
 */
import path from 'node:path';
import { shorten } from '../../lib/index.js';
import { type DesiredService, RackError, rackPath } from '../../model/index.js';
import { programKind, runsOn } from './elf.js';
import type { RackRoot } from './in-root.js';
import type { LookedUpUser } from './oci-config.js';

/** Headers of real programs and the first line of scripts are in here. */
const headBytes = 8 * 1024;

export interface CommandInput {
  readonly rack: string;
  readonly service: DesiredService;
  readonly user: LookedUpUser;
  /** PATH as the service will have it. */
  readonly searchPath: string;
  /** Targets of mounts and files: what is at or below them is not the image's. */
  readonly mounted: readonly string[];
  /** `process.arch`. */
  readonly hostMachine: string;
}

/** Error: E_START with the program and the reason: missing, not executable, of another machine, its interpreter missing. */
export function checkCommand(input: CommandInput, root: Pick<RackRoot, 'read' | 'has'>): void {
  const reason = commandProblem(input, root);
  if (reason === null) return;
  throw new RackError('E_START', `cannot start service "${input.service.name}": ${reason}`, {
    rack: input.rack,
    blame: 'definition',
    hint: 'correct the command, or build the image with the program in it',
  });
}

function commandProblem(input: CommandInput, root: Pick<RackRoot, 'read' | 'has'>): string | null {
  const program = input.service.command[0] ?? '';
  const candidates = candidatesOf(program, input);
  let refused: string | null = null;
  for (const candidate of candidates) {
    if (isMounted(candidate, input.mounted)) return null;
    const found = root.read(rackPath(candidate), headBytes);
    if (found === null) continue;
    const reason = fileProblem(candidate, found, input, root);
    if (reason === null) return null;
    // A search goes on past what cannot be executed, but remembers it: that is what the user meant.
    refused ??= reason;
  }
  if (refused !== null) return refused;
  return program.includes('/')
    ? `ENOENT: "${shorten(program)}" is not in the image`
    : `ENOENT: "${shorten(program)}" is in none of the PATH directories of the rack (${input.searchPath})`;
}

function candidatesOf(program: string, { service, searchPath }: CommandInput): readonly string[] {
  if (program.includes('/')) return [path.posix.resolve(service.workdir, program)];
  return searchPath
    .split(':')
    .filter((directory) => directory.startsWith('/'))
    .map((directory) => path.posix.join(directory, program));
}

function fileProblem(
  name: string,
  { stat, content }: NonNullable<ReturnType<RackRoot['read']>>,
  { user, hostMachine, mounted }: CommandInput,
  root: Pick<RackRoot, 'has'>,
): string | null {
  if (content === null) return `EACCES: "${name}" is not a regular file`;
  if (!mayExecute(stat, user)) return `EACCES: "${name}" is not executable (mode ${modeText(stat.mode)})`;
  const kind = programKind(content);
  if (kind.kind === 'unknown') return `ENOEXEC: "${name}" is no program: neither ELF nor a script with #!`;
  if (kind.kind === 'elf' && !runsOn(kind.machine, hostMachine)) {
    return `ENOEXEC: "${name}" is a program for another machine (image ${kind.machine}, host ${hostMachine})`;
  }
  const { interpreter } = kind;
  if (interpreter === null || isMounted(interpreter, mounted)) return null;
  if (interpreter.startsWith('/') && root.has(rackPath(interpreter))) return null;
  return `ENOENT: the interpreter "${shorten(interpreter)}" of "${name}" is not in the image`;
}

/** Root may execute what anybody may; others by the class that they are in. */
function mayExecute(
  stat: { readonly mode: number; readonly uid: number; readonly gid: number },
  user: LookedUpUser,
): boolean {
  if (user.uid === 0) return (stat.mode & 0o111) !== 0;
  if (stat.uid === user.uid) return (stat.mode & 0o100) !== 0;
  const inGroup = stat.gid === user.gid || user.groups.includes(stat.gid);
  return (stat.mode & (inGroup ? 0o010 : 0o001)) !== 0;
}

function isMounted(name: string, mounted: readonly string[]): boolean {
  return mounted.some((target) => target === '/' || name === target || name.startsWith(`${target}/`));
}

function modeText(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}
