import { codes } from './code.js';

/** Problems in rack definitions and in host.yaml: data, with a place in a file. */
export const definitionCodes = codes({
  E_EMPTY: {
    blame: 'definition',
    summary: 'the file has no content',
    action: 'write the definition, or delete the file to remove the rack',
  },
});
