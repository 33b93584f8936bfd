// SPDX-License-Identifier: Apache-2.0
// Clients of a site at one moment: what they come to see, and whether that is one generation.
import { createHash } from 'node:crypto';
import { readTarget } from '../../src/client/download.ts';
import { allTargetLocations } from '../../src/client/location.ts';
import { loadAllRoles } from '../../src/client/roles.ts';
import { mapSource, type RepositorySource } from '../../src/client/source.ts';
import { memoryStore, type MemoryStore } from '../../src/client/store.ts';
import { bootstrap, refresh } from '../../src/client/updater.ts';
import type { Forge } from '../../src/ports.ts';
import { openDirectory } from '../../src/hosting/directory.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import type { Instant } from '../../src/tuf/instant.ts';

/** A site at one moment: its files by path. */
export type Site = ReadonlyMap<string, Uint8Array>;

/** Reads a whole site. */
export async function readSite(directory: string): Promise<Site> {
  const files = openDirectory(directory);
  const site = new Map<string, Uint8Array>();
  for (const [path, length] of await files.list()) {
    const bytes = await files.read(path, length);
    if (bytes !== null) site.set(path, bytes);
  }
  return site;
}

/** The published branch as a site; empty before the first publication. */
export async function readBranch(forge: Forge): Promise<Site> {
  const head = (await forge.branches('tuf-published')).get('tuf-published');
  if (head === undefined) return new Map();
  const site = new Map<string, Uint8Array>();
  for (const [path, { id }] of await forge.tree(head)) {
    const bytes = (await forge.blobs([id])).get(id);
    if (bytes !== undefined) site.set(path, bytes);
  }
  return site;
}

/** Files as one text, to compare them by: a line with path and sha256 each. */
export function listing(files: ReadonlyMap<string, Uint8Array>): string {
  const lines = [...files].map(([path, bytes]) => `${createHash('sha256').update(bytes).digest('hex')} ${path}`);
  return lines.sort().join('\n');
}

/** What a client came to: `root` apart, because it is taken before all the rest; or the code that it stopped with. */
export interface View {
  readonly root: number;
  /** Timestamp, snapshot and every role, with versions; `stopped: <code>` instead. */
  readonly generation: string;
}

/** A store as a client ships, with root v1. */
export async function newStore(rootBytes: Uint8Array, time: Instant): Promise<MemoryStore> {
  const store = memoryStore();
  await bootstrap(store, rootBytes, time);
  return store;
}

/** `later`, but roots as `earlier` has them: a client that read its roots before the site was changed. */
export function rootsOf(earlier: Site, later: Site): RepositorySource {
  const isRoot = (path: string): boolean => /^metadata\/\d+\.root\.json$/.test(path);
  return mapSource(new Map([...[...later].filter(([path]) => !isRoot(path)), ...[...earlier].filter(([path]) => isRoot(path))]));
}

/** Updates a client, loads every role and downloads every target from each place where some client looks for it. */
export async function updateClient(source: RepositorySource, store: MemoryStore, time: Instant): Promise<View> {
  let root = 0;
  try {
    const session = await loadAllRoles(await refresh(source, store, { time }));
    root = session.set.root.signed.version;
    for (const { signed } of session.set.targets.values()) {
      for (const [path, file] of signed.targets) {
        for (const location of allTargetLocations(session.set.root.signed, path, file)) {
          if ((await readTarget(source, location, file, null)) === null) return { root, generation: `stopped: no ${location}` };
        }
      }
    }
    const { timestamp, snapshot, targets } = session.set;
    const roles = [...targets].map(([role, { signed }]) => `${role} v${String(signed.version)}`).sort();
    return {
      root,
      generation: `timestamp v${String(timestamp?.signed.version)}, snapshot v${String(snapshot?.signed.version)}, ${roles.join(', ')}`,
    };
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { root, generation: `stopped: ${error.code}` };
  }
}
