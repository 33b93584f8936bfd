// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { addSeconds, encodeInstant, instantFromSeconds, parseInstant } from '../../src/tuf/instant.ts';
import { codeOf, errorOf } from './support.ts';

describe('instants are YYYY-MM-DDTHH:MM:SSZ and nothing else (TUF §4.2.3)', () => {
  test.each([
    ['2030-01-02T03:04:05Z', 'accepted'],
    ['2030-01-02T03:04:05.000Z', 'expires-invalid'],
    ['2030-01-02T03:04:05+00:00', 'expires-invalid'],
    ['2030-01-02T03:04:05', 'expires-invalid'],
    ['2030-01-02T03:04:05z', 'expires-invalid'],
    ['2030-01-02 03:04:05Z', 'expires-invalid'],
    ['2030-01-02T03:04Z', 'expires-invalid'],
    ['2030-1-2T03:04:05Z', 'expires-invalid'],
    ['2030-01-02T03:04:05Z\n', 'expires-invalid'],
    [' 2030-01-02T03:04:05Z', 'expires-invalid'],
    ['+02030-01-02T03:04:05Z', 'expires-invalid'],
    ['never', 'expires-invalid'],
    ['', 'expires-invalid'],
    ['٢٠٣٠-01-02T03:04:05Z', 'expires-invalid'],
    ['2030-02-28T00:00:00Z', 'accepted'],
    ['2030-02-29T00:00:00Z', 'expires-invalid'],
    ['2028-02-29T00:00:00Z', 'accepted'],
    ['2030-02-30T00:00:00Z', 'expires-invalid'],
    ['2030-04-31T00:00:00Z', 'expires-invalid'],
    ['2030-13-01T00:00:00Z', 'expires-invalid'],
    ['2030-00-01T00:00:00Z', 'expires-invalid'],
    ['2030-01-00T00:00:00Z', 'expires-invalid'],
    ['2030-01-01T23:59:59Z', 'accepted'],
    ['2030-01-01T24:00:00Z', 'expires-invalid'],
    ['2030-01-01T23:60:00Z', 'expires-invalid'],
    ['2016-12-31T23:59:60Z', 'expires-invalid'],
    ['9999-12-31T23:59:59Z', 'accepted'],
  ])('%j: %s', (text, code) => {
    expect(codeOf(() => parseInstant(text, '$'))).toBe(code);
    if (code === 'accepted') expect(encodeInstant(parseInstant(text, '$'))).toBe(text);
  });

  test.each([
    ['2030-01-02T03:04:05.123Z', 'expected YYYY-MM-DDTHH:MM:SSZ, got a fraction of a second in "2030-01-02T03:04:05.123Z"'],
    ['2030-01-02T03:04:05,5Z', 'expected YYYY-MM-DDTHH:MM:SSZ, got a fraction of a second in "2030-01-02T03:04:05,5Z"'],
    ['2030-01-02T03:04:05.123456+02:00', 'expected YYYY-MM-DDTHH:MM:SSZ, got a fraction of a second in "2030-01-02T03:04:05.123456+02:00"'],
    ['2030-01-02T03:04:05+00:00', 'expected YYYY-MM-DDTHH:MM:SSZ, got another time zone than Z in "2030-01-02T03:04:05+00:00"'],
    ['2030-01-02T03:04:05-0330', 'expected YYYY-MM-DDTHH:MM:SSZ, got another time zone than Z in "2030-01-02T03:04:05-0330"'],
    ['2030-02-30T00:00:00Z', 'expected a date that exists, got "2030-02-30T00:00:00Z"'],
    ['tomorrow', 'expected YYYY-MM-DDTHH:MM:SSZ, got "tomorrow"'],
    ['2030-01-02T03:04:05', 'expected YYYY-MM-DDTHH:MM:SSZ, got "2030-01-02T03:04:05"'],
  ])('%j is refused in words', (text, detail) => {
    expect(errorOf(() => parseInstant(text, '$'))?.detail).toBe(detail);
  });

  test('count whole seconds since 1970', () => {
    expect(parseInstant('1970-01-01T00:00:00Z', '$')).toBe(0);
    expect(parseInstant('2000-01-01T00:00:01Z', '$')).toBe(946_684_801);
    expect(encodeInstant(instantFromSeconds(946_684_801.999))).toBe('2000-01-01T00:00:01Z');
    expect(encodeInstant(addSeconds(instantFromSeconds(0), 86_400))).toBe('1970-01-02T00:00:00Z');
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('%d is no time', (seconds) => {
    expect(codeOf(() => instantFromSeconds(seconds))).toBe('expires-invalid');
  });
});
