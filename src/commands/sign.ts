// SPDX-License-Identifier: Apache-2.0
import type { Base } from '../event/base.ts';
import { decideGather } from '../event/decide-gather.ts';
import type { EventFacts, EventStatus } from '../event/facts.ts';
import { readProposal } from '../event/proposal.ts';
import { evaluateEvent } from '../event/evaluate.ts';
import type { CommitSha, Files, Pull, Review, Signer } from '../ports.ts';
import { describeChange, type ChangeText, type FileChange } from '../render/change-text.ts';
import { encodeCountersignatures, type Countersignature } from '../trust/countersignature.ts';
import type { Person } from '../trust/people.ts';
import type { RepositoryId } from '../tuf/binding.ts';
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { keyIdOf, parseKey, type KeyId } from '../tuf/key.ts';
import { payloadDigest, type Metadata, type PayloadDigest } from '../tuf/metadata.ts';
import type { Root } from '../tuf/root.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import { verifySignature } from '../tuf/signature.ts';
import type { Targets } from '../tuf/targets.ts';
import { claimedRepository } from './claimed-repository.ts';
import { keyOwner, requireOwnAccount } from './key-owner.ts';
import { readState } from './read-base.ts';
import { readSeen, readSigned, remember, rememberedRoot, requireNoRollback, versionsOf, type Signed } from './signer-memory.ts';
import { openPulls, readEvent } from './read-events.ts';
import type { Workplace } from './workplace.ts';

/** What to sign, and who asks whom. */
export interface SignInput {
  readonly number: number;
  readonly signer: Signer;
  /** What this person's machine remembers of repositories: the roots it trusts and what it has signed. */
  readonly memory: Files;
  /** Shows the change and asks; false stops without a trace. */
  confirm(change: ChangeText): Promise<boolean>;
  /** `submit` reviews as the viewer; `print` only gives the block. */
  readonly carrier: 'submit' | 'print';
}

/** What was signed. */
export interface SignResult {
  readonly number: number;
  readonly person: string;
  readonly files: readonly { readonly role: string; readonly version: number; readonly payload: PayloadDigest }[];
  readonly block: string;
  /** How it reached the pull request. */
  /** `counted`: the same had been submitted, and counts; nothing was posted again. */
  readonly carrier: 'review' | 'comment' | 'printed' | 'counted';
  /** The status right after. */
  readonly status: EventStatus | null;
}

interface Proposed {
  readonly role: string;
  readonly file: Metadata<Root | Targets>;
  readonly before: Root | Targets | null;
}

function proposedFiles(facts: EventFacts, base: Base | null): readonly Proposed[] {
  const proposal = readProposal(facts.changes, base);
  const roots: Proposed[] = proposal.root === null ? [] : [{ role: 'root', file: proposal.root, before: base?.root.signed ?? null }];
  return [...roots, ...[...proposal.roles].map(([role, file]) => ({ role, file, before: base?.roles.get(role)?.file.signed ?? null }))];
}

function repositoryOf(files: readonly Proposed[], base: Base | null): RepositoryId {
  const binding = base?.root.signed.binding ?? files[0]?.file.signed.binding ?? null;
  if (binding === null) throw new CountersignError('binding-mismatch', 'proposal', 'expected x-countersign, got none');
  return binding.repository;
}

/** An event as it stands, and what it was judged on. */
interface JudgedEvent {
  readonly facts: EventFacts;
  readonly status: EventStatus;
  readonly base: Base | null;
  readonly metadataHead: CommitSha;
}

async function judgedEvent(place: Workplace, pull: Pull, anchor: PayloadDigest | null): Promise<JudgedEvent> {
  const state = await readState({ ...place, anchor });
  for (const { where, detail } of state.findings) place.log.warn(`${where}: ${detail}`);
  if (state.metadataHead === null) throw new CountersignError('base-missing', 'tuf', 'expected the metadata branch, got none');
  const pulls = await openPulls(place.forge);
  const events: EventFacts[] = [];
  for (const one of pulls) events.push(await readEvent(place.forge, one, state.metadataHead, state.base));
  const { statuses } = decideGather({ base: state.base, events, signedBefore: new Map(), now: place.now });
  const index = pulls.findIndex(({ number }) => number === pull.number);
  const [facts, status] = [events[index], statuses[index]];
  if (facts === undefined || status === undefined)
    throw new CountersignError('event-unknown', `#${String(pull.number)}`, 'expected an open signing event');
  return { facts, status, base: state.base, metadataHead: state.metadataHead };
}

