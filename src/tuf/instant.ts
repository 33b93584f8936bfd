// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from './errors.ts';

/** A moment in whole seconds since 1970-01-01T00:00:00Z. */
export type Instant = number & { readonly __brand: 'Instant' };

const FORMAT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

/** `seconds` since the epoch as an {@link Instant}; fractions are cut off. */
export function instantFromSeconds(seconds: number): Instant {
  // @check instant-finite
  if (!Number.isFinite(seconds)) throw new CountersignError('expires-invalid', 'time', 'expected a finite time');
  return Math.floor(seconds) as Instant;
}

/** `instant` later by `seconds`. */
export function addSeconds(instant: Instant, seconds: number): Instant {
  return instantFromSeconds(instant + seconds);
}

const FRACTION = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}[.,]\d+/;
const OFFSET = /[+-]\d{2}:?\d{2}$/;

/** What is wrong with a date, in words. */
function faultOf(text: string): string {
  if (FRACTION.test(text)) return `expected YYYY-MM-DDTHH:MM:SSZ, got a fraction of a second in ${quote(text)}`;
  if (OFFSET.test(text) && !FORMAT.test(text)) return `expected YYYY-MM-DDTHH:MM:SSZ, got another time zone than Z in ${quote(text)}`;
  if (FORMAT.test(text)) return `expected a date that exists, got ${quote(text)}`;
  return `expected YYYY-MM-DDTHH:MM:SSZ, got ${quote(text)}`;
}

/**
 * Parses `YYYY-MM-DDTHH:MM:SSZ` (TUF §4.2.3), the only form that every client reads. A date that does not exist
 * (30 February) is an error rather than the date that JavaScript would make of it.
 * @throws `expires-invalid`
 */
export function parseInstant(text: string, where: string): Instant {
  const milliseconds = Date.parse(text);
  // @check expires-form
  if (!FORMAT.test(text) || Number.isNaN(milliseconds) || encodeInstant((milliseconds / 1000) as Instant) !== text) {
    throw new CountersignError('expires-invalid', where, faultOf(text));
  }
  return (milliseconds / 1000) as Instant;
}

/** Encodes as `YYYY-MM-DDTHH:MM:SSZ`; never with fractions, which python-tuf rejects. */
export function encodeInstant(instant: Instant): string {
  return new Date(instant * 1000).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
