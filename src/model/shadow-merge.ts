/** May a merge take the place of the file in the writable layer? Pure. */
import { RackError } from './errors.js';
import type { ShadowMerge } from './shadow.js';

/** Why not; null when it may. Codes: E_SHADOW_CONFLICT, E_SHADOW_MERGE. */
export function mergeRefusal(
  rack: string,
  path: string,
  { conflicts, changes }: ShadowMerge,
): RackError | null {
  const cannot = `cannot merge "${path}" of "${rack}"`;
  if (conflicts > 0)
    return new RackError(
      'E_SHADOW_CONFLICT',
      `${cannot}: ${conflicts} conflict(s) between what was changed here and in the image`,
      {
        rack,
        hint: "print it without --write, decide, and put the result into the definition's files, or into the rack by rackops exec",
      },
    );
  if (changes) return null;
  return new RackError('E_SHADOW_MERGE', `${cannot}: it has all that changed in the image already`, {
    rack,
    hint: 'nothing has to be done; to have a rollout not tell it any more, write a rule with policy keep',
  });
}
