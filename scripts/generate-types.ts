/**
 * Types and validators from `schema/*.schema.json` into `src/model/generated/` and `src/definition/generated/`: compiling the schemas at each start would cost every
 * command a fifth of a second. The schema is the only source: nobody writes these by hand. `--check` fails when they are stale.
 */
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { compile } from 'json-schema-to-typescript';
import { emit, source } from './generated.js';

type Json = { [key: string]: unknown };

const command = 'npx tsx scripts/generate-types.ts';
const banner = `/** Generated from schema/ by scripts/generate-types.ts: do not edit. */`;

/** Rules that types cannot express (`oneOf` beside `properties`, patterns of names) are dropped before types are made: they stay in the validator. */
function forTypes(value: unknown, parent: string): unknown {
  if (Array.isArray(value)) return value.map((item) => forTypes(item, parent));
  if (typeof value !== 'object' || value === null) return value;
  const node = value as Json;
  const isSchema = parent !== 'properties' && parent !== '$defs';
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => !isSchema || !dropped(key, node))
      .map(([key, item]) => [key, forTypes(item, key)]),
  );
}

function dropped(key: string, node: Json): boolean {
  if (key === 'oneOf') return 'properties' in node;
  // A description beside $ref is the field's own; without the siblings the referenced type keeps its name.
  if ('$ref' in node) return key !== '$ref' && key !== 'description';
  return ['propertyNames', 'minProperties', 'maxProperties', 'default', 'examples', '$id'].includes(key);
}

function readonlyTypes(text: string): string {
  return text
    .replace(/^( +)((?:"[^"]+"|\w+)\??:|\[k: string\]:)/gm, '$1readonly $2')
    .replace(/(\b[\w.]+|\{[^{}]*\}|\([^()]*\))\[\]/g, 'readonly $1[]');
}

/** One module for both: what the validators need of ajv at run time is imported, not embedded. */
function validators(schemas: Readonly<Record<string, Json>>): string {
  // All problems at once; verbose, because messages quote the value and the schema's example.
  const ajv = new Ajv2020({
    allErrors: true,
    verbose: true,
    strict: true,
    allowUnionTypes: true,
    code: { source: true, esm: true, lines: true },
  });
  for (const [name, schema] of Object.entries(schemas)) ajv.addSchema(schema, name);
  const names = { validateRack: 'rack', validateHost: 'host', validateImage: 'image' };
  const code = standalone.default(ajv, names);
  // ajv imports its helpers in the way of CommonJS, in an ES module too.
  const helpers = new Map<string, string>();
  const body = code.replace(/require\("ajv\/dist\/runtime\/(\w+)"\)\.default/g, (_, name: string) => {
    helpers.set(name, `import ${name}Module from 'ajv/dist/runtime/${name}.js';`);
    // Loaders do not agree on what the default of such a module is.
    return `(${name}Module.default ?? ${name}Module)`;
  });
  if (body.includes('require(')) throw new Error('the generated validators need a module that is not known');
  return `${banner}\n${[...helpers.values()].sort().join('\n')}\n${body.replace('"use strict";', '')}`;
}

const validatorTypes = `${banner}
import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { Host, Image, Rack } from '../../model/generated/index.js';
export declare const validateRack: ValidateFunction<Rack>;
export declare const validateHost: ValidateFunction<Host>;
export declare const validateImage: ValidateFunction<Image>;
`;

async function main(): Promise<void> {
  const files = new Map<string, string>();
  const schemas: Record<string, Json> = {};
  for (const kind of ['rack', 'host', 'image'] as const) {
    const schema = JSON.parse(source(`schema/${kind}.schema.json`)) as Json;
    schemas[kind] = schema;
    const types = await compile(forTypes(schema, '') as object, kind, {
      bannerComment: banner,
      additionalProperties: false,
      ignoreMinAndMaxItems: true,
      style: { singleQuote: true, printWidth: 110 },
      strictIndexSignatures: false,
    });
    files.set(`src/model/generated/${kind}.ts`, readonlyTypes(types));
  }
  files.set(
    'src/model/generated/index.ts',
    `${banner}\nexport type { Host } from './host.js';\nexport type { Image } from './image.js';\nexport type * from './rack.js';\n`,
  );
  files.set('src/definition/generated/validators.js', validators(schemas));
  files.set('src/definition/generated/validators.d.ts', validatorTypes);
  emit(files, command);
}

await main();
