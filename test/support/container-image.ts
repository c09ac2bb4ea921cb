/** A container image made on this machine, by umoci. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** An OCI layout `<layout>:1.0` of the tree of `image`, a tiny one, with an entrypoint that serves on 8080. `directory`: for what is made meanwhile. */
export function containerImage(layout: string, directory: string, image: string): void {
  const bundle = join(directory, 'bundle');
  const umoci = (...args: string[]): void => {
    execFileSync('umoci', args, { stdio: 'ignore' });
  };
  umoci('init', '--layout', layout);
  umoci('new', '--image', `${layout}:1.0`);
  umoci('unpack', '--image', `${layout}:1.0`, bundle);
  execFileSync('unsquashfs', ['-q', '-n', '-f', '-d', join(bundle, 'rootfs'), image], { stdio: 'ignore' });
  writeFileSync(join(bundle, 'rootfs/srv/www/index.html'), 'from a container\n');
  execFileSync('rmdir', [join(bundle, 'rootfs/proc'), join(bundle, 'rootfs/sys')]);
  umoci('repack', '--image', `${layout}:1.0`, bundle);
  const config = [
    '--config.entrypoint',
    '/bin/serve',
    '--config.cmd',
    '127.0.0.1:8080',
    '--config.exposedports',
    '8080/tcp',
  ];
  umoci(
    'config',
    '--image',
    `${layout}:1.0`,
    ...config,
    '--config.user',
    'www-data',
    '--config.env',
    'GREETING=hello "you"',
    '--config.workingdir',
    '/srv',
  );
}