function requireSignable(status: EventStatus): void {
  const where = `#${String(status.pull.number)}`;
  const [problem] = status.problems;
  if (problem !== undefined)
    throw new CountersignError(problem.code, `${where} ${problem.where}`, `${problem.detail} (nothing was signed)`);
  if (status.state === 'queued')
    throw new CountersignError(
      'event-open',
      where,
      `expected the next event of its role, got one that is queued behind #${String(status.behind ?? 0)}`,
    );
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
  files: readonly Proposed[],
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

async function submit(place: Workplace, pull: Pull, summary: string, block: string): Promise<'review' | 'comment'> {
  const body = `${summary}\n\n${block}\n`;
  const viewer = await place.forge.viewer();
  if (viewer.id === pull.author.id) {
    // The host refuses an author's approval of their own pull request.
    await place.forge.comment(pull.number, body);
    return 'comment';
  }
  const review: Review = await place.forge.submitReview(pull.number, { state: 'APPROVED', body, commitSha: pull.headSha });
  return review.state === 'APPROVED' ? 'review' : 'comment';
}

/**
 * Signs an event with one key: verifies it from the root that this machine remembers, shows the change computed from that, asks, signs, remembers,
 * and submits an approving review. It never signs two contents for one version of a role.
 * @throws `not-a-signer`, `already-signed`, `declined`, `anchor-mismatch`, `event-unknown`, `event-open`, and what makes the event invalid
 */
export async function sign(place: Workplace, input: SignInput): Promise<SignResult> {
  const where = `#${String(input.number)}`;
  const pull = (await openPulls(place.forge)).find(({ number }) => number === input.number);
  if (pull === undefined)
    throw new CountersignError('event-unknown', where, 'expected an open signing event; `countersign status` lists them');
  const claimed = await claimedRepository(place.forge, pull);
  const known = claimed === null ? null : await rememberedRoot(input.memory, claimed);
  // By the root that this machine knows: somebody with write access may have put another beside it, and nobody else could say which is right.
  const { facts, status, base, metadataHead } = await judgedEvent(place, pull, known ?? place.anchor);
  const all = proposedFiles(facts, base);
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
  if (input.carrier === 'submit') await requireOwnAccount(place, person);
  const signed = withoutSecondContent(await readSigned(input.memory, repository), files);
  const root = remembered ?? rootDigest(all, base);
  if (root === null) throw new CountersignError('base-missing', 'root', 'expected a root, got none');
  const change = describeChange(
    files.map((one): FileChange => ({ ...one, digest: payloadDigest(one.file.payload) })),
    remembered === null ? { payload: root, file: rootFileDigest(base) } : null,
    { person: person.name, keyId, signed: isCounted(person, files, status) },
  );
  if (!(await input.confirm(change)))
    throw new CountersignError('declined', where, 'expected your agreement, got none; nothing was signed');
  // Remembered before it leaves this machine: a crash in between must not allow a second content.
  await remember(input.memory, repository, root, new Map([...seen, ...versionsOf(base)]), signed);
  const lines = await signFiles(input, keyId, repository, files);
  const block = encodeCountersignatures(lines);
  const summary = `Approved ${lines.map(({ role, version, payload }) => `${role} v${String(version)} (sha256:${payload.slice(0, 16)}…)`).join(', ')}`;
  const carrier =
    input.carrier === 'print' ? 'printed' : isCounted(person, files, status) ? 'counted' : await submit(place, pull, summary, block);
  const after = input.carrier === 'print' ? null : evaluateEvent(await readEvent(place.forge, pull, metadataHead, base), base, place.now);
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
function isCounted({ name }: Person, files: readonly Proposed[], status: EventStatus): boolean {
  return files.every(({ role }) =>
    status.roles.some((one) => one.role === role && one.requirements.every(({ missing }) => !missing.includes(name))),
  );
}

/** What will have been signed. One version of a role is never signed with two contents. @throws `already-signed` */
function withoutSecondContent(before: Signed, files: readonly Proposed[]): Signed {
  const signed = new Map(before);
  for (const { role, file } of files) {
    const name = `${role}@${String(file.signed.version)}`;
    const digest = payloadDigest(file.payload);
    const known = signed.get(name);
    if (known !== undefined && known !== digest) {
      throw new CountersignError(
        'already-signed',
        name,
        `expected sha256:${known}, which you have signed for this version, got sha256:${digest}`,
      );
    }
    signed.set(name, digest);
  }
  return signed;
}

/** Root v1, whether it is signed already or being signed; null when there is neither. */
function rootDigest(files: readonly Proposed[], base: Base | null): PayloadDigest | null {
  const first = base?.roots[0]?.file ?? files.find(({ role }) => role === 'root')?.file;
  return first === undefined ? null : payloadDigest(first.payload);
}

/** Of `1.root.json`, which people may have; null while it is being signed. */
function rootFileDigest(base: Base | null): string | null {
  const first = base?.roots[0]?.bytes;
  return first === undefined ? null : sha256Hex(first);
}

/** The root v1 that this machine remembers, or was told, must be the repository's. @throws `anchor-mismatch` */
function requireRemembered(known: PayloadDigest | null, files: readonly Proposed[], base: Base | null): void {
  const digest = rootDigest(files, base);
  if (known === null || digest === known) return;
  throw new CountersignError(
    'anchor-mismatch',
    'root@1',
    `expected the root that this machine knows, sha256:${known}, got ${digest === null ? 'another' : `sha256:${digest}`}`,
  );
}
