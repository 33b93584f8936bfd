// SPDX-License-Identifier: Apache-2.0
// Finds the ended events that bear on what is open, at a bounded cost.
import type { Base } from '../event/base.ts';
import { ownChanges } from '../event/base-files.ts';
import { mayBeSigned, proposesAbove, signedVersion } from '../event/ended.ts';
import { evaluateEvent } from '../event/evaluate.ts';
import type { EventFacts } from '../event/facts.ts';
import { classifyPath, POLICY_PATH } from '../event/layout.ts';
import { contentOf, signersOf } from '../event/proposal.ts';
import { votersOf } from '../event/queue.ts';
import { signedCommit } from '../event/restore.ts';
import type { Account, AccountId, BlobId, EndedPull, Forge, TreeEntry } from '../ports.ts';
import type { Instant } from '../tuf/instant.ts';
import { readEvent, type EventContext } from './read-event.ts';

/**
 * How many closed events are looked at, and how many that the host calls merged, the newest by number. What older ones were signed with is remembered by
 * signers' machines alone.
 */
const MAX_CLOSED = 100;
const MAX_MERGED = 10;
/**
 * Of how many closed events what people have said is looked at whatever their heads propose, the newest: a writer may have written over a head before the branch
 * was deleted.
 */
const MAX_REWRITTEN = 3;

/** An ended event on which somebody may have signed something above the signed state. */
export interface EndedEvent {
  readonly pull: EndedPull;
  readonly facts: EventFacts;
}

/** A role's file on the head of an ended event. */
interface RoleFile {
  readonly role: string;
  readonly id: BlobId;
}

function mergedLately(ended: readonly EndedPull[]): readonly EndedPull[] {
  return ended.filter(({ state }) => state === 'merged').slice(0, MAX_MERGED);
}

function roleFiles(tree: ReadonlyMap<string, TreeEntry>): readonly RoleFile[] {
  return [...tree].flatMap(([path, { kind, id }]) => {
    const what = classifyPath(path);
    if (kind !== 'file' || (what.kind !== 'root' && what.kind !== 'role')) return [];
    return [{ role: what.kind === 'root' ? 'root' : what.role, id }];
  });
}

/**
 * Of ended events those whose head proposes a version above the signed state, and the newest closed ones. What an event proposes is read from its head, since its
 * branch could be called anything. A merged one is among them where the metadata branch does not verify with what was merged.
 */
async function candidates(
  { forge, metadataHead }: EventContext,
  base: Base,
  closed: readonly EndedPull[],
  merged: readonly EndedPull[],
): Promise<readonly EndedPull[]> {
  const ended = [...closed, ...merged];
  const trees = await forge.trees([...new Set(ended.map(({ headSha }) => headSha))]);
  const known = new Set([...(await forge.tree(metadataHead)).values()].map(({ id }) => id));
  const files = new Map([...trees].map(([commit, tree]) => [commit, roleFiles(tree).filter(({ id }) => !known.has(id))]));
  const ids = new Set([...files.values()].flat().flatMap(({ role, id }) => (signedVersion(base, role) === null ? [] : [id])));
  const blobs = await forge.blobs([...ids]);
  const newest = new Set(closed.slice(0, MAX_REWRITTEN).map(({ number }) => number));
  const isAbove = ({ headSha }: EndedPull): boolean =>
    (files.get(headSha) ?? []).some(({ role, id }) => proposesAbove(base, role, blobs.get(id) ?? new Uint8Array()));
  return ended.filter((pull) => newest.has(pull.number) || isAbove(pull));
}

/** The policies that the heads of events have that were merged lately. */
export async function readMergedPolicies(forge: Pick<Forge, 'trees'>, ended: readonly EndedPull[]): Promise<ReadonlySet<BlobId>> {
  const trees = await forge.trees(mergedLately(ended).map(({ headSha }) => headSha));
  return new Set([...trees.values()].flatMap((tree) => tree.get(POLICY_PATH)?.id ?? []));
}

/** Everybody with an account who signs anything in the signed state, each once. */
function allPeople(base: Base): readonly Account[] {
  const people = new Map<AccountId, Account>();
  for (const role of ['root', ...base.roles.keys()]) {
    for (const { account } of signersOf(base, role)?.people.byKey.values() ?? []) if (account !== null) people.set(account.id, account);
  }
  return [...people.values()];
}

/** What ended events are compared with. */
export interface OpenNow {
  readonly now: Instant;
  /** Of the open events, as {@link contentOf} gives it. */
  readonly contents: ReadonlySet<string>;
}

/** Whether a closed event would be opened again, by its reviews alone. One whose content is open elsewhere is not. */
function mayReopen(facts: EventFacts, base: Base, { now, contents }: OpenNow): boolean {
  const changes = ownChanges(facts.changes, base);
  const content = contentOf(changes, base);
  if (content !== null && contents.has(content)) return false;
  const status = evaluateEvent({ ...facts, changes }, base, new Map(), now);
  return (status.state === 'waiting' || status.state === 'complete') && votersOf(status).length > 0;
}

/**
 * Reads the ended events on which somebody may have signed something above the signed state. Of what was said on them only reviews are read: whatever counts can
 * travel in them, and anybody can make comments dear. Where a closed one was written over, its facts are those of the commit that was signed.
 * @param ended - newest first
 * @throws `io`, `git`, `rate-limited`, `permission-missing`
 */
export async function readEnded(context: EventContext, ended: readonly EndedPull[], open: OpenNow): Promise<readonly EndedEvent[]> {
  const { base } = context;
  if (base === null || ended.length === 0) return [];
  const merged = mergedLately(ended);
  const emptied = new Set(merged.filter((pull) => merged.some((other) => other !== pull && other.headSha === pull.headSha)));
  // The host calls one merged that somebody has pointed at a commit which the metadata branch had: nothing of it was.
  const closed = ended
    .flatMap((pull): EndedPull[] => (pull.state === 'closed' ? [pull] : emptied.has(pull) ? [{ ...pull, state: 'closed' }] : []))
    .slice(0, MAX_CLOSED);
  const found: EndedEvent[] = [];
  const people = [...allPeople(base), ...context.automation];
  const genuine = merged.filter((pull) => !emptied.has(pull));
  for (const pull of await candidates(context, base, closed, genuine)) {
    if (!mayBeSigned(await context.forge.reviews(pull.number, people), base)) continue;
    const facts = await readEvent(context, pull, 'reviews');
    const commit = pull.state === 'closed' ? signedCommit(facts, base) : null;
    const at = commit === null ? pull : { ...pull, headSha: commit };
    const reviewed = commit === null ? facts : await readEvent(context, at, 'reviews');
    // What may be opened again is judged as it will be when it is open: else it would be closed again at once.
    const signed = pull.state === 'closed' && mayReopen(reviewed, base, open) ? await readEvent(context, at) : reviewed;
    // What nobody claims is taken off once it is open again.
    found.push({ pull, facts: { ...signed, changes: ownChanges(signed.changes, base) } });
  }
  return found;
}
