import { codes } from './code.js';

/** The Git repository and its mirror. */
export const sourceCodes = codes({
  E_GIT_UNREACHABLE: {
    blame: 'host',
    summary: 'the Git server cannot be reached',
    action: 'check the network and the URL; the last applied revision stays in force',
  },
  E_HISTORY_REWOUND: {
    blame: 'definition',
    summary: 'the branch no longer descends from the applied revision',
    action: 'push a revert commit instead, or run sync --allow-rewind SHA on the host',
  },
});
