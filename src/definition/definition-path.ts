/** Which files of a repository are rack definitions? Those of the folder itself, by their suffix; everything else is nobody's business. Pure. */

export function isDefinitionName(name: string): boolean {
  return /\.ya?ml$/.test(name);
}

/** `folder`: with the definitions, relative to the repository, empty for its top. */
export function isDefinitionPath(path: string, folder: string): boolean {
  const prefix = folder === '' ? '' : `${folder}/`;
  return isDefinitionName(path) && path.startsWith(prefix) && !path.includes('/', prefix.length);
}
