// SPDX-License-Identifier: Apache-2.0
import type { RepositoryId } from '../tuf/binding.ts';
import { outcomeOf } from '../tuf/errors.ts';
import type { Metadata } from '../tuf/metadata.ts';
import type { Snapshot, Timestamp } from '../tuf/online.ts';
import { isDiscardedUnder } from '../tuf/plan-online.ts';
import type { Root } from '../tuf/root.ts';

/** A verified file with its bytes. */
export interface Held<T extends Snapshot | Timestamp> {
  readonly file: Metadata<T>;
  readonly bytes: Uint8Array;
}

/** Online files that some root of the chain vouches for. */
export interface Vouched<T extends Snapshot | Timestamp> {
  readonly files: readonly Held<T>[];
  /** `newest`: the newest root vouches for them, so clients hold on to them. `earlier`: only a root before it does, and clients of the newest discard them. */
  readonly by: 'newest' | 'earlier';
}

/**
 * The online files among `all` that our roots vouch for. The newest root first, then all that were ever published: clients may still hold what an earlier one
 * vouched for. But whoever has a key of an earlier root could give its file any version, so such a file is only taken where the newest root vouches for none.
 * @param all - as branches and hosts have them, junk among it
 */
export function vouchedFor<T extends Snapshot | Timestamp>(
  repository: RepositoryId,
  role: 'snapshot' | 'timestamp',
  all: readonly Uint8Array[],
  roots: readonly Root[],
  parse: (bytes: Uint8Array) => Metadata<T>,
): Vouched<T> {
  const parsed = all.flatMap((bytes): Held<T>[] => {
    const outcome = outcomeOf(() => parse(bytes));
    // A file of another repository that shares the online key is nobody's here.
    if (outcome.kind === 'refused' || outcome.value.signed.binding?.repository !== repository) return [];
    return [{ file: outcome.value, bytes }];
  });
  const by = (some: readonly Root[]): readonly Held<T>[] =>
    parsed.filter(({ file }) => some.some((root) => !isDiscardedUnder(root, role, file)));
  const newest = by(roots.slice(-1));
  return newest.length > 0 ? { files: newest, by: 'newest' } : { files: by(roots), by: 'earlier' };
}

/** The one of the highest version; null of none. */
export function latestOf<T extends Snapshot | Timestamp>(files: readonly Held<T>[]): Held<T> | null {
  return files.reduce<Held<T> | null>(
    (best, one) => (best !== null && best.file.signed.version >= one.file.signed.version ? best : one),
    null,
  );
}
