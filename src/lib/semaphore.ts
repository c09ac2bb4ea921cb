/** Lets so many in at once; the rest waits in order. */
export interface Semaphore {
  acquire(): Promise<() => void>;
}

export function semaphore(slots: number): Semaphore {
  let free = slots;
  const waiting: (() => void)[] = [];
  const release = (): void => {
    const next = waiting.shift();
    if (next === undefined) free++;
    else next();
  };
  return {
    acquire: async () => {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      return release;
    },
  };
}
