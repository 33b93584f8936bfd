// SPDX-License-Identifier: Apache-2.0
import { DEFAULT_LIMITS } from '../client/limits.ts';
import type { RepositorySource } from '../client/source.ts';
import { verifyRepository } from '../client/verify-repository.ts';
import type { Finding } from '../event/base.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { Version } from '../tuf/names.ts';
import { parseTimestamp } from '../tuf/online.ts';
import { TIMESTAMP_PATH } from '../tuf/published-tree.ts';
import { requireReplay } from './client-replay.ts';
import { heldNow } from './publish-needs.ts';
import { readState, requireBase } from './read-base.ts';
import type { Workplace } from './workplace.ts';

/** A site that may be deployed. */
export interface ReviewedSite {
  readonly timestamp: Version;
  /** What is wrong with single roles or target files; clients refuse just these. */
  readonly findings: readonly Finding[];
}

/**
 * Verifies a site on this machine's disk (a checkout of the published branch) just before it is deployed: from every root, for new clients and for those who hold
 * what is served now. Checking out the branch at the time of the deployment, and never deploying a timestamp that is older than the one that is
 * served, is what keeps an older run from putting an older site over a newer one.
 * @param site - what is to be deployed
 * @throws `base-missing`, `rollback` when clients are served a later timestamp, and every code of the client's rules; the site must not be deployed then
 */
export async function reviewSite(
  place: Pick<Workplace, 'forge' | 'live' | 'anchor' | 'now'>,
  site: RepositorySource,
): Promise<ReviewedSite> {
  const state = await readState(place, 'branches-only');
  const base = requireBase(state);
  const bytes = await site.metadata(TIMESTAMP_PATH, DEFAULT_LIMITS.maxListedBytes);
  if (bytes === null)
    throw new CountersignError('base-missing', TIMESTAMP_PATH, 'expected a published timestamp, got none; run publish first');
  const { version } = parseTimestamp(bytes).signed;
  const served = heldNow({ ...state, published: { ...state.published, timestamp: null, snapshot: null } }, base).timestamp;
  if (served !== null && served.file.signed.version > version) {
    const detail = `expected at least version ${String(served.file.signed.version)}, which clients are served, got ${String(version)}; run publish`;
    throw new CountersignError('rollback', TIMESTAMP_PATH, detail);
  }
  const expired = await requireReplay(place, state, base, site);
  const report = await verifyRepository(site, { time: place.now, targets: 'hosted' });
  const known = new Set(expired.map(({ where, code }) => `${code} ${where}`));
  const wrong = report.problems.filter(({ code, where }) => !known.has(`${code} ${where}`));
  const findings = [...state.findings, ...expired, ...wrong.map((one): Finding => ({ ...one, source: 'published' }))];
  return { timestamp: version, findings };
}
