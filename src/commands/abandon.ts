// SPDX-License-Identifier: Apache-2.0
import type { Base } from '../event/base.ts';
import { proposedFiles } from '../event/evaluate.ts';
import type { EventFacts, EventStatus } from '../event/facts.ts';
import { EVENT_PATH, METADATA_BRANCH } from '../event/layout.ts';
import { listenTo } from '../event/listen.ts';
import { readProposal } from '../event/proposal.ts';
import { votersOf } from '../event/queue.ts';
import { restorationOf } from '../event/restore.ts';
import { signedContents } from '../event/signed-content.ts';
import { collectCountersignatures, withdrawalBytes } from '../event/signatures.ts';
import type { CommitSha, Forge, Pull, Signer } from '../ports.ts';
import { encodeCountersignatures, type Countersignature } from '../trust/countersignature.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { keyIdOf } from '../tuf/key.ts';
import { keyOwner, ownWorkplace, type OpenAs } from './key-owner.ts';
import { readState } from './read-base.ts';
import { readEvents, readProposalPulls, requireOpenPull } from './read-events.ts';
import { tell } from './report-status.ts';
import { settleReleases } from './settle-releases.ts';
import { untilSettled, type Workplace } from './workplace.ts';

/** A signature that stays valid for what it was given for. */
export interface LiveSignature {
  /** The person's name. */
  readonly by: string;
  readonly keyId: string;
  readonly role: string;
  readonly version: number;
  readonly payload: string;
}

/** What was abandoned. */
export interface AbandonResult {
  /** `withdrawn`: your own signature is taken back, and the event stays open, since others have signed it. */
  readonly outcome: 'abandoned' | 'withdrawn';
  readonly number: number;
  readonly url: string;
  /** Who still stands by it, by name. */
  readonly left: readonly string[];
  /** Signatures can't be taken back: whoever holds enough of them could still complete that payload, until a later version is published. */
  readonly live: readonly LiveSignature[];
}

/**
 * Whether a gather has put the signed files on the event's branch already, so that all it has left to do is to move the metadata branch there. A proposal
 * that it has not come to has its notes still; whoever makes one by hand and writes none only has one more commit made.
 */
async function isSealed(forge: Forge, headSha: CommitSha, metadataHead: CommitSha): Promise<boolean> {
  return (await forge.mergeBase(metadataHead, headSha)) === metadataHead && !(await forge.tree(headSha)).has(EVENT_PATH);
}

async function addCommit(forge: Forge, branch: string, head: CommitSha): Promise<CommitSha> {
  const next = await forge.writeCommit({ base: head, parents: [head], changes: new Map(), message: 'Abandon\n' });
  await forge.moveBranch(branch, head, next, 'fast-forward');
  return next;
}

/** Has a gather whose last move is left start again. @throws `ref-conflict` */
async function stopMerge(forge: Forge, metadataHead: CommitSha): Promise<void> {
  try {
    await addCommit(forge, METADATA_BRANCH, metadataHead);
  } catch (error) {
    // There the host merges, and refuses a pull request that is closed or whose head has moved.
    if (!(error instanceof CountersignError && error.code === 'ref-protected')) throw error;
  }
}

async function metadataHeadOf(forge: Forge): Promise<CommitSha | null> {
  return (await forge.branches(METADATA_BRANCH)).get(METADATA_BRANCH) ?? null;
}

/**
 * A gather that has read the event before must not complete it after. Both of its moves are compare-and-swap, so one more commit stops each: on the metadata
 * branch if only that move is left, and then on the event's. If the gather is faster, all starts again, and there is no open event any more.
 * @returns where the event's branch is left
 * @throws `ref-conflict`
 */
async function moveOn(forge: Forge, { head, headSha }: Pull): Promise<CommitSha> {
  const metadataHead = await metadataHeadOf(forge);
  if (metadataHead !== null && (await isSealed(forge, headSha, metadataHead))) await stopMerge(forge, metadataHead);
  return addCommit(forge, head, headSha);
}

