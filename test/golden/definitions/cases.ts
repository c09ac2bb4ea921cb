/**
 * Wrong definitions and wrong host configurations: inputs only. What each gets is in `expected.txt`, written like code and reviewed like code.
 * `row` is the letter and number of a catalogue of bad inputs, or the letter alone: A text and YAML, B what of Git shows in the tree, C host configuration, D names and paths, E values,
 * F access to the host, G racks in conflict, I health.
 */
import type { ReadInput } from '../../../src/definition/index.js';
import { aDefinition, aHost, anySha256, type RepositoryFile } from '../../support/definitions.js';

export interface DefinitionCase {
  readonly row: string;
  readonly title: string;
  readonly files: Readonly<Record<string, RepositoryFile>>;
  readonly host?: ReadInput['host'];
  readonly installed?: readonly string[];
}

export interface HostCase {
  readonly row: string;
  readonly title: string;
  /** Instead of apiVersion, kind and name. */
  readonly head?: string;
  /** After them. */
  readonly yaml: string;
}

const web = 'racks/web.yaml';
/** Stays valid beside whatever is wrong. */
const other = { 'racks/other.yaml': aDefinition('other') };

function one(row: string, title: string, content: RepositoryFile): DefinitionCase {
  return { row, title, files: { ...other, [web]: content } };
}

function field(row: string, title: string, more: string, service = ''): DefinitionCase {
  return one(row, title, aDefinition('web', more, service));
}

function service(row: string, title: string, text: string): DefinitionCase {
  return field(row, title, '', text);
}

const invalidUtf8 = Buffer.concat([
  Buffer.from('a: 1\n'.repeat(6)),
  Buffer.from('b: x'),
  Buffer.from([0xff]),
  Buffer.from('y\n'),
]);
const valid = aDefinition('web');

