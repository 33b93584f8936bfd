// SPDX-License-Identifier: Apache-2.0
import type { Forge, Pull } from '../../src/ports.ts';

/** All pull requests of branches that start with `prefix` against `base`, open or ended, oldest first. */
export async function allPulls(
  forge: Pick<Forge, 'openPulls' | 'endedPulls' | 'pull'>,
  prefix: string,
  base: string,
): Promise<readonly Pull[]> {
  const open = await forge.openPulls(prefix);
  const ended = await forge.endedPulls(prefix, base);
  const numbers = [...open, ...ended].filter((one) => one.base === base).map(({ number }) => number);
  const pulls = await Promise.all(numbers.sort((a, b) => a - b).map((number) => forge.pull(number)));
  return pulls.filter((pull) => pull !== null);
}
