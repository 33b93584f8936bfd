// SPDX-License-Identifier: Apache-2.0
// Judges a signing event: facts in, status out. Who may sign is read from signed metadata, top down, each file against its delegator as this event
// leaves it, and only if that delegator is complete itself.
import { parsePeriods } from '../trust/periods.ts';
import { delegatedKeys, type Delegations } from '../tuf/delegations.ts';
import { CountersignError, outcomeOf, type Refusal } from '../tuf/errors.ts';
import { encodeInstant, type Instant } from '../tuf/instant.ts';
import { encodeMetadata, payloadDigest, type Metadata, type NewSignature } from '../tuf/metadata.ts';
import { parseThreshold, TARGETS, type RoleName } from '../tuf/names.ts';
import type { Root } from '../tuf/root.ts';
import { reachOf } from '../tuf/target-search.ts';
import type { TargetFile, Targets } from '../tuf/targets.ts';
import { countSignatures, type RoleKeys } from '../tuf/threshold.ts';
import type { KeyTable } from '../tuf/key.ts';
import type { Base } from './base.ts';
import type { EventFacts, EventState, EventStatus, RoleStatus } from './facts.ts';
import { POLICY_PATH, ROOT_PATH, rolePath, rootHistoryPath } from './layout.ts';
import { peopleOf, readProposal, type Proposal } from './proposal.ts';
import { collectCountersignatures, judge, signedVersions, type Collected, type Judged } from './signatures.ts';

interface Delegator {
  /** `root v1`, `targets v3`. */
  readonly by: string;
  readonly signed: Root | Targets;
  readonly name: string;
  readonly keys: KeyTable;
  readonly roleKeys: RoleKeys;
  readonly complete: boolean;
}

/** The roles as the event leaves them. */
function rolesAfter(base: Base | null, proposal: Proposal): ReadonlyMap<RoleName, Metadata<Targets>> {
  const roles = new Map<RoleName, Metadata<Targets>>();
  for (const [name, { file }] of base?.roles ?? []) roles.set(name, file);
  for (const [name, file] of proposal.roles) roles.set(name, file);
  return roles;
}

function delegatorOf(
  role: RoleName,
  root: Metadata<Root>,
  after: ReadonlyMap<RoleName, Metadata<Targets>>,
): Omit<Delegator, 'complete'> | null {
  if (role === TARGETS) {
    const { signed } = root;
    return { by: `root v${String(signed.version)}`, signed, name: 'root', keys: signed.keys, roleKeys: signed.roles.targets };
  }
  for (const [name, { signed }] of after) {
    const roleKeys = signed.delegations === null ? null : delegatedKeys(signed.delegations, role);
    if (signed.delegations !== null && roleKeys !== null) {
      return { by: `${name} v${String(signed.version)}`, signed, name, keys: signed.delegations.keys, roleKeys };
    }
  }
  return null;
}

function judgeRoot(root: Metadata<Root>, base: Base | null, facts: EventFacts, collected: Collected): readonly Judged[] {
  const { signed, payload } = root;
  const own = { repository: repositoryOf(root), role: 'root', version: signed.version, payload };
  const all = base === null ? parseThreshold(signed.roles.root.keyIds.length, 'root') : signed.roles.root.threshold;
  const asNew = judge(
    {
      ...own,
      by: base === null ? 'root v1 (every key)' : `root v${String(signed.version)}`,
      keys: signed.keys,
      roleKeys: { ...signed.roles.root, threshold: all },
      people: peopleOf(signed, 'root'),
    },
    facts,
    collected,
  );
  if (base === null) return [asNew];
  const old = base.root.signed;
  const asOld = judge(
    { ...own, by: `root v${String(old.version)}`, keys: old.keys, roleKeys: old.roles.root, people: peopleOf(old, 'root') },
    facts,
    collected,
  );
  return [asOld, asNew];
}

function repositoryOf(root: Metadata<Root>) {
  if (root.signed.binding === null) throw new CountersignError('binding-mismatch', 'root', 'expected x-countersign, got none');
  return root.signed.binding.repository;
}

function statusOf(role: string, file: Metadata<Root | Targets>, judged: readonly Judged[], delegatorComplete: boolean): RoleStatus {
  const ignored = new Map(judged.flatMap((one) => one.ignored).map((one) => [`${one.who} ${one.code} ${one.detail}`, one]));
  // The same line is judged once for each threshold: it is ignored only if none of them counts it.
  const counted = new Set(judged.flatMap((one) => one.signatures.map(({ keyId }) => keyId)));
  return {
    role,
    version: file.signed.version,
    payload: payloadDigest(file.payload),
    requirements: judged.map((one) => one.requirement),
    ignored: [...ignored.values()].filter((one) => one.code !== 'not-a-signer' || counted.size === 0),
    complete: delegatorComplete && judged.every((one) => one.requirement.reached),
  };
}

