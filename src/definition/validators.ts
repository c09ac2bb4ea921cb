/** The compiled schemas. Compiled at first use: a command that reads no definition does not pay for it. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { type Host, hostSchema, type Rack, rackSchema } from '../model/generated/index.js';

let rack: ValidateFunction<Rack> | undefined;
let host: ValidateFunction<Host> | undefined;

export function rackValidator(): ValidateFunction<Rack> {
  rack ??= ajv().compile<Rack>(rackSchema);
  return rack;
}

export function hostValidator(): ValidateFunction<Host> {
  host ??= ajv().compile<Host>(hostSchema);
  return host;
}

function ajv(): Ajv2020 {
  // All problems at once; verbose, because messages quote the value and the schema's example.
  return new Ajv2020({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true });
}
