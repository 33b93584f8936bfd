// SPDX-License-Identifier: Apache-2.0
import type { CommitSha } from '../trust/accounts.ts';
import type { Refusal } from '../tuf/errors.ts';
import { requireAssetName, type ReleaseFile, type SignedRelease } from './release-files.ts';
import { outcomeOf } from '../tuf/errors.ts';

/** An asset, as far as it is compared. */
export interface AssetFacts {
  readonly name: string;
  readonly size: number;
  readonly sha256: string | null;
  readonly state: 'uploaded' | 'starter';
}

/** A release, as far as it is decided by. */
export interface ReleaseFacts {
  readonly id: number;
  readonly tag: string;
  readonly target: string;
  readonly body: string;
  readonly draft: boolean;
  /** Whether this automation's account made it. */
  readonly ours: boolean;
}

/** Everything that is known when releases are decided. */
export interface ReleasesFacts {
  readonly signed: readonly SignedRelease[];
  readonly releases: readonly ReleaseFacts[];
  /** Assets by the release's id: of the drafts, and of those public releases that are to be compared. */
  readonly assets: ReadonlyMap<number, readonly AssetFacts[]>;
  /** The commits of tags that exist. */
  readonly tags: ReadonlyMap<string, CommitSha>;
  /** Tags that an open event speaks of, and its number: their release waits for it. */
  readonly awaited: ReadonlyMap<string, number>;
  /** Numbers of events that have ended, merged or not. */
  readonly ended: ReadonlySet<number>;
}

/** What to do with the releases. */
export type ReleaseEffect =
  | {
      readonly kind: 'publish';
      readonly id: number;
      readonly tag: string;
      readonly commit: CommitSha;
      readonly files: readonly ReleaseFile[];
      /** Whether the text is ours, and goes with the waiting. */
      readonly owned: boolean;
    }
  /** Writes into a draft of ours which event it belongs to: the run that was to do so was ended. */
  | { readonly kind: 'mark-draft'; readonly id: number; readonly tag: string; readonly pull: number }
  | { readonly kind: 'drop-draft'; readonly id: number; readonly tag: string; readonly body: string };

/** What to do, and what is wrong. */
export interface ReleasesDecision {
  readonly effects: readonly ReleaseEffect[];
  readonly problems: readonly Refusal[];
}

