import { codes } from './code.js';

/** The Git repository and its mirror. */
export const sourceCodes = codes({
  E_GIT_UNREACHABLE: {
    blame: 'host',
    summary: 'the Git server cannot be reached',
    action: 'check the network and the URL; the last applied revision stays in force',
  },
  E_GIT_AUTH: {
    blame: 'host',
    summary: 'the Git server refused the credentials',
    action: 'renew the token or key; it is read again at the next poll, without a restart',
  },
  E_GIT_AUTH_FILE: {
    blame: 'host',
    summary: 'a credential file is missing, too open or not usable',
    action: 'give it to root with mode 0600',
  },
  E_GIT_REF: {
    blame: 'definition',
    summary: 'the branch or revision does not exist',
    action: 'check repository.branch; the last applied revision stays in force',
  },
  E_GIT_TIMEOUT: {
    blame: 'host',
    summary: 'the Git server did not answer in time',
    action: 'check the network, or raise repository.timeout',
  },
  E_GIT_REDIRECT: {
    blame: 'host',
    summary: 'the Git server redirects to another address',
    action: 'write the final address into repository.url; credentials are never sent along a redirect',
  },
  E_GIT_HOST_KEY: {
    blame: 'host',
    summary: 'the ssh host key is unknown or has changed',
    action: 'compare the key with its administrator, then put it into repository.auth.knownHostsFile',
  },
  E_GIT_TLS: {
    blame: 'host',
    summary: 'the TLS certificate of the Git server is not trusted',
    action: 'check the certificate, the certificate store and the clock of this host',
  },
  E_GIT_URL: {
    blame: 'host',
    summary: 'the repository address is not an allowed one',
    action: 'use https://, ssh://, user@host:path, or an absolute path',
  },
  E_GIT_REF_NAME: {
    blame: 'host',
    summary: 'the text is not a name that Git allows for a branch or revision',
    action: 'write the name of a branch, or a commit id',
  },
  E_GIT_LOCKED: {
    blame: 'host',
    summary: 'another rackops process works on the Git mirror',
    action: 'wait for it',
  },
  E_GIT_OBJECT_FORMAT: {
    blame: 'definition',
    summary: 'the repository uses sha256 object names, which rackops cannot read',
    action: 'use a repository with sha1 object names',
  },
  E_GIT_CORRUPT: {
    blame: 'host',
    summary: 'the Git mirror on this host is damaged and could not be made anew',
    action: 'check the disk; the mirror is made anew at the next poll',
  },
  E_GIT: {
    blame: 'host',
    summary: 'a Git command failed',
    action: 'see the message',
  },
  E_TOO_MANY_FILES: {
    blame: 'definition',
    summary: 'the repository has more files than are read; nothing of the revision is applied',
    action: 'give the racks a repository of their own',
  },
  E_HISTORY_REWOUND: {
    blame: 'definition',
    summary: 'the branch no longer descends from the applied revision',
    action: 'push a revert commit instead, or run sync --allow-rewind SHA on the host',
  },
  E_SIG_CONFIG: {
    blame: 'host',
    summary: 'the keys whose signatures count are missing, empty or not usable',
    action: 'correct repository.verify or the file it names; nothing is applied until then',
  },
  E_SIG_MISSING: {
    blame: 'definition',
    summary: 'a commit has no signature of an accepted kind',
    action: 'sign it and push again; the last verified revision stays in force',
  },
  E_SIG_INVALID: {
    blame: 'definition',
    summary: 'the signature of a commit is not one over this commit',
    action: 'find out who changed it; sign it anew; the last verified revision stays in force',
  },
  E_SIG_KEY: {
    blame: 'definition',
    summary:
      'a commit is signed, by a key that does not count: not listed, expired, not yet valid or revoked',
    action: 'sign it with a listed key, or list this one; the last verified revision stays in force',
  },
  E_SIG_VERIFIER: {
    blame: 'host',
    summary: 'signatures could not be checked, so none of them counts',
    action: 'see the message (ssh-keygen or gpg missing?); the last verified revision stays in force',
  },
});
