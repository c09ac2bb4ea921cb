import { codes } from './code.js';

/** The agent itself, its memory and its host. */
export const agentCodes = codes({
  E_LOCKED: {
    blame: 'host',
    summary: 'another rackops process works on this host',
    action: 'wait for it, or raise --lock-timeout',
  },
  E_STATE: {
    blame: 'host',
    summary: 'the state directory cannot be read or written',
    action: 'see the message; no rack was touched',
  },
  E_STATE_NEWER: {
    blame: 'host',
    summary: 'the state was written by a newer rackops',
    action: 'install that version again',
  },
  E_USAGE: {
    blame: 'host',
    summary: 'the command line is wrong',
    action: 'see --help',
  },
  E_INTERNAL: {
    blame: 'agent',
    summary: 'a bug in rackops',
    action: 'report it with the log',
  },
  E_STATE_FULL: {
    blame: 'host',
    summary: 'the state directory has no space or no inodes left',
    action: 'free some space; no rack was touched',
  },
});
