/**
 * Tells a state when it changes instead of at every pass: a wrong definition, a repository that cannot be read, a held removal. Everything else goes through. A pass
 * that could not read the definitions proves nothing about them.
 */
import { type Event, problemLine } from '../model/index.js';

export class StateChanges {
  /** States that were told, with the event that told them. */
  readonly #told = new Map<string, Event>();
  /** Those seen since the pass began. */
  readonly #seen = new Set<string>();
  #inPass = false;

  /** What is to be told: the event itself, nothing, or at the end of a pass also what is over. */
  filter(event: Event): readonly Event[] {
    if (event.code === 'PassStarted') {
      this.#inPass = true;
      this.#seen.clear();
      return [event];
    }
    if (event.code === 'PassEnded') {
      this.#inPass = false;
      return [...this.#over(), event];
    }
    if (event.code === 'SourceRecovered') return this.#forgetSource() ? [event] : [];
    const key = this.#keyOf(event);
    if (key === null) return [event];
    this.#seen.add(key);
    if (this.#told.has(key)) return [];
    this.#told.set(key, event);
    return [event];
  }

  /** The remote being down is told between passes and ends with SourceRecovered; a revision that cannot be read ends with a pass that could. */
  #keyOf(event: Event): string | null {
    switch (event.code) {
      case 'ProblemFound':
        return `problem ${problemLine(event.problem)}`;
      case 'SourceFailed':
        return `${this.#inPass ? 'unreadable' : 'remote'} ${event.error} ${event.message}`;
      case 'RemovalHeld':
        return `removal ${event.racks.join(' ')}`;
      default:
        return null;
    }
  }

  #over(): readonly Event[] {
    const unreadable = [...this.#seen].some((key) => key.startsWith('unreadable '));
    const over: Event[] = [];
    for (const [key, event] of this.#told) {
      if (this.#seen.has(key) || key.startsWith('remote ')) continue;
      if (unreadable && event.code === 'ProblemFound') continue;
      this.#told.delete(key);
      if (event.code === 'ProblemFound') {
        const { file, code } = event.problem;
        over.push({ code: 'ProblemGone', file, problemCode: code });
      } else if (event.code === 'SourceFailed' && !unreadable) {
        over.push({ code: 'SourceRecovered' });
      }
    }
    return over;
  }

  #forgetSource(): boolean {
    const keys = [...this.#told.keys()].filter((key) => key.startsWith('remote '));
    for (const key of keys) this.#told.delete(key);
    return keys.length > 0;
  }
}