/** Checks what a file must be whatever its signatures: the next version, expiry, reachable targets. */
function problemsOf(
  role: RoleName,
  file: Metadata<Targets>,
  delegator: Omit<Delegator, 'complete'>,
  base: Base | null,
  after: ReadonlyMap<RoleName, Metadata<Targets>>,
  now: Instant,
): readonly Refusal[] {
  const problems: Refusal[] = [...renewalProblems(role, file, delegator, now)];
  const before: ReadonlyMap<string, TargetFile> = base?.roles.get(role)?.file.signed.targets ?? new Map<string, TargetFile>();
  const roles = new Map([...after].map(([name, { signed }]) => [name, signed]));
  for (const [path, entry] of file.signed.targets) {
    if (before.get(path)?.hashes.get('sha256') === entry.hashes.get('sha256') && before.has(path)) continue;
    const reach = reachOf(path, role, roles);
    if (reach.kind === 'reached') continue;
    problems.push({
      code: 'target-unreachable',
      where: `${role} ${path}`,
      detail: `expected a path at which clients find this role, got one that is ${reach.kind}`,
    });
  }
  return problems;
}

function renewalProblems(
  role: string,
  file: Metadata<Root | Targets>,
  delegator: Pick<Delegator, 'signed' | 'name'>,
  now: Instant,
): readonly Refusal[] {
  const binding = delegator.signed.binding;
  const renewSeconds = binding === null ? 0 : (parsePeriods(binding, delegator.name).get(role)?.renewSeconds ?? 0);
  if (file.signed.expires - now > renewSeconds) return [];
  return [
    {
      code: 'expired',
      where: `${role}@${String(file.signed.version)}`,
      detail: `expected more than the renewal period before ${encodeInstant(file.signed.expires)}; abandon this event and propose again`,
    },
  ];
}

/** Roles that the event leaves without a file that verifies: clients would fail on them. */
function danglingRoles(root: Metadata<Root>, after: ReadonlyMap<RoleName, Metadata<Targets>>, proposal: Proposal): readonly Refusal[] {
  const problems: Refusal[] = [];
  const requireFile = (role: RoleName, keys: KeyTable, roleKeys: RoleKeys, by: string): void => {
    if (proposal.roles.has(role)) return;
    const file = after.get(role);
    const verified =
      file !== undefined && countSignatures({ payload: file.payload, signatures: file.signatures, keys, role: roleKeys }).reached;
    if (!verified)
      problems.push({ code: 'role-missing', where: role, detail: `expected a new version in this event: ${by} changes who signs it` });
  };
  if (proposal.root !== null) requireFile(TARGETS, root.signed.keys, root.signed.roles.targets, 'root');
  for (const [name, { signed }] of proposal.roles) {
    for (const child of namedDelegations(signed.delegations)) requireFile(child.name, signed.delegations?.keys ?? new Map(), child, name);
  }
  return problems;
}

function namedDelegations(delegations: Delegations | null) {
  return delegations?.kind === 'roles' ? delegations.roles : [];
}

