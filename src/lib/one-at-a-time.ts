/** Work on one thing, one after another: lanes that need the same image at the same moment must not mount it twice. Knows nothing of the work. */

/** Runs `work` when everything queued before it under the same key has settled; other keys do not wait. */
export type OneAtATime = <T>(key: string, work: () => Promise<T>) => Promise<T>;

/** A queue per key; a failure is its caller's alone, the next in line runs all the same. A key without work costs no memory. */
export function oneAtATime(): OneAtATime {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const result = (last.get(key) ?? Promise.resolve()).then(work, work);
    const settled = result
      .catch(() => {})
      .finally(() => {
        if (last.get(key) === settled) last.delete(key);
      });
    last.set(key, settled);
    return result;
  };
}