/**
 * A gather that has read the event in between, moved on and not closed yet, may have built upon that: it looks once more whether the event is open before its last
 * move, and may have done so already. Its commit is taken off the branch again, or gather would open an event for it.
 * @param left - where the branch was left
 * @throws `event-unknown` when it has completed the event; `ref-conflict`
 */
async function takeOff(forge: Forge, { number, head }: Pull, left: CommitSha): Promise<void> {
  const there = (await forge.branches(head)).get(head);
  const metadataHead = await metadataHeadOf(forge);
  if (there === undefined || there === left || metadataHead === null) return;
  if ((await forge.mergeBase(metadataHead, there)) === there)
    throw new CountersignError(
      'event-unknown',
      `#${String(number)}`,
      'expected an open signing event, got one that has just been completed',
    );
  if (!(await isSealed(forge, there, metadataHead))) return;
  await stopMerge(forge, metadataHead);
  await forge.moveBranch(head, there, left, 'replace');
}

/** The draft release of the event goes with it. */
async function dropDraft(place: Workplace): Promise<void> {
  const { forge, releases, now } = place;
  const pulls = await readProposalPulls(forge);
  const { base, metadataHead } = await readState(place, pulls.ended);
  if (releases === null || metadataHead === null) return;
  await settleReleases(place, base, await readEvents({ forge, base, metadataHead, now }, pulls));
}

/**
 * Ends a signing event without completing it, and lists the signatures that were given in it. What nobody has signed, whoever may write ends. What people have signed
 * is ended by them: each takes their own signature back with their key, and with the last one the event is closed. Its versions are never used for other bytes
 * once anyone has signed them; a root's version can't be skipped, so the next root carries the same number and says which payloads it takes the place of.
 * @param signer - the key of who abandons; null for none
 * @throws `event-unknown`, `not-a-signer` where people have signed it and no key of theirs is given
 */
export async function abandon(
  place: Workplace,
  number: number,
  signer: Signer | null = null,
  openAs: OpenAs | null = null,
): Promise<AbandonResult> {
  return untilSettled(() => abandonOnce(place, number, signer, openAs));
}

/** An event as it is before it is abandoned. */
interface Standing {
  readonly pull: Pull;
  readonly facts: EventFacts;
  readonly status: EventStatus;
  readonly base: Base | null;
}

async function readStanding(place: Workplace, number: number): Promise<Standing> {
  const { forge, now } = place;
  const pulls = await readProposalPulls(forge);
  const { base, metadataHead } = await readState(place, pulls.ended);
  const pull = pulls.open.find((one) => one.number === number) ?? (await requireOpenPull(forge, number));
  if (metadataHead === null) throw new CountersignError('base-missing', METADATA_BRANCH, 'expected the metadata branch, got none');
  const { events, statuses } = await readEvents({ forge, base, metadataHead, now }, pulls);
  const index = events.findIndex((one) => one.pull.number === number);
  const [facts, status] = [events[index], statuses[index]];
  if (facts === undefined || status === undefined)
    throw new CountersignError('ref-conflict', `#${String(number)}`, 'it has changed while it was read');
  return { pull, facts, status, base };
}

/** Signatures given in an event that verify, of whatever content it has had. */
function liveSignatures({ facts, base }: Pick<Standing, 'facts' | 'base'>): readonly LiveSignature[] {
  const proposal = readProposal(facts.changes, base);
  const listening = listenTo(facts.changes.keys(), proposal, base);
  const lines = collectCountersignatures(facts, listening, proposedFiles(proposal)).posted.map(({ line }) => line);
  const [first] = [proposal.root, ...proposal.roles.values()].flatMap((file) => file?.signed.binding?.repository ?? []);
  const repository = base?.repository ?? first;
  if (repository === undefined) return [];
  return [...listening.signers].flatMap(([role, signers]) =>
    signedContents({ role, repository, signers, lines, payloads: facts.earlierPayloads }).flatMap(({ by, version, payload }) =>
      [...by].map((keyId) => {
        const person = signers.map(({ people }) => people.byKey.get(keyId)).find((one) => one !== undefined);
        return { by: person?.name ?? keyId, keyId, role, version, payload };
      }),
    ),
  );
}

