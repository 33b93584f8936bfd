// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { DEFAULT_LIMITS } from '../client/limits.ts';
import type { RepositorySource } from '../client/source.ts';
import type { Base, Finding } from '../event/base.ts';
import { hostedIn, type HostedTarget } from '../event/decide-publish.ts';
import { isListed } from '../event/file-list.ts';
import { hostedKey } from '../event/plan-publication.ts';
import { CountersignError, outcomeOf } from '../tuf/errors.ts';
import type { Version } from '../tuf/names.ts';
import { parseTimestamp } from '../tuf/online.ts';
import { targetFilePaths, TIMESTAMP_PATH } from '../tuf/published-tree.ts';
import { parseTargets } from '../tuf/targets.ts';
import { requireReplay } from './client-replay.ts';
import { readClientView } from './client-view.ts';
import { readKnownFiles } from './published-files.ts';
import { heldNow } from './publish-needs.ts';
import { requireMayGoOn } from './publish-state.ts';
import { readState, requireBase, type State } from './read-base.ts';
import type { Workplace } from './workplace.ts';

/** A site that may be deployed. */
export interface ReviewedSite {
  readonly timestamp: Version;
  /** What is wrong with single roles or target files; clients refuse just these. */
  readonly findings: readonly Finding[];
  /** Paths that must not be served: files in other bytes than were signed, and files that nobody signed for. */
  readonly withheld: readonly string[];
}

/**
 * Verifies a site on this machine's disk (a checkout of the published branch) just before it is deployed: from every root, for new clients and for those who hold
 * what is served now. Checking out the branch at the time of the deployment, and never deploying a timestamp that is older than the one that is
 * served, is what keeps an older run from putting an older site over a newer one.
 * @param site - what is to be deployed
 * @throws `base-missing`, `rollback` when clients are served a later timestamp, `served-unknown` when nobody knows what they are served and this one is overdue, and every code of the client's rules; the site must not be deployed then
 */
export async function reviewSite(
  place: Pick<Workplace, 'forge' | 'live' | 'anchor' | 'now'>,
  site: RepositorySource,
): Promise<ReviewedSite> {
  const state = await readState(place, 'branches-only', 'optional');
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
  requireMayGoOn(place, state, heldNow(state, base), null);
  const refused = await requireReplay(place, state, base, site);
  const hosted = await hostedOn(site);
  const wrong: string[] = [];
  for (const target of hosted) {
    for (const path of targetFilePaths(target.path, target.sha256)) if (await isWrong(site, path, target)) wrong.push(path);
  }
  const strays = await straysOn(place, state, base, site, hosted);
  const text = 'expected the bytes that were signed, got others; withheld from the site';
  const findings: Finding[] = [
    ...state.findings,
    ...refused,
    ...wrong.map((path): Finding => ({ source: 'published', code: 'hash-mismatch', where: path, detail: text })),
    ...strays.map((path): Finding => ({
      source: 'published',
      code: 'event-file-unclaimed',
      where: path,
      detail: 'expected only files that somebody signed for; withheld from the site',
    })),
  ];
  return { timestamp: version, findings, withheld: [...wrong, ...strays] };
}

/** The targets that the site itself says it hosts. */
async function hostedOn(site: RepositorySource): Promise<readonly HostedTarget[]> {
  const { roles } = await readClientView(site);
  const hosted = [...roles.values()].flatMap((bytes) => {
    const parsed = outcomeOf(() => parseTargets(bytes));
    return parsed.kind === 'accepted' ? hostedIn(parsed.value.signed) : [];
  });
  return [...new Map(hosted.map((one) => [hostedKey(one), one])).values()];
}

/** Whether a file is there with other bytes. One that is not there was held back, or is told elsewhere. */
async function isWrong(site: RepositorySource, path: string, { length, sha256 }: HostedTarget): Promise<boolean> {
  const pieces = await site.target(path, length);
  if (pieces === null) return false;
  const hash = createHash('sha256');
  let count = 0;
  for await (const piece of pieces) {
    count += piece.length;
    if (count > length) return true;
    hash.update(piece);
  }
  return count !== length || hash.digest('hex') !== sha256;
}

/** What is on the site and stands in no list that its timestamp has signed; nothing where no list is known. */
async function straysOn(
  { forge }: Pick<Workplace, 'forge'>,
  state: State,
  base: Base,
  site: RepositorySource,
  hosted: readonly HostedTarget[],
): Promise<readonly string[]> {
  const { list } = await readKnownFiles(forge, state, heldNow(state, base));
  const files = await site.list();
  if (list === null || files === null) return [];
  const known = new Set(hosted.flatMap(({ path, sha256 }) => targetFilePaths(path, sha256)));
  return [...files.keys()].filter((path) => isListed(path) && !list.has(path) && !known.has(path));
}
