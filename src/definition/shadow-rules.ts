/** `rollout.shadow` of a definition: promises that another field of it makes impossible. */
import type { Fields } from './fields.js';
import type { Finding } from './finding.js';

/** A layer that is sealed is never written to again, so nothing can be dropped from it or refreshed in it. */
export function shadowFindings(fields: Fields): readonly Finding[] {
  if (fields.text('/rollout/data') !== 'restore') return [];
  const wanted = [
    ...fields.texts('/rollout/shadow/default'),
    ...fields.texts('/rollout/shadow/rules/*/policy'),
  ];
  return wanted
    .filter(({ value }) => value === 'drop' || value === 'refresh')
    .map(({ pointer, value }) =>
      fields.finding(
        pointer,
        'E_NOT_SUPPORTED',
        `"${value}" does not go together with "rollout.data: restore", which seals the writable layer as it is`,
        'write "keep" or "fail", and reset files by hand: rackops shadow reset',
      ),
    );
}
