// SPDX-License-Identifier: Apache-2.0
import { DEFAULT_LIMITS, MAX_PUBLISHED_ROOT_BYTES, MAX_PUBLISHED_ROOTS } from '../client/limits.ts';
import type { RepositorySource } from '../client/source.ts';
import { CountersignError, outcomeOf } from '../tuf/errors.ts';
import type { MetaFile } from '../tuf/meta-file.ts';
import { parseVersion, type RoleName } from '../tuf/names.ts';
import { parseSnapshot, parseTimestamp } from '../tuf/online.ts';
import { metadataPath, rootPath, TIMESTAMP_PATH } from '../tuf/published-tree.ts';

/** A repository's files as a client meets them, not verified. */
export interface ClientView {
  readonly roots: readonly Uint8Array[];
  readonly timestamp: Uint8Array | null;
  readonly snapshot: Uint8Array | null;
  readonly roles: ReadonlyMap<RoleName, Uint8Array>;
}

/** The snapshot and the roles of a view, in bytes together: what lists them is not verified yet, and could promise files without end. */
const MAX_VIEW_BYTES = 256 * 1024 ** 2;

/** A file as {@link RepositorySource.metadata} gives it; null for one of more bytes. No client takes that either, and it must not keep the rest from being read. */
async function readWithin(source: RepositorySource, path: string, maxBytes: number): Promise<Uint8Array | null> {
  try {
    return await source.metadata(path, maxBytes);
  } catch (error) {
    if (error instanceof CountersignError && error.code === 'too-large') return null;
    throw error;
  }
}

async function readRoots(source: RepositorySource): Promise<readonly Uint8Array[]> {
  const roots: Uint8Array[] = [];
  let room = MAX_PUBLISHED_ROOT_BYTES;
  // A host that answers every version with something would be read for ever.
  while (roots.length < MAX_PUBLISHED_ROOTS) {
    const path = rootPath(parseVersion(roots.length + 1, 'root'));
    const bytes = await readWithin(source, path, Math.min(DEFAULT_LIMITS.maxRootBytes, room));
    if (bytes === null) break;
    roots.push(bytes);
    room -= bytes.length;
  }
  return roots;
}

/**
 * Reads what a client would be given: all roots, then what the timestamp and the snapshot point at. Nothing is verified here, and so there is an end to it
 * whatever the host does: what is larger or more than clients take is left out.
 */
export async function readClientView(source: RepositorySource): Promise<ClientView> {
  const { maxTimestampBytes, maxSnapshotBytes, maxTargetsBytes } = DEFAULT_LIMITS;
  let room = MAX_VIEW_BYTES;
  // One of more bytes than are listed too: somebody may have encoded it again, and what it says is signed all the same.
  const readListed = async (path: string, { length }: MetaFile, maxUnlisted: number): Promise<Uint8Array | null> => {
    const bytes = await readWithin(source, path, Math.min(Math.max(length ?? 0, maxUnlisted), room));
    room -= bytes?.length ?? 0;
    return bytes;
  };
  const roots = await readRoots(source);
  const timestamp = await readWithin(source, TIMESTAMP_PATH, maxTimestampBytes);
  const pointed = timestamp === null ? null : outcomeOf(() => parseTimestamp(timestamp).signed.snapshot);
  const snapshot =
    pointed?.kind === 'accepted'
      ? await readListed(metadataPath('snapshot', pointed.value.version), pointed.value, maxSnapshotBytes)
      : null;
  const listed = snapshot === null ? null : outcomeOf(() => parseSnapshot(snapshot).signed.meta);
  const roles = new Map<RoleName, Uint8Array>();
  for (const [role, entry] of listed?.kind === 'accepted' ? listed.value : []) {
    const bytes = await readListed(metadataPath(role, entry.version), entry, maxTargetsBytes);
    if (bytes !== null) roles.set(role, bytes);
  }
  return { roots, timestamp, snapshot, roles };
}
