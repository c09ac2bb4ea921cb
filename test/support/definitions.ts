/** Repositories and definitions as values, for tests of definitions. Touches nothing. */
import { createHash } from 'node:crypto';
import {
  DefinitionReader,
  type DefinitionSet,
  type ReadInput,
  type TreeEntryLike,
} from '../../src/definition/index.js';
import { hostPath, usualCapabilities } from '../../src/model/index.js';

/** A file's content, or an entry of another mode or of a size that nobody wants to write down. */
export type RepositoryFile =
  | string
  | Uint8Array
  | { readonly mode?: string; readonly content?: string | Uint8Array; readonly sizeBytes?: number };

export const anySha256 = 'a'.repeat(64);

/** A valid definition; `more` is added at the top level, `service` to its only service. */
export function aDefinition(name: string, more = '', service = ''): string {
  return [
    'apiVersion: rackops/v1',
    'kind: Rack',
    `name: ${name}`,
    `image: {file: image-1.0.iso, sha256: ${anySha256}}`,
    ...(more === '' ? [] : [more]),
    'services:',
    '  main:',
    '    command: [main]',
    ...(service === '' ? [] : [service.replace(/^/gm, '    ')]),
    '',
  ].join('\n');
}

/** A host named web-01 with the defaults of host.yaml. */
export function aHost(
  overrides: Partial<NonNullable<ReadInput['host']>> = {},
): NonNullable<ReadInput['host']> {
  return {
    name: 'web-01',
    labels: {},
    allow: {
      mounts: [hostPath('/home'), hostPath('/var/share')],
      capabilities: usualCapabilities,
      secrets: [hostPath('/etc/rackops/secrets')],
    },
    ...overrides,
  };
}

/** Input of `DefinitionReader.read` for a repository given as path → file. */
export function aReading(
  files: Readonly<Record<string, RepositoryFile>>,
  overrides: Partial<ReadInput> = {},
): ReadInput {
  const blobs = new Map<string, Uint8Array>();
  const entries: TreeEntryLike[] = Object.entries(files).map(([path, file]) => {
    const described = typeof file === 'string' || file instanceof Uint8Array ? { content: file } : file;
    const content = described.content ?? '';
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const oid = createHash('sha1').update(bytes).digest('hex');
    blobs.set(oid, bytes);
    const { mode = '100644', sizeBytes = bytes.length } = described;
    return { path, mode, oid, sizeBytes };
  });
  return {
    entries,
    blobs,
    repository: new Map(entries.map((entry) => [entry.path, entry])),
    path: 'racks',
    host: null,
    installed: [],
    ...overrides,
  };
}

/** Reads a repository with a new reader. */
export function readDefinitions(
  files: Readonly<Record<string, RepositoryFile>>,
  overrides: Partial<ReadInput> = {},
): DefinitionSet {
  return new DefinitionReader().read(aReading(files, overrides));
}
