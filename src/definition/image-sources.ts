/**
 * `images.sources` of host.yaml: what is wrong with an item, and what a right one means. Text only: nothing is opened and nobody is connected to. A credential in a URL never appears in
 * a message.
 */

import type { Host } from '../model/generated/index.js';
import {
  type ErrorCode,
  type HostPath,
  hostPath,
  type ImageSource,
  type ImageVerify,
  isLoopback,
  openAccess,
  type SourceAccess,
} from '../model/index.js';
import type { Field, Fields } from './fields.js';
import { type Finding, quoted } from './finding.js';
import { pathFault } from './paths.js';
import { isRecord } from './words.js';

type Images = NonNullable<Host['images']>;
type Item = NonNullable<Images['sources']>[number];
type Mapping = Exclude<Item, string>;

interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

const kinds = ['directory', 'url', 'registry'] as const;
/** Fields that mean something only with some kinds. */
const onlyWith: Readonly<Record<string, readonly string[]>> = {
  mirrors: ['url'],
  delta: ['url'],
  realms: ['registry'],
  auth: ['url', 'registry'],
  headers: ['url', 'registry'],
  caFile: ['url', 'registry'],
  insecure: ['url', 'registry'],
};

/** All findings about `images.sources`. */
export function imageSourceFindings(fields: Fields): readonly Finding[] {
  return fields.each('/images/sources/*').flatMap((item) => {
    if (typeof item.value === 'string') return textFindings(fields, item.pointer, item.value);
    return isRecord(item.value) ? mappingFindings(fields, item.pointer, item.value) : [];
  });
}

function textFindings(fields: Fields, pointer: string, text: string): readonly Finding[] {
  const fault = isUrl(text)
    ? imageUrlFault(text, false)
    : text.startsWith('/')
      ? pathFault(text)
      : {
          code: 'E_PATH' as const,
          message: `${quoted(text)} is not an absolute path`,
          hint: 'write it from / on, or an https:// URL',
        };
  return found(fields, pointer, fault);
}

function mappingFindings(
  fields: Fields,
  pointer: string,
  item: Readonly<Record<string, unknown>>,
): readonly Finding[] {
  const given = kinds.filter((kind) => kind in item);
  const [kind] = given;
  if (kind === undefined || given.length > 1) {
    const what = kind === undefined ? 'no place is given' : `${given.join(' and ')} are given, one is wanted`;
    return [fields.finding(pointer, 'E_VALUE', what, 'give exactly one of directory, url and registry')];
  }
  const stray = Object.keys(item).filter((key) => onlyWith[key]?.includes(kind) === false);
  const insecure = item.insecure === true;
  return [
    ...stray.map((key) =>
      fields.keyFinding(`${pointer}/${key}`, 'E_VALUE', `"${key}" means nothing for a ${kind}`, 'remove it'),
    ),
    ...[...fields.texts(`${pointer}/url`), ...fields.texts(`${pointer}/mirrors/*`)].flatMap((url) =>
      found(fields, url.pointer, imageUrlFault(url.value, insecure)),
    ),
    ...authFindings(fields, pointer, item),
  ];
}

function authFindings(
  fields: Fields,
  pointer: string,
  item: Readonly<Record<string, unknown>>,
): readonly Finding[] {
  const auth = isRecord(item.auth) ? item.auth : null;
  const at = `${pointer}/auth`;
  const finding = (message: string, hint: string): Finding => fields.keyFinding(at, 'E_AUTH', message, hint);
  const findings: Finding[] = [];
  if (auth !== null) {
    const token = 'tokenFile' in auth;
    const pair = [auth.usernameFile, auth.passwordFile].filter((file) => file !== undefined).length;
    if (token ? pair > 0 : pair !== 2)
      findings.push(
        finding('want one way to sign in', 'give tokenFile, or usernameFile together with passwordFile'),
      );
  }
  if ((auth !== null || isRecord(item.headers)) && item.insecure === true) {
    const open = hostsOf(item).filter((host) => !isLoopback(host));
    if (open.length > 0)
      findings.push(
        fields.keyFinding(
          `${pointer}/insecure`,
          'E_URL_INSECURE',
          'credentials would be sent without TLS',
          'use https://, or remove the credentials',
        ),
      );
  }
  return findings;
}

/** Hosts that would be asked without TLS. */
function hostsOf(item: Readonly<Record<string, unknown>>): readonly string[] {
  if (typeof item.registry === 'string') return [item.registry.split('/')[0]?.replace(/:\d+$/, '') ?? ''];
  const urls = [item.url, ...(Array.isArray(item.mirrors) ? item.mirrors : [])];
  return urls.flatMap((url) =>
    typeof url === 'string' && /^http:/i.test(url) && URL.canParse(probe(url))
      ? [new URL(probe(url)).hostname]
      : [],
  );
}

