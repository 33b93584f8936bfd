// SPDX-License-Identifier: Apache-2.0
import type { Base } from '../event/base.ts';
import {
  compareAssets,
  decideReleases,
  draftBody,
  draftOwner,
  type AssetFacts,
  type ReleaseEffect,
  type ReleasesFacts,
} from '../event/decide-releases.ts';
import type { EventFacts } from '../event/facts.ts';
import { classifyPath, METADATA_BRANCH } from '../event/layout.ts';
import { proposedTags, signedReleases } from '../event/release-files.ts';
import type { CommitSha, Release, Releases } from '../ports.ts';
import { CountersignError, outcomeOf, type ErrorCode, type Refusal } from '../tuf/errors.ts';
import { parseTargets } from '../tuf/targets.ts';
import type { ProposalPulls } from './read-events.ts';
import type { Workplace } from './workplace.ts';

/** A release that went out. */
export interface PublishedRelease {
  readonly tag: string;
  readonly url: string;
}

/** What became of the releases. */
export interface ReleasesResult {
  readonly released: readonly PublishedRelease[];
  /** Tags whose draft was removed. */
  readonly dropped: readonly string[];
  readonly problems: readonly Refusal[];
}

/** What the open events speak of, and which events have ended. */
export interface ReleasesView {
  readonly events: readonly EventFacts[];
  readonly pulls: Pick<ProposalPulls, 'ended'>;
  /** Where the metadata branch was before any of it was read. */
  readonly metadataHead: CommitSha | null;
}

function awaitedTags(base: Base, events: readonly EventFacts[]): ReadonlyMap<string, number> {
  const tags = new Map<string, number>();
  for (const { pull, changes } of events) {
    for (const [path, bytes] of changes) {
      const what = classifyPath(path);
      if (what.kind !== 'role' || bytes === null) continue;
      const proposed = outcomeOf(() => parseTargets(bytes));
      if (proposed.kind === 'refused') continue;
      const before = base.roles.get(what.role)?.file.signed;
      const added = [...proposed.value.signed.targets].filter(([target, file]) => {
        const old = before?.targets.get(target)?.hashes.get('sha256');
        return old === undefined || old !== file.hashes.get('sha256');
      });
      for (const tag of proposedTags({ ...proposed.value.signed, targets: new Map(added) })) tags.set(tag, pull.number);
    }
  }
  return tags;
}

/** How many public releases, the newest, are compared with what was signed: two requests for each. */
const COMPARED = 5;

async function readFacts(place: Workplace, releases: Releases, base: Base, view: ReleasesView): Promise<ReleasesFacts | null> {
  const signed = signedReleases(base);
  const all = await releases.list();
  const published = new Set(all.filter(({ draft }) => !draft).map(({ tag }) => tag));
  const wanted = new Set(signed.map(({ tag }) => tag));
  const open = new Set([...wanted].filter((tag) => !published.has(tag)));
  const drafts = all.filter(({ draft, tag, body }) => draft && (open.has(tag) || draftOwner(body) !== null));
  const compared = all
    .filter(({ draft, tag }) => !draft && wanted.has(tag))
    .sort((a, b) => b.id - a.id)
    .slice(0, COMPARED);
  if (open.size === 0 && drafts.length === 0 && compared.length === 0) return null;
  const viewer = await place.forge.viewer();
  const assets = new Map<number, readonly AssetFacts[]>();
  const tags = new Map<string, CommitSha>();
  for (const { id } of [...drafts.filter(({ tag }) => open.has(tag)), ...compared]) assets.set(id, await releases.assets(id));
  for (const tag of new Set([...open, ...compared.map((release) => release.tag)])) {
    const commit = await releases.tagCommit(tag);
    if (commit !== null) tags.set(tag, commit);
  }
  const facts = (one: Release): ReleasesFacts['releases'][number] => ({
    id: one.id,
    tag: one.tag,
    target: one.target,
    body: one.body,
    draft: one.draft,
    ours: one.author.id === viewer.id,
  });
  return {
    signed,
    releases: all.map(facts),
    assets,
    tags,
    awaited: awaitedTags(base, view.events),
    ended: new Set(view.pulls.ended.map(({ number }) => number)),
  };
}

