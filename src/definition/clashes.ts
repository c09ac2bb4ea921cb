/** Do two racks of one host listen on one address? The one that is installed goes on, the newcomer is refused; when both are, neither moves. */
import { type ListenAddress, listenConflict, parseListen } from '../model/index.js';
import { meeting } from './select.js';
import { compareText, type ValidFile } from './set.js';

interface Held {
  readonly file: ValidFile;
  readonly pointer: string;
  readonly listen: ListenAddress;
}

/** Adds findings. `files` are those of one host, or of all hosts when `knownHost` is false; then labels may keep racks apart. */
export function checkClashes(
  files: readonly ValidFile[],
  installed: ReadonlySet<string>,
  knownHost: boolean,
): void {
  const byPlace = new Map<number | string, Held[]>();
  for (const held of files.flatMap(heldBy)) {
    const place = held.listen.family === 'unix' ? held.listen.path : held.listen.port;
    const others = byPlace.get(place) ?? [];
    for (const other of others) compare(other, held, installed, knownHost);
    byPlace.set(place, [...others, held]);
  }
}

function heldBy(file: ValidFile): readonly Held[] {
  return Object.entries(file.rack.services).flatMap(([service, { listen = [] }]) =>
    listen.flatMap((entry, index) => {
      const parsed = parseListen(entry);
      return parsed === null
        ? []
        : [{ file, pointer: `/services/${service}/listen/${index}`, listen: parsed }];
    }),
  );
}

function compare(a: Held, b: Held, installed: ReadonlySet<string>, knownHost: boolean): void {
  if (a.file === b.file || !listenConflict(a.listen, b.listen)) return;
  const meet = knownHost ? 'always' : meeting(a.file.rack, b.file.rack);
  if (meet === 'never') return;
  const isOld = (held: Held): boolean => installed.has(held.file.rack.name);
  const refused = isOld(a) === isOld(b) ? [a, b] : [isOld(a) ? b : a];
  for (const held of refused.sort((x, y) => compareText(x.file.path, y.file.path))) {
    const other = held === a ? b : a;
    // One line for each pair of racks, whatever number of addresses they share.
    const message = `the racks "${held.file.rack.name}" (${held.listen.address}) and "${other.file.rack.name}" (${other.listen.address}) listen on one address`;
    const code = meet === 'always' ? 'E_PORT_CLASH' : 'W_PORT_CLASH';
    const hint =
      meet === 'always'
        ? 'give one of them another address'
        : 'give one of them another address, or keep them apart by a label';
    held.file.report(held.pointer, code, message, hint);
  }
}
