/**
 * The registry of codes, one table per area. Scripts rely on codes, never on text; docs/reference/error-codes.md is generated from it.
 */
import { agentCodes } from './codes/agent.js';
import { commandCodes } from './codes/commands.js';
import { definitionCodes } from './codes/definition.js';
import { imageCodes } from './codes/images.js';
import { mountCodes } from './codes/mounts.js';
import { serviceCodes } from './codes/services.js';
import { sourceCodes } from './codes/source.js';

export const errorCodes = {
  ...definitionCodes,
  ...sourceCodes,
  ...imageCodes,
  ...mountCodes,
  ...serviceCodes,
  ...agentCodes,
  ...commandCodes,
} as const;

export type ErrorCode = keyof typeof errorCodes;
