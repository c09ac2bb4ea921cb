/** A wrong definition is data: every problem found, with its place, never an exception. */
export interface Problem {
  /** From the registry in `error-codes.ts`. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  /** Path in the repository (`racks/web.yaml`), or of the host's configuration file. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, counted in characters. */
  readonly column: number;
  /** JSON pointer to the field; `""` is the whole document. */
  readonly pointer: string;
  /** What is wrong; values shortened to 40 characters; lower case, no full stop. */
  readonly message: string;
  /** What to do. */
  readonly hint: string;
  /** The rack that is held back by it, when its name could be read or follows from the file name. */
  readonly rack?: string;
}

/** True for problems that keep a definition from being applied. */
export function isError(problem: Problem): boolean {
  return problem.severity === 'error';
}

/** One line, as in compilers: `<file>:<line>:<column> <CODE> <pointer>: <message> - <hint>`. */
export function problemLine(problem: Problem): string {
  const pointer = problem.pointer === '' ? '/' : problem.pointer;
  return `${problem.file}:${problem.line}:${problem.column} ${problem.code} ${pointer}: ${problem.message} - ${problem.hint}`;
}
