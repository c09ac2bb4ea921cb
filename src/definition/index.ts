/** Text to definitions, and the host's own configuration: pure, takes contents, opens nothing. */
export { isDefinitionName, isDefinitionPath } from './definition-path.js';
export { parseHostConfig } from './host.js';
export { DefinitionReader, type ReadInput } from './reader.js';
export { parseRecipe } from './recipe.js';
export type { Definition, DefinitionSet, FileSource, RepositoryEntry, TreeEntryLike } from './set.js';
