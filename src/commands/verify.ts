// SPDX-License-Identifier: Apache-2.0
import type { RepositoryReport } from '../client/repository-report.ts';
import { filesSource, type OpenStream, type RepositorySource } from '../client/source.ts';
import { verifyRepository, type TargetsToCheck } from '../client/verify-repository.ts';
import type { RootAnchor } from '../client/verify-roots.ts';
import type { Files } from '../ports.ts';
import type { Instant } from '../tuf/instant.ts';

/** How to verify it. */
export interface VerifyHow {
  readonly time: Instant;
  readonly anchor: RootAnchor | null;
  readonly targets: TargetsToCheck;
  /** Files that expire within so many seconds are told. */
  readonly marginSeconds?: number;
}

/** What to verify, in a directory. */
export interface VerifyInput extends VerifyHow {
  readonly files: Files;
  readonly openStream: OpenStream;
}

/** Verifies a published repository in a directory as clients would see it, from every root. What is wrong is in the report. @throws `io` */
export async function verify({ files, openStream, ...how }: VerifyInput): Promise<RepositoryReport> {
  return verifySource(filesSource(files, openStream), how);
}

/**
 * As {@link verify}, wherever the repository is. What only a list of all files shows (roots beyond a gap, files that no client asks for) is not looked for on
 * a host that can't list.
 * @throws `io`, `stalled`, `timed-out`, `redirect-refused`
 */
export async function verifySource(source: RepositorySource, { anchor, ...how }: VerifyHow): Promise<RepositoryReport> {
  return verifyRepository(source, { ...how, ...(anchor === null ? {} : { anchor }) });
}
