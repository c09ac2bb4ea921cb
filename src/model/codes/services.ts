import { codes } from './code.js';

/** Services, the supervisor and the OCI runtime. */
export const serviceCodes = codes({
  E_START: {
    blame: 'definition',
    summary: 'a service cannot be started',
    action: 'see the message; rackops why RACK shows its last output',
  },
  E_USER: {
    blame: 'definition',
    summary: 'the user or group of a service does not exist in the rack',
    action: 'add it to the image, or write uid:gid',
  },
  E_SECRET: {
    blame: 'host',
    summary: 'a secret cannot be read, or its file is not safe',
    action: 'give the file to root with mode 0600, in a directory listed in allow.secrets',
  },
  E_SOURCE_MISSING: {
    blame: 'host',
    summary: 'the source of a mount, or the directory of a unix socket, does not exist on this host',
    action: 'create it; it is never created by itself',
  },
  E_SOURCE_TIMEOUT: {
    blame: 'host',
    summary: 'the source of a mount does not answer',
    action: 'check the network file system that it is on',
  },
  E_RUNTIME: {
    blame: 'host',
    summary: 'no OCI runtime works on this host',
    action: 'install runc or crun; rackops doctor says what was tried',
  },
  E_CHROOT: {
    blame: 'host',
    summary:
      'a command cannot be run in a rack because rackops itself runs in a chroot: it would run outside of the rack',
    action:
      'start rackops and its keeper from a root directory that is the root of its mount namespace, as in a container or after pivot_root',
  },
  E_STOP: {
    blame: 'host',
    summary: 'a service could not be stopped',
    action: 'see the processes named',
  },
  E_ADDRESS_MISSING: {
    blame: 'host',
    summary: 'no interface of this host has the address',
    action: 'use an address of this host, or 0.0.0.0; it is tried again at each pass',
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
  E_REHEARSAL_FAILED: {
    blame: 'definition',
    summary: 'a version failed on a view of the data, and the running one passed the same',
    action: 'rackops why RACK shows the probe results and the last output',
  },
  E_KEEPER: {
    blame: 'agent',
    summary: 'the keeper does not answer',
    action: 'see its log in the run directory',
  },
});
