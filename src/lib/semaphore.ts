/** Lets so many in at once; of those that wait the most urgent is next, and of these whoever waits longest. */
export interface Semaphore {
  /** Resolves to what gives the place back. `urgency`: a higher one goes first. */
  acquire(urgency?: number): Promise<() => void>;
}

export function semaphore(slots: number): Semaphore {
  let free = slots;
  const waiting: { readonly urgency: number; readonly enter: () => void }[] = [];
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next.enter();
  };
  return {
    acquire: async (urgency = 0) => {
      if (free > 0) free--;
      else {
        await new Promise<void>((enter) => {
          const later = waiting.findIndex((other) => other.urgency < urgency);
          waiting.splice(later === -1 ? waiting.length : later, 0, { urgency, enter });
        });
      }
      return release;
    },
  };
}
