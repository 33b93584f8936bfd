// SPDX-License-Identifier: Apache-2.0
import { CountersignError, outcomeOf } from '../tuf/errors.ts';

/**
 * Parses the value of an option: what is wrong with it is wrong with the command line, whatever the parser calls it.
 * @throws `usage`
 */
export function optionValue<T>(name: string, parse: () => T): T {
  const outcome = outcomeOf(parse);
  if (outcome.kind === 'accepted') return outcome.value;
  throw new CountersignError('usage', name, outcome.refusal.detail);
}

/** For an option that may be repeated: its values, in the order in which they were given. */
export function collectValues(text: string, before: readonly string[]): readonly string[] {
  return [...before, text];
}
