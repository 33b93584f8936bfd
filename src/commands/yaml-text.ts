// SPDX-License-Identifier: Apache-2.0
import { isCollection, isNode, isScalar, LineCounter, parseDocument, Parser, visit, type CST } from 'yaml';
import { countText } from '../render/count-text.ts';
import { MAX_YAML_CHARACTERS, MAX_YAML_DEPTH } from '../trust/bounds.ts';

/** Where what the steps lead to stands, as `line 4, column 12`, or the last of it that is there; null where nothing is. */
export type YamlPlace = (steps: readonly string[]) => string | null;

/** What a text says as YAML: maps as `Map`. Or why it can't be read, as a part of a sentence. */
export type YamlReading =
  | { readonly kind: 'read'; readonly value: unknown; readonly placeOf: YamlPlace }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** What stands directly inside a node of the syntax tree. */
function childrenOf(node: CST.Token): readonly CST.Token[] {
  if (node.type === 'document') return node.value === undefined ? [] : [node.value];
  if (!('items' in node)) return [];
  return node.items
    .flatMap((item) => ('key' in item ? [item.key, item.value] : [item.value]))
    .filter((child) => child !== undefined && child !== null);
}

/** Whether a text nests too deep. The library builds this tree in a loop, but calls itself for each level afterwards, until the stack ends. */
function isTooDeep(text: string): boolean {
  let level: readonly CST.Token[] = [...new Parser().parse(text)];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_YAML_DEPTH) return true;
    level = level.flatMap(childrenOf);
  }
  return false;
}

/** What YAML allows and we don't: one thing under two names, and two things under one. The library compares each key with each other one. */
function objectionTo(document: ReturnType<typeof parseDocument>): { readonly what: string; readonly at: number } | null {
  let found: { readonly what: string; readonly at: number } | null = null;
  visit(document, {
    Alias: (_key, node) => {
      found = { what: 'Aliases are not allowed', at: node.range?.[0] ?? 0 };
      return visit.BREAK;
    },
    Map: (_key, node) => {
      const seen = new Set<unknown>();
      for (const { key } of node.items) {
        const name = isScalar(key) ? key.value : key;
        if (seen.has(name)) {
          found = { what: 'Map keys must be unique', at: (isScalar(key) || isCollection(key) ? key.range?.[0] : undefined) ?? 0 };
          return visit.BREAK;
        }
        seen.add(name);
      }
      return undefined;
    },
  });
  return found;
}

/**
 * Reads YAML 1.2 that somebody else may have written: bounded in length and depth, in linear time, one document, without aliases, without a key twice, and
 * without what the library would only warn of.
 */
export function readYaml(text: string): YamlReading {
  if (text.length > MAX_YAML_CHARACTERS)
    return { kind: 'unreadable', reason: `it has more than ${countText(MAX_YAML_CHARACTERS)} characters` };
  if (isTooDeep(text)) return { kind: 'unreadable', reason: `it has more than ${String(MAX_YAML_DEPTH)} levels` };
  const lineCounter = new LineCounter();
  // Without `prettyErrors`: each would be shown with its line, and a text may have an error in each character.
  const document = parseDocument(text, { uniqueKeys: false, prettyErrors: false, version: '1.2', lineCounter });
  const [error] = [...document.errors, ...document.warnings];
  const objection = error === undefined ? objectionTo(document) : { what: error.message, at: error.pos[0] };
  if (objection !== null) return { kind: 'unreadable', reason: `${objection.what} at ${positionText(lineCounter, objection.at)}` };
  const placeOf: YamlPlace = (steps) => {
    for (let length = steps.length; length > 0; length--) {
      const node = document.getIn(steps.slice(0, length), true);
      const start = isNode(node) ? node.range?.[0] : undefined;
      if (start !== undefined) return positionText(lineCounter, start);
    }
    return null;
  };
  return { kind: 'read', value: document.toJS({ mapAsMap: true, maxAliasCount: 0 }), placeOf };
}

function positionText(lineCounter: LineCounter, at: number): string {
  const { line, col } = lineCounter.linePos(at);
  return `line ${String(line)}, column ${String(col)}`;
}
