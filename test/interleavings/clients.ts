// SPDX-License-Identifier: Apache-2.0
// Clients that come back: each keeps what it has, and no version may ever go down for it.
import { loadAllRoles } from '../../src/client/roles.ts';
import { mapSource } from '../../src/client/source.ts';
import type { MemoryStore } from '../../src/client/store.ts';
import { bootstrap, refresh } from '../../src/client/updater.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import type { Instant } from '../../src/tuf/instant.ts';
import type { Commits } from './history.ts';

/** A client with what it holds. */
export interface Returning {
  readonly name: string;
  readonly store: MemoryStore;
  /** Versions by role, after its last update. */
  versions: ReadonlyMap<string, number> | null;
}

/** All files of a commit of the published branch. */
export function readBranchSite(commits: Commits, commit: string): ReadonlyMap<string, Uint8Array> {
  return new Map([...commits.tree(commit)].map(([path, id]) => [path, commits.blob(id)]));
}

/** Updates a client from a site. @returns what is wrong; null when nothing is */
export async function updateReturning(
  client: Returning,
  site: ReadonlyMap<string, Uint8Array>,
  root: Uint8Array,
  time: Instant,
): Promise<string | null> {
  try {
    if (client.versions === null) await bootstrap(client.store, root, time);
    const { set } = await loadAllRoles(await refresh(mapSource(site), client.store, { time }));
    const versions = new Map<string, number>([
      ['root', set.root.signed.version],
      ['timestamp', set.timestamp?.signed.version ?? 0],
      ['snapshot', set.snapshot?.signed.version ?? 0],
      ...[...set.targets].map(([role, { signed }]): [string, number] => [role, signed.version]),
    ]);
    const down = [...(client.versions ?? [])].find(([role, version]) => (versions.get(role) ?? 0) < version);
    client.versions = versions;
    return down === undefined ? null : `${down[0]} went back from ${String(down[1])}`;
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return error.message;
  }
}
