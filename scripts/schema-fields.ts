/** A schema as a flat list of fields, for the reference pages. Reads no file. */

export interface Schema {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Schema>>;
  readonly description?: string;
  readonly type?: string;
  readonly const?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

export interface FieldRow {
  /** `services.<name>.health.http.port`. */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  /** As a table cell: code, or a dash. */
  readonly fallback: string;
  readonly description: string;
  /** Empty when there is none. */
  readonly example: string;
}

/** What a `$defs` entry is called in the table of fields; anything else is named by its type. */
const kinds: Readonly<Record<string, string>> = {
  name: 'name',
  sha256: 'sha256',
  duration: 'duration',
  memory: 'memory',
  hostPath: 'host path',
  rackPath: 'path in the rack',
  repositoryPath: 'path in the repository',
  imageFile: 'file name',
  imageSource: 'path, URL or mapping',
  imageUrl: 'URL',
  imageVerify: 'mapping',
  registryRepository: 'host[:port]/repository',
  hostPort: 'host[:port]',
  headerFile: '{file}',
  listen: 'address:port',
  listenEntry: 'address, path or mapping',
  owner: 'uid:gid',
  capability: 'capability',
  probeHost: 'host',
  mode: 'octal digits',
  user: 'user',
  cron: 'cron expression',
  percent: 'percent',
  envValue: 'text or {fromHostFile}',
  labelValue: 'text',
};

/** Every field of the schema, parents before children, in the order of the schema. */
export function fieldRows(root: Schema): readonly FieldRow[] {
  return rowsOf(root, root, '');
}

function rowsOf(schema: Schema, root: Schema, path: string): readonly FieldRow[] {
  const whole = resolved(schema, root);
  const properties = whole.properties ?? whole.anyOf?.find((branch) => branch.properties)?.properties ?? {};
  const own = Object.entries(properties).flatMap(([name, child]) => {
    const at = path === '' ? name : `${path}.${name}`;
    return [row(at, child, root, whole.required?.includes(name) ?? false), ...rowsOf(child, root, at)];
  });
  const below = [
    ...(typeof whole.additionalProperties === 'object'
      ? [[`${path}.<name>`, whole.additionalProperties] as const]
      : []),
    ...(whole.items === undefined ? [] : [[`${path}[]`, whole.items] as const]),
  ].flatMap(([at, child]) => rowsOf(child, root, at));
  return [...own, ...below];
}

function row(path: string, schema: Schema, root: Schema, required: boolean): FieldRow {
  const target = resolved(schema, root);
  const example = schema.examples?.[0];
  return {
    path,
    type: typeOf(schema, root),
    required,
    fallback: schema.default === undefined ? '–' : `\`${flow(schema.default)}\``,
    description: schema.description ?? target.description ?? '',
    example: example === undefined ? '' : flow(example),
  };
}

function typeOf(schema: Schema, root: Schema): string {
  const named = schema.$ref === undefined ? undefined : kinds[schema.$ref.replace('#/$defs/', '')];
  if (named !== undefined) return named;
  const target = resolved(schema, root);
  if (target.const !== undefined) return `\`${target.const}\``;
  if (target.enum !== undefined) return target.enum.map((value) => `\`${value}\``).join(', ');
  if (target.items !== undefined) return `list of ${typeOf(target.items, root)}`;
  if (typeof target.additionalProperties === 'object')
    return `mapping of ${typeOf(target.additionalProperties, root)}`;
  const words: Readonly<Record<string, string>> = {
    string: 'text',
    integer: 'whole number',
    number: 'number',
    boolean: 'true or false',
    object: 'mapping',
  };
  const range = target.minimum === undefined ? '' : `, ${target.minimum} to ${target.maximum ?? '…'}`;
  return `${words[target.type ?? ''] ?? 'value'}${range}`;
}

function resolved(schema: Schema, root: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  return root.$defs?.[schema.$ref.replace('#/$defs/', '')] ?? {};
}

/** A value in YAML's flow form. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${key}: ${flow(item)}`)
      .join(', ')}}`;
  }
  if (typeof value === 'string' && /^[A-Za-z0-9/-][\w./%@-]*$/.test(value) && Number.isNaN(Number(value))) {
    return value;
  }
  return JSON.stringify(value);
}