/** Takes the key's own signatures of an event back, in a review that asks for changes where the host lets its account ask. */
async function withdraw(place: Workplace, standing: Standing, signer: Signer, openAs: OpenAs | null): Promise<void> {
  let { forge } = place;
  const { pull, facts, base } = standing;
  const keyId = keyIdOf(await signer.publicKey());
  const proposal = readProposal(facts.changes, base);
  const repository = base?.repository ?? proposal.root?.signed.binding?.repository;
  const lines: Countersignature[] = [];
  for (const { role, version, payload, requirements } of standing.status.roles) {
    if (repository === undefined || !requirements.some(({ votes }) => votes.some((vote) => vote.keyId === keyId))) continue;
    const person = keyOwner(keyId, role, facts, base);
    if (person !== null) ({ forge } = await ownWorkplace(place, person, openAs));
    const line = { repository, role, version, payload };
    lines.push({ ...line, keyId, sig: await signer.sign(withdrawalBytes(line)) });
  }
  if (lines.length === 0) return;
  const viewer = await forge.viewer();
  const state = viewer.id === pull.author.id ? 'COMMENTED' : 'CHANGES_REQUESTED';
  const body = `Takes the signature of this event back.\n\n${encodeCountersignatures(lines)}\n`;
  try {
    await forge.submitReview(pull.number, { state, body, commitSha: pull.headSha });
  } catch (error) {
    // A gather may have completed it in between.
    if (error instanceof CountersignError && error.code === 'event-invalid') await requireOpenPull(forge, pull.number);
    throw error;
  }
}

/**
 * Somebody may have closed the event meanwhile, or the host merged it, which needs neither of the branches where they were. Then its branch goes back: gather would
 * take one that went on for a new proposal.
 */
async function requireOpenAfter(forge: Forge, { number, head, headSha }: Pull, left: CommitSha): Promise<void> {
  try {
    await requireOpenPull(forge, number);
  } catch (error) {
    await forge.moveBranch(head, left, headSha, 'replace');
    throw error;
  }
}

async function abandonOnce(place: Workplace, number: number, signer: Signer | null, openAs: OpenAs | null): Promise<AbandonResult> {
  const { forge } = place;
  let standing = await readStanding(place, number);
  if (restorationOf(standing.facts, standing.base) !== null) {
    const detail =
      'people have signed it, and somebody has written over that since; `countersign gather` puts it back, and then it can be abandoned';
    throw new CountersignError('event-invalid', `#${String(number)}`, detail);
  }
  if (signer !== null && votersOf(standing.status).length > 0) {
    await withdraw(place, standing, signer, openAs);
    standing = await readStanding(place, number);
  }
  const { pull, status } = standing;
  const live = liveSignatures(standing);
  const left = votersOf(status);
  if (left.length > 0) {
    const keyId = signer === null ? null : keyIdOf(await signer.publicKey());
    if (live.some((one) => one.keyId === keyId)) return { outcome: 'withdrawn', number, url: pull.url, left, live };
    const names = left.map((name) => quote(name)).join(', ');
    const detail = `${names} signed it, and only who signed an event can end it; pass your key with --key (with a key in custody: request changes in the browser)`;
    throw new CountersignError('not-a-signer', `#${String(number)}`, detail);
  }
  const moved = await moveOn(forge, pull);
  await requireOpenAfter(forge, pull, moved);
  await tell(
    forge,
    number,
    `Abandoned. ${String(live.length)} signatures were given here; they stay valid for what they were given for until a later version is published.`,
  );
  await forge.closePull(number);
  await untilSettled(() => takeOff(forge, pull, moved));
  await dropDraft(place);
  return { outcome: 'abandoned', number, url: pull.url, left, live };
}
