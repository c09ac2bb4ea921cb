/**
 * The base that all versions of the web server image share: Debian's essential packages and nginx, made once and kept in the cache.
 * Takes about 15 s and a package mirror the first time, nothing afterwards. Needs root.
 */
import { chmod, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ownRelease } from '../../src/host/linux/apt-lines.js';
import { hostAptSources } from '../../src/host/linux/apt-sources.js';
import { aptProxies } from '../../src/host/linux/proxies.js';
import { cached, recipeKey } from './cache.js';
import { command } from './command.js';

/** Raise when what this file does to the tree changes. */
const format = 3;
const packages = ['nginx-light'];
/** Never unpacked: nobody reads manuals inside a rack. */
const excluded = ['doc', 'man', 'locale', 'info', 'lintian', 'bash-completion', 'common-licenses', 'pixmaps'];
/** Made by the bootstrap, of no use in a rack, or different at each build. */
const removed = [
  'etc/apt',
  // The bootstrap copies these from this host.
  'etc/hostname',
  'etc/resolv.conf',
  'var/lib/apt',
  'var/cache',
  'var/log',
  'var/lib/dpkg/info',
  'usr/share/zoneinfo',
  'usr/share/perl5',
  // Written by the version layer.
  'etc/nginx',
  'var/www',
];

/** Host path of the base's directory, of the release that this host runs. */
export async function nginxBase(onBuild: (text: string) => void = () => {}): Promise<string> {
  const sources = await hostAptSources();
  const suite = ownRelease(sources);
  const key = recipeKey({ format, suite, arch: process.arch, packages, excluded, removed });
  return cached(`base-nginx-${key}`, async (scratch) => {
    onBuild(`making the base of the images from ${suite} packages (once)`);
    const list = join(scratch, 'sources.list');
    const lines = sources.map(
      ({ flags, uri, release, component }) => `deb ${flags}${uri} ${release} ${component}`,
    );
    await writeFile(list, `${[...new Set(lines)].join('\n')}\n`);
    const tree = join(scratch, 'tree');
    await command('mmdebstrap', [
      '--mode=root',
      '--variant=essential',
      `--include=${packages.join(',')}`,
      "--aptopt=Apt::Install-Recommends 'false'",
      ...(await aptProxies()).map((option) => `--aptopt=${option.replace(/=(.*)$/, ' "$1"')}`),
      ...excluded.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
      '--quiet',
      suite,
      tree,
      list,
    ]);
    await strip(tree);
    return tree;
  });
}

async function strip(tree: string): Promise<void> {
  for (const path of removed) await rm(join(tree, path), { recursive: true, force: true });
  await mkdir(join(tree, 'var/cache'));
  await mkdir(join(tree, 'var/log/nginx'), { recursive: true });
  await mkdir(join(tree, 'etc/nginx/conf.d'), { recursive: true });
  // What nginx logs before it has read its configuration goes where the rest goes: to the supervisor.
  await symlink('/dev/stderr', join(tree, 'var/log/nginx/error.log'));
  await chmod(tree, 0o755);
  // Device nodes are the runtime's business.
  for (const node of await readdir(join(tree, 'dev')))
    await rm(join(tree, 'dev', node), { recursive: true, force: true });
}
