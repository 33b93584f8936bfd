// SPDX-License-Identifier: Apache-2.0
// Reads all signing events once, for every command alike. Events are found from this repository's own branches, so
// that nothing that outsiders open is ever looked at; of those that have ended, only what is above the signed state.
import type { Base } from '../event/base.ts';
import { evaluateEvents } from '../event/evaluate-events.ts';
import type { GatherFacts } from '../event/decide-gather.ts';
import type { SignedElsewhere } from '../event/evaluate.ts';
import type { EventFacts, EventStatus } from '../event/facts.ts';
import { classifyPath, METADATA_BRANCH, PROPOSAL_PREFIX } from '../event/layout.ts';
import { contentOf, signersOf } from '../event/proposal.ts';
import { signedElsewhere } from '../event/signed-elsewhere.ts';
import type { Account, AccountId, BlobId, CommitSha, EndedPull, Forge, Pull, TreeEntry } from '../ports.ts';
import { CountersignError, outcomeOf } from '../tuf/errors.ts';
import { asObject, integerField, objectField } from '../tuf/fields.ts';
import type { Instant } from '../tuf/instant.ts';
import { parseJson } from '../tuf/json.ts';
import { readEvent, type EventContext } from './read-event.ts';

/**
 * How many closed events are looked at, and how many that the host calls merged, the newest by number. What older ones were signed with is remembered by
 * signers' machines alone.
 */
const MAX_CLOSED = 100;
const MAX_MERGED = 10;

/** The pull requests of proposals. */
export interface ProposalPulls {
  /** Oldest first. */
  readonly open: readonly Pull[];
  /** Of proposal branches, but against another base: somebody has pointed them there. */
  readonly strayed: readonly Pull[];
  /** Newest first. */
  readonly ended: readonly EndedPull[];
}

/** Pull requests of this repository's own proposal branches. */
export async function readProposalPulls(forge: Pick<Forge, 'openPulls' | 'endedPulls'>): Promise<ProposalPulls> {
  const all = await forge.openPulls(PROPOSAL_PREFIX);
  const ended = await forge.endedPulls(PROPOSAL_PREFIX, METADATA_BRANCH);
  return {
    open: all.filter(({ base }) => base === METADATA_BRANCH),
    strayed: all.filter(({ base }) => base !== METADATA_BRANCH),
    ended,
  };
}

/** Open pull requests of proposals against the metadata branch, oldest first. */
export async function readOpenPulls(forge: Pick<Forge, 'openPulls'>): Promise<readonly Pull[]> {
  return (await forge.openPulls(PROPOSAL_PREFIX)).filter(({ base }) => base === METADATA_BRANCH);
}

/**
 * The open event of this number.
 * @throws `event-fork` for a pull request of a fork, `event-unknown` for one that is no open event
 */
export async function requireOpenPull(forge: Pick<Forge, 'openPulls' | 'pull'>, number: number): Promise<Pull> {
  const found = (await readOpenPulls(forge)).find((one) => one.number === number);
  if (found !== undefined) return found;
  const where = `#${String(number)}`;
  const other = await forge.pull(number);
  if (other?.from === 'fork') {
    const detail = 'this pull request comes from a fork, where outsiders can change it; propose it on a branch of this repository';
    throw new CountersignError('event-fork', where, detail);
  }
  throw new CountersignError('event-unknown', where, 'expected an open signing event; `countersign status` lists them');
}

/** The version that a metadata file says; null for what is none. */
function versionOf(bytes: Uint8Array): number | null {
  const outcome = outcomeOf(() => integerField(objectField(asObject(parseJson(bytes), '$'), 'signed', '$'), 'version', '$'));
  return outcome.kind === 'accepted' ? outcome.value : null;
}

/** The version of a role in the signed state; 0 where somebody may sign it and nobody has; null for what nobody signs. */
function signedVersion(base: Base, role: string): number | null {
  if (role === 'root') return base.root.signed.version;
  const file = [...base.roles].find(([name]) => name === role)?.[1].file;
  return file?.signed.version ?? (signersOf(base, role) === null ? null : 0);
}

type Tree = ReadonlyMap<string, TreeEntry>;

