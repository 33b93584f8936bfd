// SPDX-License-Identifier: Apache-2.0
import type { Base } from '../event/base.ts';
import { decideSignature } from '../event/decide-signature.ts';
import type { EventFacts, EventStatus } from '../event/facts.ts';
import type { Files, Pull, Signer } from '../ports.ts';
import { describeChange, type ChangeText, type FileChange } from '../render/change-text.ts';
import { encodeCountersignatures, type Countersignature } from '../trust/countersignature.ts';
import type { Person } from '../trust/people.ts';
import type { RepositoryId } from '../tuf/binding.ts';
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { keyIdOf, parseKey, type KeyId } from '../tuf/key.ts';
import { payloadDigest, type PayloadDigest } from '../tuf/metadata.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import { verifySignature } from '../tuf/signature.ts';
import { claimedRepository } from './claimed-repository.ts';
import { keyOwner, ownWorkplace, type OpenAs } from './key-owner.ts';
import { fileChanges } from './proposal-text.ts';
import { readState } from './read-base.ts';
import { readEvents, readProposalPulls, requireOpenPull } from './read-events.ts';
import { readSeen, readSigned, remember, rememberedRoot, requireNoRollback, versionsOf } from './signer-memory.ts';
import type { Workplace } from './workplace.ts';

/** What to sign, and who asks whom. */
export interface SignInput {
  readonly number: number;
  readonly signer: Signer;
  /** What this person's machine remembers of repositories: the roots it trusts and what it has signed. */
  readonly memory: Files;
  /** Shows the change and asks; false stops without a trace. */
  confirm(change: ChangeText): Promise<boolean>;
  /**
   * Shows the change, which is a second content of a root version that this person has signed before, and has them type the digest of what it takes the place of.
   * @param replaced - what they have signed of that version
   */
  confirmReplacement(change: ChangeText, replaced: readonly PayloadDigest[]): Promise<boolean>;
  /** `submit` reviews as the viewer; `print` only gives the block. */
  readonly carrier: 'submit' | 'print';
  /** For a host where everybody may say as whom they work. */
  readonly openAs?: OpenAs;
}

/** What was signed. */
export interface SignResult {
  readonly number: number;
  readonly person: string;
  readonly files: readonly { readonly role: string; readonly version: number; readonly payload: PayloadDigest }[];
  readonly block: string;
  /** How it reached the pull request. `counted`: the same had been submitted, and counts; nothing was posted again. */
  readonly carrier: 'review' | 'printed' | 'counted';
  /** The status right after; null where nothing was submitted, or the event has ended since. */
  readonly status: EventStatus | null;
}

/** An event as it stands, and what it was judged on. */
interface JudgedEvent {
  readonly pull: Pull;
  readonly facts: EventFacts;
  readonly status: EventStatus;
  readonly base: Base | null;
}

function repositoryOf(files: readonly FileChange[], base: Base | null): RepositoryId {
  const binding = base?.root.signed.binding ?? files[0]?.file.signed.binding ?? null;
  if (binding === null) throw new CountersignError('binding-mismatch', 'proposal', 'expected x-countersign, got none');
  return binding.repository;
}

/** All open events are read for one: what was signed elsewhere decides with. */
async function judgedEvent(place: Workplace, number: number, anchor: PayloadDigest | null): Promise<JudgedEvent> {
  const { forge, now } = place;
  const pulls = await readProposalPulls(forge);
  const state = await readState({ ...place, anchor }, pulls.ended);
  for (const { where, detail } of state.findings) place.log.warn(`${where}: ${detail}`);
  const { base, metadataHead } = state;
  if (metadataHead === null) throw new CountersignError('base-missing', 'tuf', 'expected the metadata branch, got none');
  const { events, statuses } = await readEvents({ forge, base, metadataHead, now }, pulls);
  const index = events.findIndex((one) => one.pull.number === number);
  const [pull, facts, status] = [pulls.open.find((one) => one.number === number), events[index], statuses[index]];
  if (pull === undefined || facts === undefined || status === undefined)
    throw new CountersignError('event-unknown', `#${String(number)}`, 'expected an open signing event');
  return { pull, facts, status, base };
}

