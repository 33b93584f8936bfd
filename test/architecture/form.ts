// SPDX-License-Identifier: Apache-2.0
import ts from 'typescript';
import { findingAt, type Finding, type Sources } from './source.ts';

const MAX_LINES = 400;
const SPDX_LINE = '// SPDX-License-Identifier: Apache-2.0\n';
/** Names that say nothing about what is inside, so that anything ends up there. */
const EMPTY_NAMES = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'manager']);

function nameFindings(file: string, source: ts.SourceFile): readonly Finding[] {
  const names = file
    .replace(/(\.d)?\.ts$/, '')
    .split('/')
    .slice(1);
  return names.flatMap((name) => {
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return [findingAt(file, source, `"${name}" is not kebab-case`)];
    const empty = name.split('-').find((word) => EMPTY_NAMES.has(word));
    return empty === undefined ? [] : [findingAt(file, source, `"${name}": "${empty}" does not name a concept`)];
  });
}

function fileFindings(file: string, source: ts.SourceFile): readonly Finding[] {
  const findings: Finding[] = [];
  if (!source.text.startsWith(SPDX_LINE)) findings.push({ file, line: 1, message: 'the first line is not the SPDX line' });
  const lines = source.text.trimEnd().split('\n').length;
  if (lines > MAX_LINES) findings.push({ file, line: MAX_LINES + 1, message: `${String(lines)} lines, more than ${String(MAX_LINES)}` });
  return findings;
}

function isExported(statement: ts.Statement): boolean {
  if (ts.isExportAssignment(statement)) return !ts.isIdentifier(statement.expression);
  return ts.canHaveModifiers(statement) && ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
}

function hasDoc(node: ts.Node): boolean {
  return ts.getJSDocCommentsAndTags(node).some(ts.isJSDoc);
}

/** The names that a top-level statement declares. */
function declaredNames(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) return statement.declarationList.declarations.map(({ name }) => name.getText());
  return [ts.isDeclarationStatement(statement) ? (statement.name?.getText() ?? 'default') : ''];
}

/** Names in `export { a, b as c }` and `export default a`, which export what another statement declares. */
function listedNames(source: ts.SourceFile): ReadonlySet<string> {
  const names = new Set<string>();
  for (const statement of source.statements) {
    if (ts.isExportAssignment(statement) && ts.isIdentifier(statement.expression)) names.add(statement.expression.text);
    if (!ts.isExportDeclaration(statement) || statement.moduleSpecifier !== undefined) continue;
    if (statement.exportClause === undefined || !ts.isNamedExports(statement.exportClause)) continue;
    for (const { name, propertyName } of statement.exportClause.elements) names.add((propertyName ?? name).text);
  }
  return names;
}

function docFindings(file: string, source: ts.SourceFile): readonly Finding[] {
  const listed = listedNames(source);
  const documented = new Set<string>();
  return source.statements.flatMap((statement) => {
    if (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement) || ts.isExpressionStatement(statement)) return [];
    const names = declaredNames(statement).filter((name) => isExported(statement) || listed.has(name));
    // The overloads of a function share the comment of the first.
    if (hasDoc(statement)) names.forEach((name) => documented.add(name));
    return names
      .filter((name) => !documented.has(name))
      .map((name) => findingAt(file, statement, `${name} is exported without a TSDoc comment`));
  });
}

/** What the house style asks of every file: licence line, length, name, and a comment for every export. */
export function checkForm(sources: Sources): readonly Finding[] {
  return [...sources].flatMap(([file, source]) => [
    ...nameFindings(file, source),
    ...fileFindings(file, source),
    ...docFindings(file, source),
  ]);
}
