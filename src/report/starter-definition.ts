/**
 * A definition to start from, for an image that was a container image: complete, with a comment wherever a person should look. Pure. What comes from the image is a stranger's text: always in quotes,
 * never on a line of its own.
 */
import type { ContainerConfig, ContainerPort, ImageRef } from '../model/index.js';
import { imageSnippet } from './image-change.js';

export interface StarterInput {
  /** Name of the rack. */
  readonly name: string;
  readonly image: ImageRef;
  readonly source: { readonly name: string; readonly digest: string };
  readonly container: ContainerConfig;
}

const signals: ReadonlySet<string> = new Set(['TERM', 'QUIT', 'INT', 'HUP', 'USR1', 'USR2', 'WINCH', 'KILL']);
const longestValue = 32_768;

/** Text of `racks/<name>.yaml`, with a newline at its end. `refused`: fields of the service that must be left out (`user`, `env/NAME`), because the reader of definitions does not take what the image says. */
export function starterDefinition(input: StarterInput, refused: ReadonlySet<string> = new Set()): string {
  const { name, image, source, container } = input;
  const unless = (
    field: string,
    lines: readonly string[],
    instead: readonly string[] = [],
  ): readonly string[] =>
    refused.has(field)
      ? [`# Left out, because no definition can hold what the image says: ${field}.`, ...instead]
      : lines;
  const lines = [
    `# Made by rackops image import from ${quoted(source.name)}`,
    `# (${source.digest}). Look through it, then commit it as racks/${name}.yaml.`,
    'apiVersion: rackops/v1',
    'kind: Rack',
    `name: ${name}`,
    '',
    imageSnippet(image),
    '',
    ...volumes(container.volumes),
    'services:',
    `  ${name}:`,
    ...indented(4, [
      ...unless('command', command(container.command), command([])),
      ...unless('user', user(container.user)),
      ...unless('workdir', workdir(container.workdir)),
      ...unless('env', env(container.env, refused)),
      ...ports(container.ports),
      ...stop(container.stopSignal),
      ...unless('health', health(container)),
      '# A container runtime gives more capabilities than a rack has. If it fails with "operation not permitted", add what it needs:',
      '# capabilities: [CHOWN, DAC_OVERRIDE, FOWNER, KILL, NET_BIND_SERVICE, SETGID, SETUID]',
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function command(words: readonly string[]): readonly string[] {
  if (words.length === 0) {
    return [
      '# The image names no command: write here what is to run. It must stay in the foreground.',
      'command: ["/bin/sh", "-c", "echo this rack has no command yet; exec sleep 2147483647"]',
    ];
  }
  return [
    '# Entrypoint and command of the image. It must stay in the foreground.',
    `command: ${list(words)}`,
  ];
}

/** A definition has a name alone, or numbers. */
function user(text: string | null): readonly string[] {
  if (text === null) return [];
  if (/^([A-Za-z_][A-Za-z0-9_.-]{0,31}|\d{1,10}(:\d{1,10})?)$/.test(text)) return [`user: ${quoted(text)}`];
  const [first = ''] = text.split(':');
  const usable = /^([A-Za-z_][A-Za-z0-9_.-]{0,31}|\d{1,10})$/.test(first);
  return [
    `# The image says ${quoted(text)}: write uid:gid for another group than the user's own.`,
    ...(usable ? [`user: ${quoted(first)}`] : []),
  ];
}

function workdir(path: string | null): readonly string[] {
  if (path === null || path === '/') return [];
  const plain = path.replace(/\/+$/, '');
  const isUsable =
    plain.startsWith('/') &&
    !/[\p{C}\p{Zl}\p{Zp}]/u.test(plain) &&
    plain
      .split('/')
      .slice(1)
      .every((part) => !['', '.', '..'].includes(part));
  return isUsable
    ? [`workdir: ${quoted(plain)}`]
    : [`# The image says the working directory ${quoted(path)}.`];
}

function env(variables: Readonly<Record<string, string>>, refused: ReadonlySet<string>): readonly string[] {
  const entries = Object.entries(variables);
  const isUsable = ([name, value]: readonly [string, string]): boolean =>
    /^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name) &&
    value.length <= longestValue &&
    !value.includes('\0') &&
    !refused.has(`env/${name}`);
  const usable = entries.filter(isUsable);
  const left = entries.filter((entry) => !isUsable(entry)).map(([name]) => quoted(name.slice(0, 100)));
  return [
    ...(left.length === 0 ? [] : [`# Left out, because no definition can hold them: ${left.join(', ')}.`]),
    ...(usable.length === 0 ? [] : ['env:', ...usable.map(([name, value]) => `  ${name}: ${quoted(value)}`)]),
  ];
}

/** Not in force by itself: a program that opens its port itself would find it taken. */
function ports(all: readonly ContainerPort[]): readonly string[] {
  if (all.length === 0) return [];
  const tcp = all.filter(({ protocol }) => protocol === 'tcp');
  return [
    `# It listens on ${all.map(({ port, protocol }) => `${port}/${protocol}`).join(', ')}, on the host's own network: no other program of the host may have it.`,
    ...(tcp.length === 0
      ? []
      : [
          '# If the program takes sockets that are handed to it (LISTEN_FDS), no client is refused during a swap with:',
          `# listen: ${list(tcp.map(({ port }) => `0.0.0.0:${port}`))}`,
        ]),
  ];
}

function stop(signal: string | null): readonly string[] {
  if (signal === null || signal === 'TERM') return [];
  if (signals.has(signal)) return [`stop: { signal: ${signal} }`];
  return [`# The image wants to be stopped by ${quoted(signal)}, which no definition can say; TERM is sent.`];
}

function health({ health: check, ports: all }: ContainerConfig): readonly string[] {
  const tcp = all.find(({ protocol }) => protocol === 'tcp');
  if (check !== null) return ['health:', `  exec: { command: ${list(check)} }`];
  if (tcp !== undefined)
    return ['# An http probe says more than an open port.', 'health:', `  tcp: { port: ${tcp.port} }`];
  return ['# Without a health check a new version only has to stay up.'];
}

function volumes(paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return [];
  return [
    `# It keeps data in ${paths.map(quoted).join(', ')}: in the writable layer of the rack, which stays when the image changes.`,
    `# For a directory of the host instead: mounts: [{ source: /home/data, target: ${quoted(paths[0] ?? '')} }]`,
    '',
  ];
}

function list(words: readonly string[]): string {
  return `[${words.map(quoted).join(', ')}]`;
}

function indented(spaces: number, lines: readonly string[]): readonly string[] {
  return lines.map((line) => `${' '.repeat(spaces)}${line}`);
}

/** In double quotes for YAML, everything but printable ASCII escaped: no character of a stranger steers a terminal, ends a comment or looks like another. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(/[^\x20-\x7e]/gu, (character) => {
    const point = character.codePointAt(0) ?? 0;
    return point > 0xffff ? `\\U${hex(point, 8)}` : `\\u${hex(point, 4)}`;
  });
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
