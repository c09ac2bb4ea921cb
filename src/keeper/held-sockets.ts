/**
 * Listening sockets that stay open while what is behind them changes: clients queue in the kernel instead of being refused.
 * Must never accept a connection, and never close a socket that it was not told to.
 */
import { closeSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { changeSocketFile, inNetwork, isSocketFile, listenAgain, removeSocketFile } from '../kernel/index.js';
import { sha256Hex } from '../lib/index.js';
import {
  isSameSocket,
  type ListenAddress,
  listenBacklog,
  type ObservedSocket,
  socketFileOwner,
  socketsOf,
} from '../model/index.js';
import { type OpenedSocket, openSocket } from './open-socket.js';

interface HeldSocket extends OpenedSocket {
  readonly rack: string;
  readonly listen: ListenAddress;
  /** File of the network namespace that it is in; null for the host's. */
  readonly network: string | null;
}

export class HeldSockets {
  #held: HeldSocket[] = [];

  get size(): number {
    return this.#held.length;
  }

  /** Those that clients can reach: a unix socket whose file somebody took away is none. */
  observe(): readonly ObservedSocket[] {
    return this.#held.filter(isReachable).map(({ rack, listen }) => ({ rack, address: listen.address }));
  }

  /**
   * Holds these besides those held, which are left as they are; one of the same address that cannot serve (other `v6Only` or `reusePort`, its file taken
   * away) is exchanged. `network`: file of the network namespace to open them in, else the host's. Error: E_ADDRESS_IN_USE naming the owner; then none of the
   * new ones is held.
   */
  open(rack: string, listen: readonly ListenAddress[], network?: string): void {
    const opened: HeldSocket[] = [];
    try {
      for (const item of listen) {
        const held = this.#find(rack, item.address);
        if (held !== undefined) {
          if (isSameSocket(held.listen, item) && isReachable(held)) continue;
          this.#drop([held]);
        }
        const sameHere = this.#held.find(
          (other) => other.network === (network ?? null) && other.listen.address === item.address,
        );
        const place = placeOf(item, network);
        const open = (): OpenedSocket => openSocket(rack, item, sameHere?.rack ?? null, place);
        const socket = network === undefined ? open() : inNetwork(network, open);
        opened.push({ rack, listen: item, network: network ?? null, ...socket });
      }
    } catch (error) {
      for (const socket of opened) release(socket);
      throw error;
    }
    this.#held.push(...opened);
  }

  /** Holds of the rack exactly those of `keep` that it held before. */
  close(rack: string, keep: readonly string[]): void {
    this.#drop(this.#held.filter((held) => held.rack === rack && !keep.includes(held.listen.address)));
  }

  /**
   * Held sockets get the options of the version that runs behind them from now on: backlog, mode and owner change in place, whatever is queued. Also undoes
   * what a server did to the backlog that it shares: most set a smaller one of their own, and a swap needs ours.
   */
  adjust(rack: string, listen: readonly ListenAddress[]): void {
    for (const item of listen) {
      const held = this.#find(rack, item.address);
      if (held === undefined || !isSameSocket(held.listen, item)) continue;
      listenAgain(held.fd, listenBacklog(item));
      if (item.family === 'unix' && held.file !== null) {
        changeSocketFile(held.file.path, held.file, socketFileOwner(item));
      }
      this.#held = this.#held.map((other) => (other === held ? { ...held, listen: item } : other));
    }
  }

  /** Descriptor of a held socket; null when it is not held. */
  fd(rack: string, address: string): number | null {
    return this.#find(rack, address)?.fd ?? null;
  }

  #find(rack: string, address: string): HeldSocket | undefined {
    return this.#held.find((held) => held.rack === rack && held.listen.address === address);
  }

  #drop(closed: readonly HeldSocket[]): void {
    this.#held = this.#held.filter((held) => !closed.includes(held));
    for (const socket of closed) release(socket);
  }
}

/** In another network a unix socket has a file of its own, beside that network's: at the path of the definition is the live version's. */
function placeOf(listen: ListenAddress, network: string | undefined): string | null {
  if (network === undefined || listen.family !== 'unix') return null;
  const directory = path.join(socketsOf(network), sha256Hex(listen.address).slice(0, 16));
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return path.join(directory, path.basename(listen.path));
}

function isReachable({ listen, file }: HeldSocket): boolean {
  return listen.family !== 'unix' || (file !== null && isSocketFile(file.path, file));
}

/** The file first: a name that leads to nobody is what a client meets last. */
function release({ fd, file }: OpenedSocket): void {
  if (file !== null) removeSocketFile(file.path, file);
  closeSync(fd);
}
