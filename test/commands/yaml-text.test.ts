// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { readPolicy } from '../../src/commands/read-policy.ts';
import { readYaml } from '../../src/commands/yaml-text.ts';
import { MAX_YAML_CHARACTERS, MAX_YAML_DEPTH } from '../../src/trust/bounds.ts';
import { CountersignError } from '../../src/tuf/errors.ts';

/** What was read, as JSON, or why not. */
function read(text: string): string {
  const reading = readYaml(text);
  if (reading.kind === 'unreadable') return reading.reason;
  return JSON.stringify(reading.value, (_key, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value));
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const padded = (length: number): string => `a: 1\n#${'x'.repeat(length - 6)}`;

test.each([
  ['nothing', '', 'null'],
  ['a mapping', 'a: 1\nb: [x, "y"]\n', '{"a":1,"b":["x","y"]}'],
  ['an anchor of which there is no alias', 'a: &x 1', '{"a":1}'],
  ['as much as may be', padded(MAX_YAML_CHARACTERS), '{"a":1}'],
  ['more', padded(MAX_YAML_CHARACTERS + 1), 'it has more than 262,144 characters'],
  ['as deep as may be', nested(MAX_YAML_DEPTH), nested(MAX_YAML_DEPTH)],
  ['deeper', nested(MAX_YAML_DEPTH + 1), 'it has more than 32 levels'],
  ['deeper than the stack, opened', '['.repeat(20_000), 'it has more than 32 levels'],
  ['deeper than the stack, in one line', '- '.repeat(20_000), 'it has more than 32 levels'],
  ['deeper than the stack, as keys', '? '.repeat(20_000), 'it has more than 32 levels'],
  ['an alias', 'a: &x 1\nb: *x', 'Aliases are not allowed at line 2, column 4'],
  ['a key twice', 'a: 1\nb: { c: 1, c: 2 }', 'Map keys must be unique at line 2, column 12'],
  ['a key twice, spelt differently', 'a: 1\n"\\u0061": 2', 'Map keys must be unique at line 2, column 1'],
  ['a key that is a number beside one that is text', '1: a\n"1": b', '{"1":"b"}'],
  ['two documents', 'a\n---\nb', 'Source contains multiple documents; please use YAML.parseAllDocuments() at line 2, column 1'],
  ['a tag of nobody', 'a: !x 1', 'Unresolved tag: !x at line 1, column 4'],
  ['a directive of nobody', '%A\n---\na', 'Unknown directive %A at line 1, column 1'],
  ['no YAML', 'a: [', 'Flow sequence in block collection must be sufficiently indented and end with a ] at line 1, column 5'],
])('%s', (_name, text, expected) => {
  expect(read(text)).toBe(expected);
});

test.each([
  ['what is no YAML', 'a: [', /^p: expected YAML: Flow sequence .* at line 1, column 5$/],
  ['half of a surrogate pair', 'people: "\\ud800"', /^p\.people: expected Unicode text$/],
  ['half of a surrogate pair as a role', 'roles: { "\\udc00": {} }', /^p\.roles: expected Unicode text$/],
  ['a fraction', 'people: 1.5', /^p\.people: expected text, a whole number, a list or a mapping$/],
])('a policy that is %s says where', (_name, text, expected) => {
  expect(() => readPolicy(text, 'p')).toThrow(expected);
  expect(() => readPolicy(text, 'p')).toThrow(CountersignError);
});
