/** Generated from schema/ by scripts/generate-types.ts: do not edit. */
import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { Host, Image, Rack } from '../../model/generated/index.js';
export declare const validateRack: ValidateFunction<Rack>;
export declare const validateHost: ValidateFunction<Host>;
export declare const validateImage: ValidateFunction<Image>;
