/**
 * Builds the images of the examples: webserver 1.0, 2.0 and a broken 3.0, and the small ones. Prints name, sha256 and path of each.
 * Usage: npm run images [-- DIRECTORY]; with a directory (such as /racks/iso) they are copied there too.
 */
import { copyFile, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type BuiltImage, buildNginxImage, buildTinyImage } from './index.js';

const onBuild = (text: string) => process.stderr.write(`images: ${text}\n`);

const directory = process.argv[2];
const images: BuiltImage[] = [
  await buildNginxImage('1.0', { onBuild }),
  await buildNginxImage('2.0', { onBuild }),
  await buildNginxImage('3.0', { onBuild, fault: 'missing-include' }),
  await buildTinyImage('tiny', '1.0'),
  await buildTinyImage('tiny', '2.0'),
];
for (const image of images) {
  if (directory !== undefined) await deliver(image, directory);
  process.stdout.write(`${image.file}  ${image.sha256}  ${image.path}\n`);
}

/** Under a temporary name, then renamed: a file that a rack has mounted is never written to. */
async function deliver(image: BuiltImage, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  const partial = join(to, `.${image.file}.partial`);
  await copyFile(image.path, partial);
  await rename(partial, join(to, image.file));
}
