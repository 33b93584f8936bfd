// SPDX-License-Identifier: Apache-2.0
import type { RepositoryId } from '../tuf/binding.ts';
import type { RoleName, Version } from '../tuf/names.ts';
import { parseSnapshot } from '../tuf/online.ts';
import type { Root } from '../tuf/root.ts';
import { latestOf, vouchedFor } from './vouched.ts';

/** A role as a published snapshot lists it. */
export interface PublishedRole {
  readonly version: Version;
  /** Of the file's bytes; null where the snapshot does not say. */
  readonly sha256: string | null;
}

/** What the published snapshots say of the roles. */
export interface PublishedRoles {
  /** As the latest snapshot lists them. */
  readonly listed: ReadonlyMap<RoleName, PublishedRole>;
  /** The highest version that a snapshot listed for each name since the snapshot's keys last changed (TUF §5.3.11): clients take none below. */
  readonly floors: ReadonlyMap<RoleName, Version>;
}

/** Nothing is published yet. */
export const NOTHING_PUBLISHED: PublishedRoles = { listed: new Map(), floors: new Map() };

/**
 * Reads what the published snapshots say of the roles, as far as our roots vouch for them.
 * @param snapshots - as the branch and the site have them, junk among it
 */
export function publishedRoles(repository: RepositoryId, snapshots: readonly Uint8Array[], roots: readonly Root[]): PublishedRoles {
  const { files, by } = vouchedFor(repository, 'snapshot', snapshots, roots, parseSnapshot);
  const listed = new Map<RoleName, PublishedRole>();
  for (const [role, { version, hashes }] of latestOf(files)?.file.signed.meta ?? []) {
    listed.set(role, { version, sha256: hashes?.get('sha256') ?? null });
  }
  const floors = new Map<RoleName, Version>();
  // Clients that have the newest root discard what it does not vouch for, and with it every version that was listed.
  for (const { file } of by === 'newest' ? files : []) {
    for (const [role, { version }] of file.signed.meta) {
      if (version > (floors.get(role) ?? 0)) floors.set(role, version);
    }
  }
  return { listed, floors };
}
