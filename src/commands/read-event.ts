// SPDX-License-Identifier: Apache-2.0
// Reads all facts of one signing event. Whoever may push decides what a head holds, so what it costs to read is
// bounded by what can be part of an event: files that nobody claims are named and never fetched.
import type { Base } from '../event/base.ts';
import { baseFiles, payloadOf, withoutBase } from '../event/base-files.ts';
import { proposedFiles } from '../event/evaluate.ts';
import type { EventFacts } from '../event/facts.ts';
import { classifyPath, EVENT_PATH, POLICY_PATH, rolePath, rootHistoryPath } from '../event/layout.ts';
import { listenTo, rolesAmong } from '../event/listen.ts';
import { mayHold, readProposal, signersOf } from '../event/proposal.ts';
import { carriersToAsk } from '../event/signatures.ts';
import type { Account, AccountId, BlobId, CommitSha, EndedPull, Forge, Pull, Review, TreeEntry } from '../ports.ts';
import { CountersignError, outcomeOf } from '../tuf/errors.ts';
import { type JsonValue } from '../tuf/json.ts';
import { encodeMetadata, payloadDigest, type Metadata, type PayloadDigest } from '../tuf/metadata.ts';
import { parseVersion, TARGETS, type RoleName } from '../tuf/names.ts';
import { parseTargets, type Targets } from '../tuf/targets.ts';
import { requireThreshold } from '../tuf/threshold.ts';

/** How many contents that a file has had on its proposal's branch are known: what a signature without a review's commit may be over. */
const PAYLOAD_HISTORY = 30;
/** How many commits that an event's signers have reviewed are looked at, the newest. */
const MAX_REVIEWED_COMMITS = 30;

type Tree = ReadonlyMap<string, TreeEntry>;

/** What is known before an event is read. */
export interface EventContext {
  readonly forge: Forge;
  readonly metadataHead: CommitSha;
  /** The last verified state: what it has already is no change, whatever the metadata branch says. */
  readonly base: Base | null;
  readonly automation: readonly Account[];
  /** Policies of events that were merged. */
  readonly mergedPolicies: ReadonlySet<BlobId>;
}

function roleOfPath(path: string): string | null {
  const what = classifyPath(path);
  if (what.kind === 'root') return 'root';
  return what.kind === 'role' ? what.role : null;
}

/** The entries that differ between two trees; null for what is gone. */
function changedEntries(fork: Tree, head: Tree): ReadonlyMap<string, TreeEntry | null> {
  const changed = new Map<string, TreeEntry | null>();
  for (const [path, entry] of head) {
    const before = fork.get(path);
    if (before?.id !== entry.id || before.kind !== entry.kind) changed.set(path, entry);
  }
  for (const path of fork.keys()) if (!head.has(path)) changed.set(path, null);
  return changed;
}

/** Without the policy of an event that was merged: the metadata branch was taken back to before it, and it is no change of this one. */
function withoutMerged(
  { mergedPolicies }: EventContext,
  changed: ReadonlyMap<string, TreeEntry | null>,
): ReadonlyMap<string, TreeEntry | null> {
  const policy = changed.get(POLICY_PATH) ?? null;
  if (policy?.kind !== 'file' || !mergedPolicies.has(policy.id)) return changed;
  return new Map([...changed].filter(([path]) => path !== POLICY_PATH));
}

/** The roles that a file delegates by name; none for what can't be read. */
function delegatedBy(bytes: Uint8Array): readonly RoleName[] {
  const outcome = outcomeOf(() => parseTargets(bytes).signed.delegations);
  return outcome.kind === 'accepted' && outcome.value?.kind === 'roles' ? outcome.value.roles.map(({ name }) => name) : [];
}

