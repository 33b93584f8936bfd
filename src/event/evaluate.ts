// SPDX-License-Identifier: Apache-2.0
// Judges a signing event: facts in, status out. Who may sign is read from signed metadata, top down, each file against its delegator as this event
// leaves it, and only if that delegator is complete itself.
import type { RepositoryId } from '../tuf/binding.ts';
import { outcomeOf, type Refusal } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import type { KeyId } from '../tuf/key.ts';
import { encodeMetadata, payloadDigest, type Metadata, type NewSignature, type PayloadDigest } from '../tuf/metadata.ts';
import { parseThreshold, type RoleName } from '../tuf/names.ts';
import type { Root } from '../tuf/root.ts';
import type { Targets } from '../tuf/targets.ts';
import type { Base } from './base.ts';
import { delegationProblems, delegatorsAfter, rolesAfter, type Delegator, type RolesAfter } from './delegators.ts';
import type { EventFacts, EventState, EventStatus, Ignored, RoleStatus } from './facts.ts';
import { rootProblems, targetsProblems } from './file-problems.ts';
import { POLICY_PATH, ROOT_PATH, rolePath, rootHistoryPath } from './layout.ts';
import { floorProblems } from './floors.ts';
import { isOutdated } from './outdated.ts';
import { replacedBy } from './known-payload.ts';
import { listenTo, type Listening } from './listen.ts';
import { bindingOf, peopleOf, readProposal, type Proposal, type RoleSigners } from './proposal.ts';
import { otherContents, signedContents, type SignedContent } from './signed-content.ts';
import {
  collectCountersignatures,
  judge,
  type Collected,
  type Judged,
  type Posted,
  type ProposedFile,
  type ProposedFiles,
} from './signatures.ts';

/** What people have signed of each role in other events, open and ended alike, that did not complete. By role, `root` among them. */
export type SignedElsewhere = ReadonlyMap<string, readonly SignedElsewhereContent[]>;

/** A content that was signed in another event. */
export interface SignedElsewhereContent extends SignedContent {
  /** The number of its pull request. */
  readonly number: number;
  readonly state: 'open' | 'ended';
}

/** What all files of an event are judged with. */
interface Scene {
  readonly facts: EventFacts;
  readonly collected: Collected;
  readonly listening: Listening;
  readonly elsewhere: SignedElsewhere;
  readonly base: Base | null;
  readonly now: Instant;
}

/** One file, judged. */
interface JudgedFile {
  readonly status: RoleStatus;
  readonly bytes: Uint8Array;
  readonly problems: readonly Refusal[];
  readonly outdated: boolean;
  /** True once a valid signature under its version was seen, whether it counts or not. */
  readonly signed: boolean;
}

/** Who may sign a root: as the old root says, and as its own file says. For root v1 all of its keys. */
function judgeRoot(root: Metadata<Root>, movedOn: ReadonlySet<KeyId>, { base, facts, collected }: Scene): readonly Judged[] {
  const { signed, payload } = root;
  const own = { repository: bindingOf(signed, 'root').repository, role: 'root', version: signed.version, payload, movedOn };
  const all = base === null ? parseThreshold(signed.roles.root.keyIds.length, 'root') : signed.roles.root.threshold;
  const by = base === null ? 'root v1 (every key)' : `root v${String(signed.version)}`;
  const people = peopleOf(signed, 'root');
  const asNew = { ...own, by, keys: signed.keys, roleKeys: { ...signed.roles.root, threshold: all }, people };
  if (base === null) return [judge({ ...asNew, isDelegatorSigned: false }, facts, collected)];
  const old = base.root.signed;
  const asOld = { ...own, by: `root v${String(old.version)}`, keys: old.keys, roleKeys: old.roles.root, people: peopleOf(old, 'root') };
  const byOld = judge({ ...asOld, isDelegatorSigned: true }, facts, collected);
  return [byOld, judge({ ...asNew, isDelegatorSigned: byOld.requirement.reached }, facts, collected)];
}

/** What no threshold of the file takes. The same line is judged once for each threshold. */
function ignoredOf(judged: readonly Judged[]): readonly Ignored[] {
  const accepted = new Set<Posted>(judged.flatMap((one) => [...one.accepted]));
  const ignored = new Map<string, Ignored>();
  for (const one of judged) {
    for (const [posted, why] of one.ignored) if (!accepted.has(posted)) ignored.set(`${why.who} ${why.code} ${why.detail}`, why);
  }
  return [...ignored.values()];
}