export const definitionCases: readonly DefinitionCase[] = [
  one('A1', 'an empty file', ''),
  one('A2', 'only comments and a document start', '# later\n---\n\n'),
  one('A4', 'a tab as indentation', 'a:\n\tb: 1\n'),
  one('A4', 'a tab after spaces', 'services:\n  \tweb: {}\n'),
  one('A5', 'a duplicate key', 'name: a\nname: b\n'),
  one(
    'A5',
    'a duplicate key in an otherwise valid file',
    valid.replace('    command: [main]', '    command: [main]\n    command: [other]'),
  ),
  one('A7', 'two documents', `${valid}---\n${aDefinition('second')}`),
  one('A8', 'merge-conflict markers', `<<<<<<< HEAD\n${valid}=======\n${valid}>>>>>>> branch\n`),
  one('A8', 'merge-conflict markers further down', valid.replace('kind', '<<<<<<< HEAD\nkind')),
  one('A10', 'a number where text is wanted', valid.replace('image-1.0.iso', '1.10')),
  field('A11', 'a legacy octal number', 'files: [{path: /etc/x, source: x, mode: 0644}]'),
  field('A11', 'a decimal number as file mode', 'files: [{path: /etc/x, source: x, mode: 644}]'),
  field('A11', 'a decimal number that would be a file mode', 'files: [{path: /etc/x, source: x, mode: 100}]'),
  service('A13', 'a number with an exponent', 'health: {tcp: {port: 8e1}}'),
  service('A14', 'not a number, and infinity', 'health: {tcp: {port: .nan}, healthyAfter: .inf}'),
  one('A16', 'an include tag', valid.replace('[main]', '!include /etc/passwd')),
  one(
    'A17',
    'other tags',
    valid.replace('[main]', '!!js/function "x"').replace('kind: Rack', 'kind: !!binary aGk='),
  ),
  one('A19', 'an anchor and its alias', valid.replace('kind: Rack', 'kind: &k Rack').replace('[main]', '*k')),
  one('A19', 'a merge key', `base: &base {a: 1}\n${valid}    <<: *base\n`),
  one('A20', 'an undefined alias', 'a: *nope\n'),
  one('A22', 'twenty thousand brackets', '['.repeat(20_000)),
  one('A22', 'a list in a list in a list …', `${'- '.repeat(20_000)}x\n`),
  one('A22', 'a little too deep', `${valid}x: ${'{a: '.repeat(25)}1${'}'.repeat(25)}\n`),
  one('A23', 'a file that is too large', { content: '', sizeBytes: 1_912_345 }),
  one('A25', 'a byte order mark and CRLF', `\ufeff${valid.replaceAll('\n', '\r\n').replace('[main]', '7')}`),
  one('A26', 'an invalid byte', invalidUtf8),
  one('A26', 'UTF-16', Buffer.from(`\ufeff${valid}`, 'utf16le')),
  one('A28', 'a no-break space after a colon', 'name:\u00a0web\n'),
  one('A28', 'text that is reordered when shown', valid.replace('[main]', '[main, "\u202etxt.exe"]')),
  one('A29', 'a key with a Cyrillic letter', valid.replace('name:', 'n\u0430me:')),
  one('A31', 'a list at the top', '- a\n- b\n'),
  one('A31', 'text at the top', 'just a sentence\n'),
  one('A32', 'a misspelt key', valid.replace('image:', 'imge:')),
  one('A32', 'a misspelt key further down', valid.replace('command:', 'comand:')),
  one('A', 'broken flow syntax', valid.replace('[main]', '[main')),
  one('A', 'a directive', `%YAML 1.1\n---\n${valid}`),

  one('B9', 'a symbolic link', { mode: '120000', content: '/etc/shadow' }),
  one('B9', 'a submodule', { mode: '160000' }),
  one(
    'B11',
    'a Git LFS pointer',
    `version https://git-lfs.example/spec/v1\noid sha256:${anySha256}\nsize 12345\n`,
  ),
  {
    row: 'B14',
    title: 'file names that differ only in case',
    files: { [web]: valid, 'racks/Web.yaml': valid },
    installed: ['web'],
  },
  {
    row: 'B15',
    title: 'too many files',
    files: Object.fromEntries(Array.from({ length: 2_001 }, (_, i) => [`racks/r${i}.yaml`, { content: '' }])),
  },
  {
    row: 'B3',
    title: 'all definitions deleted, two racks installed',
    files: { 'racks/.gitkeep': '' },
    installed: ['web', 'other'],
  },
  { row: 'B5', title: 'no folder', files: { 'rack/web.yaml': valid } },
  { row: 'B5', title: 'a folder without definitions', files: { 'racks/README.md': 'soon' } },

  ...['../../etc', '/abs', 'a/b', '.', '..'].map((name) => one('D1', `the name ${name}`, aDefinition(name))),
  one('D2', 'mount options in a name', aDefinition('web,index=on')),
  one('D4', 'a line end in a name', valid.replace('name: web', 'name: "web\\n"')),
  ...[33, 255, 10_000].map((length) =>
    one('D5', `a name of ${length} characters`, aDefinition('w'.repeat(length))),
  ),
  one('D7', 'a name that is not the file name', aDefinition('api')),
  {
    row: 'D8',
    title: 'a rack renamed in its file, the old one installed',
    files: { ...other, [web]: aDefinition('site') },
    installed: ['web', 'other'],
  },
  {
    row: 'D8',
    title: 'a rack renamed with its file is another rack',
    files: { ...other, 'racks/site.yaml': aDefinition('site') },
    installed: ['web', 'other'],
  },
  field('D10', 'a mount over the whole rack', 'mounts: [{source: /home, target: /}]'),
  field('D10', 'a mount without a target', 'mounts: [{source: /home, target: ""}]'),
  field(
    'D10',
    'a mount over what the runtime makes',
    'mounts: [{source: /home, target: /proc/1}, {source: /home, target: /dev}]',
  ),
  field(
    'D11',
    'two mounts with one target',
    'mounts: [{source: /home, target: /data}, {source: /var/share, target: /data}]',
  ),
  field(
    'D11',
    'a mount in a mount is allowed',
    'mounts: [{source: /home, target: /data}, {source: /var/share, target: /data/x}]',
  ),
  {
    row: 'D11',
    title: 'a file in a mount',
    files: {
      [web]: aDefinition(
        'web',
        'mounts: [{source: /home, target: /data}]\nfiles: [{path: /data/x, source: x}]',
      ),
      x: 'x',
    },
  },
  field('D14', 'a path that is too long', `mounts: [{source: /home, target: "${'/abcdefg'.repeat(520)}"}]`),
  field(
    'D14',
    'a part of a path that is too long',
    `mounts: [{source: /home, target: "/${'a'.repeat(256)}"}]`,
  ),

  one('E2', 'a sha256 that is too short', valid.replace(anySha256, `"${'a'.repeat(63)}"`)),
  one('E2', 'a sha256 in upper case with a prefix', valid.replace(anySha256, `sha256:${'A'.repeat(64)}`)),
  one('E2', 'a sha256 in base64', valid.replace(anySha256, '"n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="')),
  one('E3', 'no sha256', valid.replace(`, sha256: ${anySha256}`, '')),
  ...['10GB', '"10 gigs"', '1e30', '-5M', '100'].map((memory) =>
    service('E5', `memory: ${memory}`, `resources: {memory: ${memory}}`),
  ),
  one('E6', 'a command as text', valid.replace('[main]', '"nginx -g \'x\'"')),
  one('E6', 'a number in a command', valid.replace('[main]', '[sleep, 10]')),
  ...['4294967295', '-1', '"4294967295:1"', '0'].map((user) =>
    service('E11', `user: ${user}`, `user: ${user}`),
  ),
  service(
    'E12',
    'variables that are no text, or have no name',
    'env: {A: 1, B: null, "C D": x, LISTEN_FDS: "9"}',
  ),
  ...['0', '0s', '10h', '10', 'soon'].map((timeout) =>
    service('E14', `stop.timeout: ${timeout}`, `stop: {timeout: ${timeout}}`),
  ),
  ...['0', '0s'].map((delay) => service('E15', `restart.delay: ${delay}`, `restart: {delay: ${delay}}`)),
  service('E15', 'maxDelay below delay', 'restart: {delay: 10s, maxDelay: 5s}'),
  service('E15', 'a probe that never rests', 'health: {tcp: {port: 80}, interval: 10ms}'),
  service(
    'I3',
    'a probe that one success would satisfy at once',
    'health: {tcp: {port: 80}, healthyAfter: 0}',
  ),
  service('I5', 'a probe that waits longer than anybody', 'health: {tcp: {port: 80}, timeout: 2h}'),
  service('I8', 'no health check is no mistake', 'restart: {policy: never}'),
  service('E', 'two probes', 'health: {tcp: {port: 80}, http: {port: 80}}'),
  service('E', 'no probe', 'health: {interval: 1s}'),
  service('E', 'a port out of range', 'health: {tcp: {port: 70000}}'),
  service('E', 'a broken regular expression', 'health: {http: {port: 80, body: "(("}}'),
  service('E', 'a regular expression without an end', 'health: {http: {port: 80, body: "(a+)+$"}}'),
  service(
    'E',
    'addresses that are none',
    'listen: ["0.0.0.0:0", "300.0.0.1:80", "localhost:80", "[::]:99999", "80"]',
  ),
  service(
    'E',
    'an address to listen on as a mapping',
    'listen: [{address: "0.0.0.0:80", backlog: 128, reusePort: true}, "unix:/var/share/a.sock"]',
  ),
  service(
    'E',
    'mappings that are no address',
    'listen: [{backlog: 1}, {address: "0.0.0.0:80", unix: /a/b}, {address: "unix:/a/b"}, 80, {adress: "0.0.0.0:80"}]',
  ),
  service(
    'E',
    'options of the other kind',
    'listen: [{address: "127.0.0.1:80", v6Only: true, mode: "0660"}, {unix: /var/share/a.sock, reusePort: true}]',
  ),
  service(
    'E',
    'options out of range',
    'listen: [{unix: /var/share/a, backlog: 0, mode: 660, owner: www-data}, {unix: /var/share/b, mode: "999", owner: "4294967295"}, {unix: /var/share/c, owner: 33:33}]',
  ),
  service(
    'E',
    'paths of unix sockets',
    `listen: [unix:app.sock, unix:/app.sock, unix:/var/share/../app.sock, unix:/var/share/, {unix: /${'x'.repeat(60)}/${'y'.repeat(60)}}, {unix: app.sock}]`,
  ),
  service(
    'G4',
    'one rack, one unix socket, twice; and IPv6 beside IPv4',
    'listen: [unix:/var/share/a, {unix: /var/share/a}, "0.0.0.0:80", {address: "[::]:80", v6Only: true}, "0.0.0.0:81", "[::]:81"]',
  ),
  service('E', 'a signal with its prefix', 'stop: {signal: SIGQUIT}'),
  service('E', 'a capability that is none', 'capabilities: [NET_BIND_SERVICES]'),
  field('E', 'no label', 'hosts: {labels: {}}'),
  field('E', 'hosts without labels', 'hosts: {}'),
  field(
    'E',
    'dropping from a layer that is sealed',
    'rollout: {data: restore, shadow: {default: keep, rules: [{path: "/usr/**", policy: drop}]}}',
  ),
  field(
    'E',
    'what is hidden of an image',
    'rollout: {shadow: {default: warn, rules: [{path: "usr/**", policy: fail}, {path: /etc/../x, policy: keep}]}}',
  ),
  field('E', 'refused as long as it is not in force', 'rollout: {rehearse: always}'),
  field('E', 'what is said anyway', 'rollout: {rehearse: never, data: keep}'),
  {
    row: 'E17',
    title: 'racks that wait for each other',
    files: {
      'racks/a.yaml': aDefinition('a', 'dependsOn: [b]'),
      'racks/b.yaml': aDefinition('b', 'dependsOn: [c, a]'),
      'racks/c.yaml': aDefinition('c'),
      'racks/d.yaml': aDefinition('d', 'dependsOn: [a]'),
    },
  },
  field('E17', 'a rack that waits for itself', 'dependsOn: [web]'),
  field('E17', 'a misspelt dependency', 'dependsOn: [othr]'),
  field(
    'E17',
    'a service to quiesce that is not of this rack',
    'rollout: {quiesce: {service: mian, freeze: [freeze], thaw: [" "], timeout: 10m}}',
  ),
  field('E7', 'quiescing without a way back', 'rollout: {quiesce: {service: main, freeze: [freeze]}}'),
  one(
    'E17',
    'services that wait for each other',
    `${valid}    dependsOn: [a]\n  a: {command: [a], dependsOn: [main]}\n  b: {command: [b], dependsOn: [mian]}\n`,
  ),
  {
    row: 'E18',
    title: 'a dependency on an invalid rack is no mistake',
    files: { [web]: '', 'racks/x.yaml': aDefinition('x', 'dependsOn: [web]') },
  },
  {
    row: 'E18',
    title: 'a dependency on a rack of other hosts is ignored',
    files: {
      [web]: aDefinition('web', 'hosts: {labels: {role: web}}'),
      'racks/x.yaml': aDefinition('x', 'dependsOn: [web]'),
    },
    host: aHost(),
  },

  field('F2', 'a source with ..', 'mounts: [{source: /home/../etc, target: /x}]'),
  {
    ...field(
      'F2',
      'a source outside what the host allows',
      'mounts: [{source: /homes, target: /x}, {source: /home/a, target: /y}]',
    ),
    host: aHost(),
  },
  {
    ...service('F2', 'a capability that the host does not allow', 'capabilities: [CHOWN, CAP_SYS_ADMIN]'),
    host: aHost(),
  },
  {
    ...field(
      'F2',
      'a secret outside what the host allows',
      'env: {A: {fromHostFile: /etc/shadow}, B: {fromHostFile: /etc/rackops/secrets/b}}',
    ),
    host: aHost(),
  },
  {
    ...field(
      'F2',
      'what only other hosts would refuse',
      'hosts: {labels: {role: db}}\nmounts: [{source: /srv, target: /x}]',
    ),
    host: aHost(),
  },
  {
    ...field(
      'F6',
      "another rack's writable directory as a source",
      'mounts: [{source: /racks/readwrite/other, target: /x}]',
    ),
    host: aHost(),
  },
  field('F', 'a file that is not in the repository', 'files: [{path: /etc/x, source: files/site.conf}]'),
  {
    row: 'F',
    title: 'a misspelt file, a folder, a link, a large file',
    files: {
      [web]: aDefinition(
        'web',
        'files:\n  - {path: /a, source: files/sit.conf}\n  - {path: /b, source: files}\n  - {path: /c, source: files/link}\n  - {path: /d, source: files/large}',
      ),
      'files/site.conf': 'x',
      'files/link': { mode: '120000', content: '/etc/shadow' },
      'files/large': { sizeBytes: 2_000_000 },
    },
  },

  field('F', 'paths that leave the repository', 'files: [{path: /e, source: ../x}, {path: /f, source: /x}]'),

  {
    row: 'G1',
    title: 'two files with one name',
    files: { 'racks/a.yaml': valid, 'racks/b.yaml': valid },
    installed: ['web'],
  },
  {
    row: 'G1',
    title: 'a copy that was not renamed',
    files: { [web]: valid, 'racks/web2.yaml': valid },
    installed: ['web'],
  },
  { row: 'G1', title: 'one name with two suffixes', files: { [web]: valid, 'racks/web.yml': valid } },
  {
    row: 'G2',
    title: 'two racks on one address, one of them installed',
    files: {
      [web]: aDefinition('web', '', 'listen: ["0.0.0.0:80"]'),
      'racks/api.yaml': aDefinition('api', '', 'listen: ["0.0.0.0:80"]'),
    },
    host: aHost(),
    installed: ['web'],
  },
  {
    row: 'G2',
    title: 'two new racks on one address',
    files: {
      [web]: aDefinition('web', '', 'listen: ["0.0.0.0:80"]'),
      'racks/api.yaml': aDefinition('api', '', 'listen: ["0.0.0.0:80"]'),
    },
    host: aHost(),
  },
  {
    row: 'G2',
    title: 'two racks on one unix socket',
    files: {
      [web]: aDefinition('web', '', 'listen: [unix:/var/share/app.sock]'),
      'racks/api.yaml': aDefinition('api', '', 'listen: [{unix: /var/share/app.sock, mode: "0600"}]'),
    },
    host: aHost(),
    installed: ['web'],
  },
  {
    row: 'F',
    title: 'unix sockets outside of what the host allows',
    files: {
      ...other,
      [web]: aDefinition(
        'web',
        '',
        'listen: [unix:/run/app.sock, {unix: /var/shared/app.sock}, unix:/var/share/app.sock, unix:/var/share/app/b]',
      ),
    },
    host: aHost(),
  },
  {
    row: 'G4',
    title: 'wildcards and addresses',
    files: Object.fromEntries(
      [
        ['a', '127.0.0.1:80'],
        ['b', '127.0.0.2:80'],
        ['c', '[::1]:80'],
        ['d', '0.0.0.0:80'],
        ['e', '[::]:81'],
        ['f', '127.0.0.1:81'],
      ].map(([name = '', address]) => [
        `racks/${name}.yaml`,
        aDefinition(name, '', `listen: ["${address}"]`),
      ]),
    ),
    host: aHost(),
    installed: ['a', 'b', 'c', 'f'],
  },
  {
    row: 'G5',
    title: 'an address that moves between installed racks is no clash',
    files: {
      [web]: aDefinition('web'),
      'racks/api.yaml': aDefinition('api', '', 'listen: ["0.0.0.0:80"]'),
    },
    host: aHost(),
    installed: ['web', 'api'],
  },
  {
    row: 'G4',
    title: 'labels that keep racks apart, or may not',
    files: Object.fromEntries(
      [
        ['a', 'role: web'],
        ['b', 'role: db'],
        ['c', 'zone: north'],
      ].map(([name = '', label]) => [
        `racks/${name}.yaml`,
        aDefinition(name, `hosts: {labels: {${label}}}`, 'listen: ["0.0.0.0:80"]'),
      ]),
    ),
  },
  service('G4', 'one rack, one address, twice', 'listen: ["0.0.0.0:80", "127.0.0.1:80"]'),
];

