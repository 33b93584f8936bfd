// SPDX-License-Identifier: Apache-2.0
import type { Binding } from '../tuf/binding.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { asObject, integerField, objectField } from '../tuf/fields.ts';
import { jsonPath, type JsonObject, type JsonValue } from '../tuf/json.ts';

/** How long a role's files last, and how long before their expiry a new version is made. Seconds. */
export interface Period {
  readonly expiresSeconds: number;
  readonly renewSeconds: number;
}

const DURATION = /^([1-9][0-9]{0,5})(d|h)$/;
const SECONDS_PER_DAY = 86_400;
const SECONDS_PER_HOUR = 3_600;
/** The longest period that {@link parseDuration} reads: dates so far ahead can still be written. */
const MAX_SECONDS = 999_999 * SECONDS_PER_DAY;

/** Parses `365d` or `12h` into seconds. @throws `policy-invalid` */
export function parseDuration(text: string, where: string): number {
  const match = DURATION.exec(text);
  if (match === null) throw new CountersignError('policy-invalid', where, `expected a duration such as 90d or 12h, got ${quote(text)}`);
  return Number(match[1]) * (match[2] === 'd' ? SECONDS_PER_DAY : SECONDS_PER_HOUR);
}

/** Seconds as `90d` or `12h`. */
export function renderDuration(seconds: number): string {
  return seconds % SECONDS_PER_DAY === 0 ? `${String(seconds / SECONDS_PER_DAY)}d` : `${String(Math.floor(seconds / SECONDS_PER_HOUR))}h`;
}

/** Checks a period: renewal must come before expiry, and expiry at a date that can be written. @throws `policy-invalid` */
export function requirePeriod(period: Period, where: string): Period {
  if (period.expiresSeconds < 1 || period.renewSeconds < 1 || period.renewSeconds >= period.expiresSeconds) {
    throw new CountersignError('policy-invalid', where, 'expected "renew" to be shorter than "expires", and both more than nothing');
  }
  if (period.expiresSeconds > MAX_SECONDS)
    throw new CountersignError('policy-invalid', where, `expected "expires" to be at most ${String(MAX_SECONDS)} seconds`);
  return period;
}

/** Parses the `periods` of a file's `x-countersign`, by role. @throws `policy-invalid`, `field-*` */
export function parsePeriods(binding: Binding, where: string): ReadonlyMap<string, Period> {
  const periods = new Map<string, Period>();
  if (!binding.raw.has('periods')) return periods;
  for (const [role, value] of objectField(binding.raw, 'periods', where)) {
    const path = jsonPath(jsonPath(where, 'periods'), role);
    const raw = asObject(value, path);
    periods.set(
      role,
      requirePeriod({ expiresSeconds: integerField(raw, 'expires', path), renewSeconds: integerField(raw, 'renew', path) }, path),
    );
  }
  return periods;
}

/** The `periods` member of `x-countersign`. */
export function periodsObject(periods: ReadonlyMap<string, Period>): JsonObject {
  const object = new Map<string, JsonValue>();
  for (const [role, { expiresSeconds, renewSeconds }] of periods) {
    object.set(
      role,
      new Map<string, JsonValue>([
        ['expires', expiresSeconds],
        ['renew', renewSeconds],
      ]),
    );
  }
  return object;
}