function statusOf(role: string, file: Metadata<Root | Targets>, judged: readonly Judged[], delegatorComplete: boolean): RoleStatus {
  return {
    role,
    version: file.signed.version,
    payload: payloadDigest(file.payload),
    requirements: judged.map((one) => one.requirement),
    ignored: ignoredOf(judged),
    complete: delegatorComplete && judged.every((one) => one.requirement.reached),
  };
}

/** What was signed of a role in this event, its head among it. */
function contentsHere(role: string, signers: readonly RoleSigners[], repository: RepositoryId, scene: Scene): readonly SignedContent[] {
  const { facts, collected } = scene;
  const lines = collected.posted.map(({ line }) => line);
  return signedContents({ role, repository, signers, lines, payloads: facts.earlierPayloads });
}

/**
 * Whether a delegated role's version was signed with other bytes, in this event before or in one that has ended, by somebody who may sign the role as this event
 * leaves it. Signatures can't be taken back, so either content could be shown as that version. An open event of the same version is the queue's business.
 */
function isResigned({ role, version, payload }: RoleStatus, repository: RepositoryId, signers: RoleSigners, scene: Scene): boolean {
  const ended = (scene.elsewhere.get(role) ?? []).filter(({ state }) => state === 'ended');
  const contents = [...contentsHere(role, [signers], repository, scene), ...ended];
  const ours = new Set(signers.roleKeys.keyIds);
  return otherContents(contents, version, payload).some(({ by }) => [...by].some((keyId) => ours.has(keyId)));
}

function uniqueSignatures(judged: readonly Judged[]): readonly NewSignature[] {
  return [...new Map(judged.flatMap((one) => one.signatures).map((one) => [one.keyId, { keyId: one.keyId, sig: one.sig }])).values()];
}

/** Keys whose owner has since signed a root that takes the place of this one. A payload that has its thresholds is not replaced any more. */
function movedOnFrom(payload: PayloadDigest, contents: readonly SignedContent[]): ReadonlySet<KeyId> {
  if (contents.some((one) => one.payload === payload && one.complete)) return new Set();
  return new Set(contents.filter(({ replaces }) => replaces.has(payload)).flatMap(({ by }) => [...by]));
}

function rootFile(root: Metadata<Root>, scene: Scene): JudgedFile {
  const { signed } = root;
  const { repository } = bindingOf(signed, 'root');
  const signers = scene.listening.signers.get('root') ?? [];
  const contents = [...contentsHere('root', signers, repository, scene), ...(scene.elsewhere.get('root') ?? [])];
  const judged = judgeRoot(root, movedOnFrom(payloadDigest(root.payload), contents), scene);
  const status = statusOf('root', root, judged, true);
  const problems = [...rootProblems(root, scene.base, scene.now)];
  // A root's version can't be skipped. Fewer signatures than the thresholds are shown and stop nothing: else one stolen key could hold back its own revocation.
  const named = replacedBy(bindingOf(signed, 'root').raw, 'root x-countersign');
  const rival = otherContents(contents, signed.version, status.payload).find((one) => one.complete && !named.has(one.payload));
  if (rival !== undefined) {
    const detail = `expected sha256:${rival.payload}, which enough people have signed under this version; it goes first, and the next root has the next version`;
    problems.push({ code: 'already-signed', where: `root@${String(signed.version)}`, detail });
  }
  const bytes = encodeMetadata(signed.raw, uniqueSignatures(judged));
  return { status, bytes, problems, outdated: false, signed: judged.some(({ live }) => live) };
}

function targetsFile(role: RoleName, file: Metadata<Targets>, delegator: Delegator, complete: boolean, scene: Scene): JudgedFile {
  const { facts, collected, base } = scene;
  const people = peopleOf(delegator.signed, delegator.name);
  const { repository } = bindingOf(delegator.signed, delegator.name);
  const own = { repository, role, version: file.signed.version, payload: file.payload };
  const judgement = { ...delegator, ...own, people, isDelegatorSigned: complete, movedOn: new Set<KeyId>() };
  const judged = judge(judgement, facts, collected);
  const status = statusOf(role, file, [judged], complete);
  const resigned = isResigned(status, repository, { ...delegator, people }, scene);
  return {
    status,
    bytes: encodeMetadata(file.signed.raw, uniqueSignatures([judged])),
    problems: [],
    outdated: resigned || isOutdated(role, file, facts.forkedFrom.get(role), base),
    signed: resigned || judged.live,
  };
}

