// SPDX-License-Identifier: Apache-2.0
import { parsePolicy, type Policy } from '../trust/policy.ts';
import { CountersignError } from '../tuf/errors.ts';
import { jsonPath, type JsonValue } from '../tuf/json.ts';
import { readYaml } from './yaml-text.ts';

/** What the YAML library gives, as the JSON values that our parsers read. Dates, floats and other YAML values are refused. */
function jsonValueOf(value: unknown, where: string): JsonValue {
  // An escape may stand for half of a surrogate pair, which no file of metadata can hold.
  if (typeof value === 'string' && /\p{Cs}/u.test(value)) throw new CountersignError('policy-invalid', where, 'expected Unicode text');
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  if (Array.isArray(value)) return value.map((item, index) => jsonValueOf(item, `${where}[${String(index)}]`));
  if (value instanceof Map) {
    const object = new Map<string, JsonValue>();
    for (const [key, item] of value) {
      if (typeof key !== 'string') throw new CountersignError('policy-invalid', where, `expected keys to be text, got ${String(key)}`);
      jsonValueOf(key, where);
      object.set(key, jsonValueOf(item, jsonPath(where, key)));
    }
    return object;
  }
  throw new CountersignError('policy-invalid', where, 'expected text, a whole number, a list or a mapping');
}

/**
 * Reads a policy from YAML 1.2, as {@link readYaml} reads it: a policy is read by people, so nothing in it has two names.
 * @throws `policy-invalid`, with line and column for what is no YAML, and the codes of {@link parsePolicy}
 */
export function readPolicy(text: string, where: string): Policy {
  const reading = readYaml(text);
  if (reading.kind === 'unreadable') throw new CountersignError('policy-invalid', where, `expected YAML: ${reading.reason}`);
  return parsePolicy(jsonValueOf(reading.value, where));
}
