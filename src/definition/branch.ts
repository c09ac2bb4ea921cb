/** Is this a plain branch name? The rules of git-check-ref-format(1), and nothing that could be an option or a revision expression. */

/** What is wrong with the name, or null. */
export function branchFault(name: string): string | null {
  if (name.startsWith('-')) return 'a branch cannot begin with a hyphen';
  if (name.startsWith('refs/')) return 'write the branch without refs/heads/';
  if (name === '@' || name === 'HEAD') return `"${name}" is not a branch`;
  if (/[\p{C}\s~^:?*[\\]/u.test(name)) return 'it has a character that Git does not allow';
  if (name.includes('..') || name.includes('@{') || name.includes('//')) return 'it has .., @{ or // in it';
  const parts = name.split('/');
  if (
    parts.some((part) => part === '' || part.startsWith('.') || part.endsWith('.lock') || part.endsWith('.'))
  ) {
    return 'a part of it is empty, begins with a dot, or ends in a dot or .lock';
  }
  return null;
}
