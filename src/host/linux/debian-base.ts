/**
 * A release of Debian or Ubuntu as a tree, by mmdebstrap. What it leaves of this host is taken out: name, resolver, proxies, credentials, trust in mirrors. It runs in namespaces of its own, so that what it mounts
 * and starts ends with it, or with us.
 */
import { writeFile } from 'node:fs/promises';
import { type DebianBase, type HostPath, RackError, under } from '../../model/index.js';
import type { BuildWatch, FirstPackages } from '../image-building.js';
import { credentialsOf, linesFor, ownRelease, type SourceLine } from './apt-lines.js';
import { hostAptSources } from './apt-sources.js';
import { streamBound } from './bound-program.js';
import { aptProxies } from './proxies.js';
import { TreeWriter } from './tree-writer.js';

/** For the release itself: a slow mirror, a slow disk. */
const releaseMs = 3_600_000;
/** 1 January 2020: the day on which passwords of accounts were last changed, which packages write into /etc/shadow. */
const epoch = '1577836800';

/** What the bootstrap copied from this host or wrote for itself. */
const ofTheHost = ['/etc/hostname', '/etc/resolv.conf', '/etc/apt/apt.conf.d/99mmdebstrap'];

/** As of `ImageBuilding.debian`. */
export async function debianBase(
  base: DebianBase,
  { packages, timeoutMs, scratch }: FirstPackages,
  tree: HostPath,
  { signal, progress }: BuildWatch,
): Promise<void> {
  const { suite, lines, credentials } = await sourcesOf(base);
  const configFile = await writeConfiguration(scratch, credentials);
  const sources = lines.map(({ flags, rest }) => `deb ${flags}${rest}`);
  const args = debianArguments({ base, packages, suite, tree, sources, configFile });
  const result = await streamBound('mmdebstrap', args, {
    timeoutMs: releaseMs + timeoutMs,
    env: { SOURCE_DATE_EPOCH: epoch },
    onLine: (line) => {
      const said = /^I: (.*)$/.exec(line)?.[1];
      if (said !== undefined) progress(said);
    },
    ...(signal === undefined ? {} : { signal }),
  });
  if (result.exitCode !== 0) {
    const reasons = result.tail.filter((line) => line.startsWith('E: '));
    const how = result.exitCode === null ? 'did not end in time' : `ended with ${result.exitCode}`;
    throw new RackError(
      'E_IMAGE_BASE',
      `cannot install ${suite}: mmdebstrap ${how}${reasons.map((line) => `\n  ${line}`).join('')}`,
      { hint: 'check the names of packages and suite, and whether the mirror is reached' },
    );
  }
  await neutralise(
    tree,
    lines.map(({ rest }) => `deb ${rest}`),
  );
}

/** Pure: the arguments of mmdebstrap. Everything that the recipe says is one argument with a name, or comes after `--`. */
export function debianArguments(input: {
  readonly base: DebianBase;
  readonly packages: readonly string[];
  readonly suite: string;
  readonly tree: string;
  /** Lines as in sources.list. */
  readonly sources: readonly string[];
  /** Of apt: what others must not read among our arguments. */
  readonly configFile: string;
}): readonly string[] {
  const { base, packages, suite, tree, sources, configFile } = input;
  return [
    '--mode=root',
    '--format=directory',
    `--variant=${base.variant}`,
    ...(packages.length === 0 ? [] : [`--include=${packages.join(' ')}`]),
    `--aptopt=${configFile}`,
    // The tree is thrown away when the power fails.
    '--dpkgopt=force-unsafe-io',
    ...base.exclude.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
    '--',
    suite,
    tree,
    ...sources,
  ];
}

/** Pure: apt's configuration file. `proxies`: as of `aptProxies`. */
export function aptConfiguration(proxies: readonly string[], authFile: string): string {
  const options = proxies.map((option) => option.replace(/=(.*)$/, ' "$1"'));
  return ['APT::Install-Recommends "false"', `Dir::Etc::netrc "${authFile}"`, ...options]
    .map((line) => `${line};\n`)
    .join('');
}

async function writeConfiguration(scratch: HostPath, credentials: readonly string[]): Promise<HostPath> {
  const [configFile, authFile] = [under(scratch, 'apt.conf'), under(scratch, 'apt-auth.conf')];
  await writeFile(authFile, credentials.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  await writeFile(configFile, aptConfiguration(await aptProxies(), authFile), { mode: 0o600 });
  return configFile;
}

async function sourcesOf(base: DebianBase): Promise<{
  readonly suite: string;
  readonly lines: readonly SourceLine[];
  /** Lines of apt's auth.conf. */
  readonly credentials: readonly string[];
}> {
  const { mirrors, updates } = base;
  if (mirrors !== null) {
    const suite = base.suite ?? ownRelease(await hostAptSources());
    const flags = base.checkValidUntil ? '' : '[check-valid-until=no] ';
    const rest = `${suite} ${base.components.join(' ')}`;
    return { suite, lines: mirrors.map((uri) => ({ flags, rest: `${uri} ${rest}` })), credentials: [] };
  }
  const found = await hostAptSources();
  const own = ownRelease(found);
  const suite = base.suite ?? own;
  const credentials = found.map(({ uri }) => credentialsOf(uri)).filter((line) => line !== null);
  return { suite, lines: linesFor(found, own, suite, updates), credentials };
}

async function neutralise(tree: HostPath, lines: readonly string[]): Promise<void> {
  const writer = new TreeWriter(tree);
  try {
    for (const path of ofTheHost) await writer.remove(path);
    if (!(await writer.has('/etc/apt'))) return;
    const face = { mode: 0o644, uid: 0, gid: 0 };
    await writer.file('/etc/apt/sources.list', Buffer.from(`${lines.join('\n')}\n`), face);
  } finally {
    writer.close();
  }
}
