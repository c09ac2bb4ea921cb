/**
 * Problems of definitions as text, JSON, annotations of a code host, or SARIF. Pure rendering: returns strings and objects, changes no wording.
 */
import { escapeControl } from '../lib/index.js';
import { type ErrorCode, errorCodes, isError, type Problem, problemLine } from '../model/index.js';

/** One line for each problem, then a line that counts; ends without a line end. `racks` and `recipes`: how many are valid; null: that is told elsewhere. */
export function problemsText(problems: readonly Problem[], racks: number | null, recipes = 0): string {
  const errors = problems.filter(isError).length;
  const warnings = problems.length - errors;
  const counts = [
    ...(racks === null ? [] : [`${racks} ${racks === 1 ? 'rack' : 'racks'} valid`]),
    ...(recipes > 0 ? [`${recipes} ${recipes === 1 ? 'recipe' : 'recipes'} valid`] : []),
    ...(errors > 0 ? [`${errors} ${errors === 1 ? 'error' : 'errors'}`] : []),
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
  ];
  return [...problems.map((problem) => escapeControl(problemLine(problem))), counts.join(', ')].join('\n');
}

/** The document of `validate --json`. Only grows. */
export function problemsJson(
  problems: readonly Problem[],
  racks: number,
  recipes: number,
): { readonly problems: readonly Problem[]; readonly racks: number; readonly recipes: number } {
  return {
    problems: problems.map(({ code, severity, file, line, column, pointer, message, hint, rack }) => ({
      code,
      severity,
      file,
      line,
      column,
      pointer,
      message,
      hint,
      ...(rack === undefined ? {} : { rack }),
    })),
    racks,
    recipes,
  };
}

/** Workflow commands that GitHub shows beside the lines of a pull request; empty when there is no problem. */
export function problemsGithub(problems: readonly Problem[]): string {
  return problems
    .map((problem) => {
      const { file, line, column, code } = problem;
      const properties = [
        `file=${property(file)}`,
        `line=${line}`,
        `col=${column}`,
        `title=${property(code)}`,
      ];
      const pointer = problem.pointer === '' ? '' : `${problem.pointer}: `;
      return `::${problem.severity} ${properties.join(',')}::${data(`${pointer}${problem.message} - ${problem.hint}`)}`;
    })
    .join('\n');
}

/** A SARIF 2.1.0 log with one run; rules are the codes that occur, sorted. */
export function problemsSarif(problems: readonly Problem[]): object {
  const ids = [...new Set(problems.map((problem) => problem.code))].sort();
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'rackops', rules: ids.map(rule) } },
        columnKind: 'unicodeCodePoints',
        results: problems.map((problem) => ({
          ruleId: problem.code,
          ruleIndex: ids.indexOf(problem.code),
          level: problem.severity,
          message: { text: `${problem.message} - ${problem.hint}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: encodeURI(problem.file) },
                region: { startLine: problem.line, startColumn: problem.column },
              },
              logicalLocations: [{ fullyQualifiedName: problem.pointer === '' ? '/' : problem.pointer }],
            },
          ],
        })),
      },
    ],
  };
}

function rule(id: string): object {
  if (!isCode(id)) return { id };
  const { summary, action } = errorCodes[id];
  return { id, shortDescription: { text: summary }, help: { text: action } };
}

function isCode(id: string): id is ErrorCode {
  return Object.hasOwn(errorCodes, id);
}

/** Escapes of the workflow command format: message part. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** The same for properties. */
function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