/** Nobody is kept from signing because another event is open: that is told, and decides nothing. */
function requireSignable(status: EventStatus): void {
  const where = `#${String(status.pull.number)}`;
  const [problem] = status.problems;
  if (problem !== undefined)
    throw new CountersignError(problem.code, `${where} ${problem.where}`, `${problem.detail} (nothing was signed)`);
  if (status.state === 'outdated')
    throw new CountersignError(
      'event-invalid',
      where,
      'expected an event built on the signed state, got an older one; gather builds it again',
    );
}

async function signFiles(
  input: SignInput,
  keyId: KeyId,
  repository: RepositoryId,
  files: readonly FileChange[],
): Promise<readonly Countersignature[]> {
  const key = parseKey(await input.signer.publicKey(), 'signer');
  const signatures: Countersignature[] = [];
  for (const { role, file } of files) {
    // What is signed is made again from what was shown, never taken from the file.
    const payload = encodeCanonicalJson(file.signed.raw);
    const sig = await input.signer.sign(payload);
    if (verifySignature(key, payload, sig) !== 'valid')
      throw new CountersignError('signer-key', role, 'expected a signature that verifies, got another');
    signatures.push({ repository, role, version: file.signed.version, payload: payloadDigest(payload), keyId, sig });
  }
  return signatures;
}

/** The host refuses an author's approval of their own pull request; their review says neither yes nor no, and its signature counts all the same. */
async function submit(place: Workplace, pull: Pull, summary: string, block: string): Promise<void> {
  const { forge } = place;
  const viewer = await forge.viewer();
  const state = viewer.id === pull.author.id ? 'COMMENTED' : 'APPROVED';
  await forge.submitReview(pull.number, { state, body: `${summary}\n\n${block}\n`, commitSha: pull.headSha });
}

/** What was shown must still be what is there: a signature of older content would only have to be given again. @throws `ref-conflict` */
async function requireSameHead({ forge }: Workplace, { head, headSha, number }: Pull): Promise<void> {
  if ((await forge.branches(head)).get(head) === headSha) return;
  const detail = 'it was changed while you were reading; nothing was submitted: look at it again';
  throw new CountersignError('ref-conflict', `#${String(number)}`, detail);
}

/**
 * Signs an event with one key: verifies it from the root that this machine remembers, shows the change computed from that, asks, signs, remembers,
 * and submits an approving review. It never signs two contents for one version of a role.
 * @throws `not-a-signer`, `already-signed`, `declined`, `anchor-mismatch`, `event-unknown`, `event-open`, and what makes the event invalid
 */
