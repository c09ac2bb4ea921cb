/** Opens one listening socket, and explains in words of the definition why it cannot be. Closes nothing that it did not open. */
import {
  type FileIdentity,
  isKernelError,
  listenerOf,
  listenTcp,
  listenUnix,
  occupantOf,
  removeSocketFile,
} from '../kernel/index.js';
import {
  type ListenAddress,
  listenBacklog,
  RackError,
  socketFileOwner,
  type TcpListen,
  type UnixListen,
} from '../model/index.js';

export interface OpenedSocket {
  readonly fd: number;
  /** Of a unix socket: which file, and where. */
  readonly file: (FileIdentity & { readonly path: string }) | null;
}

/**
 * `holder`: the rack that holds the address here already, if one does. `place`: where the file of a unix socket is made, if not at the path that it bears as its name.
 * Errors: E_ADDRESS_IN_USE naming the owner, E_ADDRESS_MISSING, E_SOURCE_DENIED, E_SOURCE_MISSING.
 */
export function openSocket(
  rack: string,
  listen: ListenAddress,
  holder: string | null,
  place: string | null,
): OpenedSocket {
  const inUse = (owner: string | null, cause?: unknown): RackError =>
    new RackError(
      'E_ADDRESS_IN_USE',
      `cannot listen on "${listen.address}": ${holder === null ? (owner ?? 'another process') : `rack "${holder}"`} ${listen.family === 'unix' && holder === null ? 'is there' : 'does'}`,
      { rack, hint: 'end it, or choose another address', cause },
    );
  if (holder !== null) throw inUse(null);
  return listen.family === 'unix'
    ? openUnix(rack, listen, place ?? listen.path, inUse)
    : openTcp(rack, listen, inUse);
}

type InUse = (owner: string | null, cause?: unknown) => RackError;

function openTcp(rack: string, listen: TcpListen, inUse: InUse): OpenedSocket {
  try {
    // Unless told otherwise not for v6 only: `[::]:80` is meant to answer on IPv4 too, which is how address clashes are judged as well.
    return { fd: listenTcp(listen, listenBacklog(listen), listen), file: null };
  } catch (error) {
    if (isKernelError(error, 'EADDRINUSE')) throw inUse(listenerOf(listen), error);
    if (isKernelError(error, 'EADDRNOTAVAIL')) {
      throw new RackError(
        'E_ADDRESS_MISSING',
        `cannot listen on "${listen.address}": no interface has this address`,
        { rack, hint: 'use an address of this host, or 0.0.0.0', cause: error },
      );
    }
    throw error;
  }
}

function openUnix(rack: string, listen: UnixListen, path: string, inUse: InUse): OpenedSocket {
  try {
    const occupant = occupantOf(path);
    if (occupant.kind === 'taken') throw inUse(occupant.by);
    // Left by a keeper that was killed, or by a server that ended without clearing up.
    if (occupant.kind === 'stale') removeSocketFile(path, occupant.identity);
    const { fd, file } = listenUnix(path, listenBacklog(listen), socketFileOwner(listen), listen.path);
    return { fd, file: { ...file, path } };
  } catch (error) {
    if (isKernelError(error, 'EADDRINUSE')) throw inUse(null, error);
    if (isKernelError(error, 'ELOOP', 'ENOTDIR')) {
      throw new RackError(
        'E_SOURCE_DENIED',
        `cannot listen on "${listen.address}": a directory of its path is a link or none`,
        {
          rack,
          hint: 'write the real path of the directory',
          cause: error,
        },
      );
    }
    if (isKernelError(error, 'ENOENT')) {
      throw new RackError(
        'E_SOURCE_MISSING',
        `cannot listen on "${listen.address}": its directory does not exist on this host`,
        {
          rack,
          hint: 'create it; it is never created by itself',
          cause: error,
        },
      );
    }
    throw error;
  }
}
