/** Text to definitions, and the host's own configuration: pure, takes contents, opens nothing. */
export { isDefinitionName, isDefinitionPath } from './definition-path.js';
export { isWarning } from './finding.js';
export { parseHostConfig } from './host.js';
export { type ParsedRack, parseRack } from './parse-rack.js';
export { DefinitionReader, type ReadInput } from './reader.js';
export { parseRecipe, saysRecipe } from './recipe.js';
export { registryReference } from './registry-reference.js';
export type { Definition, DefinitionSet, FileSource, RepositoryEntry, TreeEntryLike } from './set.js';
