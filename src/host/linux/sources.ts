/**
 * Sources of bind mounts: they exist, and what they really are (links followed) is allowed and not rackops' own. Looking at a path can hang for ever when a network
 * file system does not answer, so wherever this host has one the look is taken by a process of its own, with a deadline.
 */
import { realpath, stat } from 'node:fs/promises';
import { type HostPath, hostPath, type Layout, RackError } from '../../model/index.js';
import { readMountinfo } from './mountinfo.js';
import { runProgram } from './programs.js';

/** A network file system that needs longer than this does not serve anybody. */
const deadlineMs = 10_000;

const remoteTypes =
  /^(?:nfs4?|cifs|smb3|smbfs|ceph|afs|9p|autofs|glusterfs|lustre|gfs2|ocfs2|orangefs|beegfs|gpfs|coda|vboxsf|virtiofs|fuse(?:blk)?(?:\..+)?)$/;

/** A type of file system that somebody else serves, mostly another machine: it may not answer, and others may see and change what is in it. Pure. */
export function isRemote(type: string): boolean {
  return remoteTypes.test(type);
}

type Kind = 'directory' | 'file' | 'socket' | 'other';
interface Look {
  readonly real: string;
  readonly kind: Kind;
}

export interface SourceRules {
  readonly allowed: readonly HostPath[];
  readonly layout: Layout;
  /** What is to be done with the sources, for messages: `mount` unless given. */
  readonly verb?: string;
}

/**
 * Real paths of the sources, in order. Errors: E_SOURCE_MISSING, E_SOURCE_DENIED, E_SOURCE_TIMEOUT, each naming the source.
 */
export async function checkSources(
  sources: readonly HostPath[],
  rules: SourceRules,
  rack: string,
): Promise<readonly HostPath[]> {
  if (sources.length === 0) return [];
  const { verb = 'mount' } = rules;
  const paths = [...new Set([...sources, ...rules.allowed, ...protectedPaths(rules.layout)])];
  const looks = (await readMountinfo()).some(({ type }) => isRemote(type))
    ? await lookFromOutside(paths, sources, verb, rack)
    : await lookHere(paths);
  const realOf = (path: string): string => looks.get(path)?.real ?? path;
  const allowed = rules.allowed.map(realOf);
  const own = protectedPaths(rules.layout).map(realOf);
  return sources.map((source) => {
    const look = looks.get(source);
    if (look === undefined) {
      throw new RackError('E_SOURCE_MISSING', `cannot ${verb} "${source}": it does not exist on this host`, {
        rack,
        hint: 'create it; it is never created by itself',
      });
    }
    const reason = sourceProblem(look, allowed, own);
    if (reason === null) return hostPath(look.real);
    throw new RackError('E_SOURCE_DENIED', `cannot ${verb} "${source}": ${reason}`, {
      rack,
      blame: 'definition',
      hint: 'choose a source that allow.mounts in host.yaml covers',
    });
  });
}

/** Why a source must not be mounted, null when it may. All paths are real ones. Pure. */
export function sourceProblem(
  { real, kind }: { readonly real: string; readonly kind: Kind },
  allowed: readonly string[],
  own: readonly string[],
): string | null {
  if (kind === 'other') return `"${real}" is neither a directory nor a file`;
  if (!allowed.some((directory) => contains(directory, real))) return `"${real}" is not in allow.mounts`;
  const clash = own.find((directory) => contains(directory, real) || contains(real, directory));
  return clash === undefined ? null : `"${real}" would open "${clash}", which is rackops' own`;
}

function contains(directory: string, path: string): boolean {
  return directory === '/' || path === directory || path.startsWith(`${directory}/`);
}

/** What no rack may see of another rack or of the agent. `share` is not among them: it is for that. */
function protectedPaths({ readonly, readwrite, active, state, run }: Layout): readonly HostPath[] {
  return [readonly, readwrite, active, state, run];
}

async function lookHere(paths: readonly string[]): Promise<ReadonlyMap<string, Look>> {
  const looks = await Promise.all(
    paths.map(async (path): Promise<readonly [string, Look] | null> => {
      try {
        const real = await realpath(path);
        const found = await stat(real);
        const kind = found.isDirectory()
          ? 'directory'
          : found.isFile()
            ? 'file'
            : found.isSocket()
              ? 'socket'
              : 'other';
        return [path, { real, kind }];
      } catch {
        return null;
      }
    }),
  );
  return new Map(looks.filter((look) => look !== null));
}

/** Prints for each argument `[path, real, kind]` or `[path]`, as soon as it is known. */
const script = `const { realpathSync, statSync } = require('node:fs');
for (const path of process.argv.slice(1)) {
  let look = [path];
  try {
    const real = realpathSync(path);
    const s = statSync(real);
    look = [path, real, s.isDirectory() ? 'directory' : s.isFile() ? 'file' : s.isSocket() ? 'socket' : 'other'];
  } catch {}
  process.stdout.write(JSON.stringify(look) + '\\n');
}`;

async function lookFromOutside(
  paths: readonly string[],
  sources: readonly string[],
  verb: string,
  rack: string,
): Promise<ReadonlyMap<string, Look>> {
  // The helper may be stuck beyond the reach of a signal: the deadline here does not wait for its end.
  const helper = runProgram(process.execPath, ['-e', script, ...paths], { timeoutMs: deadlineMs });
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), deadlineMs + 2_000);
  });
  const result = await Promise.race([helper, late]);
  clearTimeout(timer);
  if (result === null || result.timedOut || result.exitCode !== 0) {
    const seen = result === null ? new Map<string, Look | null>() : parseLooks(result.stdout);
    const stuck = sources.find((source) => !seen.has(source)) ?? sources[0] ?? '';
    throw new RackError(
      'E_SOURCE_TIMEOUT',
      `cannot ${verb} "${stuck}": no answer within ${deadlineMs / 1_000}s`,
      {
        rack,
        hint: 'check the network file system that it is on; the rack is tried again at the next pass',
      },
    );
  }
  const looks = [...parseLooks(result.stdout)].flatMap(([path, look]) =>
    look === null ? [] : [[path, look] as const],
  );
  return new Map(looks);
}

function parseLooks(output: string): ReadonlyMap<string, Look | null> {
  const looks = new Map<string, Look | null>();
  for (const line of output.split('\n').filter((text) => text !== '')) {
    const value: unknown = JSON.parse(line);
    if (!Array.isArray(value)) continue;
    const [path, real, kind]: readonly unknown[] = value;
    if (typeof path !== 'string') continue;
    looks.set(path, typeof real === 'string' && isKind(kind) ? { real, kind } : null);
  }
  return looks;
}

function isKind(value: unknown): value is Kind {
  return value === 'directory' || value === 'file' || value === 'socket' || value === 'other';
}
