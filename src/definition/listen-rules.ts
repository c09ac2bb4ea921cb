/** Entries of `listen` that a schema cannot check: addresses, paths of unix sockets, options that do not go together, clashes within the rack. */
import { type ListenAddress, listenConflict, parseListen } from '../model/index.js';
import { fieldRule } from './field-rules.js';
import type { Field, Fields } from './fields.js';
import { type Finding, quoted } from './finding.js';
import { type PathFault, pathFault } from './paths.js';
import { isRecord } from './words.js';

/** `sun_path` of a unix socket's address has 108 bytes, with a zero at its end. */
const maxSocketPathBytes = 107;

const options: ReadonlySet<string> = new Set(['backlog', 'reusePort', 'v6Only', 'mode', 'owner']);

/** All findings about `listen`. */
export function listenFindings(fields: Fields): readonly Finding[] {
  const findings: Finding[] = [];
  const seen: { readonly listen: ListenAddress; readonly pointer: string }[] = [];
  for (const field of fields.each('/services/*/listen/*')) {
    findings.push(...optionFindings(fields, field));
    const entry = addressOf(field);
    if (entry === null) continue;
    const { pointer, text, listen } = entry;
    if (listen === null) {
      const hint = fieldRule(pointer.endsWith('/address') ? 'listen' : 'listenEntry')?.hint ?? '';
      findings.push(
        fields.finding(pointer, 'E_LISTEN', `${quoted(text)} is not an address to listen on`, hint),
      );
      continue;
    }
    if (listen.family === 'unix') {
      const fault = socketPathFault(listen.path);
      if (fault !== null) findings.push(fields.finding(pointer, fault.code, fault.message, fault.hint));
    }
    const other = seen.find((s) => listenConflict(s.listen, listen));
    if (other !== undefined) {
      const message = `${quoted(text)} cannot be held beside ${quoted(other.listen.address)} (${other.pointer})`;
      findings.push(fields.finding(pointer, 'E_PORT_CLASH', message, 'give one of them another address'));
    }
    seen.push({ listen, pointer });
  }
  return findings;
}

interface Entry {
  /** Where the address is written. */
  readonly pointer: string;
  readonly text: string;
  readonly listen: ListenAddress | null;
}

/** Null where there is no address that could be wrong: another type, or none at all. */
function addressOf({ pointer, value }: Field): Entry | null {
  if (typeof value === 'string') return { pointer, text: value, listen: parseListen(value) };
  if (!isRecord(value)) return null;
  const { address, unix, v6Only } = value;
  if (typeof address === 'string') {
    const listen = parseListen({ address, ...(typeof v6Only === 'boolean' ? { v6Only } : {}) });
    return { pointer: `${pointer}/address`, text: address, listen };
  }
  if (typeof unix !== 'string' || !unix.startsWith('/')) return null;
  return { pointer: `${pointer}/unix`, text: unix, listen: parseListen({ unix }) };
}

function optionFindings(fields: Fields, { pointer, value }: Field): readonly Finding[] {
  if (!isRecord(value)) return [];
  const given = (name: string): boolean => Object.hasOwn(value, name);
  // `adress:` is one mistake: that there is no address follows from it.
  if (!given('address') && !given('unix') && Object.keys(value).some((key) => !options.has(key))) return [];
  if (given('address') === given('unix')) {
    const message = given('unix') ? 'address and unix are given, one is wanted' : 'nothing to listen on';
    return [fields.finding(pointer, 'E_VALUE', message, 'give exactly one of address and unix')];
  }
  const [kind, foreign] = given('unix')
    ? (['a unix socket', ['reusePort', 'v6Only']] as const)
    : (['a TCP address', ['mode', 'owner']] as const);
  const findings = foreign.filter(given).map((name) => {
    const message = `${quoted(name)} means nothing for ${kind}`;
    return fields.keyFinding(`${pointer}/${name}`, 'E_VALUE', message, 'remove it');
  });
  const { address, v6Only } = value;
  if (v6Only === true && typeof address === 'string' && !address.startsWith('[')) {
    const message = `v6Only means nothing for the IPv4 address ${quoted(address)}`;
    findings.push(fields.keyFinding(`${pointer}/v6Only`, 'E_VALUE', message, 'remove it'));
  }
  return findings;
}

function socketPathFault(path: string): PathFault | null {
  const bytes = new TextEncoder().encode(path).length;
  if (bytes > maxSocketPathBytes) {
    return {
      code: 'E_PATH_LENGTH',
      message: `${quoted(path)} has ${bytes} bytes`,
      hint: `use ${maxSocketPathBytes} bytes at most: the address of a unix socket has no room for more`,
    };
  }
  if (path.lastIndexOf('/') === 0) {
    return {
      code: 'E_PATH',
      message: `${quoted(path)} is in no directory`,
      hint: 'choose a path in a shared directory, such as /var/share/app.sock',
    };
  }
  return pathFault(path);
}
