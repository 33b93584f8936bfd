// SPDX-License-Identifier: Apache-2.0
import { BINDING_FIELD } from './binding.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import type { TargetFile } from './targets.ts';

/** Where the bytes of a target are: in the site, in the release that its path names, or somewhere that we know nothing of. */
export type Hosting = 'site' | 'release' | 'none';

/** What a target's `custom` says in our own words; null when it says nothing. */
export function ourCustomOf(target: TargetFile): JsonObject | null {
  const custom = target.raw.get('custom');
  const ours = isJsonObject(custom) ? custom.get(BINDING_FIELD) : undefined;
  return isJsonObject(ours) ? ours : null;
}

/** Where a target says that its bytes are. */
export function hostingOf(target: TargetFile): Hosting {
  const hosting = ourCustomOf(target)?.get('hosting');
  return hosting === 'site' || hosting === 'release' ? hosting : 'none';
}