const urls = [
  'https://git.example.org/racks.git',
  'ssh://git@git.example.org:22/racks.git',
  'git@git.example.org:team/racks.git',
  '/srv/racks.git',
  'file:///srv/racks.git',
  '--upload-pack=touch /tmp/x',
  'ext::sh -c "touch /tmp/x"',
  'ssh://-oProxyCommand=x/y',
  '-oProxyCommand=x:y',
  'user@-host:y',
  'git@host:-path',
  'https://host/r%0d%0aHost:x',
  'https://host/a b',
  'http://git.example.org/racks.git',
  'git://git.example.org/racks.git',
  'https://user:secret@git.example.org/racks.git',
  'ssh://git:secret@git.example.org/racks.git',
  'file://host/srv/racks.git',
  'ftp://host/x',
  'https://',
  'https://host',
  'https://host:99999/x',
  'https://host/x?token=secret',
  'https://ho%73t/x',
  'https://h\u00f6st/x',
  'https://[::1]/x.git',
  'ssh://[fe80::1%eth0]/x',
  '/srv/../etc',
  'racks.git',
  '/srv/racks.git/',
  '/srv/racks.git//',
  'file:///srv/racks.git/',
];

/** One item of `images.sources`. */
function source(row: string, title: string, item: string): HostCase {
  return {
    row,
    title: `image source: ${title}`,
    yaml: `repository: {url: /srv/r}\nimages:\n  sources:\n    - ${item}`,
  };
}

