/** Fields of services that a schema cannot check: addresses, capabilities, users, variables, probes, order. */
import { didYouMean } from '../lib/index.js';
import { capabilityName, isCapability, knownCapabilities } from './capabilities.js';
import { cycles } from './cycles.js';
import type { Fields } from './fields.js';
import { type Finding, pointerPart, quoted } from './finding.js';
import { listenFindings } from './listen-rules.js';
import { isRecord } from './words.js';

/** All findings about services. */
export function serviceFindings(fields: Fields): readonly Finding[] {
  return [
    ...listenFindings(fields),
    ...capabilityFindings(fields, '/services/*/capabilities/*'),
    ...userFindings(fields),
    ...envFindings(fields),
    ...commandFindings(fields),
    ...regexFindings(fields),
    ...orderFindings(fields),
  ];
}

/** Names that are no capability of Linux. */
export function capabilityFindings(fields: Fields, pattern: string): readonly Finding[] {
  return fields.texts(pattern).flatMap(({ pointer, value }) => {
    if (!/^(?:CAP_)?[A-Z][A-Z_]*$/.test(value) || isCapability(value)) return [];
    const near = didYouMean(capabilityName(value), knownCapabilities);
    const hint = near === null ? 'see capabilities(7)' : `did you mean "${near.replace(/^CAP_/, '')}"?`;
    return [fields.finding(pointer, 'E_CAPABILITY', `${quoted(value)} is not a Linux capability`, hint)];
  });
}

/** Numbers of users and groups that Linux does not have. */
function userFindings(fields: Fields): readonly Finding[] {
  const users = [...fields.texts('/services/*/user'), ...fields.texts('/services/*/listen/*/owner')];
  return users.flatMap(({ pointer, value }) => {
    if (!/^\d+(?::\d+)?$/.test(value) || value.split(':').every((id) => Number(id) <= 4_294_967_294))
      return [];
    return [
      fields.finding(
        pointer,
        'E_RANGE',
        `${quoted(value)} is not from 0 to 4294967294`,
        'correct the number',
      ),
    ];
  });
}

/** Set by the supervisor for services that listen; a definition's own would point them at the wrong descriptors. */
const reservedNames = ['LISTEN_FDS', 'LISTEN_PID', 'LISTEN_FDNAMES'];

function envFindings(fields: Fields): readonly Finding[] {
  return ['/env/*', '/services/*/env/*'].flatMap((pattern) =>
    fields.each(pattern).flatMap(({ pointer }) => {
      const name = pointer.slice(pointer.lastIndexOf('/') + 1);
      if (!reservedNames.includes(name)) return [];
      return [
        fields.keyFinding(pointer, 'E_ENV_NAME', `${quoted(name)} is set by the supervisor`, 'use listen'),
      ];
    }),
  );
}

function commandFindings(fields: Fields): readonly Finding[] {
  return [
    '/services/*/command/0',
    '/services/*/health/exec/command/0',
    '/rollout/quiesce/freeze/0',
    '/rollout/quiesce/thaw/0',
  ].flatMap((pattern) =>
    fields
      .texts(pattern)
      .filter(({ value }) => value.trim() === '')
      .map(({ pointer }) =>
        fields.finding(pointer, 'E_VALUE', 'the program has no name', 'write the program first'),
      ),
  );
}

function regexFindings(fields: Fields): readonly Finding[] {
  return fields.texts('/services/*/health/http/body').flatMap(({ pointer, value }) => {
    try {
      new RegExp(value);
    } catch {
      const message = `${quoted(value)} is not a regular expression`;
      return [
        fields.finding(pointer, 'E_REGEX', message, 'correct it; in double quotes a backslash is doubled'),
      ];
    }
    // `(a+)+` can take for ever on a body that nearly matches, and the agent with it.
    if (!/\([^()]*[+*}][^()]*\)[+*{]/.test(value)) return [];
    const message = `${quoted(value)} repeats a group that repeats`;
    return [fields.finding(pointer, 'E_REGEX', message, 'write it without a repetition in a repeated group')];
  });
}

function orderFindings(fields: Fields): readonly Finding[] {
  const services = fields.each('/services')[0]?.value;
  if (!isRecord(services)) return [];
  const names = Object.keys(services);
  const findings: Finding[] = [];
  const edges = new Map<string, readonly string[]>();
  for (const name of names) {
    const pattern = `/services/${pointerPart(name)}/dependsOn/*`;
    const wanted = fields.texts(pattern);
    findings.push(...unknownServices(fields, wanted, names));
    edges.set(
      name,
      wanted.map((w) => w.value).filter((value) => names.includes(value)),
    );
  }
  findings.push(...unknownServices(fields, fields.texts('/rollout/quiesce/service'), names));
  for (const cycle of cycles(edges)) {
    const first = cycle[0] ?? '';
    const path = [...cycle, first].join(' -> ');
    findings.push(
      fields.finding(
        `/services/${pointerPart(first)}/dependsOn`,
        'E_CYCLE',
        `services wait for each other: ${path}`,
        'remove one of these dependencies',
      ),
    );
  }
  return findings;
}

function unknownServices(
  fields: Fields,
  wanted: ReturnType<Fields['texts']>,
  names: readonly string[],
): readonly Finding[] {
  return wanted
    .filter(({ value }) => !names.includes(value))
    .map(({ pointer, value }) => {
      const near = didYouMean(value, names);
      const hint = near === null ? `services here are ${names.join(', ')}` : `did you mean "${near}"?`;
      return fields.finding(
        pointer,
        'E_UNKNOWN_DEPENDENCY',
        `no service ${quoted(value)} in this rack`,
        hint,
      );
    });
}
