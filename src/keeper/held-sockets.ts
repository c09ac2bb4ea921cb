/**
 * Listening sockets that stay open while what is behind them changes: clients queue in the kernel instead of being refused.
 * Must never accept a connection, and never close a socket that it was not told to.
 */
import { closeSync } from 'node:fs';
import { inNetwork, isKernelError, listenerOf, listenTcp } from '../kernel/index.js';
import { type ListenAddress, type ObservedSocket, RackError } from '../model/index.js';

/** Connections that wait while no service accepts; the kernel caps it at net.core.somaxconn. */
const backlog = 4096;

interface HeldSocket extends ObservedSocket {
  readonly fd: number;
}

export class HeldSockets {
  #held: HeldSocket[] = [];

  get size(): number {
    return this.#held.length;
  }

  observe(): readonly ObservedSocket[] {
    return this.#held.map(({ rack, address }) => ({ rack, address }));
  }

  /**
   * Holds these besides those held, in the network namespace of the file, or the host's. Error: E_ADDRESS_IN_USE naming the owner; then none of the new
   * ones is held.
   */
  open(rack: string, listen: readonly ListenAddress[], network?: string): void {
    const opened: HeldSocket[] = [];
    try {
      for (const item of listen) {
        if (this.#find(rack, item.address) !== undefined) continue;
        opened.push({ rack, address: item.address, fd: this.#listen(rack, item, network) });
      }
    } catch (error) {
      for (const { fd } of opened) closeSync(fd);
      throw error;
    }
    this.#held.push(...opened);
  }

  /** Holds of the rack exactly those of `keep` that it held before. */
  close(rack: string, keep: readonly string[]): void {
    const closed = this.#held.filter((held) => held.rack === rack && !keep.includes(held.address));
    this.#held = this.#held.filter((held) => !closed.includes(held));
    for (const { fd } of closed) closeSync(fd);
  }

  /** Descriptor of a held socket; null when it is not held. */
  fd(rack: string, address: string): number | null {
    return this.#find(rack, address)?.fd ?? null;
  }

  #find(rack: string, address: string): HeldSocket | undefined {
    return this.#held.find((held) => held.rack === rack && held.address === address);
  }

  #listen(rack: string, item: ListenAddress, network: string | undefined): number {
    try {
      // Not for v6 only: `[::]:80` is meant to answer on IPv4 too, which is how address clashes are judged as well.
      const listen = (): number => listenTcp(item, backlog);
      return network === undefined ? listen() : inNetwork(network, listen);
    } catch (error) {
      if (isKernelError(error, 'EADDRINUSE')) throw this.#inUse(rack, item, error);
      if (isKernelError(error, 'EADDRNOTAVAIL')) {
        throw new RackError('E_START', `cannot listen on "${item.address}": no interface has this address`, {
          rack,
          blame: 'definition',
          hint: 'use an address of this host, or 0.0.0.0',
          cause: error,
        });
      }
      throw error;
    }
  }

  #inUse(rack: string, item: ListenAddress, cause: unknown): RackError {
    const sameHere = this.#held.find((held) => held.address === item.address);
    const owner = sameHere === undefined ? listenerOf(item) : `rack "${sameHere.rack}"`;
    return new RackError(
      'E_ADDRESS_IN_USE',
      `cannot listen on "${item.address}": ${owner ?? 'another process'} does`,
      {
        rack,
        hint: 'end it, or choose another address',
        cause,
      },
    );
  }
}