interface Walk {
  readonly roles: readonly RoleStatus[];
  readonly problems: readonly Refusal[];
  readonly outdated: boolean;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

function walk(facts: EventFacts, proposal: Proposal, root: Metadata<Root>, base: Base | null, now: Instant): Walk {
  const collected = collectCountersignatures(facts);
  const after = rolesAfter(base, proposal);
  const roles: RoleStatus[] = [];
  const problems: Refusal[] = [...danglingRoles(root, after, proposal)];
  const files = new Map<string, Uint8Array>();
  const complete = new Map<string, boolean>();
  let outdated = false;
  if (proposal.root !== null) {
    const judged = judgeRoot(proposal.root, base, facts, collected);
    const status = statusOf('root', proposal.root, judged, true);
    roles.push(status);
    complete.set('root', status.complete);
    problems.push(...rootProblems(proposal.root, base, now));
    problems.push(...rootResigned(proposal.root, status, facts, collected));
    const bytes = encodeMetadata(proposal.root.signed.raw, uniqueSignatures(judged));
    files.set(ROOT_PATH, bytes).set(rootHistoryPath(proposal.root.signed.version), bytes);
  }
  for (const [role, file] of topDown(proposal.roles, root, after)) {
    const delegator = delegatorOf(role, root, after);
    if (delegator === null) {
      problems.push({
        code: 'role-unknown',
        where: rolePath(role),
        detail: 'expected a role that is delegated, got one that nobody delegates',
      });
      continue;
    }
    const people = peopleOf(delegator.signed, delegator.name);
    const judged = judge(
      { ...delegator, repository: repositoryOf(root), role, version: file.signed.version, payload: file.payload, people },
      facts,
      collected,
    );
    const status = statusOf(role, file, [judged], complete.get(delegator.name) ?? true);
    roles.push(status);
    complete.set(role, status.complete);
    problems.push(...problemsOf(role, file, delegator, base, after, now));
    outdated ||= isOutdated(role, file, facts, base);
    outdated ||= signedVersions(
      role,
      repositoryOf(root),
      people,
      delegator.keys,
      collected.posted,
      facts.earlierPayloads,
      status.payload,
    ).has(file.signed.version);
    files.set(rolePath(role), encodeMetadata(file.signed.raw, uniqueSignatures([judged])));
  }
  const [first, ...rest] = roles;
  return {
    roles: first === undefined ? [] : [{ ...first, ignored: [...collected.unreadable, ...first.ignored] }, ...rest],
    problems,
    outdated,
    files,
  };
}

/** The proposed roles, each after its delegator. */
function topDown(
  roles: Proposal['roles'],
  root: Metadata<Root>,
  after: ReadonlyMap<RoleName, Metadata<Targets>>,
): readonly (readonly [RoleName, Metadata<Targets>])[] {
  const depth = (role: RoleName, seen: number): number => {
    const delegator = delegatorOf(role, root, after);
    if (delegator === null || delegator.name === 'root' || seen > 32) return 0;
    const parent = [...after.keys()].find((name) => name === delegator.name);
    return parent === undefined ? 0 : 1 + depth(parent, seen + 1);
  };
  return [...roles]
    .map((entry) => ({ entry, depth: depth(entry[0], 0) }))
    .sort((a, b) => a.depth - b.depth)
    .map(({ entry }) => entry);
}

function uniqueSignatures(judged: readonly Judged[]): readonly NewSignature[] {
  return [...new Map(judged.flatMap((one) => one.signatures).map((one) => [one.keyId, { keyId: one.keyId, sig: one.sig }])).values()];
}

function rootProblems(root: Metadata<Root>, base: Base | null, now: Instant): readonly Refusal[] {
  const expected = (base?.root.signed.version ?? 0) + 1;
  const problems = [...renewalProblems('root', root, { signed: root.signed, name: 'root' }, now)];
  if (root.signed.version !== expected) {
    // Once there is a root, the way in which root v1 is made is closed: this is the check that closes it.
    problems.push({ code: 'rollback', where: `root@${String(root.signed.version)}`, detail: `expected version ${String(expected)}` });
  }
  return problems;
}

/** A root's version can't be skipped, so once it was signed with other bytes only an explicit abandon helps. */
function rootResigned(root: Metadata<Root>, status: RoleStatus, facts: EventFacts, collected: Collected): readonly Refusal[] {
  const people = peopleOf(root.signed, 'root');
  const versions = signedVersions(
    'root',
    repositoryOf(root),
    people,
    root.signed.keys,
    collected.posted,
    facts.earlierPayloads,
    status.payload,
  );
  if (!versions.has(root.signed.version)) return [];
  return [
    {
      code: 'already-signed',
      where: `root@${String(root.signed.version)}`,
      detail: 'expected the bytes that were signed under this version; abandon the event to start again',
    },
  ];
}

/** The base moved under the proposal, or past it: its content must be built again on what is there now. */
function isOutdated(role: RoleName, file: Metadata<Targets>, facts: EventFacts, base: Base | null): boolean {
  const now = base?.roles.get(role);
  if (now === undefined) return false;
  if (file.signed.version <= now.file.signed.version) return true;
  const fork = facts.forkedFrom.get(role);
  return fork !== undefined && Buffer.compare(fork, now.bytes) !== 0;
}

/**
 * The status of an event, without regard to other events.
 * @param base - the last verified state; null before the first root
 */
export function evaluateEvent(facts: EventFacts, base: Base | null, now: Instant): EventStatus {
  const proposal = readProposal(facts.changes, base);
  const root = proposal.root ?? base?.root ?? null;
  const status = (state: EventState, rest: Partial<Walk>, problems: readonly Refusal[]): EventStatus => ({
    pull: facts.pull,
    state,
    roles: rest.roles ?? [],
    problems,
    signed: (rest.roles ?? []).some((role) => role.requirements.some((one) => one.votes.length > 0)),
    files: state === 'complete' ? (rest.files ?? new Map()) : new Map(),
    behind: null,
  });
  if (root === null || proposal.problems.length > 0) return status('invalid', {}, proposal.problems);
  const outcome = outcomeOf(() => walk(facts, proposal, root, base, now));
  if (outcome.kind === 'refused') return status('invalid', {}, [outcome.refusal]);
  const { roles, problems, outdated } = outcome.value;
  if (outdated) return status('outdated', outcome.value, problems);
  if (problems.length > 0) return status('invalid', outcome.value, problems);
  const complete = roles.length > 0 && roles.every((role) => role.complete);
  const files = new Map(outcome.value.files);
  if (proposal.policy !== null) files.set(POLICY_PATH, proposal.policy);
  return status(complete ? 'complete' : 'waiting', { ...outcome.value, files }, []);
}
