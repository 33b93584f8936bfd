// SPDX-License-Identifier: Apache-2.0
import ts from 'typescript';

/** Source files by path, relative to the project and with `/`: `src/tuf/json.ts`. */
export type Sources = ReadonlyMap<string, ts.SourceFile>;

/** A rule that a file breaks. */
export interface Finding {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly message: string;
}

/** One place where a file names another module. */
export interface Import {
  /** As written; null where it is not a plain string. */
  readonly specifier: string | null;
  /** True only where nothing is left of it at run time: under `verbatimModuleSyntax` `import { type A }` still loads its module. */
  readonly typeOnly: boolean;
  /** Values imported by name; null where the whole module is taken. */
  readonly names: readonly string[] | null;
  readonly node: ts.Node;
}

/** Parses files given as text by path. Types are not looked at. */
export function parseSources(texts: ReadonlyMap<string, string> | Readonly<Record<string, string>>): Sources {
  const entries = texts instanceof Map ? [...texts] : Object.entries(texts);
  return new Map(entries.map(([file, text]) => [file, ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true)]));
}

/** A finding at a node. */
export function findingAt(file: string, node: ts.Node, message: string): Finding {
  const source = node.getSourceFile();
  return { file, line: source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1, message };
}

/** A node and everything inside it, in the order of the text. */
export function nodesOf(node: ts.Node): readonly ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (inner: ts.Node): void => {
    nodes.push(inner);
    ts.forEachChild(inner, visit);
  };
  visit(node);
  return nodes;
}

/** Names of the functions that a file declares at its top level: they hide globals of the same name. */
export function functionNames(source: ts.SourceFile): ReadonlySet<string> {
  return new Set(source.statements.flatMap((statement) => (ts.isFunctionDeclaration(statement) ? (statement.name?.text ?? []) : [])));
}

function literalText(node: ts.Node | undefined): string | null {
  return node !== undefined && ts.isStringLiteralLike(node) ? node.text : null;
}

function importedNames(bindings: ts.NamedImportBindings | ts.NamedExportBindings | undefined): readonly string[] | null {
  if (bindings === undefined || ts.isNamespaceImport(bindings) || ts.isNamespaceExport(bindings)) return null;
  return bindings.elements.filter(({ isTypeOnly }) => !isTypeOnly).map(({ name, propertyName }) => (propertyName ?? name).text);
}

function importAt(node: ts.Node, hidden: ReadonlySet<string>): Import | undefined {
  if (ts.isImportDeclaration(node)) {
    const clause = node.importClause;
    const names = clause?.name === undefined ? importedNames(clause?.namedBindings) : null;
    return { specifier: literalText(node.moduleSpecifier), typeOnly: clause?.phaseModifier === ts.SyntaxKind.TypeKeyword, names, node };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
    return { specifier: literalText(node.moduleSpecifier), typeOnly: node.isTypeOnly, names: importedNames(node.exportClause), node };
  }
  if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
    return { specifier: literalText(node.moduleReference.expression), typeOnly: node.isTypeOnly, names: null, node };
  }
  if (ts.isImportTypeNode(node)) {
    const literal = ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
    return { specifier: literalText(literal), typeOnly: true, names: null, node };
  }
  if (ts.isCallExpression(node)) {
    const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require' && !hidden.has('require');
    if (!isRequire && node.expression.kind !== ts.SyntaxKind.ImportKeyword) return undefined;
    return { specifier: literalText(node.arguments[0]), typeOnly: false, names: null, node };
  }
  return undefined;
}

/** Everything that a file imports: declarations, re-exports, `import()`, `import()` types and `require()`. */
export function importsOf(source: ts.SourceFile): readonly Import[] {
  const hidden = functionNames(source);
  return nodesOf(source).flatMap((node) => importAt(node, hidden) ?? []);
}

/** The path that a relative specifier names, or null if it leads to a package. Not looked up on disk. */
export function resolveLocal(file: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null;
  return new URL(specifier, `file:///${file}`).pathname.slice(1);
}
