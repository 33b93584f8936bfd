// SPDX-License-Identifier: Apache-2.0
import { parse, YAMLParseError } from 'yaml';
import { parsePolicy, type Policy } from '../trust/policy.ts';
import { CountersignError } from '../tuf/errors.ts';
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

/**
 * Reads a policy from YAML 1.2. A key given twice is an error; aliases are not allowed, since a policy is read by people.
 * @throws `policy-invalid`, with line and column for what is no YAML, and the codes of {@link parsePolicy}
 */
export function readPolicy(text: string, where: string): Policy {
  let value: unknown;
  try {
    value = parse(text, { mapAsMap: true, uniqueKeys: true, maxAliasCount: 0, version: '1.2', prettyErrors: true });
  } catch (error) {
    if (!(error instanceof YAMLParseError || error instanceof ReferenceError)) throw error;
    const [first] = error.message.split('\n');
    throw new CountersignError('policy-invalid', where, `expected YAML: ${(first ?? '').replace(/:$/, '')}`, { cause: error });
  }
  return parsePolicy(jsonValueOf(value, where));
}
