// SPDX-License-Identifier: Apache-2.0
import { isNode, LineCounter, parseDocument, type Document } from 'yaml';
import { reviewPolicy, type Policy } from '../trust/policy.ts';
import { CountersignError, type Refusal } from '../tuf/errors.ts';
import type { JsonValue } from '../tuf/json.ts';

/** What the YAML library gives, as the JSON values that our parsers read. Dates, floats and other YAML values are refused. */
function jsonValueOf(value: unknown, where: string): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (Array.isArray(value)) return value.map((item, index) => jsonValueOf(item, `${where}[${String(index)}]`));
  if (value instanceof Map) {
    const object = new Map<string, JsonValue>();
    for (const [key, item] of value) {
      if (typeof key !== 'string') throw new CountersignError('policy-invalid', where, `expected keys to be text, got ${String(key)}`);
      object.set(key, jsonValueOf(item, `${where}.${key}`));
    }
    return object;
  }
  throw new CountersignError('policy-invalid', where, 'expected text, a whole number, a list or a mapping');
}

/** Where something of a policy stands: `line 4, column 12`. */
function positionOf(document: Document, lines: LineCounter, where: string): string | null {
  // A place that is missing is told at what lacks it.
  const steps = [...where.matchAll(/[^.[\]]+/g)].map(([step]) => step);
  for (let length = steps.length; length > 0; length--) {
    const node = document.getIn(steps.slice(0, length), true);
    const start = isNode(node) ? node.range?.[0] : undefined;
    if (start === undefined) continue;
    const { line, col } = lines.linePos(start);
    return `line ${String(line)}, column ${String(col)}`;
  }
  return null;
}

/** Mistakes as one error: the first as it is, and more of them in a list. */
function refusalOf(mistakes: readonly Refusal[], position: (where: string) => string | null): CountersignError {
  const texts = mistakes.map(({ where, detail }) => {
    const at = position(where);
    return { where, detail: at === null ? detail : `${detail} (${at})` };
  });
  const [first, ...more] = texts;
  if (first === undefined) return new CountersignError('policy-invalid', 'policy', 'expected a policy, got none');
  const rest = more.map(({ where, detail }) => `; ${where}: ${detail}`).join('');
  return new CountersignError(mistakes[0]?.code ?? 'policy-invalid', first.where, `${first.detail}${rest}`);
}

/**
 * Reads a policy from YAML 1.2. A key given twice is an error; aliases are not allowed, since a policy is read by people.
 * @throws `policy-invalid` and the codes of {@link reviewPolicy}: all mistakes at once, each with line and column
 */
export function readPolicy(text: string, where: string): Policy {
  const lines = new LineCounter();
  const document = parseDocument(text, { uniqueKeys: true, version: '1.2', prettyErrors: true, lineCounter: lines });
  if (document.errors.length > 0) {
    const said = document.errors.map(({ message }) => (message.split('\n')[0] ?? '').replace(/:$/, ''));
    throw new CountersignError('policy-invalid', where, `expected YAML: ${said.join('; ')}`);
  }
  let value: unknown;
  try {
    value = document.toJS({ mapAsMap: true, maxAliasCount: 0 });
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    throw new CountersignError('policy-invalid', where, 'expected YAML: without aliases, which people would have to look up', {
      cause: error,
    });
  }
  const reading = reviewPolicy(jsonValueOf(value, where));
  if (reading.kind === 'policy') return reading.policy;
  throw refusalOf(reading.mistakes, (place) => positionOf(document, lines, place));
}
