// SPDX-License-Identifier: Apache-2.0
import { InvalidArgumentError } from 'commander';

/** Where files are served, in the one vocabulary of the command line and the action. */
export const HOSTINGS = ['pages', 'release', 'none'] as const;
/** One of {@link HOSTINGS}. */
export type HostingName = (typeof HOSTINGS)[number];

/** For `--hosting`: `site`, as signed metadata has it, is another word for `pages`. @throws InvalidArgumentError, which commander tells */
export function parseHosting(text: string): HostingName {
  const name = text === 'site' ? 'pages' : text;
  const known = HOSTINGS.find((one) => one === name);
  if (known === undefined) throw new InvalidArgumentError(`Allowed choices are ${HOSTINGS.join(', ')}.`);
  return known;
}
