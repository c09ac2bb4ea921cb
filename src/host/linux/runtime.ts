/**
 * Which OCI runtime works here, and how, found out by running a real container once per boot: crun starts several times faster, but its versions up to 1.x refuse hosts with
 * cgroups of both versions unless they see only those of version 1, and no version number tells. Must leave nothing of the trial behind.
 */
import { mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { removeCgroup, startRuntime, unifiedBesideLegacy } from '../../kernel/index.js';
import { shorten } from '../../lib/index.js';
import {
  cgroupRoot,
  type HostPath,
  hostPath,
  type Layout,
  type OciRuntime,
  under,
} from '../../model/index.js';
import { findProgram, runProgram } from './programs.js';

/** A trial takes 10 to 50 ms. */
const deadlineMs = 15_000;
/** Raised when a trial tries something else, so that a verdict of before is not believed. */
const trialVersion = 2;

export interface WorkingRuntime extends OciRuntime {
  readonly name: string;
  /** First line of `--version`. */
  readonly version: string;
}

/** Why none can be used, for a person. */
export interface RuntimeProblem {
  readonly problem: string;
}

/**
 * `auto`: crun where it works, else runc. Another name: that runtime, from the usual directories or by absolute path. Never throws for a runtime that
 * does not work. The verdict is kept in the run directory for this boot and this very program file.
 */
export async function chooseRuntime(
  name: string,
  layout: Pick<Layout, 'run'>,
): Promise<WorkingRuntime | RuntimeProblem> {
  if (name !== 'auto') return (await verdictOn(name, layout)) ?? { problem: `"${name}" is not installed` };
  const problems: string[] = [];
  for (const candidate of ['crun', 'runc']) {
    const verdict = await verdictOn(candidate, layout);
    if (verdict === null) continue;
    if (!('problem' in verdict)) return verdict;
    problems.push(`${candidate}: ${verdict.problem}`);
  }
  return { problem: problems.join('; ') || 'neither crun nor runc is installed' };
}

/** Null when it is not installed. */
async function verdictOn(
  name: string,
  layout: Pick<Layout, 'run'>,
): Promise<WorkingRuntime | RuntimeProblem | null> {
  const program = findProgram(name);
  if (program === null) return null;
  const identity = await identityOf(program);
  const cacheFile = under(layout.run, `runtime-${path.basename(name)}.json`);
  const known = await readVerdict(cacheFile, identity);
  if (known !== null) return known;
  const verdict = await judge(hostPath(program), layout);
  await writeFile(`${cacheFile}.partial`, JSON.stringify({ identity, verdict }), { mode: 0o600 });
  await rename(`${cacheFile}.partial`, cacheFile);
  return verdict;
}

async function judge(
  program: HostPath,
  layout: Pick<Layout, 'run'>,
): Promise<WorkingRuntime | RuntimeProblem> {
  const plain = { path: program, hidesUnified: false };
  const hiding = { path: program, hidesUnified: true };
  let problem = await tryOut(plain, layout);
  const working = problem === null ? plain : hiding;
  if (problem !== null && unifiedBesideLegacy() !== null) problem = await tryOut(hiding, layout);
  if (problem !== null) return { problem };
  const { stdout } = await runProgram(program, ['--version'], { timeoutMs: deadlineMs });
  return {
    ...working,
    name: path.basename(program),
    version: (stdout.split('\n')[0] ?? '').trim(),
  };
}

/** Another boot may have other cgroups, another file another version. */
async function identityOf(program: string): Promise<string> {
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  const { dev, ino, size, ctimeMs } = await stat(program);
  return [trialVersion, boot, program, dev, ino, size, ctimeMs].join(' ');
}

async function readVerdict(file: string, identity: string): Promise<WorkingRuntime | RuntimeProblem | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isKept(value) && value.identity === identity ? value.verdict : null;
  } catch {
    return null;
  }
}

/** Ours alone writes it, in a directory of root: the identity says that it is of this version. */
function isKept(
  value: unknown,
): value is { readonly identity: string; readonly verdict: WorkingRuntime | RuntimeProblem } {
  return value !== null && typeof value === 'object' && 'identity' in value && 'verdict' in value;
}

/** Runs `true` in a container like a service's, of the host's own programs, read-only. The answer is the reason why it failed, or null. */
async function tryOut(runtime: OciRuntime, layout: Pick<Layout, 'run'>): Promise<string | null> {
  const directory = hostPath(await mkdtemp(path.join(layout.run, 'trial-')));
  const id = path.basename(directory).toLowerCase();
  const cgroup = `${cgroupRoot(layout.run)}.${id}`;
  const state = under(directory, 'state');
  try {
    await writeFile(under(directory, 'config.json'), JSON.stringify(await trialConfig(directory, cgroup)));
    const options = { timeoutMs: deadlineMs, within: <T>(start: () => T) => startRuntime(runtime, start) };
    const run = await runProgram(runtime.path, ['--root', state, 'run', '--bundle', directory, id], options);
    if (run.exitCode === 0) return null;
    await runProgram(runtime.path, ['--root', state, 'delete', '--force', id], options);
    const reason = run.timedOut ? run.explain : (run.stderr.trim().split('\n').at(-1) ?? run.explain);
    return shorten(`a trial container failed: ${reason}`, 300);
  } finally {
    removeCgroup(cgroup);
    await rm(directory, { recursive: true, force: true });
  }
}

async function trialConfig(directory: HostPath, cgroup: string): Promise<object> {
  const root = under(directory, 'root');
  for (const name of ['proc', 'dev']) await mkdir(under(root, name), { recursive: true });
  const binds: object[] = [];
  for (const name of ['usr', 'bin', 'lib', 'lib64']) {
    const source = `/${name}`;
    const real = await stat(source).catch(() => null);
    if (real === null) continue;
    if (name === 'usr' || !(await isLinkIntoUsr(source))) {
      await mkdir(under(root, name));
      binds.push({ destination: source, type: 'bind', source, options: ['bind', 'ro', 'nosuid', 'nodev'] });
    } else {
      await symlink(`usr/${name}`, under(root, name));
    }
  }
  return {
    ociVersion: '1.0.2',
    hostname: 'trial',
    root: { path: root, readonly: true },
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      cwd: '/',
      args: ['/bin/true'],
      env: ['PATH=/usr/bin:/bin'],
      noNewPrivileges: true,
      capabilities: { bounding: [], permitted: [], effective: [], inheritable: [], ambient: [] },
    },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc', options: ['nosuid', 'noexec', 'nodev'] },
      ...binds,
    ],
    linux: {
      cgroupsPath: `/${cgroup}`,
      namespaces: ['mount', 'pid', 'ipc', 'uts'].map((type) => ({ type })),
      resources: { devices: [{ allow: false, access: 'rwm' }] },
    },
  };
}

/** `/lib` is a link to `usr/lib` where the directories are merged. */
async function isLinkIntoUsr(name: string): Promise<boolean> {
  const [link, target] = await Promise.all([stat(name), stat(`/usr${name}`).catch(() => null)]);
  return target !== null && target.ino === link.ino && target.dev === link.dev;
}