/** True for an image source that is no directory. */
export function isUrl(source: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(source);
}

const placeholders = /\{(file|name|version|sha256)\}/g;

/** The template with something in its placeholders. */
function probe(template: string): string {
  return template.replace(placeholders, 'x');
}

/** What is wrong with a URL of images, null when nothing is. Pure. */
export function imageUrlFault(text: string, insecure: boolean): Fault | null {
  const fault = (code: ErrorCode, message: string, hint: string): Fault => ({ code, message, hint });
  if (/[\s\p{C}\\]/u.test(text))
    return fault('E_URL_CONTROL', 'the URL has spaces, backslashes or control characters', 'remove them');
  const filled = probe(text);
  if (/[{}]/.test(filled))
    return fault(
      'E_URL',
      `${quoted(text)} has a placeholder that is not known`,
      'use {file}, {name}, {version} or {sha256}',
    );
  if (!URL.canParse(filled)) return fault('E_URL', 'this is not a URL', 'write https://host/path');
  const url = new URL(filled);
  if (url.username !== '' || url.password !== '')
    return fault(
      'E_URL_CREDENTIALS',
      'the URL has credentials in it',
      'put them into files and name those in auth',
    );
  if (url.hash !== '') return fault('E_URL', 'the URL has a fragment', 'remove what follows the #');
  if (/^[a-z]+:\/\/[^/]*\{/i.test(text))
    return fault('E_URL', 'a placeholder is in the host of the URL', 'use placeholders in its path only');
  if (url.protocol === 'http:' && !insecure)
    return fault(
      'E_URL_INSECURE',
      'http:// is not protected',
      'use https://, or a mapping with url and insecure: true',
    );
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return fault('E_URL', `the protocol "${url.protocol.slice(0, 12)}" is not allowed`, 'use https://');
  return null;
}

function found(fields: Fields, pointer: Field['pointer'], fault: Fault | null): readonly Finding[] {
  return fault === null ? [] : [fields.finding(pointer, fault.code, fault.message, fault.hint)];
}

/** The sources of a file without errors, in its order; `iso` first when it is not among them. */
export function imageSources(images: Images, iso: HostPath): readonly ImageSource[] {
  const verify = verifyOf(images.verify);
  const sources = (images.sources ?? []).map((item) => sourceOf(item, verify));
  const hasIso = sources.some((source) => source.kind === 'directory' && source.path === iso);
  return hasIso ? sources : [{ kind: 'directory', path: iso, verify }, ...sources];
}

function sourceOf(item: Item, usual: ImageVerify | null): ImageSource {
  if (typeof item === 'string') {
    return isUrl(item)
      ? { kind: 'http', urls: [item], access: openAccess, delta: 'none', verify: usual }
      : { kind: 'directory', path: hostPath(item), verify: usual };
  }
  const verify = item.verify === undefined ? usual : verifyOf(item.verify);
  if (item.directory !== undefined) return { kind: 'directory', path: hostPath(item.directory), verify };
  const access = accessOf(item);
  if (item.url !== undefined) {
    const urls = [item.url, ...(item.mirrors ?? [])];
    return { kind: 'http', urls, access, delta: item.delta ?? 'none', verify };
  }
  const [host = '', ...repository] = (item.registry ?? '').split('/');
  return {
    kind: 'registry',
    host: host.toLowerCase(),
    repository: repository.join('/'),
    access,
    realms: (item.realms ?? []).map((realm) => realm.toLowerCase()),
    verify,
  };
}

function accessOf({ auth, headers = {}, caFile, insecure }: Mapping): SourceAccess {
  return {
    auth: authOf(auth),
    headers: Object.entries(headers).map(([name, { file }]) => ({ name, file: hostPath(file) })),
    caFile: caFile === undefined ? null : hostPath(caFile),
    insecure: insecure ?? false,
  };
}

function authOf(auth: Mapping['auth']): SourceAccess['auth'] {
  if (auth?.tokenFile !== undefined) return { kind: 'bearer', tokenFile: hostPath(auth.tokenFile) };
  if (auth?.usernameFile === undefined || auth.passwordFile === undefined) return { kind: 'none' };
  return {
    kind: 'basic',
    usernameFile: hostPath(auth.usernameFile),
    passwordFile: hostPath(auth.passwordFile),
  };
}

function verifyOf(verify: Images['verify']): ImageVerify | null {
  return verify === undefined ? null : { keys: verify.keys.map(hostPath), required: verify.required ?? true };
}