/** The paths whose bytes can be part of an event on this base, before anything is known of what the event delegates. */
function claimedPaths(base: Base | null): { readonly paths: ReadonlySet<string>; readonly roles: ReadonlySet<string> } {
  const next = parseVersion((base?.roots.length ?? 0) + 1, 'root');
  const roles = new Set<string>([TARGETS]);
  for (const { file } of base?.roles.values() ?? []) {
    const { delegations } = file.signed;
    if (delegations?.kind === 'roles') for (const { name } of delegations.roles) roles.add(name);
  }
  const files = baseFiles(base);
  const own = [EVENT_PATH, 'metadata/root.json', rootHistoryPath(next), ...(base === null ? [POLICY_PATH] : [])];
  return { paths: new Set([...files.keys(), ...own]), roles };
}

/**
 * The bytes of what changed, by path; null for what is gone, is no plain file, or that nobody claims. Role files are read top down: one that no file delegates,
 * neither of the base nor of the event, is never fetched.
 */
async function readChanges(
  { forge, base }: EventContext,
  changed: ReadonlyMap<string, TreeEntry | null>,
): Promise<Map<string, Uint8Array | null>> {
  const changes = new Map<string, Uint8Array | null>([...changed.keys()].map((path) => [path, null]));
  const { paths, roles } = claimedPaths(base);
  const isBin = (role: string): boolean => base !== null && signersOf(base, role) !== null;
  const wanted = new Set<string>(roles);
  const waiting = new Map([...changed].filter(([, entry]) => entry?.kind === 'file'));
  for (;;) {
    const ready = [...waiting].filter(([path]) => {
      const role = roleOfPath(path);
      return paths.has(path) || (role !== null && role !== 'root' && (wanted.has(role) || isBin(role)));
    });
    if (ready.length === 0) return changes;
    const ids = new Set(ready.flatMap(([, entry]) => (entry === null ? [] : [entry.id])));
    const blobs = await forge.blobs([...ids]);
    for (const [path, entry] of ready) {
      waiting.delete(path);
      const bytes = entry === null ? undefined : blobs.get(entry.id);
      if (bytes === undefined) continue;
      changes.set(path, bytes);
      if (classifyPath(path).kind === 'role' && waiting.size > 0) for (const name of delegatedBy(bytes)) wanted.add(name);
    }
  }
}

/** A role's file, if enough people have signed it as the base delegates the role. */
function signedAs(role: RoleName, bytes: Uint8Array, base: Base): Metadata<Targets> | null {
  const signers = signersOf(base, role);
  if (signers === null) return null;
  const outcome = outcomeOf(() => {
    const file = parseTargets(bytes);
    requireThreshold({ payload: file.payload, signatures: file.signatures, keys: signers.keys, role: signers.roleKeys }, role);
    return file;
  });
  return outcome.kind === 'accepted' ? outcome.value : null;
}

/**
 * The role's last signed file where a proposal left the metadata branch. The head there may have been bad, and whoever can push would decide by it what the
 * proposal seems to change: then what the branch had before is looked at.
 * @param bytes - the file as it was there; null when there was none
 * @returns a file without targets when none of them is signed, though the base has the role: then all that the proposal lists is its own, and it takes nothing away
 */
async function readFork(
  { forge, base }: EventContext,
  fork: CommitSha | null,
  role: RoleName,
  bytes: Uint8Array | null,
): Promise<Uint8Array | null> {
  const known = base?.roles.get(role);
  // A role that is new has nothing that could be signed.
  if (base === null || known === undefined) return bytes;
  if (bytes !== null && (Buffer.compare(bytes, known.bytes) === 0 || signedAs(role, bytes, base) !== null)) return bytes;
  const before = await forge.blobs(fork === null ? [] : await forge.history(fork, rolePath(role), PAYLOAD_HISTORY));
  const signed = [...before.values()].flatMap((one) => {
    const file = signedAs(role, one, base);
    return file === null ? [] : [{ bytes: one, version: file.signed.version }];
  });
  const [last] = signed.sort((a, b) => b.version - a.version);
  return last?.bytes ?? encodeMetadata(new Map<string, JsonValue>(known.file.signed.raw).set('targets', new Map()), []);
}

