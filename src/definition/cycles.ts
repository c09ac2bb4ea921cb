/** Which nodes wait for each other? Pure; the answer does not depend on the order of the input. */

/** One shortest cycle for each knot of nodes that reach each other, beginning with its first name; sorted. Empty when there is none. */
export function cycles(edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const found: (readonly string[])[] = [];
  const done = new Set<string>();
  for (const start of [...edges.keys()].sort()) {
    if (done.has(start)) continue;
    const cycle = shortestCycle(start, edges);
    if (cycle === null) continue;
    found.push(cycle);
    for (const name of reachable(start, edges)) {
      if (reachable(name, edges).has(start)) done.add(name);
    }
  }
  return found;
}

/** All nodes that are on some cycle. */
export function onCycles(edges: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  return new Set([...edges.keys()].filter((name) => reachable(name, edges).has(name)));
}

function shortestCycle(
  start: string,
  edges: ReadonlyMap<string, readonly string[]>,
): readonly string[] | null {
  const queue: (readonly string[])[] = [[start]];
  const seen = new Set<string>();
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    for (const next of [...(edges.get(path[path.length - 1] ?? '') ?? [])].sort()) {
      if (next === start) return path;
      if (seen.has(next)) continue;
      seen.add(next);
      queue.push([...path, next]);
    }
  }
  return null;
}

function reachable(start: string, edges: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [...(edges.get(start) ?? [])];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...(edges.get(name) ?? []));
  }
  return seen;
}
