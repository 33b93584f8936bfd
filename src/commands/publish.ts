// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../event/base.ts';
import { countTargets } from '../event/unlisted-files.ts';
import type { CommitSha, Signer } from '../ports.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import type { Version } from '../tuf/names.ts';
import { checkOnlineKeys } from './online-signing.ts';
import type { OutsideClients } from './outside-replay.ts';
import { publishOnce, type Published, type RoundOptions, type Unwritten, type Uploading } from './publish-round.ts';
import { syncSite, type SiteResult } from './sync-site.ts';
import { untilSettled, type Workplace } from './workplace.ts';

/** What publish did. */
export interface PublishResult {
  readonly outcome: 'published' | 'fresh';
  /** Why anything was signed; empty when fresh. */
  readonly reasons: readonly string[];
  readonly snapshot: Version;
  readonly timestamp: Version;
  /** When the first of the online files expires. */
  readonly expires: Instant;
  readonly commit: CommitSha | null;
  readonly site: SiteResult;
  /** How many targets that are listed no more have files that are still served, and how many had theirs taken away. */
  readonly unlisted: number;
  readonly pruned: number;
  /** What was left out, and why; a revocation that is not published comes first. */
  readonly findings: readonly Finding[];
}

/** Opens each key once: whoever is asked for a passphrase is asked once. */
function openingOnce<P extends Workplace>(place: P): P {
  const opened = new Map<string, Promise<Signer>>();
  const openSigner = async (uri: string): Promise<Signer> => {
    const signer = opened.get(uri) ?? place.openSigner(uri);
    opened.set(uri, signer);
    return signer;
  };
  return { ...place, openSigner };
}

/** How many files are tried one by one after all of them together could not be written. */
const MAX_SINGLE_UPLOADS = 20;

/** Two rounds as one: what the later says of the state counts, and what it took away. */
function joined(earlier: Published, later: Published): Published {
  const isChanged = earlier.outcome === 'published' || later.outcome === 'published';
  return { ...later, outcome: isChanged ? 'published' : 'fresh', reasons: [...new Set([...earlier.reasons, ...later.reasons])] };
}

/** Publishes without new hosted files first, then brings them in one at a time: one that the host does not take holds back nothing else. */
async function publishOneByOne(
  round: (uploading: Uploading) => Promise<Published | Unwritten>,
  { keys, refusal }: Unwritten,
): Promise<Published> {
  const taken = new Set<string>();
  const nothing = await round({ kind: 'all-but', keys: taken });
  if (nothing.kind === 'unwritten') throw new Error('expected a round without uploads to write what it has');
  let done = nothing;
  const failures: Finding[] = [];
  for (const key of keys.length === 1 ? [] : keys.slice(0, MAX_SINGLE_UPLOADS)) {
    const next = await round({ kind: 'all-but', keys: new Set([...taken, key]) });
    if (next.kind === 'done') {
      taken.add(key);
      done = joined(done, next);
    } else failures.push({ ...next.refusal, source: 'published' });
  }
  if (failures.length === 0) failures.push({ ...refusal, source: 'published' });
  return { ...done, findings: [...done.findings, ...failures] };
}

async function publishAll(place: Workplace, options: RoundOptions): Promise<Published> {
  const round = (uploading: Uploading): Promise<Published | Unwritten> => untilSettled(() => publishOnce(place, options, uploading));
  const first = await round({ kind: 'all' });
  if (first.kind === 'unwritten') return publishOneByOne(round, first);
  if (first.next.length === 0) return first;
  const second = await round({ kind: 'all-but', keys: new Set(first.next) });
  if (second.kind === 'done') return joined(first, second);
  return { ...first, findings: [...first.findings, { ...second.refusal, source: 'published' }] };
}

/**
 * Publishes the last verified state as far as clients can verify it: signs a new snapshot and timestamp where something changed or is due, verifies everything as
 * clients would, commits it, and brings the site up to it. Nothing to do when fresh; may be repeated, and run twice at once. What is wrong with one role, file or
 * byte is left out and told in `findings`, and stops nothing else.
 * @param clients - clients of other makes that must agree before the branch moves; null for our own alone
 * @param served - the versions that were last served, where a person says so because nothing else does; null otherwise
 * @param unlisted - what becomes of files of targets that are listed no more. `remove`: they are taken away once clients are served what does not list them
 * @throws `client-refused` when one of `clients` refuses what is to be published; `base-missing`, `threshold`, `served-unknown`, `equivocation` of a root that is
 * not published, and every code of the client's rules for the top-level roles; nothing is then published. `signer-key`, `signer-uri` and
 * `signer-passphrase` for an online key that is missing, unreadable or another one, where there was nothing else to do or to tell
 */
export async function publish(
  place: Workplace,
  clients: OutsideClients | null = null,
  served: RoundOptions['served'] = null,
  unlisted: RoundOptions['unlisted'] = 'keep',
): Promise<PublishResult> {
  const opening = openingOnce(place);
  const first = await publishAll(opening, { clients, served, unlisted: 'keep' });
  let done = await serve(opening, first);
  if (unlisted === 'remove' && first.unlisted.length > 0) {
    // Only now: whoever reads the site meanwhile finds each file that they are pointed at.
    const second = await publishAll(opening, { clients, served: null, unlisted });
    done = together(done, await serve(opening, second));
  }
  const { root } = first.base;
  // Last, so that a key that is not needed now holds nothing back.
  const failures = await checkOnlineKeys(opening, root.signed);
  const [failure] = failures;
  const isIdle = done.outcome === 'fresh' && (done.site.outcome === 'unchanged' || done.site.outcome === 'newer');
  if (failure !== undefined && isIdle && done.findings.length === 0)
    throw new CountersignError(failure.code, failure.where, failure.detail);
  return { ...done, findings: [...done.findings, ...failures.map((one): Finding => ({ ...one, source: 'published' }))] };
}

/** Brings the site up to what is published, where this run writes it. */
async function serve(place: Workplace, published: Published): Promise<PublishResult> {
  const { kind: _kind, base, current, isBehind, next: _next, unlisted, pruned, ...rest } = published;
  const result = { ...rest, unlisted: countTargets(unlisted), pruned: countTargets(pruned) };
  const { site } = place;
  if (site === null) return { ...result, site: { outcome: isBehind ? 'behind' : 'unchanged', written: 0 } };
  const { findings, ...synced } = await syncSite({ ...place, site }, base, current, new Set(pruned));
  return { ...result, findings: [...result.findings, ...findings], site: synced };
}

/** What two publications in a row came to. */
function together(first: PublishResult, second: PublishResult): PublishResult {
  const isUpdated = second.site.outcome === 'unchanged' && first.site.outcome === 'updated';
  return {
    ...second,
    outcome: first.outcome === 'published' ? 'published' : second.outcome,
    reasons: [...new Set([...first.reasons, ...second.reasons])],
    site: { outcome: isUpdated ? 'updated' : second.site.outcome, written: first.site.written + second.site.written },
    findings: [...new Map([...first.findings, ...second.findings].map((one) => [JSON.stringify(one), one])).values()],
  };
}
