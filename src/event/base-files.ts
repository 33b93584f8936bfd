// SPDX-License-Identifier: Apache-2.0
import type { Base } from './base.ts';
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { outcomeOf } from '../tuf/errors.ts';
import { asObject, objectField } from '../tuf/fields.ts';
import { parseJson } from '../tuf/json.ts';
import { rolePath, ROOT_PATH, rootHistoryPath } from './layout.ts';
import { mayHold } from './proposal.ts';

/** The files of the base as the metadata branch has them when it has all of it, by path, with their signatures; none before the first root. */
export function baseFiles(base: Base | null): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const { file, bytes } of base?.roots ?? []) files.set(rootHistoryPath(file.signed.version), bytes).set(ROOT_PATH, bytes);
  for (const [role, { bytes }] of base?.roles ?? []) files.set(rolePath(role), bytes);
  return files;
}

/**
 * Of what differs between the commit that a proposal left the metadata branch at and its head, what differs from the base too. That branch is a head like any
 * other: it may have lost what was signed, or have got what nobody signed. A file in the very bytes of the base, and metadata taken away that is no part of it, are
 * what the metadata branch is given back when any event completes, so they are no change of this one. Everything else stays, and must be signed or stops the event;
 * a file of the base with other signatures among it.
 * @param changes - path to bytes; null for what is deleted or no plain file
 * @param head - the paths that the proposal's head has
 */
export function withoutBase(
  changes: ReadonlyMap<string, Uint8Array | null>,
  head: { has(path: string): boolean },
  base: Base | null,
): ReadonlyMap<string, Uint8Array | null> {
  const files = baseFiles(base);
  const isBase = ([path, bytes]: readonly [string, Uint8Array | null]): boolean => {
    const known = files.get(path);
    if (bytes === null) return known === undefined && path.startsWith('metadata/') && !head.has(path);
    return known !== undefined && Buffer.compare(known, bytes) === 0;
  };
  return new Map([...changes].filter((change) => !isBase(change)));
}

/** The canonical bytes of a metadata file's `signed` part; null for what is no such file. */
export function payloadOf(bytes: Uint8Array): Uint8Array | null {
  const outcome = outcomeOf(() => encodeCanonicalJson(objectField(asObject(parseJson(bytes), '$'), 'signed', '$')));
  return outcome.kind === 'accepted' ? outcome.value : null;
}

/**
 * Of what a proposal changes, what is its own: without files that no event can hold, and without those of the base in other bytes, which somebody has encoded
 * again on the branch that it was built on.
 */
export function ownChanges(changes: ReadonlyMap<string, Uint8Array | null>, base: Base | null): ReadonlyMap<string, Uint8Array> {
  const files = baseFiles(base);
  const own = new Map<string, Uint8Array>();
  for (const [path, bytes] of changes) {
    if (bytes === null || !mayHold(path, base)) continue;
    const known = files.get(path);
    const [ours, theirs] = [known === undefined ? null : payloadOf(known), payloadOf(bytes)];
    if (ours === null || theirs === null || Buffer.compare(ours, theirs) !== 0) own.set(path, bytes);
  }
  return own;
}
