/**
 * Work that goes on without its lane: a download that takes long must not keep a host from what else was merged. A lane waits for it with patience, then
 * ends as `waiting`; when the work has ended, whoever runs passes is told, and the next pass finds what it left.
 */
import { Parked } from './lane.js';

/** Thrown out of a lane whose work goes on: no verdict, the next pass takes it up. */
export class LeftRunning extends Parked {
  constructor(detail: string) {
    super(detail, 'Downloading');
  }
}

export class Errands {
  /** Racks whose lane was left, until their work has ended. */
  readonly #left = new Set<string>();

  /** `patienceMs`: how long a lane waits; `onEnded`: called when work that was left has ended, well or not. */
  constructor(
    private readonly patienceMs: number,
    private readonly onEnded: () => void,
  ) {}

  /** The result of `work`. Errors: `LeftRunning` when it takes longer than the patience, at once where this rack's was left before; those of `work`. */
  async wait<T>(rack: string, work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const isLate = new Promise<typeof late>((resolve) => {
      timer = setTimeout(() => resolve(late), this.#left.has(rack) ? briefMs : this.patienceMs);
    });
    const first = await Promise.race([work, isLate]).finally(() => clearTimeout(timer));
    if (first !== late) return first;
    this.#leave(rack, work);
    throw new LeftRunning('its image is being downloaded; continued when it is here');
  }

  #leave(rack: string, work: Promise<unknown>): void {
    if (this.#left.has(rack)) return;
    this.#left.add(rack);
    const ended = (): void => {
      this.#left.delete(rack);
      this.onEnded();
    };
    work.then(ended, ended);
  }
}

const late = Symbol('late');
/** For work that has ended already to say so. */
const briefMs = 100;
