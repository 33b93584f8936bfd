// SPDX-License-Identifier: Apache-2.0
import { RefStore } from '../github/refs.ts';
import type { Repository } from '../github/state.ts';

/** Sets refs, or with null removes them, past all rules. */
export function putRefs({ refs }: Repository, wanted: readonly (readonly [name: string, sha: string | null])[]): void {
  if (!(refs instanceof RefStore)) throw new Error('a frozen repository is not written');
  for (const [name, after] of wanted) if (refs.get(name) !== after) refs.update([{ name, before: undefined, after }]);
}
