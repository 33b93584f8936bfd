// SPDX-License-Identifier: Apache-2.0
// Judges a signing event: facts in, status out. Who may sign is read from signed metadata, top down, each file against its delegator as this event
// leaves it, and only if that delegator is complete itself.
import type { RepositoryId } from '../tuf/binding.ts';
import { outcomeOf, type Refusal } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import { encodeMetadata, payloadDigest, type Metadata, type NewSignature } from '../tuf/metadata.ts';
import { parseThreshold, type RoleName } from '../tuf/names.ts';
import type { Root } from '../tuf/root.ts';
import type { Targets } from '../tuf/targets.ts';
import type { Base } from './base.ts';
import { delegationProblems, delegatorsAfter, rolesAfter, type Delegator } from './delegators.ts';
import type { EventFacts, EventState, EventStatus, Ignored, RoleStatus } from './facts.ts';
import { rootProblems, targetsProblems } from './file-problems.ts';
import { POLICY_PATH, ROOT_PATH, rolePath, rootHistoryPath } from './layout.ts';
import { isOutdated } from './outdated.ts';
import { bindingOf, peopleOf, readProposal, signersOf, type Proposal, type RoleSigners } from './proposal.ts';
import {
  collectCountersignatures,
  isSignedOtherwise,
  judge,
  signedContents,
  type Collected,
  type Judged,
  type Posted,
} from './signatures.ts';

/** What all files of an event are judged with. */
interface Scene {
  readonly facts: EventFacts;
  readonly collected: Collected;
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
function judgeRoot(root: Metadata<Root>, { base, facts, collected }: Scene): readonly Judged[] {
  const { signed, payload } = root;
  const own = { repository: bindingOf(signed, 'root').repository, role: 'root', version: signed.version, payload };
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

/** Whether somebody has signed other bytes under the version of a file: one who may sign it now, or could before this event. */
function isResigned({ role, version, payload }: RoleStatus, repository: RepositoryId, signers: RoleSigners, scene: Scene): boolean {
  const { base, facts, collected } = scene;
  const before = base === null ? null : signersOf(base, role);
  return [signers, ...(before === null ? [] : [before])].some(({ people, keys }) =>
    isSignedOtherwise(signedContents(role, repository, people, keys, collected.posted, facts.earlierPayloads), version, payload),
  );
}

function uniqueSignatures(judged: readonly Judged[]): readonly NewSignature[] {
  return [...new Map(judged.flatMap((one) => one.signatures).map((one) => [one.keyId, { keyId: one.keyId, sig: one.sig }])).values()];
}

function rootFile(root: Metadata<Root>, scene: Scene): JudgedFile {
  const judged = judgeRoot(root, scene);
  const status = statusOf('root', root, judged, true);
  const problems = [...rootProblems(root, scene.base, scene.now)];
  const { keys, roles } = root.signed;
  // A root's version can't be skipped, so once it was signed with other bytes only an explicit abandon helps.
  if (
    isResigned(
      status,
      bindingOf(root.signed, 'root').repository,
      { keys, roleKeys: roles.root, people: peopleOf(root.signed, 'root') },
      scene,
    )
  ) {
    const detail = 'expected the bytes that were signed under this version; abandon the event to start again';
    problems.push({ code: 'already-signed', where: `root@${String(root.signed.version)}`, detail });
  }
  const bytes = encodeMetadata(root.signed.raw, uniqueSignatures(judged));
  return { status, bytes, problems, outdated: false, signed: judged.some(({ live }) => live) };
}

function targetsFile(role: RoleName, file: Metadata<Targets>, delegator: Delegator, complete: boolean, scene: Scene): JudgedFile {
  const { facts, collected, base } = scene;
  const people = peopleOf(delegator.signed, delegator.name);
  const { repository } = bindingOf(delegator.signed, delegator.name);
  const own = { repository, role, version: file.signed.version, payload: file.payload };
  const judgement = { ...delegator, ...own, people, isDelegatorSigned: complete };
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
  const problems: Refusal[] = [...delegationProblems(proposal, after, delegators)];
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

/**
 * The status of an event, without regard to other events.
 * @param base - the last verified state; null before the first root
 */
export function evaluateEvent(facts: EventFacts, base: Base | null, now: Instant): EventStatus {
  const { pull } = facts;
  const proposal = readProposal(facts.changes, base);
  const invalid = (problems: readonly Refusal[]): EventStatus => {
    return { pull, state: 'invalid', roles: [], problems, signed: false, files: new Map(), behind: null };
  };
  if (pull.from === 'fork') {
    const detail = 'expected a branch of this repository, got one of a fork: propose it here, so that nobody outside can change it';
    return invalid([{ code: 'event-fork', where: pull.branch, detail }]);
  }
  const root = proposal.root ?? base?.root ?? null;
  if (root === null || proposal.problems.length > 0) return invalid(proposal.problems);
  const outcome = outcomeOf(() => walk(proposal, root, { facts, collected: collectCountersignatures(facts), base, now }));
  if (outcome.kind === 'refused') return invalid([outcome.refusal]);
  const { roles, problems, signed } = outcome.value;
  const state = stateOf(outcome.value, proposal);
  const files = new Map(state === 'complete' ? outcome.value.files : []);
  if (state === 'complete' && proposal.policy !== null) files.set(POLICY_PATH, proposal.policy);
  return { pull, state, roles, problems, signed, files, behind: null };
}
