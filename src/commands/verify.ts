// SPDX-License-Identifier: Apache-2.0
import type { RepositoryReport } from '../client/repository-report.ts';
import { filesSource, type OpenStream } from '../client/source.ts';
import { verifyRepository } from '../client/verify-repository.ts';
import type { RootAnchor } from '../client/verify-roots.ts';
import type { Files } from '../ports.ts';
import type { Instant } from '../tuf/instant.ts';

/** What to verify. */
export interface VerifyInput {
  readonly files: Files;
  readonly openStream: OpenStream;
  readonly time: Instant;
  readonly anchor: RootAnchor | null;
  /** `all`: every listed target must be there; `hosted`: those that are there. */
  readonly targets: 'all' | 'hosted' | 'none';
}

/** Verifies a published repository as clients would see it, from every root. What is wrong is in the report. @throws `io` */
export async function verify(input: VerifyInput): Promise<RepositoryReport> {
  const source = filesSource(input.files, input.openStream);
  return verifyRepository(source, { time: input.time, targets: input.targets, ...(input.anchor === null ? {} : { anchor: input.anchor }) });
}
