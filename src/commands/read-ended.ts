// SPDX-License-Identifier: Apache-2.0
// Finds the ended events that bear on what is open, at a bounded cost.
import type { Base } from '../event/base.ts';
import { mayBeSigned, proposesAbove, signedVersion } from '../event/ended.ts';
import type { EventFacts } from '../event/facts.ts';
import { classifyPath, POLICY_PATH } from '../event/layout.ts';
import { claimedChanges, signersOf } from '../event/proposal.ts';
import { signedCommit } from '../event/restore.ts';
import type { Account, AccountId, BlobId, EndedPull, Forge, TreeEntry } from '../ports.ts';
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
  readonly path: string;
  readonly role: string;
  readonly id: BlobId;
}

/** An event that is to be looked at, with what its head has that the metadata branch has not. */
interface Candidate {
  readonly pull: EndedPull;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

function mergedLately(ended: readonly EndedPull[]): readonly EndedPull[] {
  return ended.filter(({ state }) => state === 'merged').slice(0, MAX_MERGED);
}

function roleFiles(tree: ReadonlyMap<string, TreeEntry>): readonly RoleFile[] {
  return [...tree].flatMap(([path, { kind, id }]) => {
    const what = classifyPath(path);
    if (kind !== 'file' || (what.kind !== 'root' && what.kind !== 'role')) return [];
    return [{ path, role: what.kind === 'root' ? 'root' : what.role, id }];
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
): Promise<readonly Candidate[]> {
  const ended = [...closed, ...merged];
  const trees = await forge.trees([...new Set(ended.map(({ headSha }) => headSha))]);
  const known = new Set([...(await forge.tree(metadataHead)).values()].map(({ id }) => id));
  const files = new Map([...trees].map(([commit, tree]) => [commit, roleFiles(tree).filter(({ id }) => !known.has(id))]));
  const ids = new Set([...files.values()].flat().flatMap(({ role, id }) => (signedVersion(base, role) === null ? [] : [id])));
  const blobs = await forge.blobs([...ids]);
  const newest = new Set(closed.slice(0, MAX_REWRITTEN).map(({ number }) => number));
  return ended.flatMap((pull): Candidate[] => {
    const own = (files.get(pull.headSha) ?? []).flatMap((file) => {
      const bytes = blobs.get(file.id);
      return bytes === undefined ? [] : [{ ...file, bytes }];
    });
    const isAbove = own.some(({ role, bytes }) => proposesAbove(base, role, bytes));
    return isAbove || newest.has(pull.number) ? [{ pull, files: new Map(own.map(({ path, bytes }) => [path, bytes])) }] : [];
  });
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

async function isWorthReading({ forge, automation }: EventContext, base: Base, { pull, files }: Candidate): Promise<boolean> {
  const people = [...allPeople(base), ...automation];
  const reviews = await forge.reviews(pull.number, people);
  const comments = await forge.comments(pull.number);
  const heard = new Set(people.map(({ id }) => id));
  return mayBeSigned({ reviews, comments, heard, automation: new Set(automation.map(({ id }) => id)), files }, base);
}

/**
 * Reads the ended events on which somebody may have signed something above the signed state. Where a closed one was written over, its facts are those of the
 * commit that was signed.
 * @param ended - newest first
 * @throws `io`, `git`, `rate-limited`, `permission-missing`
 */
export async function readEnded(context: EventContext, ended: readonly EndedPull[]): Promise<readonly EndedEvent[]> {
  const { base } = context;
  if (base === null || ended.length === 0) return [];
  const merged = mergedLately(ended);
  const emptied = new Set(merged.filter((pull) => merged.some((other) => other !== pull && other.headSha === pull.headSha)));
  // The host calls one merged that somebody has pointed at a commit which the metadata branch had: nothing of it was.
  const closed = ended
    .flatMap((pull): EndedPull[] => (pull.state === 'closed' ? [pull] : emptied.has(pull) ? [{ ...pull, state: 'closed' }] : []))
    .slice(0, MAX_CLOSED);
  const found: EndedEvent[] = [];
  for (const candidate of await candidates(
    context,
    base,
    closed,
    merged.filter((pull) => !emptied.has(pull)),
  )) {
    if (!(await isWorthReading(context, base, candidate))) continue;
    const { pull } = candidate;
    const facts = await readEvent(context, pull);
    const commit = pull.state === 'closed' ? signedCommit(facts, base) : null;
    const signed = commit === null ? facts : await readEvent(context, { ...pull, headSha: commit });
    // What nobody claims is taken off once it is open again.
    found.push({ pull, facts: { ...signed, changes: claimedChanges(signed.changes, base) } });
  }
  return found;
}
