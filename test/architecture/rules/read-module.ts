/**
 * Reads what a module imports and which effectful globals it uses, with the TypeScript compiler: comments and strings do not confuse it.
 * Pure: takes text, opens nothing.
 */
import ts from 'typescript';
import { effectGlobals } from './floors.js';

export interface ModuleText {
  /** Path below src/, with `/`: `planning/plan.ts`. */
  readonly path: string;
  readonly text: string;
}

export interface Use {
  /** Module specifier, or name of the global. */
  readonly name: string;
  readonly line: number;
  /** The import vanishes when compiled. */
  readonly typeOnly: boolean;
  /** Names imported one by one; empty for a whole module and for globals. */
  readonly names: readonly string[];
}

export interface ModuleFacts {
  readonly path: string;
  readonly imports: readonly Use[];
  readonly globals: readonly Use[];
  /** Lines that hold a text beginning with `/proc`. */
  readonly procTexts: readonly number[];
  readonly hasDefaultExport: boolean;
}

export function readModule(module: ModuleText): ModuleFacts {
  const source = ts.createSourceFile(module.path, module.text, ts.ScriptTarget.ES2023, true);
  const imports: Use[] = [];
  const globals: Use[] = [];
  const procTexts: number[] = [];
  let hasDefaultExport = false;
  const lineOf = (node: ts.Node) => source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
        imports.push({
          name: node.moduleSpecifier.text,
          line: lineOf(node),
          typeOnly: isTypeOnly(node),
          names: namesOf(node),
        });
      }
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [argument] = node.arguments;
      if (argument !== undefined && ts.isStringLiteral(argument)) {
        imports.push({ name: argument.text, line: lineOf(node), typeOnly: false, names: [] });
      }
    } else if (ts.isExportAssignment(node)) {
      hasDefaultExport = true;
    } else if (isText(node) && node.text.startsWith('/proc')) {
      procTexts.push(lineOf(node));
    } else if (
      ts.isNewExpression(node) &&
      node.expression.getText() === 'Date' &&
      (node.arguments?.length ?? 0) === 0
    ) {
      globals.push({ name: 'new Date()', line: lineOf(node), typeOnly: false, names: [] });
    }
    const name = globalName(node);
    if (name !== null) globals.push({ name, line: lineOf(node), typeOnly: false, names: [] });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { path: module.path, imports, globals, procTexts, hasDefaultExport };
}

function isText(
  node: ts.Node,
): node is ts.StringLiteral | ts.NoSubstitutionTemplateLiteral | ts.TemplateHead {
  return ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateHead(node);
}

function isTypeOnly(node: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(node)) return node.isTypeOnly;
  const clause = node.importClause;
  if (clause === undefined) return false;
  if (clause.isTypeOnly) return true;
  const named = clause.namedBindings;
  if (clause.name !== undefined || named === undefined || !ts.isNamedImports(named)) return false;
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

function namesOf(node: ts.ImportDeclaration | ts.ExportDeclaration): string[] {
  const named = ts.isImportDeclaration(node) ? node.importClause?.namedBindings : node.exportClause;
  if (named === undefined || !(ts.isNamedImports(named) || ts.isNamedExports(named))) return [];
  return named.elements.map((element) => (element.propertyName ?? element.name).text);
}

/** `Date.now` or `setTimeout` when the node is such a use and not the name of somebody's property or declaration. */
function globalName(node: ts.Node): string | null {
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText().replace(/^globalThis\./, '');
    return effectGlobals.includes(text) ? text : null;
  }
  if (!ts.isIdentifier(node) || !effectGlobals.includes(node.text)) return null;
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node ? node.text : null;
  const isUse =
    (ts.isCallExpression(parent) && parent.expression === node) || ts.isElementAccessExpression(parent);
  return isUse ? node.text : null;
}