/** Errors that are not about one release. */
const STOPPING: readonly ErrorCode[] = ['rate-limited', 'io', 'ref-conflict'];

/**
 * Removes a draft that is still what was judged. The facts are of several moments: an event that was completed between them is neither open nor part of the base
 * that was read, and its draft must stay.
 * @throws `ref-conflict` when the metadata branch has moved
 */
async function dropDraft(
  { forge }: Workplace,
  releases: Releases,
  { id, tag, body }: Extract<ReleaseEffect, { kind: 'drop-draft' }>,
  { metadataHead }: ReleasesView,
): Promise<boolean> {
  const head = (await forge.branches(METADATA_BRANCH)).get(METADATA_BRANCH) ?? null;
  if (head !== metadataHead)
    throw new CountersignError('ref-conflict', METADATA_BRANCH, `expected it not to move while drafts of ${tag} are judged`);
  // A propose that goes on with this draft has said so in its text.
  if ((await releases.get(id))?.body !== body) return false;
  await releases.removeDraft(id);
  return true;
}

/** Publishes a draft, and looks again: whoever may write could have changed it in between, and then people must know. */
async function publishRelease(
  releases: Releases,
  { id, tag, commit, files, owned }: Extract<ReleaseEffect, { kind: 'publish' }>,
): Promise<{ readonly release: PublishedRelease; readonly problem: Refusal | null }> {
  // What waited does not any more, and a release may be closed to changes once it is out.
  if (owned) await releases.describe(id, '');
  const release = await releases.publish(id, { tag, commit });
  const tagged = await releases.tagCommit(tag);
  const assets = compareAssets(tag, files, await releases.assets(id));
  const where = `release ${tag}`;
  const wrongTag: Refusal | null =
    tagged === commit && release.tag === tag
      ? null
      : {
          code: 'tag-mismatch',
          where,
          detail: `expected tag ${tag} at the signed commit ${commit}, got ${tagged ?? 'no tag'}; it is published`,
        };
  const changed = assets === null ? null : { ...assets, detail: `${assets.detail}; it was changed while it was published: take it back` };
  return { release: { tag, url: release.url }, problem: wrongTag ?? changed };
}

/**
 * Brings the releases up to the signed state: publishes drafts that are just what was signed, and removes drafts of ours whose event was closed. Idempotent:
 * whatever an earlier run was interrupted in is finished.
 * @throws `permission-missing`, `rate-limited`, `io`; what is wrong with one release is told in `problems` and stops no other
 */
export async function settleReleases(place: Workplace, base: Base | null, view: ReleasesView): Promise<ReleasesResult> {
  const released: PublishedRelease[] = [];
  const dropped: string[] = [];
  const { releases } = place;
  const facts = releases === null || base === null ? null : await readFacts(place, releases, base, view);
  if (releases === null || facts === null) return { released, dropped, problems: [] };
  const { effects, problems } = decideReleases(facts);
  const all: Refusal[] = [...problems];
  for (const effect of effects) {
    try {
      if (effect.kind === 'mark-draft') {
        await releases.describe(effect.id, draftBody(effect.pull));
        continue;
      }
      if (effect.kind === 'drop-draft') {
        if (await dropDraft(place, releases, effect, view)) dropped.push(effect.tag);
        continue;
      }
      const { release, problem } = await publishRelease(releases, effect);
      released.push(release);
      if (problem !== null) all.push(problem);
    } catch (error) {
      if (!(error instanceof CountersignError) || STOPPING.includes(error.code)) throw error;
      all.push({ code: error.code, where: `release ${effect.tag}`, detail: error.detail });
    }
  }
  return { released, dropped, problems: all };
}
