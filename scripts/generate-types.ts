/**
 * Types and embedded schemas from `schema/*.schema.json` into `src/model/generated/`.
 * The schema is the only source: nobody writes these types by hand. `--check` fails when they are stale.
 */
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

async function main(): Promise<void> {
  const files = new Map<string, string>();
  for (const kind of ['rack', 'host'] as const) {
    const schema = JSON.parse(source(`schema/${kind}.schema.json`)) as Json;
    const types = await compile(forTypes(schema, '') as object, kind, {
      bannerComment: banner,
      additionalProperties: false,
      ignoreMinAndMaxItems: true,
      style: { singleQuote: true, printWidth: 110 },
      strictIndexSignatures: false,
    });
    files.set(`src/model/generated/${kind}.ts`, readonlyTypes(types));
    files.set(
      `src/model/generated/${kind}-schema.ts`,
      `${banner}\nexport const ${kind}Schema = ${JSON.stringify(schema, null, 2)};\n`,
    );
  }
  files.set(
    'src/model/generated/index.ts',
    `${banner}\nexport type { Host } from './host.js';\nexport { hostSchema } from './host-schema.js';\nexport type * from './rack.js';\nexport { rackSchema } from './rack-schema.js';\n`,
  );
  emit(files, command);
}

await main();
