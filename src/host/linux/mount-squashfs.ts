/** One squashfs file on a private loop device, by system call, from an open descriptor: what was verified is what is mounted. */
import { closeSync } from 'node:fs';
import { attachLoop, MS_NODEV, MS_NOSUID, MS_RDONLY, mount } from '../../kernel/index.js';
import { explained } from './mount-errors.js';
import { fileBehind } from './tokens.js';

/** Mounted ro,nosuid,nodev at the host path `target`, which exists; resolves to the device, `loop7`. Error: E_MOUNT; then nothing stays attached. */
export async function mountSquashfs(fileFd: number, path: string, target: string): Promise<string> {
  try {
    const loop = attachLoop(fileFd, path);
    // The open device keeps it attached until the mount does.
    await mount(loop.path, target, 'squashfs', MS_RDONLY | MS_NOSUID | MS_NODEV, '').finally(() =>
      closeSync(loop.fd),
    );
    const device = `loop${loop.number}`;
    // Known from now on to whoever looks for living overlays.
    fileBehind(device);
    return device;
  } catch (error) {
    throw explained(error, `cannot mount "${path}"`);
  }
}