const MARKER = /<!-- countersign:draft (pending|#[1-9][0-9]{0,9}) -->/;

/**
 * The text of a draft of ours. Its hidden mark names the event's pull request: a branch's name can be used again, a number can't.
 * @param pull - null while there is no pull request yet; such a draft is never removed
 */
export function draftBody(pull: number | null): string {
  return `Waits for signatures.\n\n<!-- countersign:draft ${pull === null ? 'pending' : `#${String(pull)}`} -->\n`;
}

/** The event that a draft belongs to; null when it is none of ours. */
export function draftOwner(body: string): number | 'pending' | null {
  const mark = MARKER.exec(body)?.[1];
  if (mark === undefined) return null;
  return mark === 'pending' ? mark : Number(mark.slice(1));
}

function mismatch(tag: string, detail: string): Refusal {
  return { code: 'release-mismatch', where: `release ${tag}`, detail };
}

/** The signed files by the names under which a release holds them, their own and the one that clients ask for. @throws `asset-name` */
function wantedAssets(files: readonly ReleaseFile[]): ReadonlyMap<string, ReleaseFile> {
  const wanted = new Map<string, ReleaseFile>();
  for (const file of files) {
    requireAssetName(file.name);
    wanted.set(file.name, file).set(`${file.sha256}.${file.name}`, file);
  }
  return wanted;
}

/** The first signed file that is not in a release just as it was signed; null when all are. Other files are not looked at. */
function compareSigned(tag: string, wanted: ReadonlyMap<string, ReleaseFile>, assets: readonly AssetFacts[]): Refusal | null {
  const found = new Map(assets.map((asset) => [asset.name, asset]));
  for (const [name, { length, sha256 }] of wanted) {
    const asset = found.get(name);
    if (asset?.state !== 'uploaded') return mismatch(tag, `expected the asset ${name} with sha256 ${sha256}, got none`);
    if (asset.sha256 === null) return mismatch(tag, `expected the host to give the digest of ${name}, got none`);
    if (asset.sha256 !== sha256) return mismatch(tag, `expected ${name} to have the signed sha256 ${sha256}, got ${asset.sha256}`);
    if (asset.size !== length) return mismatch(tag, `expected ${name} to have ${String(length)} bytes, got ${String(asset.size)}`);
  }
  return null;
}

/** The first thing in which the assets of a release differ from what was signed; null when they are just that. */
export function compareAssets(tag: string, files: readonly ReleaseFile[], assets: readonly AssetFacts[]): Refusal | null {
  const wanted = outcomeOf(() => wantedAssets(files));
  if (wanted.kind === 'refused') return wanted.refusal;
  const changed = compareSigned(tag, wanted.value, assets);
  if (changed !== null) return changed;
  const stray = assets.find(({ name }) => !wanted.value.has(name));
  return stray === undefined ? null : mismatch(tag, `expected only signed files, got the asset ${stray.name}; sign it or delete it`);
}

/** The one commit that the files of a release were built from. */
function commitOf({ tag, files }: SignedRelease): CommitSha | Refusal {
  const commits = new Set(files.map(({ commit }) => commit));
  const [commit] = commits;
  if (commits.size === 1 && commit !== undefined && commit !== null) return commit;
  return mismatch(
    tag,
    `expected all its files to be signed with one source commit, got ${String(commits.size === 1 ? 'none' : commits.size)}`,
  );
}

/** Why a draft must not be published; null when it is what was signed. */
function reviewDraft(facts: ReleasesFacts, signed: SignedRelease, commit: CommitSha, draft: ReleaseFacts): Refusal | null {
  const { tag, files } = signed;
  const tagged = facts.tags.get(tag);
  if (tagged !== undefined && tagged !== commit) {
    return { code: 'tag-mismatch', where: `tag ${tag}`, detail: `expected the signed commit ${commit}, got ${tagged}` };
  }
  // Without a tag the host makes one of what the draft says.
  if (tagged === undefined && draft.target !== commit)
    return mismatch(tag, `expected its draft to be of the signed commit ${commit}, got ${draft.target}`);
  return compareAssets(tag, files, facts.assets.get(draft.id) ?? []);
}

/**
 * What is wrong with a release that is public: whoever may write can publish one by hand, or change it later. Files beside the signed ones are not ours to
 * judge any more. Null when it is as signed, or its assets were not read.
 */
function reviewPublic(facts: ReleasesFacts, signed: SignedRelease, { id }: ReleaseFacts): Refusal | null {
  const { tag, files } = signed;
  const assets = facts.assets.get(id);
  if (assets === undefined) return null;
  const wanted = outcomeOf(() => wantedAssets(files));
  const changed = wanted.kind === 'refused' ? wanted.refusal : compareSigned(tag, wanted.value, assets);
  if (changed !== null) return { ...changed, detail: `${changed.detail}; it is public: take it back` };
  const commit = commitOf(signed);
  const tagged = facts.tags.get(tag);
  if (typeof commit !== 'string' || tagged === commit) return null;
  const detail = `expected tag ${tag} at the signed commit ${commit}, got ${tagged ?? 'no tag'}; its release is public`;
  return { code: 'tag-mismatch', where: `release ${tag}`, detail };
}

function decideRelease(facts: ReleasesFacts, signed: SignedRelease): ReleaseEffect | Refusal | null {
  const { tag, files } = signed;
  const all = facts.releases.filter((release) => release.tag === tag);
  // First: an event that anyone who may write can open must not silence that a public release was changed.
  const published = all.find(({ draft }) => !draft);
  if (published !== undefined) return reviewPublic(facts, signed, published);
  if (facts.awaited.has(tag)) return null;
  const commit = commitOf(signed);
  if (typeof commit !== 'string') return commit;
  let first: Refusal | null = null;
  for (const draft of [...all].sort((a, b) => a.id - b.id)) {
    const problem = reviewDraft(facts, signed, commit, draft);
    if (problem === null)
      return { kind: 'publish', id: draft.id, tag, commit, files, owned: draft.ours && draftOwner(draft.body) !== null };
    first ??= problem;
  }
  const detail = 'expected a draft release that holds the signed files, got none; run the workflow that proposed them again';
  return first ?? { code: 'release-missing', where: `release ${tag}`, detail };
}

/**
 * Decides which draft releases go out: those whose tag, commit and assets are just what was signed, once no open event speaks of the tag. Drafts of ours whose
 * event was closed go away. Public releases whose assets are known are compared with what was signed.
 */
export function decideReleases(facts: ReleasesFacts): ReleasesDecision {
  const effects: ReleaseEffect[] = [];
  const problems: Refusal[] = [];
  for (const signed of facts.signed) {
    const decided = decideRelease(facts, signed);
    if (decided === null) continue;
    if ('kind' in decided) effects.push(decided);
    else problems.push(decided);
  }
  const published = new Set(facts.releases.filter(({ draft }) => !draft).map(({ tag }) => tag));
  const tags = new Set(facts.signed.map(({ tag }) => tag).filter((tag) => !published.has(tag)));
  for (const { id, tag, draft, body, ours } of facts.releases) {
    const owner = draftOwner(body);
    if (!draft || !ours || owner === null || tags.has(tag)) continue;
    const pull = facts.awaited.get(tag);
    if (pull !== undefined) {
      if (owner === 'pending') effects.push({ kind: 'mark-draft', id, tag, pull });
    } else if (owner !== 'pending' && facts.ended.has(owner)) {
      effects.push({ kind: 'drop-draft', id, tag, body });
    }
  }
  return { effects, problems };
}
