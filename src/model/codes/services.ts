import { codes } from './code.js';

/** Services, the supervisor and the OCI runtime. */
export const serviceCodes = codes({
  E_START: {
    blame: 'definition',
    summary: 'a service cannot be started',
    action: 'see the message; rackops why RACK shows its last output',
  },
  E_STOP: {
    blame: 'host',
    summary: 'a service could not be stopped',
    action: 'see the processes named',
  },
  E_ADDRESS_IN_USE: {
    blame: 'host',
    summary: 'another process listens on the address',
    action: 'end it, or choose another address',
  },
  E_PROBE_FAILED: {
    blame: 'definition',
    summary: 'a service did not become healthy, or did not stay so',
    action: 'rackops why RACK shows the probe results',
  },
  E_KEEPER: {
    blame: 'agent',
    summary: 'the keeper does not answer',
    action: 'see its log in the run directory',
  },
});
