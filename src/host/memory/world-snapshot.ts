/** The imagined machine as plain values, for tests to compare: before and after, killed and not killed. */
import type { MemoryData, MemoryState } from './state.js';

/** Everything of the machine as sorted plain values, for `deep.equal`. */
export interface WorldSnapshot {
  readonly images: readonly string[];
  readonly trees: readonly string[];
  readonly rehearsals: readonly string[];
  readonly layers: readonly string[];
  readonly strayLayers: readonly string[];
  readonly bundles: readonly string[];
  readonly data: readonly string[];
  readonly services: readonly string[];
  readonly sockets: readonly string[];
  readonly orphans: readonly string[];
  readonly keeper: string;
}

/** `full`: with pids, generations and counts. */
export function snapshotOf(state: MemoryState, full: boolean): WorldSnapshot {
  const counted = (text: string, count: unknown): string => (full ? `${text} ${count}` : text);
  const names = (list: Iterable<string>): string[] =>
    [...new Set(full ? list : Array.from(list, withoutGeneration))].sort();
  return {
    images: Array.from(state.images, ([sha256, { asMade }]) => `${sha256}${asMade ? '' : ' spoilt'}`).sort(),
    trees: Array.from(state.trees, ([rack, tree]) =>
      counted(
        `${rack} ${tree.imageSha256} ${tree.digest} ${tree.asMade ? 'as made' : 'spoilt'}`,
        tree.generation,
      ),
    ).sort(),
    rehearsals: [...state.rehearsals.keys()].sort(),
    layers: names(state.layers),
    strayLayers: names(state.strayLayers),
    bundles: names(state.bundles),
    data: Array.from(state.data, ([rack, data]) =>
      counted(`${rack} ${layersText(data.layers)}`, data.id),
    ).sort(),
    services: Array.from(state.services.values(), (service) => {
      const { rack, service: name, state: runs, generation, pid, restarts } = service.observe();
      return counted(
        `${rack}/${name} ${service.imageSha256} ${runs}`,
        `${generation} pid ${pid} restarts ${restarts}`,
      );
    }).sort(),
    sockets: Array.from(state.sockets.values(), ({ rack, listen }) => {
      const { address, ...options } = listen;
      return `${rack} ${address} ${JSON.stringify(options)}`;
    }).sort(),
    orphans: [...state.orphans.keys()].sort(),
    keeper: state.keeper,
  };
}

/** `1(a) 2`: each layer with what was written into it. */
function layersText(layers: MemoryData['layers']): string {
  return Array.from(layers, ([name, texts]) => (texts.length === 0 ? name : `${name}(${texts.join(' ')})`))
    .sort()
    .join(' ');
}

/** `web.3` → `web`, `web.3/nginx` → `web/nginx`. */
function withoutGeneration(name: string): string {
  return name.replace(/\.\d+/, '');
}
