/** Which racks run on which host? By labels; two racks may meet on a host unless a label keeps them apart. Pure. */
import type { Rack } from '../model/generated/index.js';

/** True when the host has all labels that the rack asks for. */
export function selects(rack: Rack, labels: Readonly<Record<string, string>>): boolean {
  return Object.entries(rack.hosts?.labels ?? {}).every(
    ([name, value]) => Object.hasOwn(labels, name) && labels[name] === value,
  );
}

/**
 * Without a host: `always` when every host of one rack is a host of the other, `maybe` when a host could have the labels of both, `never`
 * when a label has two values.
 */
export function meeting(a: Rack, b: Rack): 'always' | 'maybe' | 'never' {
  const left = a.hosts?.labels ?? {};
  const right = b.hosts?.labels ?? {};
  const apart = Object.entries(left).some(
    ([name, value]) => Object.hasOwn(right, name) && right[name] !== value,
  );
  if (apart) return 'never';
  return selects(a, right) || selects(b, left) ? 'always' : 'maybe';
}