export async function sign(place: Workplace, input: SignInput): Promise<SignResult> {
  const where = `#${String(input.number)}`;
  const claimed = await claimedRepository(place.forge, await requireOpenPull(place.forge, input.number));
  const known = claimed === null ? null : await rememberedRoot(input.memory, claimed);
  // By the root that this machine knows: somebody with write access may have put another beside it, and nobody else could say which is right.
  const { pull, facts, status, base } = await judgedEvent(place, input.number, known ?? place.anchor);
  const all = fileChanges(facts.changes, base);
  for (const root of [known, place.anchor]) requireRemembered(root, all, base);
  const repository = repositoryOf(all, base);
  const remembered = repository === claimed ? known : await rememberedRoot(input.memory, repository);
  requireRemembered(remembered, all, base);
  const seen = await readSeen(input.memory, repository);
  requireNoRollback(seen, base);
  requireSignable(status);
  const keyId = keyIdOf(await input.signer.publicKey());
  const files = all.filter(({ role }) => keyOwner(keyId, role, facts, base) !== null);
  const person = files.map(({ role }) => keyOwner(keyId, role, facts, base))[0];
  if (person === undefined || person === null) {
    const needed = status.roles.flatMap(({ requirements }) => requirements.flatMap(({ missing }) => missing));
    throw new CountersignError(
      'not-a-signer',
      where,
      `expected a key of one of ${[...new Set(needed)].map((name) => quote(name)).join(', ')}, got ${keyId}`,
    );
  }
  const own = input.carrier === 'submit' ? await ownWorkplace(place, person, input.openAs ?? null) : place;
  const memory = decideSignature(await readSigned(input.memory, repository), files);
  const root = remembered ?? rootDigest(all, base);
  if (root === null) throw new CountersignError('base-missing', 'root', 'expected a root, got none');
  const described = describeChange(files, remembered === null ? { payload: root, file: rootFileDigest(base) } : null, {
    person: person.name,
    keyId,
    signed: isCounted(person, files, status),
  });
  const change = withLines(described, behindLines(status));
  const isAgreed = memory.replaced.length === 0 ? await input.confirm(change) : await input.confirmReplacement(change, memory.replaced);
  if (!isAgreed) throw new CountersignError('declined', where, 'expected your agreement, got none; nothing was signed');
  if (input.carrier === 'submit') await requireSameHead(place, pull);
  // Remembered before it leaves this machine: a crash in between must not allow a second content.
  await remember(input.memory, repository, root, new Map([...seen, ...versionsOf(base)]), memory.signed);
  const lines = await signFiles(input, keyId, repository, files);
  const block = encodeCountersignatures(lines);
  const summary = `Approved ${lines.map(({ role, version, payload }) => `${role} v${String(version)} (sha256:${payload.slice(0, 16)}…)`).join(', ')}`;
  const carrier = input.carrier === 'print' ? 'printed' : isCounted(person, files, status) ? 'counted' : 'review';
  if (carrier === 'review') await submit(own, pull, summary, block);
  const after = carrier === 'printed' ? null : await statusAfter(place, input.number, known ?? place.anchor);
  return {
    number: pull.number,
    person: person.name,
    files: lines.map(({ role, version, payload }) => ({ role, version, payload })),
    block,
    carrier,
    status: after,
  };
}

/** Whether nothing is missing of a person in any of the files: another ECDSA signature of the same would look like a new one. */
function isCounted({ name }: Person, files: readonly FileChange[], status: EventStatus): boolean {
  return files.every(({ role }) =>
    status.roles.some((one) => one.role === role && one.requirements.every(({ missing }) => !missing.includes(name))),
  );
}

/** How the event stands afterwards; null where it has ended meanwhile, since somebody was waiting for this signature. */
async function statusAfter(place: Workplace, number: number, anchor: PayloadDigest | null): Promise<EventStatus | null> {
  try {
    return (await judgedEvent({ ...place, log: { ...place.log, warn: () => undefined } }, number, anchor)).status;
  } catch (error) {
    if (error instanceof CountersignError && error.code === 'event-unknown') return null;
    throw error;
  }
}

function behindLines({ behind }: EventStatus): readonly string[] {
  if (behind === null) return [];
  return [
    `#${String(behind)} changes the same role. If it completes first, this event is built again, and you are asked to sign again.`,
    '',
  ];
}

/** A change with lines after it, whether it is shown whole or cut. */
function withLines(change: ChangeText, lines: readonly string[]): ChangeText {
  return { ...change, brief: [change.brief, ...lines].join('\n'), full: [change.full, ...lines].join('\n') };
}

/** Root v1, whether it is signed already or being signed; null when there is neither. */
function rootDigest(files: readonly FileChange[], base: Base | null): PayloadDigest | null {
  const first = base?.roots[0]?.file ?? files.find(({ role }) => role === 'root')?.file;
  return first === undefined ? null : payloadDigest(first.payload);
}

/** Of `1.root.json`, which people may have; null while it is being signed. */
function rootFileDigest(base: Base | null): string | null {
  const first = base?.roots[0]?.bytes;
  return first === undefined ? null : sha256Hex(first);
}

/** The root v1 that this machine remembers, or was told, must be the repository's. @throws `anchor-mismatch` */
function requireRemembered(known: PayloadDigest | null, files: readonly FileChange[], base: Base | null): void {
  const digest = rootDigest(files, base);
  if (known === null || digest === known) return;
  throw new CountersignError(
    'anchor-mismatch',
    'root@1',
    `expected the root that this machine knows, sha256:${known}, got ${digest === null ? 'another' : `sha256:${digest}`}`,
  );
}
