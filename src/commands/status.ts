// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../event/base.ts';
import { decideGather } from '../event/decide-gather.ts';
import type { EventFacts, EventStatus } from '../event/facts.ts';
import { outcomeOf } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import { payloadDigest, type PayloadDigest } from '../tuf/metadata.ts';
import type { Version } from '../tuf/names.ts';
import { parseTimestamp } from '../tuf/online.ts';
import { readState } from './read-base.ts';
import { openPulls, readEvent } from './read-events.ts';
import type { Workplace } from './workplace.ts';

/** A signed file as `status` shows it. */
export interface FileStatus {
  readonly role: string;
  readonly version: Version;
  readonly expires: Instant;
  /** Null for a root. */
  readonly targets: number | null;
}

/** Where a repository stands. */
export interface RepositoryStatus {
  readonly repository: string | null;
  /** The payload digest of root v1. */
  readonly root: PayloadDigest | null;
  readonly signed: readonly FileStatus[];
  /** The timestamp that the site serves; not verified here. */
  readonly site: { readonly timestamp: Version; readonly expires: Instant } | null;
  readonly events: readonly EventStatus[];
  readonly findings: readonly Finding[];
}

/** Looks at everything and changes nothing. @throws `equivocation`, `io`, `git` */
export async function status(place: Workplace): Promise<RepositoryStatus> {
  const state = await readState(place);
  const events: EventFacts[] = [];
  if (state.metadataHead !== null) {
    for (const pull of await openPulls(place.forge)) events.push(await readEvent(place.forge, pull, state.metadataHead, state.base));
  }
  const { statuses } = decideGather({ base: state.base, events, signedVersions: new Map(), now: place.now });
  const { base } = state;
  const first = base?.roots[0];
  const timestamp = state.live.timestamp;
  const served = timestamp === null ? null : outcomeOf(() => parseTimestamp(timestamp).signed);
  return {
    repository: base?.repository ?? null,
    root: first === undefined ? null : payloadDigest(first.file.payload),
    signed: [
      ...(base === null ? [] : [{ role: 'root', version: base.root.signed.version, expires: base.root.signed.expires, targets: null }]),
      ...[...(base?.roles ?? [])].map(([role, { file }]) => ({
        role,
        version: file.signed.version,
        expires: file.signed.expires,
        targets: file.signed.targets.size,
      })),
    ],
    site: served?.kind === 'accepted' ? { timestamp: served.value.version, expires: served.value.expires } : null,
    events: statuses,
    findings: state.findings,
  };
}
