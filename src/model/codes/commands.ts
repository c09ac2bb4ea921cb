import { codes } from './code.js';

/** The command line and what it asks the agent to do. */
export const commandCodes = codes({
  E_AGENT: {
    blame: 'host',
    summary: 'the running agent refused or failed what was asked',
    action: 'see the message',
  },
  E_AGENT_GONE: {
    blame: 'host',
    summary: 'the agent ended before it answered',
    action: 'run the command again',
  },
  E_CONFIG: {
    blame: 'host',
    summary: "the host's configuration cannot be read or is invalid",
    action: 'correct the file named',
  },
  E_CONFIG_PERM: {
    blame: 'host',
    summary: "somebody else than root can change the host's configuration",
    action: 'give the file to root and take write permission from others',
  },
  E_NOT_RUNNING: {
    blame: 'host',
    summary: 'the service that was named does not run',
    action: 'see rackops status',
  },
  E_HELD: {
    blame: 'host',
    summary: 'the rack is held after a failed rollout, for you to look at',
    action: 'push a fix or a revert; or rackops retry RACK takes it as it is',
  },
  E_NOT_REMOVED: {
    blame: 'host',
    summary: 'a rack that is still installed cannot be purged',
    action: 'remove its definition from Git first',
  },
  E_NOT_ROOT: {
    blame: 'host',
    summary: 'the command needs root',
    action: 'run it as root',
  },
  E_ROLLOUT_OPEN: {
    blame: 'host',
    summary: 'a rollout of the rack is not ended yet',
    action: 'run rackops sync, then try again',
  },
  E_SNAPSHOT: {
    blame: 'host',
    summary: 'a snapshot was not made or not restored',
    action: 'see the message',
  },
  E_SUSPENDED: {
    blame: 'host',
    summary: 'nothing is done with a suspended rack',
    action: 'run rackops resume',
  },
  E_UNKNOWN_RACK: {
    blame: 'host',
    summary: 'no rack of that name is known on this host',
    action: 'see rackops status',
  },
});