export const hostCases: readonly HostCase[] = [
  source('C', 'a URL', 'https://host/images'),
  source('C', 'a template', '"https://host/{name}/{version}/{sha256}/{file}?key=1"'),
  source(
    'C',
    'everything',
    '{url: "https://host/i", mirrors: ["https://m/i"], delta: zsync, auth: {tokenFile: /t}, headers: {X-A: {file: /h}}, caFile: /c, verify: {keys: [/k]}}',
  ),
  source(
    'C',
    'a registry',
    '{registry: "r.example.org:5000/racks/web", realms: [auth.example.org], auth: {usernameFile: /u, passwordFile: /p}}',
  ),
  source('C6', 'http without TLS', 'http://host/images'),
  source('C6', 'http without TLS in a mirror', '{url: "https://host/i", mirrors: ["http://m/i"]}'),
  source('C6', 'http without TLS, allowed', '{url: "http://host/images", insecure: true}'),
  source(
    'C6',
    'credentials without TLS',
    '{url: "http://host/images", insecure: true, auth: {tokenFile: /t}}',
  ),
  source(
    'C6',
    'credentials without TLS on loopback',
    '{url: "http://127.0.0.1:8080/images", insecure: true, auth: {tokenFile: /t}}',
  ),
  source(
    'C6',
    'credentials without TLS for a registry',
    '{registry: host/racks, insecure: true, headers: {X-A: {file: /h}}}',
  ),
  source('C', 'credentials in the URL', 'https://user:secret@host/images'),
  source('C', 'another protocol', 'ftp://host/images'),
  source('C', 'a file URL', 'file:///srv/images'),
  source('C', 'an unknown placeholder', '"https://host/{rack}.iso"'),
  source('C', 'a placeholder in the host', '"https://{name}.example.org/{file}"'),
  source('C', 'a fragment', '"https://host/images#top"'),
  source('C', 'a control character', '"https://host/ima\\x07ges"'),
  source('C', 'a relative path', 'images'),
  source('C', 'a number', '7'),
  source('C', 'no place', '{insecure: true}'),
  source('C', 'two places', '{url: "https://host/i", directory: /srv/i}'),
  source('C', 'a field of another kind', '{directory: /srv/i, auth: {tokenFile: /t}}'),
  source('C', 'delta for a registry', '{registry: r.example.org/i, delta: zsync}'),
  source('C', 'a delta of another kind', '{url: "https://host/i", delta: rsync}'),
  source('C', 'realms for a URL', '{url: "https://host/i", realms: [a]}'),
  source('C', 'half a password', '{url: "https://host/i", auth: {usernameFile: /u}}'),
  source(
    'C',
    'two ways to sign in',
    '{url: "https://host/i", auth: {tokenFile: /t, usernameFile: /u, passwordFile: /p}}',
  ),
  source('C', 'no way to sign in', '{url: "https://host/i", auth: {}}'),
  source('C', 'a registry with a scheme', '{registry: "https://host/racks"}'),
  source('C', 'a registry without a repository', '{registry: host}'),
  source('C', 'a header that is none', '{url: "https://host/i", headers: {"X A": {file: /h}}}'),
  source('C', 'a relative credential file', '{url: "https://host/i", auth: {tokenFile: t}}'),
  source('C', 'verify without keys', '{url: "https://host/i", verify: {required: true}}'),
  source('C', 'a misspelt field', '{url: "https://host/i", mirror: ["https://m/i"]}'),
  ...urls.map((url) => ({ row: 'C2 to C6', title: url, yaml: `repository: {url: ${JSON.stringify(url)}}` })),
  ...['--force', 'a..b', 'refs/heads/x.lock', 'x.lock', '@{u}', 'a b', 'feature/x-1'].map((branch) => ({
    row: 'C8',
    title: `branch ${branch}`,
    yaml: `repository: {url: /srv/r, branch: ${JSON.stringify(branch)}}`,
  })),
  ...[
    '0',
    '-1',
    '"10ms"',
    '"5 minutes"',
    '"*/30 * * * * *"',
    '"*/5 * * * *"',
    '"60 * * * * *"',
    '"* * * * * * *"',
    '"*/0 * * * *"',
    '"0 9-17 * jan-mar mon"',
  ].map((poll) => ({
    row: 'C9',
    title: `poll ${poll}`,
    yaml: `repository: {url: /srv/r, poll: ${poll}}`,
  })),
  ...['/a,b', '/a:b', '/a\\b', '/a b', '/', 'racks', '/a/../b'].map((root) => ({
    row: 'C12',
    title: `root ${root}`,
    yaml: `repository: {url: /srv/r}\nroot: ${JSON.stringify(root)}`,
  })),
  { row: 'C12', title: 'one directory twice', yaml: 'repository: {url: /srv/r}\nroot: /x\nstate: /x' },
  ...['racks/', './racks', './racks/', 'racks//', './', '/racks', '../racks'].map((path) => ({
    row: 'C',
    title: `folder ${path}`,
    yaml: `repository: {url: /srv/r, path: ${path}}`,
  })),
  { row: 'C', title: 'no version and kind', head: 'name: web-01', yaml: 'repository: {url: /srv/r}' },
  {
    row: 'C',
    title: 'an unknown version and kind',
    head: 'apiVersion: rackops/v2\nkind: Rack\nname: web-01',
    yaml: 'repository: {url: /srv/r}',
  },
  { row: 'C', title: 'no repository', yaml: '' },
  { row: 'C', title: 'a misspelt field', yaml: 'repository: {url: /srv/r}\nlables: {role: web}' },
  {
    row: 'C',
    title: 'credentials of two kinds',
    yaml: 'repository: {url: https://host/x, auth: {tokenFile: /t, sshKeyFile: /k}}',
  },
  {
    row: 'C',
    title: 'credentials that do not fit',
    yaml: 'repository: {url: "git@host:x", auth: {tokenFile: /t}}',
  },
  { row: 'C', title: 'credentials that are none', yaml: 'repository: {url: https://host/x, auth: {}}' },
  {
    row: 'B30',
    title: 'signatures of nobody',
    yaml: 'repository: {url: /srv/r, verify: {mode: head}}',
  },
  {
    row: 'B30',
    title: 'revoked SSH keys, and no allowed ones',
    yaml: 'repository: {url: /srv/r, verify: {gpgKeysFile: /k, revokedKeysFile: /r}}',
  },
  {
    row: 'B30',
    title: 'fingerprints of OpenPGP keys that are in no file',
    yaml: 'repository: {url: /srv/r, verify: {allowedSignersFile: /k, gpgFingerprints: [9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B]}}',
  },
  {
    row: 'B30',
    title: 'a short key id, a mode that is none, a relative path',
    yaml: 'repository: {url: /srv/r, verify: {mode: some, allowedSignersFile: keys, gpgKeysFile: /k, gpgFingerprints: [C55AD015A3BF4F1B]}}',
  },
  {
    row: 'B29',
    title: 'signatures by keys of both kinds',
    yaml: 'repository: {url: /srv/r, verify: {mode: every, allowedSignersFile: /s, gpgKeysFile: /k}}',
  },
  {
    row: 'C',
    title: 'refused as long as it is not in force',
    yaml: 'repository: {url: /srv/r}\nsupervisor: systemd',
  },
  {
    row: 'C',
    title: 'not yet in force',
    yaml: 'repository: {url: /srv/r}\napi: {listen: "127.0.0.1:9180"}',
  },
  { row: 'C', title: 'a share that is none', yaml: 'repository: {url: /srv/r}\nprune: {max: 50}' },
];
