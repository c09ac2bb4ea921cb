/**
 * All services and sockets of one keeper: answers the requests of the protocol. Knows no transport.
 * Must never forget a service that still has processes.
 */
import { assertNever } from '../lib/index.js';
import type { KeeperHello, KeeperKinds, KeeperRequest, ServiceSpec } from '../model/index.js';
import { HeldSockets } from './held-sockets.js';
import { Service, type ServiceDeps } from './service.js';

type Result = KeeperKinds[keyof KeeperKinds]['result'];

export class Registry {
  readonly #hello: KeeperHello;
  readonly #deps: ServiceDeps;
  readonly #shutdown: () => void;
  readonly #services = new Map<string, Service>();
  readonly #sockets = new HeldSockets();

  /** `shutdown` is called when somebody asks for the end and nothing is held. */
  constructor(
    hello: KeeperHello,
    deps: Omit<ServiceDeps, 'sockets' | 'adjustSockets' | 'closeSockets'>,
    shutdown: () => void,
  ) {
    this.#hello = hello;
    this.#shutdown = shutdown;
    this.#deps = {
      ...deps,
      sockets: (spec) => this.#descriptors(spec),
      adjustSockets: (spec) => this.#sockets.adjust(spec.rack, spec.listen),
      closeSockets: (spec) => this.#closeSockets(spec),
    };
  }

  /** Nothing is held: the keeper may end. */
  get idle(): boolean {
    return this.#services.size === 0 && this.#sockets.size === 0;
  }

  /** Does what the request says. Errors: `RackError`s for the requester. */
  async answer(request: KeeperRequest): Promise<Result> {
    switch (request.kind) {
      case 'hello':
        return this.#hello;
      case 'observe':
        return {
          services: [...this.#services.values()].map((service) => service.observe()),
          sockets: this.#sockets.observe(),
        };
      case 'openSockets':
        this.#sockets.open(request.params.rack, request.params.listen);
        return {};
      case 'openSocketsIn':
        this.#sockets.open(request.params.rack, request.params.listen, request.params.network);
        return {};
      case 'closeSockets':
        this.#sockets.close(request.params.rack, request.params.keep);
        return {};
      case 'start':
        await this.#start(request.params.spec);
        return {};
      case 'stop':
        return await this.#stop(request.params);
      case 'shutdownIfIdle':
        if (this.idle) this.#shutdown();
        return { ends: this.idle };
      default:
        return assertNever(request, 'request');
    }
  }

  /** Every service is stopped by TERM, then by force: the host goes down, or somebody ended the keeper. */
  async stopAll(timeoutMs: number): Promise<void> {
    const stops = [...this.#services.values()].map(async (service) => {
      await service.stop({ service: '', signal: 'TERM', timeoutMs });
    });
    await Promise.allSettled(stops);
    this.#services.clear();
    for (const { rack } of this.#sockets.observe()) this.#sockets.close(rack, []);
  }

  async #start(spec: ServiceSpec): Promise<void> {
    const key = `${spec.rack}/${spec.service}`;
    let service = this.#services.get(key);
    if (service === undefined) {
      service = new Service(this.#deps, spec);
      this.#services.set(key, service);
    }
    await service.start(spec);
  }

  async #stop({ rack, spec }: KeeperKinds['stop']['params']): Promise<KeeperKinds['stop']['result']> {
    const key = `${rack}/${spec.service}`;
    const service = this.#services.get(key);
    if (service === undefined) return { how: 'absent', durationMs: 0 };
    const result = await service.stop(spec);
    if (service.isOver && this.#services.get(key) === service) this.#services.delete(key);
    return result;
  }

  /** What was closed because the service was down for too long is opened again for its next try. The options are those of the version that starts. */
  #descriptors(spec: ServiceSpec): readonly number[] {
    this.#sockets.open(spec.rack, spec.listen, spec.network);
    this.#sockets.adjust(spec.rack, spec.listen);
    return spec.listen.flatMap(({ address }) => this.#sockets.fd(spec.rack, address) ?? []);
  }

  #closeSockets(spec: ServiceSpec): void {
    const theirs = new Set(spec.listen.map(({ address }) => address));
    const kept = this.#sockets
      .observe()
      .filter((held) => held.rack === spec.rack && !theirs.has(held.address));
    this.#sockets.close(
      spec.rack,
      kept.map(({ address }) => address),
    );
  }
}