async function readForks(
  context: EventContext,
  fork: CommitSha | null,
  forkTree: Tree,
  paths: readonly string[],
): Promise<ReadonlyMap<RoleName, Uint8Array>> {
  const forkedFrom = new Map<RoleName, Uint8Array>();
  const entries = paths.flatMap((path) => {
    const [what, entry] = [classifyPath(path), forkTree.get(path)];
    return what.kind === 'role' ? [{ role: what.role, id: entry?.kind === 'file' ? entry.id : null }] : [];
  });
  const blobs = await context.forge.blobs(entries.flatMap(({ id }) => id ?? []));
  for (const { role, id } of entries) {
    const there = id === null ? null : (blobs.get(id) ?? null);
    const bytes = await readFork(context, fork, role, there);
    if (bytes !== null) forkedFrom.set(role, bytes);
  }
  return forkedFrom;
}

/** What an event changed at a commit that somebody has reviewed. */
interface ReviewedContent {
  readonly changed: ReadonlyMap<string, TreeEntry | null>;
  readonly payloads: ReadonlyMap<string, Uint8Array>;
}

/** What a proposal changes at a commit; null where it can't be had any more. */
async function changedAt(context: EventContext, commit: CommitSha): Promise<ReadonlyMap<string, TreeEntry | null> | null> {
  const { forge, metadataHead } = context;
  const tree = (await forge.trees([commit])).get(commit);
  if (tree === undefined) return null;
  const fork = await forge.mergeBase(metadataHead, commit);
  return withoutMerged(context, changedEntries(fork === null ? new Map() : await forge.tree(fork), tree));
}

async function readReviewed(context: EventContext, commit: CommitSha, roles: ReadonlySet<string>): Promise<ReviewedContent | null> {
  const changed = await changedAt(context, commit);
  if (changed === null) return null;
  const wanted = [...changed].flatMap(([path, entry]): [string, BlobId][] => {
    const role = roleOfPath(path);
    return entry?.kind === 'file' && role !== null && roles.has(role) ? [[role, entry.id]] : [];
  });
  const blobs = await context.forge.blobs(wanted.map(([, id]) => id));
  const payloads = new Map<string, Uint8Array>();
  for (const [role, id] of wanted) {
    const payload = payloadOf(blobs.get(id) ?? new Uint8Array());
    if (payload !== null) payloads.set(role, payload);
  }
  return { changed, payloads };
}

/** Whether two sets of changes are of other files. What a run notes of itself is no file of the event. */
function isRewritten(a: ReadonlyMap<string, TreeEntry | null>, b: ReadonlyMap<string, TreeEntry | null>): boolean {
  const idsOf = (changed: typeof a): string =>
    [...changed]
      .filter(([path]) => path !== EVENT_PATH)
      .map(([path, entry]) => `${path}\n${entry?.id ?? ''}`)
      .sort()
      .join('\n');
  return idsOf(a) !== idsOf(b);
}

/** Whether there is a file among changes that no event can hold. */
function isLittered(changed: ReadonlyMap<string, TreeEntry | null>, base: Base | null): boolean {
  return [...changed].some(([path, entry]) =>
    entry === null ? !path.startsWith('metadata/') : entry.kind !== 'file' || !mayHold(path, base),
  );
}

/** The commits that people of the event have reviewed, the newest ones, each once. */
function reviewedCommits(reviews: readonly Review[], people: ReadonlyMap<AccountId, Account>): readonly CommitSha[] {
  const commits = reviews.flatMap(({ author, commitSha }) => (commitSha === null || !people.has(author.id) ? [] : [commitSha]));
  return [...new Set(commits.reverse())].slice(0, MAX_REVIEWED_COMMITS);
}

