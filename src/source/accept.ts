/**
 * May this tip be worked on? History only moves forward: a tip that does not descend from the applied revision is
 * refused, because an old commit replayed by a server (or a force-push) would bring old images back.
 * Pure; asks nothing. The caller persists what it accepts before acting on it.
 */
export type TipVerdict = 'first' | 'same' | 'forward' | 'rewind-allowed' | 'rewound';

/**
 * Verdict over an offered tip.
 * `applied`: last accepted revision, null on a new host. `isDescendant`: offered descends from applied (false when the mirror
 * no longer holds applied). `allowRewind`: commit id (at least 7 digits of it) that the operator named, or null.
 * Only `rewound` must not be worked on. No effects, no errors.
 */
export function acceptTip(tip: {
  readonly applied: string | null;
  readonly offered: string;
  readonly isDescendant: boolean;
  readonly allowRewind: string | null;
}): TipVerdict {
  if (tip.applied === null) return 'first';
  if (tip.applied === tip.offered) return 'same';
  if (tip.isDescendant) return 'forward';
  return names(tip.allowRewind, tip.offered) ? 'rewind-allowed' : 'rewound';
}

// Seven digits is what Git itself prints for a short commit id; fewer would allow more than the operator looked at.
function names(written: string | null, revision: string): boolean {
  return written !== null && /^[0-9a-f]{7,40}$/i.test(written) && revision.startsWith(written.toLowerCase());
}
