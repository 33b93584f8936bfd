// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../event/base.ts';
import type { EventStatus } from '../event/facts.ts';
import { outcomeOf } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import { payloadDigest, type PayloadDigest } from '../tuf/metadata.ts';
import type { Version } from '../tuf/names.ts';
import { parseTimestamp } from '../tuf/online.ts';
import { readState } from './read-base.ts';
import { readEvents, readProposalPulls } from './read-events.ts';
import type { Workplace } from './workplace.ts';

/** A signed file as `status` shows it. */
export interface FileStatus {
  readonly role: string;
  readonly version: Version;
  readonly expires: Instant;
  /** Null for a root. */
  readonly targets: number | null;
}

/** A timestamp as `status` shows it. */
export interface TimestampStatus {
  readonly timestamp: Version;
  readonly expires: Instant;
}

function timestampStatus(bytes: Uint8Array | null): TimestampStatus | null {
  if (bytes === null) return null;
  const parsed = outcomeOf(() => parseTimestamp(bytes).signed);
  return parsed.kind === 'accepted' ? { timestamp: parsed.value.version, expires: parsed.value.expires } : null;
}

/** Where a repository stands. */
export interface RepositoryStatus {
  readonly repository: string | null;
  /** The payload digest of root v1. */
  readonly root: PayloadDigest | null;
  readonly signed: readonly FileStatus[];
  /** The timestamp that the site serves, and the one of the published branch; not verified here. */
  readonly site: TimestampStatus | null;
  readonly published: TimestampStatus | null;
  readonly events: readonly EventStatus[];
  readonly findings: readonly Finding[];
}

/** Looks at everything and changes nothing. @throws `equivocation`, `io`, `git` */
export async function status(place: Workplace): Promise<RepositoryStatus> {
  const { forge, now } = place;
  const pulls = await readProposalPulls(forge);
  const state = await readState(place);
  const { base, metadataHead } = state;
  const statuses = metadataHead === null ? [] : (await readEvents({ forge, base, metadataHead, now }, pulls)).statuses;
  const first = base?.roots[0];
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
    site: timestampStatus(state.live.timestamp),
    published: timestampStatus(state.published.timestamp),
    events: statuses,
    findings: state.findings,
  };
}