function metadataFiles(tree: Tree): readonly { readonly role: string; readonly id: BlobId }[] {
  return [...tree].flatMap(([path, { kind, id }]) => {
    const what = classifyPath(path);
    if (kind !== 'file' || (what.kind !== 'root' && what.kind !== 'role')) return [];
    return [{ role: what.kind === 'root' ? 'root' : what.role, id }];
  });
}

/**
 * Of ended events those that propose a version above the signed state: all others are history. What an event proposes is read from its head, since its branch
 * could be called anything. A merged one is among them where the metadata branch does not verify with what was merged.
 */
async function aboveSigned(forge: Forge, base: Base, metadataTree: Tree, ended: readonly EndedPull[]): Promise<readonly EndedPull[]> {
  const trees = await forge.trees([...new Set(ended.map(({ headSha }) => headSha))]);
  const known = new Set([...metadataTree.values()].map(({ id }) => id));
  const files = new Map([...trees].map(([commit, tree]) => [commit, metadataFiles(tree).filter(({ id }) => !known.has(id))]));
  const ids = new Set([...files.values()].flat().flatMap(({ role, id }) => (signedVersion(base, role) === null ? [] : [id])));
  const blobs = await forge.blobs([...ids]);
  const versions = new Map([...blobs].map(([id, bytes]) => [id, versionOf(bytes) ?? 0]));
  return ended.filter(({ headSha }) =>
    (files.get(headSha) ?? []).some(({ role, id }) => (versions.get(id) ?? 0) > (signedVersion(base, role) ?? Infinity)),
  );
}

/** What every countersignature has in it. */
const SIGN_OF_A_LINE = '"payload"';

/**
 * Whether anybody whom the signed state names, or our automation, has said something on an ended event that could be a signature. Most were never signed, and then
 * nothing else of them is read.
 */
async function mayBeSigned({ forge, base, automation }: EventContext, { number }: EndedPull): Promise<boolean> {
  const people = base === null ? [] : allPeople(base);
  const heard = new Set([...people, ...automation].map(({ id }) => id));
  const reviews = await forge.reviews(number, [...people, ...automation]);
  if (reviews.some(({ body }) => body.includes(SIGN_OF_A_LINE))) return true;
  return (await forge.comments(number)).some(({ author, body }) => heard.has(author.id) && body.includes(SIGN_OF_A_LINE));
}

/** Everybody with an account who signs anything in the signed state, each once. */
function allPeople(base: Base): readonly Account[] {
  const people = new Map<AccountId, Account>();
  for (const role of ['root', ...base.roles.keys()]) {
    for (const { account } of signersOf(base, role)?.people.byKey.values() ?? []) if (account !== null) people.set(account.id, account);
  }
  return [...people.values()];
}

/** What was read of all events, and how the open ones stand. */
export interface EventsView extends GatherFacts {
  readonly pulls: ProposalPulls;
  readonly metadataHead: CommitSha;
  /** Pull requests that are closed and not merged, in the order of `closed`. */
  readonly closedPulls: readonly EndedPull[];
  readonly signed: SignedElsewhere;
  /** In the order of `events`. */
  readonly statuses: readonly EventStatus[];
}

function newestEnded(ended: readonly EndedPull[]): readonly EndedPull[] {
  const ofState = (wanted: EndedPull['state'], limit: number): readonly EndedPull[] =>
    ended.filter(({ state }) => state === wanted).slice(0, limit);
  return [...ofState('closed', MAX_CLOSED), ...ofState('merged', MAX_MERGED)];
}

/** An open event with what was said on a closed one of the same content: that one could not be opened again, and its signatures are of these very bytes. */
function withEarlier(event: EventFacts, closed: readonly EventFacts[], base: Base | null): EventFacts {
  const content = contentOf(event.changes, base);
  const same = closed.filter((one) => content !== null && contentOf(one.changes, base) === content).reverse();
  if (same.length === 0) return event;
  const all = [...same, event];
  return {
    ...event,
    reviews: all.flatMap(({ reviews }) => reviews),
    comments: all.flatMap(({ comments }) => comments),
    writers: new Set(all.flatMap(({ writers }) => [...writers])),
    payloadsAt: new Map(all.flatMap(({ payloadsAt }) => [...payloadsAt])),
    earlierPayloads: new Map(all.flatMap(({ earlierPayloads }) => [...earlierPayloads])),
  };
}

