/** Reads the host's configuration: only a file that nobody but root can change decides what runs as root. */
import { open } from 'node:fs/promises';
import { type HostPath, RackError } from '../../model/index.js';

/** Errors: E_CONFIG (missing, unreadable), E_CONFIG_PERM (others can write it). */
export async function readConfigFile(path: HostPath): Promise<Uint8Array> {
  const file = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    const why = error.code === 'ENOENT' ? 'there is no such file' : `${error.code}`;
    throw new RackError('E_CONFIG', `cannot read the configuration "${path}": ${why}`, {
      cause: error,
      hint: 'name it with --config; examples/host.yaml is one to start from',
    });
  });
  try {
    const { uid, mode } = await file.stat();
    const isRoot = process.geteuid?.() === 0;
    if (isRoot && (uid !== 0 || (mode & 0o022) !== 0)) {
      const bits = `0${(mode & 0o777).toString(8)}`;
      throw new RackError('E_CONFIG_PERM', `cannot trust "${path}": owner uid ${uid}, mode ${bits}`, {
        hint: `chown root "${path}" && chmod 0644 "${path}"`,
      });
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}
