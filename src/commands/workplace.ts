// SPDX-License-Identifier: Apache-2.0
import { mapSource, type RepositorySource } from '../client/source.ts';
import type { Files, Forge, Hasher, Log, Releases, Signer, Staging } from '../ports.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';

/** Everything that a command does I/O through, wired by an entry. */
export interface Workplace {
  readonly forge: Forge;
  readonly staging: Staging;
  /** What clients are served now. Never trusted. */
  readonly live: RepositorySource;
  /** Where the published repository is written; null where something else deploys it from the published branch (Pages). */
  readonly site: Files | null;
  /** How many bytes a file may have that the published branch is to hold; null for any number. */
  readonly maxHostedBytes: number | null;
  /** The host's releases; null where it has none. */
  readonly releases: Releases | null;
  readonly hasher: Hasher;
  readonly log: Log;
  /** Fixed once for a run. */
  readonly now: Instant;
  /** The payload digest of root v1, where it is known from elsewhere. */
  readonly anchor: PayloadDigest | null;
  /** Opens a signer by its URI. @throws `signer-uri`, `signer-key`, `signer-passphrase` */
  openSigner(uri: string): Promise<Signer>;
  /**
   * Runs `work` while nobody else writes the site. It calls `requireHeld` right before what an older run must not do to a newer site: another takes over
   * from one that stands still for long.
   * @throws `locked`, also from `requireHeld`
   */
  withSiteLock<T>(work: (requireHeld: () => Promise<void>) => Promise<T>): Promise<T>;
}

/** What {@link Workplace.live} is where nobody has said where clients fetch. */
export const UNKNOWN_SITE: RepositorySource = mapSource(new Map());

const MAX_ATTEMPTS = 12;

/**
 * Runs a step that ends in a compare-and-swap, again from fresh facts when somebody else was faster.
 * @throws `ref-conflict` when it never gets through
 */
export async function untilSettled<T>(step: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof CountersignError && error.code === 'ref-conflict') || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}
