// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDuration, parsePeriods, periodsObject, renderDuration, requirePeriod } from '../../src/trust/periods.ts';
import { parseBinding, type Binding } from '../../src/tuf/binding.ts';
import { addSeconds, encodeInstant } from '../../src/tuf/instant.ts';
import { answers, DAY, NOW } from '../event/support.ts';
import { objectFromPlain, type Plain } from '../fakes/plain-json.ts';
import { REPOSITORY_ID } from '../fakes/repository-builder.ts';
import { codeOf } from '../tuf/support.ts';

test('durations are days or hours', () => {
  const seconds = (text: string): unknown => {
    const code = codeOf(() => parseDuration(text, 'expires'));
    return code === 'accepted' ? parseDuration(text, 'expires') : code;
  };
  const texts = ['90d', '12h', '1h', '999999d', '0d', '01d', '-1d', '1.5d', '1', 'd', '1w', '1D', ' 1d', '1d\n', '1000000d', ''];
  expect(texts.map((text) => [text, seconds(text)])).toEqual([
    ['90d', 90 * DAY],
    ['12h', 43_200],
    ['1h', 3_600],
    ['999999d', 999_999 * DAY],
    ...texts.slice(4).map((text) => [text, 'policy-invalid']),
  ]);
});

test('a duration is rendered as it is parsed', () => {
  const text = fc.tuple(fc.integer({ min: 1, max: 999_999 }), fc.constantFrom('d', 'h')).map(([count, unit]) => `${String(count)}${unit}`);
  fc.assert(
    fc.property(text, (duration) => {
      const seconds = parseDuration(duration, 'x');
      return parseDuration(renderDuration(seconds), 'x') === seconds;
    }),
    { seed: 1 },
  );
});

test('renewal comes before expiry, and expiry at a date that can be written', () => {
  const check = (expiresSeconds: number, renewSeconds: number): string =>
    codeOf(() => requirePeriod({ expiresSeconds, renewSeconds }, 'x'));
  const longest = 999_999 * DAY;
  expect(
    answers({
      shorter: () => check(2, 1),
      equal: () => check(2, 2),
      longer: () => check(2, 3),
      'no renewal': () => check(2, 0),
      'a negative renewal': () => check(2, -1),
      'a negative expiry': () => check(-1, -2),
      'the longest': () => check(longest, 1),
      'longer than the longest': () => check(longest + 1, 1),
    }),
  ).toEqual({
    shorter: 'accepted',
    equal: 'policy-invalid',
    longer: 'policy-invalid',
    'no renewal': 'policy-invalid',
    'a negative renewal': 'policy-invalid',
    'a negative expiry': 'policy-invalid',
    'the longest': 'accepted',
    'longer than the longest': 'policy-invalid',
  });
  expect(encodeInstant(addSeconds(NOW, longest))).toBe('4768-05-27T00:00:00Z');
});

function bindingOf(periods: Plain | undefined): Binding {
  const binding = parseBinding(objectFromPlain({ 'x-countersign': { repository: REPOSITORY_ID, role: 'root', periods } }), '$');
  if (binding === null) throw new Error('there is a binding');
  return binding;
}

test('periods are read strictly and written as they are read', () => {
  const code = (periods: Plain): string => codeOf(() => parsePeriods(bindingOf(periods), '$'));
  expect(
    answers({
      'one role': () => code({ releases: { expires: 2, renew: 1 } }),
      'a name like a property of objects': () => code({ ['__proto__']: { expires: 2, renew: 1 } }),
      'a wrong type': () => code([]),
      'an entry of a wrong type': () => code({ releases: '90d' }),
      'a period of a wrong type': () => code({ releases: { expires: '2', renew: 1 } }),
      'no renewal': () => code({ releases: { expires: 2 } }),
      'a renewal that is too long': () => code({ releases: { expires: 2, renew: 2 } }),
    }),
  ).toEqual({
    'one role': 'accepted',
    'a name like a property of objects': 'accepted',
    'a wrong type': 'field-type',
    'an entry of a wrong type': 'field-type',
    'a period of a wrong type': 'field-type',
    'no renewal': 'field-missing',
    'a renewal that is too long': 'policy-invalid',
  });
  const periods = parsePeriods(bindingOf({ a: { expires: 2, renew: 1 }, b: { expires: 9, renew: 3 } }), '$');
  expect(parsePeriods({ ...bindingOf(undefined), raw: new Map([['periods', periodsObject(periods)]]) }, '$')).toEqual(periods);
  expect(parsePeriods(bindingOf(undefined), '$').size).toBe(0);
});
