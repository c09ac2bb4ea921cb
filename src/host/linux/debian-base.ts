/**
 * A release of Debian or Ubuntu as a tree, by mmdebstrap. What it leaves of this host is taken out: name, resolver, proxies, trust in mirrors. It runs in namespaces of its own, so that what it mounts and
 * starts ends with it, or with us.
 */
import { type DebianBase, type HostPath, RackError } from '../../model/index.js';
import type { BuildWatch } from '../image-building.js';
import { type AptSource, aptProxies, hostAptSources } from './apt-sources.js';
import { streamBound } from './bound-program.js';
import { TreeWriter } from './tree-writer.js';

/** A slow mirror, a slow disk, a thousand packages. */
const deadlineMs = 2 * 3_600_000;
/** 1 January 2020: the day on which passwords of accounts were last changed, which packages write into /etc/shadow. */
const epoch = '1577836800';

/** What the bootstrap copied from this host or wrote for itself. */
const ofTheHost = ['/etc/hostname', '/etc/resolv.conf', '/etc/apt/apt.conf.d/99mmdebstrap'];

/** As of `ImageBuilding.debian`. */
export async function debianBase(
  base: DebianBase,
  packages: readonly string[],
  tree: HostPath,
  { signal, progress }: BuildWatch,
): Promise<void> {
  const { suite, lines } = await sourcesOf(base);
  const sources = lines.map(({ flags, rest }) => `deb ${flags}${rest}`);
  const args = debianArguments({ base, packages, suite, tree, sources, proxies: await aptProxies() });
  const result = await streamBound('mmdebstrap', args, {
    timeoutMs: deadlineMs,
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
  readonly proxies: readonly string[];
}): readonly string[] {
  const { base, packages, suite, tree, sources, proxies } = input;
  return [
    '--mode=root',
    '--format=directory',
    `--variant=${base.variant}`,
    ...(packages.length === 0 ? [] : [`--include=${packages.join(' ')}`]),
    '--aptopt=APT::Install-Recommends "false"',
    ...proxies.map((option) => `--aptopt=${option.replace(/=(.*)$/, ' "$1"')}`),
    // The tree is thrown away when the power fails.
    '--dpkgopt=force-unsafe-io',
    ...base.exclude.map((pattern) => `--dpkgopt=path-exclude=${pattern}`),
    '--',
    suite,
    tree,
    ...sources,
  ];
}

interface SourceLine {
  readonly flags: string;
  /** `URI RELEASE COMPONENT…`. */
  readonly rest: string;
}

async function sourcesOf(
  base: DebianBase,
): Promise<{ readonly suite: string; readonly lines: readonly SourceLine[] }> {
  if (base.mirrors !== null && base.suite !== null) {
    const flags = base.checkValidUntil ? '' : '[check-valid-until=no] ';
    const rest = `${base.suite} ${base.components.join(' ')}`;
    return { suite: base.suite, lines: base.mirrors.map((uri) => ({ flags, rest: `${uri} ${rest}` })) };
  }
  const found = await hostAptSources();
  const own = shortest(found.map(({ codename }) => codename));
  const suite = base.suite ?? own;
  if (base.mirrors !== null) return await sourcesOf({ ...base, suite });
  return { suite, lines: linesFor(found, own, suite, base.updates) };
}

/** The same archives, for another release where it is another one; without those of updates when they are not wanted. Pure. */
export function linesFor(
  found: readonly AptSource[],
  own: string,
  suite: string,
  updates = true,
): readonly SourceLine[] {
  const lines = found
    .filter(({ codename }) => codename === own || codename.startsWith(`${own}-`))
    .filter(({ release }) => updates || release === own)
    .map(({ flags, uri, release, component }) => ({
      flags,
      rest: `${uri} ${release.replace(own, suite)} ${component}`,
    }));
  return [...new Map(lines.map((line) => [line.rest, line])).values()];
}

/** `bookworm` of `bookworm`, `bookworm-updates`, `bookworm-security`. */
function shortest(names: readonly string[]): string {
  const [name] = names.filter((text) => text !== '').sort((a, b) => a.length - b.length);
  if (name !== undefined) return name;
  throw new RackError('E_IMAGE_BASE', 'cannot tell which release this host runs', {
    hint: 'name suite in the recipe',
  });
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
