/**
 * Which OCI runtime works here, found out by running a real container once per boot: crun starts faster, but some of its versions refuse hosts with mixed
 * cgroups, and no version number tells. Must leave nothing of the trial behind.
 */
import { mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { removeCgroup } from '../../kernel/index.js';
import { shorten } from '../../lib/index.js';
import { cgroupRoot, type HostPath, hostPath, type Layout, under } from '../../model/index.js';
import { findProgram, runProgram } from './programs.js';

/** A trial takes 10 to 50 ms. */
const deadlineMs = 15_000;

export interface RuntimeChoice {
  /** Absolute path; of a runtime that was tried and failed when there is a `problem`, empty when none is installed. */
  readonly path: string;
  readonly name: string;
  /** First line of `--version`. */
  readonly version: string;
  /** Why it cannot be used, for a person; absent when it works. */
  readonly problem?: string;
}

/**
 * `auto`: crun where it works, else runc. Another name: that runtime, from the usual directories or by absolute path. Never throws for a runtime that
 * does not work. The verdict is kept in the run directory for this boot and this very program file.
 */
export async function chooseRuntime(name: string, layout: Pick<Layout, 'run'>): Promise<RuntimeChoice> {
  if (name !== 'auto') return await verdictOn(name, layout);
  const problems: string[] = [];
  for (const candidate of ['crun', 'runc']) {
    const choice = await verdictOn(candidate, layout);
    if (choice.problem === undefined) return choice;
    if (choice.path !== '') problems.push(`${candidate}: ${choice.problem}`);
  }
  const problem = problems.join('; ') || 'neither crun nor runc is installed';
  return { path: '', name, version: '', problem };
}

async function verdictOn(name: string, layout: Pick<Layout, 'run'>): Promise<RuntimeChoice> {
  const program = findProgram(name);
  if (program === null) return { path: '', name, version: '', problem: `"${name}" is not installed` };
  const identity = await identityOf(program);
  const cacheFile = under(layout.run, `runtime-${path.basename(name)}.json`);
  const known = await readVerdict(cacheFile, identity);
  if (known !== null) return known;
  const version = await runProgram(program, ['--version'], { timeoutMs: deadlineMs });
  const problem = await tryOut(program, layout);
  const choice: RuntimeChoice = {
    path: program,
    name: path.basename(name),
    version: (version.stdout.split('\n')[0] ?? '').trim(),
    ...(problem === null ? {} : { problem }),
  };
  await writeFile(`${cacheFile}.partial`, JSON.stringify({ identity, choice }), { mode: 0o600 });
  await rename(`${cacheFile}.partial`, cacheFile);
  return choice;
}

/** Another boot may have other cgroups, another file another version. */
async function identityOf(program: string): Promise<string> {
  const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
  const { dev, ino, size, mtimeMs } = await stat(program);
  return [boot, program, dev, ino, size, mtimeMs].join(' ');
}

async function readVerdict(file: string, identity: string): Promise<RuntimeChoice | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    return isVerdict(value) && value.identity === identity ? value.choice : null;
  } catch {
    return null;
  }
}

function isVerdict(value: unknown): value is { readonly identity: string; readonly choice: RuntimeChoice } {
  if (value === null || typeof value !== 'object') return false;
  if (!('identity' in value && 'choice' in value)) return false;
  const { choice } = value;
  if (choice === null || typeof choice !== 'object') return false;
  return 'path' in choice && typeof choice.path === 'string' && 'name' in choice && 'version' in choice;
}

/** Runs `true` in a container like a service's, of the host's own programs, read-only. The answer is the reason why it failed, or null. */
async function tryOut(program: string, layout: Pick<Layout, 'run'>): Promise<string | null> {
  const directory = hostPath(await mkdtemp(path.join(layout.run, 'trial-')));
  const id = path.basename(directory).toLowerCase();
  const cgroup = `${cgroupRoot(layout.run)}.${id}`;
  const state = under(directory, 'state');
  try {
    await writeFile(under(directory, 'config.json'), JSON.stringify(await trialConfig(directory, cgroup)));
    const run = await runProgram(program, ['--root', state, 'run', '--bundle', directory, id], {
      timeoutMs: deadlineMs,
    });
    if (run.exitCode === 0) return null;
    await runProgram(program, ['--root', state, 'delete', '--force', id], { timeoutMs: deadlineMs });
    const reason = run.timedOut ? run.explain : (run.stderr.trim().split('\n').at(-1) ?? run.explain);
    return shorten(`a trial container failed: ${reason}`, 300);
  } finally {
    removeCgroup(cgroup);
    await rm(directory, { recursive: true, force: true });
  }
}

async function trialConfig(directory: HostPath, cgroup: string): Promise<object> {
  const root = under(directory, 'root');
  await mkdir(under(root, 'proc'), { recursive: true });
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
