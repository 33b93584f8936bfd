// SPDX-License-Identifier: Apache-2.0
import type { EventFacts, EventStatus } from '../event/facts.ts';
import { rolePath, ROOT_PATH } from '../event/layout.ts';
import { readProposal } from '../event/proposal.ts';
import type { AccountId, Forge, Pull, Review, Signer } from '../ports.ts';
import { encodeCountersignatures, parseCountersignatures, type Countersignature } from '../trust/countersignature.ts';
import type { RepositoryId } from '../tuf/binding.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { keyIdOf, type KeyId } from '../tuf/key.ts';
import { payloadDigest, type PayloadDigest } from '../tuf/metadata.ts';
import { parseTargetsRoleName } from '../tuf/names.ts';
import { parseRoot } from '../tuf/root.ts';
import { parseTargets } from '../tuf/targets.ts';
import { gather, type GatherResult } from './gather.ts';
import { readState, requireBase } from './read-base.ts';
import { readEvents, readOpenPulls, readProposalPulls } from './read-events.ts';
import type { Workplace } from './workplace.ts';

/** What a custody key signed for one event. */
export interface CustodySignature {
  readonly number: number;
  /** The block that carries the signatures. */
  readonly block: string;
  readonly files: readonly { readonly role: string; readonly version: number; readonly payload: string }[];
}

/** The bytes of a role's file as the event has it, when they are those that were judged. */
function payloadOf(facts: EventFacts, status: EventStatus['roles'][number]): Uint8Array | null {
  const { role, payload: digest } = status;
  const bytes = facts.changes.get(role === 'root' ? ROOT_PATH : rolePath(parseTargetsRoleName(role, 'role'))) ?? null;
  if (bytes === null) return null;
  const { payload } = role === 'root' ? parseRoot(bytes) : parseTargets(bytes);
  return payloadDigest(payload) === digest ? payload : null;
}

/** Signs those files of an event that the person's standing approval covers and that still miss their signature. */
async function signEvent(
  repository: RepositoryId,
  facts: EventFacts,
  status: EventStatus,
  { person, keyId, signer }: { readonly person: string; readonly keyId: KeyId; readonly signer: Signer },
): Promise<readonly Countersignature[]> {
  const lines: Countersignature[] = [];
  if (status.state !== 'waiting') return lines;
  for (const role of status.roles) {
    const covers = role.requirements.some(({ approved }) => approved.some((one) => one.person === person && one.keyId === keyId));
    const payload = covers ? payloadOf(facts, role) : null;
    if (payload === null) continue;
    const sig = await signer.sign(payload);
    lines.push({ repository, role: role.role, version: role.version, payload: role.payload, keyId, sig });
  }
  return lines;
}

/**
 * The repository of the first event, when its root v1 is the one that is pinned: then who may approve comes from a root that people have compared, and is read down
 * from there as ever. Null for any other event before the first root.
 */
function pinnedRepository({ changes }: EventFacts, anchor: PayloadDigest | null): RepositoryId | null {
  const { root } = readProposal(changes, null);
  return root === null || anchor === null || payloadDigest(root.payload) !== anchor ? null : (root.signed.binding?.repository ?? null);
}

/**
 * Signs with a person's custody key what that person's approval covers, and nothing else. All of it is read again from the host and verified from the root: what
 * an earlier job found is not believed. Before the first root is signed, only the event of the root that the workflow names is looked at.
 * @param signer - opened with that person's key
 * @returns one block for each event; nothing when nothing is approved
 * @throws `not-a-signer` when nobody of that name has this key in any open event or in the signed state; `base-missing` when nothing is signed yet and
 * no open event proposes a root that is pinned
 */
export async function custody(place: Workplace, person: string, signer: Signer): Promise<readonly CustodySignature[]> {
  const { forge, now } = place;
  const pulls = await readProposalPulls(forge);
  const state = await readState(place);
  const { base, metadataHead } = state;
  if (metadataHead === null) return [];
  const keyId = keyIdOf(await signer.publicKey());
  const signatures: CustodySignature[] = [];
  const waiting = new Set<string>();
  let trusted = base !== null;
  const { events, statuses } = await readEvents({ forge, base, metadataHead, now }, pulls);
  for (const [index, facts] of events.entries()) {
    const repository = base === null ? pinnedRepository(facts, place.anchor) : base.repository;
    const status = statuses[index];
    if (repository === null || status === undefined) continue;
    trusted = true;
    for (const { requirements } of status.roles) {
      for (const { approved } of requirements) for (const one of approved) if (one.person === person) waiting.add(one.keyId);
    }
    const lines = await signEvent(repository, facts, status, { person, keyId, signer });
    if (lines.length === 0) continue;
    const files = lines.map(({ role, version, payload }) => ({ role, version, payload }));
    signatures.push({ number: facts.pull.number, block: encodeCountersignatures(lines), files });
  }
  if (!trusted) requireBase(state);
  const [other] = waiting;
  if (signatures.length === 0 && other !== undefined)
    throw new CountersignError(
      'not-a-signer',
      quote(person),
      `expected the key ${other} that signed metadata lists for them, got ${keyId}`,
    );
  return signatures;
}

/** A custody signature as a job has left it for the next one. Not believed: it is posted, and counted as every other. */
export interface CarriedSignature {
  readonly number: number;
  readonly block: string;
}

/** What a text says as a carrier of signatures, in one form; null for what is not read as one. */
function linesOf(body: string): string | null {
  const parsed = parseCountersignatures(body);
  return parsed.kind === 'accepted' ? encodeCountersignatures(parsed.value) : null;
}

/** Whether a review of our own carries the block. Anyone can put the same text where it does not count, beside HTML or within another fence. */
function isPosted(block: string, reviews: readonly Review[], viewer: AccountId): boolean {
  return reviews.some(({ author, body }) => author.id === viewer && body.includes(block) && linesOf(body) === linesOf(block));
}

/** Posts a block as a review that says neither yes nor no: reviews are found by their author, whatever others write. */
async function post(forge: Forge, { number, headSha }: Pull, block: string): Promise<void> {
  const viewer = await forge.viewer();
  if (isPosted(block, await forge.reviews(number, [viewer]), viewer.id)) return;
  const body = `Signed with a key in custody, as its person approved here.\n\n${block}\n`;
  try {
    await forge.submitReview(number, { state: 'COMMENTED', body, commitSha: headSha });
  } catch (error) {
    // It has just ended, or moved on: the next run asks the key again where it still has to sign.
    if (!(error instanceof CountersignError && error.code === 'event-invalid')) throw error;
  }
}

/**
 * Gathers after custody: posts the signatures that custody jobs made on their events, where they stay, and counts again.
 * @throws as `gather`
 */
export async function settle(place: Workplace, carried: readonly CarriedSignature[]): Promise<GatherResult> {
  const { forge } = place;
  const open = new Map((await readOpenPulls(forge)).map((pull) => [pull.number, pull]));
  for (const { number, block } of carried) {
    const pull = open.get(number);
    if (pull !== undefined) await post(forge, pull, block);
  }
  return gather(place);
}
