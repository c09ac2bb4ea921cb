/**
 * What to say when a value does not have the form that the schema wants: one row per `$defs` entry.
 * Codes and sentences only; which value is wrong is decided by the schema.
 */
import type { ErrorCode } from '../model/index.js';

export interface FieldRule {
  readonly code: ErrorCode;
  /** Completes `"x" is not …`. */
  readonly what: string;
  readonly hint: string;
  /** True when a value of another type is the same mistake: `memory: 100`. */
  readonly anyType?: true;
}

const path = {
  code: 'E_PATH',
  what: 'an absolute path',
  hint: 'write it from / on, without . and .. parts',
} as const;

const rows: Readonly<Record<string, FieldRule>> = {
  name: {
    code: 'E_NAME',
    what: 'a name: it must match ^[a-z][a-z0-9-]{0,31}$',
    hint: 'use a lower-case letter, then lower-case letters, digits and hyphens, 32 at most',
  },
  imageFile: {
    code: 'E_VALUE',
    what: 'a plain file name',
    hint: 'write the file name without a directory: webserver-2.0.iso',
  },
  sha256: {
    code: 'E_SHA256',
    what: 'a sha256 in hexadecimal',
    hint: 'write the 64 hex digits that sha256sum prints, in quotes',
    anyType: true,
  },
  duration: {
    code: 'E_DURATION',
    what: 'a duration',
    hint: 'write a number with ms, s, m or h: 500ms, 10s, 2m, 1h',
    anyType: true,
  },
  memory: {
    code: 'E_QUANTITY',
    what: 'an amount of memory',
    hint: 'write a whole number with KiB, MiB or GiB: 512MiB',
    anyType: true,
  },
  hostPath: path,
  rackPath: path,
  repositoryPath: { code: 'E_PATH', what: 'a path in the repository', hint: 'write it without a / in front' },
  contextPath: {
    code: 'E_PATH',
    what: "a path below the recipe's directory",
    hint: 'write it without a / in front',
  },
  version: {
    code: 'E_VALUE',
    what: 'a version',
    hint: 'use letters, digits and . _ + ~, 64 at most, in quotes: "1.0"',
    anyType: true,
  },
  packageName: {
    code: 'E_VALUE',
    what: 'the name of a package',
    hint: 'write it as the package manager does: nginx-light, or nginx-light=1.22.1-9',
  },
  suite: { code: 'E_VALUE', what: 'the name of a release', hint: 'write its code name: bookworm' },
  component: { code: 'E_VALUE', what: 'a part of an archive', hint: 'such as main or universe' },
  mirror: {
    code: 'E_VALUE',
    what: 'the address of an archive',
    hint: 'write an http:// or https:// address without credentials',
  },
  pathPattern: {
    code: 'E_VALUE',
    what: 'a pattern of paths',
    hint: 'write an absolute path with * and ?, without white space and quotes',
  },
  ociSource: {
    code: 'E_VALUE',
    what: 'a container image',
    hint: 'write oci:DIRECTORY:TAG or docker://HOST/NAME:TAG',
  },
  probeHost: { code: 'E_VALUE', what: 'a host name or address', hint: 'write 127.0.0.1, ::1 or a host name' },
  labelName: { code: 'E_VALUE', what: 'a label', hint: 'use letters, digits and . _ / -' },
  envName: {
    code: 'E_ENV_NAME',
    what: 'a name for an environment variable',
    hint: 'use letters, digits and underscores, not beginning with a digit',
  },
  mode: { code: 'E_VALUE', what: 'file permission bits', hint: 'write three octal digits in quotes: "0644"' },
  user: {
    code: 'E_VALUE',
    what: 'a user',
    hint: 'write a user name, a uid, or "uid:gid" with 4294967294 at most',
  },
  listenEntry: {
    code: 'E_LISTEN',
    what: 'an address to listen on',
    hint: 'write "address:port" with a port from 1 to 65535: "0.0.0.0:80", "[::]:80", or "unix:/var/share/app.sock"',
  },
  listen: {
    code: 'E_LISTEN',
    what: 'an address to listen on',
    hint: 'write "address:port" with a port from 1 to 65535: "0.0.0.0:80", "127.0.0.1:8080", "[::]:80"',
  },
  owner: {
    code: 'E_VALUE',
    what: 'an owner by number',
    hint: 'write "uid" or "uid:gid" with 4294967294 at most: the names of a rack mean nothing on the host',
  },
  capability: {
    code: 'E_CAPABILITY',
    what: 'a Linux capability',
    hint: 'write it as in capabilities(7): NET_BIND_SERVICE',
  },
  hostName: { code: 'E_VALUE', what: 'a name for a host', hint: 'use letters, digits, dots and hyphens' },
  runtime: {
    code: 'E_VALUE',
    what: 'the name of a program',
    hint: 'write auto, crun, runc or the name of another runtime',
  },
  cron: {
    code: 'E_CRON',
    what: 'a cron expression',
    hint: 'write 5 fields, or 6 with seconds first: "*/30 * * * * *"',
    anyType: true,
  },
  percent: {
    code: 'E_RANGE',
    what: 'a share from 0% to 100%',
    hint: 'write a whole number with %: 50%',
    anyType: true,
  },
};

/** The row of a `$defs` name, if it has one. */
export function fieldRule(definition: string | null): FieldRule | undefined {
  return definition === null ? undefined : rows[definition];
}
