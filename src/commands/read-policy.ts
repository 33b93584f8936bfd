// SPDX-License-Identifier: Apache-2.0
import { countText } from '../render/count-text.ts';
import { reviewPolicy, type Policy } from '../trust/policy.ts';
import { CountersignError, type Refusal } from '../tuf/errors.ts';
import { jsonPath, type JsonValue } from '../tuf/json.ts';
import { readYaml, type YamlPlace } from './yaml-text.ts';

/** How many mistakes are told at once. */
const MAX_MISTAKES = 20;

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

/** Where something of a policy stands: `line 4, column 12`. A place that is missing is told at what lacks it. */
function positionOf(where: string, placeOf: YamlPlace): string | null {
  return placeOf([...where.matchAll(/[^.[\]]+/g)].map(([step]) => step));
}

/** Mistakes as one error: the first as it is, and more of them in a list. */
function refusalOf(mistakes: readonly Refusal[], placeOf: YamlPlace): CountersignError {
  const texts = mistakes.slice(0, MAX_MISTAKES).map(({ where, detail }) => {
    const at = positionOf(where, placeOf);
    return { where, detail: at === null ? detail : `${detail} (${at})` };
  });
  const [first, ...more] = texts;
  if (first === undefined) return new CountersignError('policy-invalid', 'policy', 'expected a policy, got none');
  const left = mistakes.length - texts.length;
  const rest = [...more.map(({ where, detail }) => `; ${where}: ${detail}`), ...(left > 0 ? [`; and ${countText(left)} more`] : [])].join(
    '',
  );
  return new CountersignError(mistakes[0]?.code ?? 'policy-invalid', first.where, `${first.detail}${rest}`);
}

/**
 * Reads a policy from YAML 1.2, as {@link readYaml} reads it: a policy is read by people, so nothing in it has two names.
 * @throws `policy-invalid`, with line and column for what is no YAML, and the codes of {@link reviewPolicy}: all mistakes at once, each with line and column
 */
export function readPolicy(text: string, where: string): Policy {
  const yaml = readYaml(text);
  if (yaml.kind === 'unreadable') throw new CountersignError('policy-invalid', where, `expected YAML: ${yaml.reason}`);
  const reading = reviewPolicy(jsonValueOf(yaml.value, where));
  if (reading.kind === 'policy') return reading.policy;
  throw refusalOf(reading.mistakes, yaml.placeOf);
}