/** What is wrong with names that the event delegates again after they were taken out. */
function broughtBack(base: Base | null, after: RolesAfter): readonly Refusal[] {
  if (base === null) return [];
  const signed = (roles: ReadonlyMap<RoleName, { readonly signed: Targets }>): ReadonlyMap<RoleName, Targets> =>
    new Map([...roles].map(([name, file]) => [name, file.signed]));
  const before = new Map([...base.roles].map(([name, { file }]) => [name, file]));
  return floorProblems(signed(before), signed(after), base.floors);
}

interface Walk {
  readonly roles: readonly RoleStatus[];
  readonly problems: readonly Refusal[];
  readonly outdated: boolean;
  readonly signed: boolean;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

function walk(proposal: Proposal, root: Metadata<Root>, scene: Scene): Walk {
  const { base, now } = scene;
  const after = rolesAfter(base, proposal);
  const delegators = delegatorsAfter(root, after);
  const problems: Refusal[] = [...delegationProblems(base, proposal, after, delegators), ...broughtBack(base, after)];
  const done = new Map<string, JudgedFile>();
  const files = new Map<string, Uint8Array>();
  if (proposal.root !== null) {
    const file = rootFile(proposal.root, scene);
    done.set('root', file);
    files.set(ROOT_PATH, file.bytes).set(rootHistoryPath(proposal.root.signed.version), file.bytes);
  }
  for (const [role, all] of delegators) {
    const file = proposal.roles.get(role);
    const known = base?.roles.get(role)?.delegator;
    const delegator = all.find(({ name }) => name === known) ?? all[0];
    if (file === undefined || delegator === undefined) continue;
    const judged = targetsFile(role, file, delegator, done.get(delegator.name)?.status.complete ?? true, scene);
    done.set(role, judged);
    files.set(rolePath(role), judged.bytes);
    problems.push(...targetsProblems(role, file, delegator, base, after, now));
  }
  const all = [...done.values()];
  const [first, ...rest] = all.map(({ status }) => status);
  return {
    roles: first === undefined ? [] : [{ ...first, ignored: [...scene.collected.unreadable, ...first.ignored] }, ...rest],
    problems: [...all.flatMap((one) => one.problems), ...problems],
    outdated: all.some((one) => one.outdated),
    signed: all.some((one) => one.signed),
    files,
  };
}

function stateOf({ roles, problems, outdated }: Walk, proposal: Proposal): EventState {
  // A root is not built again: what is wrong with its event stays wrong.
  if (outdated && (proposal.root === null || problems.length === 0)) return 'outdated';
  if (problems.length > 0) return 'invalid';
  return roles.length > 0 && roles.every((role) => role.complete) ? 'complete' : 'waiting';
}

/** The files of a proposal that name a repository, by role. */
export function proposedFiles({ root, roles }: Proposal): ProposedFiles {
  const all: (readonly [string, Metadata<Root | Targets>])[] = [...(root === null ? [] : [['root', root] as const]), ...roles];
  const files = new Map<string, ProposedFile>();
  for (const [role, { signed, payload }] of all) {
    if (signed.binding !== null) files.set(role, { repository: signed.binding.repository, version: signed.version, payload });
  }
  return files;
}

/**
 * The status of an event, beside what was signed in others.
 * @param base - the last verified state; null before the first root
 */
export function evaluateEvent(facts: EventFacts, base: Base | null, signed: SignedElsewhere, now: Instant): EventStatus {
  const { pull } = facts;
  const elsewhere = new Map([...signed].map(([role, contents]) => [role, contents.filter(({ number }) => number !== pull.number)]));
  const proposal = readProposal(facts.changes, base);
  const invalid = (problems: readonly Refusal[]): EventStatus => {
    return { pull, state: 'invalid', roles: [], problems, signed: false, files: new Map(), behind: null };
  };
  const root = proposal.root ?? base?.root ?? null;
  if (root === null || proposal.problems.length > 0) return invalid(proposal.problems);
  const outcome = outcomeOf(() => {
    const listening = listenTo(facts.changes.keys(), proposal, base);
    const collected = collectCountersignatures(facts, listening, proposedFiles(proposal));
    return walk(proposal, root, { facts, collected, listening, elsewhere, base, now });
  });
  if (outcome.kind === 'refused') return invalid([outcome.refusal]);
  const { roles, problems } = outcome.value;
  const state = stateOf(outcome.value, proposal);
  const files = new Map(state === 'complete' ? outcome.value.files : []);
  if (state === 'complete' && proposal.policy !== null) files.set(POLICY_PATH, proposal.policy);
  return { pull, state, roles, problems, signed: outcome.value.signed, files, behind: null };
}