function digestsOf(payloads: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, PayloadDigest> {
  return new Map([...payloads].map(([role, payload]) => [role, payloadDigest(payload)]));
}

/** Every payload that some files had on a branch, by digest. */
async function payloadHistory(forge: Forge, head: CommitSha, paths: readonly string[]): Promise<Map<PayloadDigest, Uint8Array>> {
  const payloads = new Map<PayloadDigest, Uint8Array>();
  for (const path of paths) {
    const blobs = await forge.blobs(await forge.history(head, path, PAYLOAD_HISTORY));
    for (const bytes of blobs.values()) {
      const payload = payloadOf(bytes);
      if (payload !== null) payloads.set(payloadDigest(payload), payload);
    }
  }
  return payloads;
}

/**
 * Gathers all facts of one pull request of this repository, open or ended.
 * @param carriers - where signatures are looked for
 * @throws `io`, `git`, `rate-limited`, `permission-missing`
 */
export async function readEvent(context: EventContext, pull: Pull | EndedPull, carriers: 'all' | 'reviews' = 'all'): Promise<EventFacts> {
  const { forge, metadataHead, base } = context;
  const { number, headSha, author, url, head: branch } = pull;
  const forkSha = await forge.mergeBase(metadataHead, headSha);
  const forkTree: Tree = forkSha === null ? new Map() : await forge.tree(forkSha);
  const headTree = await forge.tree(headSha);
  const changed = withoutMerged(context, changedEntries(forkTree, headTree));
  const changes = withoutBase(await readChanges(context, changed), headTree, base);
  const paths = [...changes.keys()].filter((path) => roleOfPath(path) !== null && changes.get(path) !== null);
  const forkedFrom = await readForks(context, forkSha, forkTree, paths);
  const proposal = readProposal(changes, base);
  const listening = listenTo(changes.keys(), proposal, base);
  const reviews = await forge.reviews(number, [...listening.people.values(), ...context.automation]);
  const comments = carriers === 'reviews' ? [] : await forge.comments(number);
  const roles = new Set([...listening.signers.keys(), ...rolesAmong(changes.keys())]);
  const payloadsAt = new Map<CommitSha, ReadonlyMap<string, PayloadDigest>>();
  const earlierPayloads = await payloadHistory(forge, headSha, paths);
  const rewritten = new Set<CommitSha>();
  const littered = new Set<CommitSha>();
  for (const commit of [headSha, ...reviewedCommits(reviews, listening.people)]) {
    if (payloadsAt.has(commit)) continue;
    const reviewed = await readReviewed(context, commit, roles);
    if (reviewed === null) continue;
    payloadsAt.set(commit, digestsOf(reviewed.payloads));
    for (const payload of reviewed.payloads.values()) earlierPayloads.set(payloadDigest(payload), payload);
    if (isRewritten(reviewed.changed, changed)) rewritten.add(commit);
    if (isLittered(reviewed.changed, base)) littered.add(commit);
  }
  const automation = new Set(context.automation.map(({ id }) => id));
  const writers = new Set<AccountId>();
  for (const account of carriersToAsk({ reviews, comments, automation }, listening, proposedFiles(proposal))) {
    if (await forge.mayWrite(account)) writers.add(account.id);
  }
  return {
    pull: { number, headSha, author, url, branch },
    changes,
    forkedFrom,
    reviews,
    comments,
    automation,
    writers,
    payloadsAt,
    rewritten,
    littered,
    earlierPayloads,
  };
}

/**
 * What a proposal changed at a commit, so that it can be put back: path to blob, null where it took a file away. Notes of runs are kept.
 * @throws `event-invalid` when the commit can't be had any more
 */
export async function changesAt(context: EventContext, commit: CommitSha): Promise<ReadonlyMap<string, BlobId | null>> {
  const changed = await changedAt(context, commit);
  if (changed === null) throw new CountersignError('event-invalid', commit, 'expected the commit that was signed, got none');
  return new Map([...changed].map(([path, entry]) => [path, entry?.id ?? null]));
}
