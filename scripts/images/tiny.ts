/**
 * A rack image of one static busybox: `sh`, `httpd`, `sleep` and the rest. Packed in a tenth of a second, for tests that are about rackops and not about nginx.
 * busybox comes from the distribution's package, which is unpacked and not installed (it would push out the host's own).
 */
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { cached, recipeKey } from './cache.js';
import { command } from './command.js';
import { type BuiltImage, describeImage, type Layer, packImage } from './pack.js';

const format = 3;
const emptyDirectories = [
  'bin',
  'dev',
  'etc',
  'proc',
  'root',
  'run',
  'srv/www',
  'sys',
  'tmp',
  'var/log',
  'var/lib',
];

/** Serves `/srv/www` on the address given, and ends at once when told to: busybox httpd itself ignores TERM when it is PID 1. */
const serve = `#!/bin/sh
httpd -f -p "$1" -h /srv/www &
server=$!
trap 'kill $server; exit 0' TERM INT QUIT
wait $server
`;

export type TinyOptions = Partial<Layer>;

/** `<name>-<version>.iso`: `/srv/www/{index.html,up,version}`, `/bin/serve ADDRESS:PORT`, users root and www-data, and what `options` adds. */
export async function buildTinyImage(
  name: string,
  version: string,
  options: TinyOptions = {},
): Promise<BuiltImage> {
  const base = await tinyBase();
  const layer: Layer = {
    directories: options.directories ?? [],
    files: {
      '/srv/www/index.html': `${name} ${version}\n`,
      '/srv/www/up': `${version} ok\n`,
      '/srv/www/version': `${version}\n`,
      '/bin/serve': { content: serve, mode: '755' },
      '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:www-data:/srv/www:/bin/sh\n',
      '/etc/group': 'root:x:0:\nwww-data:x:33:\n',
      ...options.files,
    },
    links: options.links ?? {},
  };
  const path = await cached(
    `${name}-${version}-${recipeKey({ base: basename(base), layer })}.iso`,
    async (scratch) => {
      const target = join(scratch, 'image');
      await packImage(base, layer, scratch, target);
      return target;
    },
  );
  return describeImage(path, `${name}-${version}.iso`);
}

async function tinyBase(): Promise<string> {
  const key = recipeKey({ format, arch: process.arch, emptyDirectories });
  return cached(`base-tiny-${key}`, async (scratch) => {
    const download = () =>
      command('apt-get', ['-q', '-o', 'APT::Sandbox::User=root', 'download', 'busybox-static'], {
        cwd: scratch,
      });
    await download().catch(async () => {
      await command('apt-get', ['-q', 'update']);
      await download();
    });
    const archive = (await readdir(scratch)).find((name) => name.endsWith('.deb')) ?? 'busybox-static.deb';
    const unpacked = join(scratch, 'unpacked');
    await command('dpkg-deb', ['-x', join(scratch, archive), unpacked]);
    const tree = join(scratch, 'tree');
    for (const path of emptyDirectories) await mkdir(join(tree, path), { recursive: true });
    const busybox = join(tree, 'bin/busybox');
    const source = await command('find', [unpacked, '-type', 'f', '-name', 'busybox', '-path', '*bin/*']);
    await copyFile(source.trim(), busybox);
    await command('chmod', ['0755', busybox]);
    const applets = (await command(busybox, ['--list'])).trim().split('\n');
    for (const applet of applets)
      if (applet !== 'busybox') await command('ln', ['-s', 'busybox', join(tree, 'bin', applet)]);
    await command('chmod', ['1777', join(tree, 'tmp')]);
    return tree;
  });
}
