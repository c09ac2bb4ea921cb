/**
 * Why did a Git command fail? Reads Git's and ssh's English messages (LC_ALL=C) and gives a code of ours.
 * Pure. The one place that looks at such texts; what it does not know becomes E_GIT with the last line.
 */
import { escapeControl, shorten } from '../lib/index.js';
import { type ErrorCode, RackError } from '../model/index.js';
import { redactUrl } from './remote.js';

/** What a finished Git process left behind. */
export interface GitOutcome {
  readonly exitCode: number;
  readonly stderr: string;
}

/** Failures that the mirror can mend by itself. */
export type MirrorTrouble = 'corrupt' | 'locked';

const corrupt =
  /is corrupt|inflate|bad object|bad tree object|broken link|missing (?:blob|tree|commit)|unable to read (?:tree|sha1|[0-9a-f]{40})|not a git repository|object file .* is empty|loose object|packfile .* (?:does not match|cannot be|is far too short|index)|failed to read object|failed to traverse parents|index file .* (?:is too small|corrupt)|Could not (?:read [0-9a-f]{40}|parse)|cannot be mapped|did not send all necessary objects|unable to find [0-9a-f]{40}|not a (?:tree|commit) object|non-monotonic index|invalid (?:sha1 pointer|object)|revision walk setup failed|bad (?:config|ref)|unable to resolve reference|cannot read .*HEAD|wrong index v\d|unsupported (?:version|repository)/i;

const locked =
  /Unable to create '[^']*\.lock': File exists|cannot lock ref|Another git process seems to be running/;

/** Trouble of the mirror itself, or null when the failure is about something else. */
export function mirrorTrouble(outcome: GitOutcome): MirrorTrouble | null {
  if (locked.test(outcome.stderr)) return 'locked';
  return corrupt.test(outcome.stderr) ? 'corrupt' : null;
}

interface Rule {
  readonly code: ErrorCode;
  readonly pattern: RegExp;
  /** What is said after `cannot <verb> <address>: `. */
  readonly says: string;
  readonly hint: string;
}

/** First match wins: the particular before the general (git ends most of them with the same two lines). */
const rules: readonly Rule[] = [
  {
    code: 'E_GIT_HOST_KEY',
    pattern: /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED|No .* host key is known/,
    says: 'its host key is unknown or has changed',
    hint: 'compare the key with the administrator of the server, then put it into repository.auth.knownHostsFile',
  },
  {
    code: 'E_GIT_AUTH',
    pattern:
      /Authentication failed|could not read (?:Username|Password)|returned error: 40[13]|HTTP 40[13]|Permission denied|Access denied|Too many authentication failures|Load key .*: (?:invalid|error)/i,
    says: 'the server refused the credentials',
    hint: 'check repository.auth; a renewed token or key is read at the next poll',
  },
  {
    code: 'E_GIT_REDIRECT',
    pattern: /returned error: 3\d\d|unable to update url base from redirection|redirect/i,
    says: 'the server redirects to another address',
    hint: 'write the final address into repository.url; credentials are never sent along a redirect',
  },
  {
    code: 'E_GIT_REF',
    pattern: /couldn't find remote ref|Remote branch .* not found/,
    says: 'the branch does not exist there',
    hint: 'check repository.branch; the last applied revision stays in force',
  },
  {
    code: 'E_GIT_TIMEOUT',
    pattern:
      /Operation too slow|Operation timed out|transfer closed .* timed out|Timeout, server .* not responding/i,
    says: 'the server is too slow or silent',
    hint: 'check the network; the last applied revision stays in force',
  },
  {
    code: 'E_GIT_TLS',
    pattern: /SSL|TLS|certificate|gnutls/i,
    says: 'its TLS certificate is not trusted, or the TLS connection failed',
    hint: 'check the certificate of the server and the certificate store of this host',
  },
  {
    code: 'E_GIT_URL',
    pattern:
      /transport '.*' not allowed|is not allowed|strange (?:hostname|pathname)|Unable to find remote helper/,
    says: 'Git does not allow this address',
    hint: 'use https://host/path, ssh://user@host/path, user@host:path, or the absolute path of a local repository',
  },
  {
    code: 'E_GIT_OBJECT_FORMAT',
    pattern: /mismatched algorithms|unknown (?:object format|hash algorithm)|object format/i,
    says: 'it uses sha256 object names, which rackops cannot read',
    hint: 'use a repository with sha1 object names',
  },
  {
    code: 'E_GIT_UNREACHABLE',
    pattern:
      /returned error: 404|repository .* not found|does not appear to be a git repository|does not exist/i,
    says: 'there is no repository, or it may not be read',
    hint: 'check repository.url, and that the credentials may read it; the last applied revision stays in force',
  },
  {
    code: 'E_GIT_UNREACHABLE',
    pattern:
      /Could not resolve|Failed to connect|Couldn't connect|Connection (?:refused|reset|closed|timed out)|No route to host|Network is unreachable|Empty reply|returned error: (?:429|5\d\d)|hung up unexpectedly|early EOF|Recv failure|Send failure|Could not read from remote|RPC failed|invalid server response|expected flush|bad line length|unexpected disconnect|transfer closed|protocol error|not valid: is this a git repository/i,
    says: 'the server cannot be reached or does not answer properly',
    hint: 'check the network and the address; the last applied revision stays in force',
  },
  {
    code: 'E_GIT',
    pattern: /spawn \S+ ENOENT/,
    says: 'the program git is not installed',
    hint: 'install the package git',
  },
];

/**
 * The error for a failed command. `doing`: `cannot <verb> <thing>`, address already redacted. `secrets`: texts that must not show.
 * `nowMs`: wall clock, to tell a wrong clock from a wrong certificate.
 */
export function failureOf(
  doing: string,
  outcome: GitOutcome,
  secrets: readonly string[] = [],
  nowMs = Number.MAX_SAFE_INTEGER,
): RackError {
  const line = redact(lastLine(outcome), secrets);
  const rule = rules.find(({ pattern }) => pattern.test(outcome.stderr));
  if (rule === undefined) {
    return new RackError('E_GIT', `${doing}: ${line}`, { hint: 'see the message of git' });
  }
  const wrongClock = rule.code === 'E_GIT_TLS' && nowMs < earliestSaneMs;
  return new RackError(rule.code, `${doing}: ${rule.says} (${line})`, {
    hint: wrongClock
      ? `the clock of this host says ${new Date(nowMs).toISOString().slice(0, 10)}: set it`
      : rule.hint,
  });
}

/** Before this program was written: a clock that shows less is wrong, and no certificate is valid then. */
const earliestSaneMs = Date.UTC(2026, 0, 1);

/** The line that says most: the last `fatal:`, `error:` or ssh line, else the last one. At most 200 characters, no control characters. */
export function lastLine({ exitCode, stderr }: GitOutcome): string {
  const lines = stderr
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const boilerplate =
    /^(?:and the repository exists|Please make sure you have|fatal: Could not read from remote repository)/;
  const telling = lines.filter((line) => !boilerplate.test(line));
  const chosen =
    telling.findLast((line) => /^(?:fatal|error|ssh|remote):/.test(line)) ?? telling.at(-1) ?? lines.at(-1);
  return shorten(escapeControl(chosen ?? `git ended with code ${exitCode}`), 200);
}

function redact(text: string, secrets: readonly string[]): string {
  let clean = redactUrl(text);
  for (const secret of secrets) {
    if (secret === '') continue;
    clean = clean.replaceAll(secret, '***').replaceAll(encodeURIComponent(secret), '***');
  }
  return clean;
}
