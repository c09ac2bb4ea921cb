/** Runs tasks, at most `atOnce` at a time, in the order in which they were given. */
export function limited(atOnce: number): <T>(task: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (running >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      // The place is handed on, not freed: a newcomer cannot overtake who waits.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
