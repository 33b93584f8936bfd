// SPDX-License-Identifier: Apache-2.0
import { quote } from '../tuf/errors.ts';
import { misnamedKeys, type KeyReader, type KeyTable } from '../tuf/key.ts';
import type { TrustedSet } from '../tuf/trusted-set.ts';

/** How many keyids of one file are named. */
const MAX_SHOWN = 8;

function note(where: string, keys: KeyTable<KeyReader>): readonly string[] {
  const ids = [...misnamedKeys(keys).keys()];
  if (ids.length === 0) return [];
  const shown = ids.slice(0, MAX_SHOWN).map((id) => quote(id.length > 12 ? `${id.slice(0, 12)}…` : id));
  const rest = ids.length > MAX_SHOWN ? ` and ${String(ids.length - MAX_SHOWN)} more` : '';
  return [`${where}: taken for names: keyids that are not the sha256 of their key: ${shown.join(', ')}${rest}`];
}

/**
 * Says for each trusted file which keyids are not the sha256 of their key. They count all the same (TAP 12), and so people are told.
 * @returns a line for each file that has some
 */
export function misnamedKeyNotes({ root, targets }: TrustedSet): readonly string[] {
  return [
    ...note(`root@${String(root.signed.version)}`, root.signed.keys),
    ...[...targets].flatMap(([role, { signed }]) =>
      signed.delegations === null ? [] : note(`${role}@${String(signed.version)}`, signed.delegations.keys),
    ),
  ];
}
