// SPDX-License-Identifier: Apache-2.0
import ts from 'typescript';
import { findingAt, functionNames, nodesOf, type Finding, type Sources } from './source.ts';
import { layerOf } from './layers.ts';

const PURE = new Set(['tuf', 'trust', 'event', 'render']);

/** Globals through which code reaches the world: its state, its time, its locale, other code. */
const IMPURE_GLOBALS = new Set([
  ...['process', 'console', 'globalThis', 'global', 'require', 'eval', 'Function', 'Intl', 'crypto', 'performance', 'navigator'],
  ...['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest', 'BroadcastChannel', 'MessageChannel', 'Worker', 'WebAssembly'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', '__dirname', '__filename'],
]);

/** Members whose result depends on the machine's locale or time zone. */
const LOCAL_MEMBERS = /^(localeCompare|toLocale\w+|getTimezoneOffset|[gs]et(Date|Day|FullYear|Hours|Minutes|Month|Seconds|Milliseconds))$/;
const DATE_MEMBERS = new Set(['parse', 'UTC']);

/** True for an identifier that stands for a value, not for a member, a key or a type. */
function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isQualifiedName(parent) || ts.isTypeReferenceNode(parent) || ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent))
    return false;
  if (ts.isBindingElement(parent)) return parent.propertyName !== node;
  return !((ts.isPropertyAssignment(parent) || ts.isClassElement(parent) || ts.isTypeElement(parent)) && parent.name === node);
}

function dateObjection({ parent }: ts.Identifier): string | null {
  if (ts.isNewExpression(parent)) return (parent.arguments?.length ?? 0) > 0 ? null : 'new Date() without arguments';
  if (ts.isPropertyAccessExpression(parent)) return DATE_MEMBERS.has(parent.name.text) ? null : `Date.${parent.name.text}`;
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword) return null;
  return 'Date as a value';
}

function mathObjection({ parent }: ts.Identifier): string | null {
  if (!ts.isPropertyAccessExpression(parent)) return 'Math as a value';
  return parent.name.text === 'random' ? 'Math.random' : null;
}

function objection(node: ts.Node, hidden: ReadonlySet<string>): string | null {
  if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) return 'import.meta';
  if (ts.isPropertyAccessExpression(node) && LOCAL_MEMBERS.test(node.name.text)) return node.name.text;
  if (!ts.isIdentifier(node) || !isValue(node) || hidden.has(node.text)) return null;
  if (node.text === 'Date') return dateObjection(node);
  if (node.text === 'Math') return mathObjection(node);
  return IMPURE_GLOBALS.has(node.text) ? node.text : null;
}

/** Uses of clock, chance, environment, network and locale in the pure layers. */
export function checkPurity(sources: Sources): readonly Finding[] {
  return [...sources].flatMap(([file, source]) => {
    if (!PURE.has(layerOf(file))) return [];
    const hidden = functionNames(source);
    return nodesOf(source).flatMap((node) => {
      const what = objection(node, hidden);
      return what === null ? [] : [findingAt(file, node, `pure code must not use ${what}`)];
    });
  });
}
