/**
 * Work that goes on without its lane: a download that takes long must not keep a host from what else was merged. A lane waits for it with patience, then
 * ends as `waiting`; when the work has ended, whoever runs passes is told, and the next pass finds what it left.
 */
import { Parked } from './lane.js';

export class Errands {
  /** What was left and has not ended yet. */
  readonly #left = new Set<string>();

  /** `patienceMs`: how long a lane waits; `onEnded`: called when work that was left has ended, well or not. */
  constructor(
    private readonly patienceMs: number,
    private readonly onEnded: () => void,
  ) {}

  /** The result of `work`, which `what` names. Errors: `Parked` when it takes longer than the patience, at once where it was left before; those of `work`. */
  async wait<T>(what: string, work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const isLate = new Promise<typeof late>((resolve) => {
      timer = setTimeout(() => resolve(late), this.#left.has(what) ? briefMs : this.patienceMs);
    });
    const first = await Promise.race([work, isLate]).finally(() => clearTimeout(timer));
    if (first !== late) return first;
    this.#leave(what, work);
    throw new Parked('its image is being downloaded; continued when it is here', 'Downloading');
  }

  #leave(what: string, work: Promise<unknown>): void {
    if (this.#left.has(what)) return;
    this.#left.add(what);
    const ended = (): void => {
      this.#left.delete(what);
      this.onEnded();
    };
    work.then(ended, ended);
  }
}

const late = Symbol('late');
/** For work that has ended already to say so. */
const briefMs = 100;
