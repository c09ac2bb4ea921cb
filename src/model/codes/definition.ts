/** Codes of wrong definitions and wrong host configurations. Problems carry them; docs/reference/error-codes.md lists them. */
import { codes } from './code.js';

/** Problems in rack definitions and in host.yaml: data, with a place in a file. `W_…` are warnings: the file is applied. */
export const definitionCodes = codes({
  E_EMPTY: {
    blame: 'definition',
    summary: 'the file has no content',
    action: 'write the definition, or delete the file to remove the rack',
  },
  E_FILE_TOO_LARGE: {
    blame: 'definition',
    summary: 'a file is larger than allowed',
    action: 'make it smaller: definitions 256 KiB, files for a rack 1 MiB',
  },
  E_GIT_MODE: {
    blame: 'definition',
    summary: 'the entry is a symbolic link or a submodule, which are never followed',
    action: 'commit a regular file',
  },
  E_LFS_POINTER: {
    blame: 'definition',
    summary: 'the file is a Git LFS pointer, not the content',
    action: 'commit the file itself: Git LFS is not read',
  },
  E_ENCODING: {
    blame: 'definition',
    summary: 'the file is not valid UTF-8',
    action: 'save it as UTF-8',
  },
  E_INVISIBLE_CHAR: {
    blame: 'definition',
    summary: 'a character that looks like nothing or like a space',
    action: 'replace it by a plain space, or by an escape in double quotes',
  },
  E_CONFLICT_MARKERS: {
    blame: 'definition',
    summary: 'a merge conflict was committed',
    action: 'resolve the conflict',
  },
  E_YAML_SYNTAX: {
    blame: 'definition',
    summary: 'the file is not valid YAML',
    action: 'correct the syntax',
  },
  E_YAML_TAB: {
    blame: 'definition',
    summary: 'a tab is used as indentation',
    action: 'indent with spaces',
  },
  E_YAML_TAG: {
    blame: 'definition',
    summary: 'YAML tags are not supported',
    action: 'write the value itself',
  },
  E_YAML_ALIAS: {
    blame: 'definition',
    summary: 'YAML anchors, aliases and merge keys are not supported',
    action: 'write the value out',
  },
  E_YAML_DIRECTIVE: {
    blame: 'definition',
    summary: 'YAML directives are not supported',
    action: 'remove the line that begins with %',
  },
  E_YAML_DEPTH: {
    blame: 'definition',
    summary: 'the file is nested too deeply',
    action: 'a definition needs far fewer levels',
  },
  E_MULTI_DOC: {
    blame: 'definition',
    summary: 'the file has several documents; none is used',
    action: 'write one rack per file',
  },
  E_DUPLICATE_KEY: {
    blame: 'definition',
    summary: 'a key is written twice; neither value is used',
    action: 'remove one of them',
  },
  E_AMBIGUOUS_NUMBER: {
    blame: 'definition',
    summary: 'a number that people and YAML read differently',
    action: 'write it as a plain decimal number, or in quotes',
  },
  E_TYPE: {
    blame: 'definition',
    summary: 'a value of another kind is wanted',
    action: 'see the message',
  },
  E_UNKNOWN_FIELD: {
    blame: 'definition',
    summary: 'there is no field of that name',
    action: 'correct or remove it',
  },
  E_REQUIRED: {
    blame: 'definition',
    summary: 'a required field is missing',
    action: 'add it',
  },
  E_VALUE: {
    blame: 'definition',
    summary: 'a value that is not one of those allowed',
    action: 'see the message',
  },
  E_RANGE: {
    blame: 'definition',
    summary: 'a value is too small or too large',
    action: 'see the limits in the message',
  },
  E_NAME: {
    blame: 'definition',
    summary: 'not a name: ^[a-z][a-z0-9-]{0,31}$',
    action: 'use lower-case letters, digits and hyphens',
  },
  E_NAME_FILE_MISMATCH: {
    blame: 'definition',
    summary: 'the rack has another name than its file',
    action: 'rename one of them',
  },
  E_NAME_CLASH: {
    blame: 'definition',
    summary: 'two files define a rack of the same name',
    action: 'rename or delete one of them',
  },
  E_NAME_CASE_CLASH: {
    blame: 'definition',
    summary: 'two file names differ only in case',
    action: 'rename or delete one of them',
  },
  E_IMAGE_UNPINNED: {
    blame: 'definition',
    summary: 'the image has no sha256',
    action: 'add what sha256sum prints for the image',
  },
  E_SHA256: {
    blame: 'definition',
    summary: 'not a sha256 in hexadecimal',
    action: 'write the 64 hex digits that sha256sum prints',
  },
  E_DURATION: {
    blame: 'definition',
    summary: 'not a duration',
    action: 'write a number with ms, s, m or h: 500ms, 10s, 2m, 1h',
  },
  E_QUANTITY: {
    blame: 'definition',
    summary: 'not an amount of memory',
    action: 'write a whole number with KiB, MiB or GiB: 512MiB',
  },
  E_REGEX: {
    blame: 'definition',
    summary: 'not a regular expression',
    action: 'correct it; a backslash is doubled in double quotes',
  },
  E_ENV_NAME: {
    blame: 'definition',
    summary: 'not a name for an environment variable, or a reserved one',
    action: 'use letters, digits and underscores',
  },
  E_LISTEN: {
    blame: 'definition',
    summary: 'not an address to listen on',
    action: 'write address:port (0.0.0.0:80, 127.0.0.1:8080, [::]:80) or unix:/path',
  },
  E_CAPABILITY: {
    blame: 'definition',
    summary: 'not a Linux capability',
    action: 'see capabilities(7)',
  },
  E_CAPABILITY_DENIED: {
    blame: 'definition',
    summary: "a capability outside this host's allow.capabilities",
    action: 'do without it, or let the administrator of the host allow it',
  },
  E_PATH: {
    blame: 'definition',
    summary: 'not a plain path',
    action: 'write it without . and .. parts, double slashes and control characters',
  },
  E_PATH_ROOT: {
    blame: 'definition',
    summary: 'a mount would cover the whole rack',
    action: 'choose a directory below /',
  },
  E_PATH_RESERVED: {
    blame: 'definition',
    summary: 'the path belongs to the runtime: /proc, /sys, /dev',
    action: 'choose another path',
  },
  E_PATH_LENGTH: {
    blame: 'definition',
    summary: 'a path or a part of it is longer than Linux allows',
    action: 'use 4095 bytes at most, 255 for each part; 107 for a unix socket',
  },
  E_MOUNT_DUP: {
    blame: 'definition',
    summary: 'two mounts or files have the same place in the rack',
    action: 'remove one of them',
  },
  E_MOUNT_NESTED: {
    blame: 'definition',
    summary: "a file lies in a mount: its mount point would be made in the host's directory",
    action: 'choose a path outside the mount, or put the file into the directory itself',
  },
  E_SOURCE_DENIED: {
    blame: 'definition',
    summary:
      "a mount source or a unix socket outside this host's allow.mounts, or a unix socket on a network file system",
    action: 'choose another path, or let the administrator of the host allow it',
  },
  E_SECRET_DENIED: {
    blame: 'definition',
    summary: "a secret outside this host's allow.secrets",
    action: 'move the secret, or let the administrator of the host allow it',
  },
  E_FILE_SOURCE: {
    blame: 'definition',
    summary: 'a file for the rack is not in the repository',
    action: 'commit it in the same revision, or correct the source',
  },
  E_UNKNOWN_DEPENDENCY: {
    blame: 'definition',
    summary: 'dependsOn, or rollout.quiesce, names something that is not defined',
    action: 'correct the name',
  },
  E_CYCLE: {
    blame: 'definition',
    summary: 'dependencies go round in a circle',
    action: 'remove one of them',
  },
  E_PORT_CLASH: {
    blame: 'definition',
    summary: 'two racks or services listen on one address',
    action: 'give one of them another address',
  },
  E_NOT_SUPPORTED: {
    blame: 'definition',
    summary: 'a promise that cannot be kept yet is refused rather than ignored',
    action: 'remove the field',
  },
  E_BASE_DIR: {
    blame: 'host',
    summary: 'a base directory that cannot be written into mount options',
    action: 'choose a path without comma, colon, backslash and white space',
  },
  E_URL: {
    blame: 'host',
    summary: 'not a repository URL that is allowed',
    action: 'use https://, ssh://, user@host:path, or an absolute path',
  },
  E_URL_HOST: {
    blame: 'host',
    summary: 'the host of the URL is not a host name or address',
    action: 'correct the URL',
  },
  E_URL_CONTROL: {
    blame: 'host',
    summary: 'control characters or spaces in the URL',
    action: 'remove them',
  },
  E_URL_INSECURE: {
    blame: 'host',
    summary: 'a protocol without protection',
    action: 'use https:// or ssh://',
  },
  E_URL_CREDENTIALS: {
    blame: 'host',
    summary: 'credentials in the URL',
    action: 'put them into files and name those in repository.auth',
  },
  E_AUTH: {
    blame: 'host',
    summary: 'repository.auth does not fit the URL or is not complete',
    action: 'use tokenFile with https, sshKeyFile with ssh',
  },
  E_REF_NAME: {
    blame: 'host',
    summary: 'not a name for a branch',
    action: 'write the plain name, such as main',
  },
  E_CRON: {
    blame: 'host',
    summary: 'not a cron expression',
    action: 'write 5 fields, or 6 with seconds first: */30 * * * * *',
  },
  W_NOT_IN_FORCE: {
    blame: 'definition',
    summary: 'the field is accepted, but nothing acts on it yet',
    action: 'nothing, or remove it',
  },
  W_DEPENDENCY_ELSEWHERE: {
    blame: 'definition',
    summary: 'dependsOn names a rack that does not run on this host; it is ignored',
    action: 'nothing, or correct hosts.labels',
  },
  W_PORT_CLASH: {
    blame: 'definition',
    summary: 'two racks would listen on one address on a host that has the labels of both',
    action: 'give one of them another address, or separate them by a label',
  },
});