/** Branches that belong to an event that is open, or that people have signed: no new event is put there. */
export function busyBranches({ pulls, closed, signed }: Pick<EventsView, 'pulls' | 'closed' | 'signed'>): ReadonlySet<string> {
  const numbers = new Set([...signed.values()].flat().map(({ number }) => number));
  return new Set([
    ...[...pulls.open, ...pulls.strayed].map(({ head }) => head),
    ...closed.flatMap(({ pull }) => (numbers.has(pull.number) ? [pull.branch] : [])),
  ]);
}

/** What events are read with. */
export interface EventsInput {
  readonly forge: Forge;
  readonly base: Base | null;
  readonly metadataHead: CommitSha;
  readonly now: Instant;
}

/**
 * Reads every open event and what bears on it, and judges all of them. For one event all are read: what was signed in another decides with.
 * @param pulls - as {@link readProposalPulls} has just read them
 * @throws `io`, `git`, `rate-limited`, `permission-missing`
 */
export async function readEvents({ forge, base, metadataHead, now }: EventsInput, pulls: ProposalPulls): Promise<EventsView> {
  const isQuiet = pulls.open.length === 0 && pulls.ended.length === 0;
  const context: EventContext = { forge, metadataHead, base, automation: isQuiet ? [] : await forge.automation() };
  const read: EventFacts[] = [];
  for (const pull of pulls.open) read.push(await readEvent(context, pull));
  const newest = newestEnded(pulls.ended);
  const above = base === null || newest.length === 0 ? [] : await aboveSigned(forge, base, await forge.tree(metadataHead), newest);
  const ended: { readonly pull: EndedPull; readonly facts: EventFacts }[] = [];
  for (const pull of above) if (await mayBeSigned(context, pull)) ended.push({ pull, facts: await readEvent(context, pull) });
  const notMerged = ended.filter(({ pull }) => pull.state === 'closed');
  const closed = notMerged.map(({ facts }) => facts);
  const events = read.map((event) => withEarlier(event, closed, base));
  const signed = signedElsewhere(
    [...events.map((facts) => ({ facts, state: 'open' as const })), ...ended.map(({ facts }) => ({ facts, state: 'ended' as const }))],
    base,
  );
  const statuses = evaluateEvents({ base, events, signed, now });
  return { pulls, metadataHead, base, events, closed, closedPulls: notMerged.map(({ pull }) => pull), signed, statuses, now };
}

/**
 * Opens the pull request of every proposal branch that has none: a propose was ended after it had moved the branch. A branch at which an
 * event has ended is left alone.
 * @returns whether any was opened
 */
export async function adoptOrphans(forge: Forge, { open, strayed, ended }: ProposalPulls): Promise<boolean> {
  let adopted = false;
  for (const [branch, head] of await forge.branches(PROPOSAL_PREFIX)) {
    const isKnown =
      [...open, ...strayed].some((pull) => pull.head === branch) ||
      ended.some((pull) => pull.head === branch && (pull.state === 'merged' || pull.headSha === head));
    if (isKnown) continue;
    // Whoever abandoned its event in between has moved it first.
    if ((await forge.branches(branch)).get(branch) !== head) continue;
    try {
      await forge.openPull({ head: branch, base: METADATA_BRANCH, title: `Sign ${branch.slice(PROPOSAL_PREFIX.length)}`, body: '' });
      adopted = true;
    } catch (error) {
      // Anyone who may push can leave a branch of which the host makes no pull request; that must not stop the others.
      if (!(error instanceof CountersignError && error.code === 'event-invalid')) throw error;
    }
  }
  return adopted;
}

/**
 * Points strayed proposals at the metadata branch again. Whoever may write can point one elsewhere, and it would be no event any more.
 * @returns whether any was
 */
export async function retargetStrayed(forge: Forge, metadataHead: CommitSha, { strayed }: ProposalPulls): Promise<boolean> {
  let moved = false;
  for (const { number, headSha } of strayed) {
    // A branch that shares nothing with the metadata is somebody's own, whatever it is called.
    if ((await forge.mergeBase(metadataHead, headSha)) === null) continue;
    try {
      await forge.retargetPull(number, METADATA_BRANCH);
      moved = true;
    } catch (error) {
      if (!(error instanceof CountersignError && error.code === 'event-invalid')) throw error;
    }
  }
  return moved;
}
