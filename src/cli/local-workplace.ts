// SPDX-License-Identifier: Apache-2.0
import { join, resolve } from 'node:path';
import type { Workplace } from '../commands/workplace.ts';
import { filesSource } from '../client/source.ts';
import { openLocalForge, type LocalForge } from '../forge/local/index.ts';
import { hashPaths } from '../hashing/hash-files.ts';
import { openDirectory } from '../hosting/directory.ts';
import { withLock } from '../hosting/lock.ts';
import type { Files, Hasher, Log, Signer } from '../ports.ts';
import { instantFromSeconds, type Instant } from '../tuf/instant.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';

/** How a workplace on a local repository is wired. */
export interface LocalOptions {
  /** The directory that holds the repository. */
  readonly directory: string;
  /** Where the site is written; `<directory>/site` unless told. */
  readonly site: string | null;
  /** The account to work as. */
  readonly as: string;
  readonly log: Log;
  readonly now: Instant;
  readonly anchor: PayloadDigest | null;
  readonly openSigner: (uri: string) => Promise<Signer>;
}

/** A workplace, and the local parts of it that only the entries use. */
export interface LocalWorkplace {
  readonly place: Workplace;
  readonly forge: LocalForge;
  readonly site: Files;
  readonly siteDirectory: string;
}

/** The time now, once for a run. */
export function currentInstant(): Instant {
  return instantFromSeconds(Date.now() / 1000);
}

/** Hashes with all cores. */
export const localHasher: Hasher = {
  hash: async (paths, onProgress) => hashPaths(paths, { onProgress }),
};

/** Opens the local repository of a directory. @throws `io` when it holds none */
export async function openLocalWorkplace(options: LocalOptions): Promise<LocalWorkplace> {
  const { directory, log, now, anchor, openSigner } = options;
  const forge = await openLocalForge(directory, {
    as: options.as,
    onPacked: (done, total) => {
      log.progress('packing', done, total);
    },
  });
  const siteDirectory = options.site ?? join(resolve(directory), 'site');
  const site = openDirectory(siteDirectory);
  const place: Workplace = {
    forge,
    staging: forge,
    live: filesSource(site),
    site,
    releases: null,
    maxHostedBytes: null,
    hasher: localHasher,
    log,
    now,
    anchor,
    openSigner,
    withSiteLock: (work) => withLock(join(resolve(directory), 'site-lock'), work),
  };
  return { place, forge, site, siteDirectory };
}
