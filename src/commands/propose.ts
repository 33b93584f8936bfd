// SPDX-License-Identifier: Apache-2.0
import type { Base } from '../event/base.ts';
import {
  decidePropose,
  leftBehind,
  type NewProposal,
  type ProposeDecision,
  type RoleEvent,
  type WhenOpen,
} from '../event/decide-propose.ts';
import { decideGather } from '../event/decide-gather.ts';
import type { EventFacts } from '../event/facts.ts';
import { EVENT_PATH, METADATA_BRANCH, PROPOSAL_PREFIX, rolePath } from '../event/layout.ts';
import type { CommitSha, FileContent, Forge, HashedFile } from '../ports.ts';
import { reviewTargetPath } from '../tuf/compatibility.ts';
import { encodeJsonFile } from '../tuf/canonical.ts';
import type { NewTarget, TargetChange } from '../tuf/edit-targets.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { JsonObject, JsonValue } from '../tuf/json.ts';
import { encodeMetadata, payloadDigest, type PayloadDigest } from '../tuf/metadata.ts';
import { parseSha256, parseTargetPath, parseTargetsRoleName, type RoleName, type TargetPath, type Version } from '../tuf/names.ts';
import { jsonObject } from '../tuf/signed-part.ts';
import { parseTargets } from '../tuf/targets.ts';
import { proposalText, type ProposalText } from './proposal-text.ts';
import { readState, requireBase } from './read-base.ts';
import { adoptOrphans, openPulls, readEvent, readSignedVersions } from './read-events.ts';
import { untilSettled, type Workplace } from './workplace.ts';

/** What to propose. */
export interface ProposeInput {
  readonly role: string;
  /** Files and directories of this machine. */
  readonly files: readonly string[];
  /** Put before each file's name, with its slash: `v1.2.0/`. */
  readonly targetPrefix: string;
  /** Target paths to take out. */
  readonly remove: readonly string[];
  readonly existing: 'refuse' | 'replace';
  readonly whenOpen: WhenOpen;
  /** Kept in each target's `custom`, beside ours. */
  readonly custom: JsonObject | null;
  /** The commit that the files were built from, if known. */
  readonly sourceCommit: string | null;
  /** `site`: publish brings the bytes into the repository; `none`: they are served elsewhere. */
  readonly hosting: 'site' | 'none';
  readonly mode: 'apply' | 'dry-run';
}

/** What a propose did. */
export interface ProposeResult {
  readonly outcome: 'opened' | 'added' | 'queued' | 'replaced' | 'nothing-new';
  readonly role: RoleName;
  readonly version: Version | null;
  readonly number: number | null;
  readonly url: string | null;
  readonly branch: string | null;
  readonly headSha: CommitSha | null;
  readonly payload: PayloadDigest | null;
  readonly changes: readonly TargetChange[];
}

function customOf(input: ProposeInput): JsonObject {
  const ours = jsonObject({ commit: input.sourceCommit ?? undefined, hosting: input.hosting });
  return new Map<string, JsonValue>([...(input.custom ?? []), ['x-countersign', ours]]);
}

function targetsOf(input: ProposeInput, hashed: readonly HashedFile[]): ReadonlyMap<TargetPath, NewTarget> {
  const custom = customOf(input);
  const targets = new Map<TargetPath, NewTarget>();
  for (const { name, length, sha256 } of hashed) {
    const path = parseTargetPath(`${input.targetPrefix}${name}`, name);
    if (targets.has(path)) throw new CountersignError('target-exists', path, 'expected each path once, got two files for it');
    targets.set(path, { length, sha256: parseSha256(sha256, name), custom });
  }
  return targets;
}

async function openEvents(place: Workplace, base: Base, role: RoleName, metadataHead: CommitSha): Promise<readonly RoleEvent[]> {
  const events: EventFacts[] = [];
  for (const pull of await openPulls(place.forge)) events.push(await readEvent(place.forge, pull, metadataHead));
  const { statuses } = decideGather({ base, events, signedVersions: new Map(), now: place.now });
  const found = statuses.flatMap((status, index): RoleEvent[] => {
    const bytes = events[index]?.changes.get(rolePath(role)) ?? null;
    if (bytes === null || !status.roles.some((one) => one.role === role)) return [];
    return [{ status, proposed: parseTargets(bytes).signed }];
  });
  return found.sort((a, b) => a.proposed.version - b.proposed.version);
}

function eventFile(input: ProposeInput, role: RoleName, proposal: NewProposal): Uint8Array {
  return encodeJsonFile(
    jsonObject({
      format: 1,
      role,
      version: proposal.version,
      hosting: input.hosting,
      commit: input.sourceCommit ?? undefined,
      added: proposal.changes.filter(({ kind }) => kind !== 'removed').length,
      removed: proposal.changes.filter(({ kind }) => kind === 'removed').length,
    }),
  );
}

interface Written {
  readonly commit: CommitSha;
  readonly number: number;
  readonly url: string;
}

/** What a decision was made on, and where its branch stood then: whoever moved it since is not overwritten. */
interface Plan {
  readonly input: ProposeInput;
  readonly role: RoleName;
  readonly base: Base;
  readonly metadataHead: CommitSha;
  readonly decision: Exclude<ProposeDecision, { kind: 'nothing-new' }>;
  readonly expected: CommitSha | null;
}

async function closeFor(forge: Forge, number: number, successor: number): Promise<void> {
  await forge.comment(number, `Continued with more content in #${String(successor)}.`);
  await forge.closePull(number);
}

async function write(place: Workplace, plan: Plan, bytes: Uint8Array): Promise<Written> {
  const { forge } = place;
  const { input, role, base, metadataHead, decision, expected } = plan;
  const { proposal } = decision;
  const changes = new Map<string, FileContent | null>([
    [rolePath(role), { kind: 'bytes', bytes }],
    [EVENT_PATH, { kind: 'bytes', bytes: eventFile(input, role, proposal) }],
  ]);
  const message = `Propose ${role} v${String(proposal.version)}\n`;
  const textAt = (url: string): ProposalText => proposalText(base, role, bytes, url);
  if (decision.kind === 'add') {
    if (expected === null) throw new CountersignError('ref-conflict', proposal.branch, 'expected the branch of the open event, got none');
    const commit = await forge.writeCommit({ base: expected, parents: [expected], changes, message });
    await forge.moveBranch(proposal.branch, expected, commit, 'fast-forward');
    const pull = (await openPulls(forge)).find(({ number }) => number === decision.number);
    await forge.editPull(decision.number, textAt(pull?.url ?? ''));
    return { commit, number: decision.number, url: pull?.url ?? '' };
  }
  const commit = await forge.writeCommit({ base: metadataHead, parents: [metadataHead], changes, message });
  // A branch of this name is left from an event that was closed before anyone signed it.
  await forge.moveBranch(proposal.branch, expected, commit, 'replace');
  const pull = await forge.openPull({ head: proposal.branch, base: METADATA_BRANCH, ...textAt('') });
  await forge.editPull(pull.number, textAt(pull.url));
  if (decision.replaces !== null) await closeFor(forge, decision.replaces, pull.number);
  return { commit, number: pull.number, url: pull.url };
}

function outcomeName(decision: ProposeDecision): ProposeResult['outcome'] {
  if (decision.kind === 'nothing-new') return 'nothing-new';
  if (decision.kind === 'add') return 'added';
  if (decision.replaces !== null) return 'replaced';
  return decision.behind === null ? 'opened' : 'queued';
}

const STAGING_BATCH = 16;

/** Takes the bytes in, several files at a time. */
async function stage(place: Workplace, hashed: readonly HashedFile[]): Promise<void> {
  for (let at = 0; at < hashed.length; at += STAGING_BATCH) {
    await Promise.all(hashed.slice(at, at + STAGING_BATCH).map(async ({ sha256, source }) => place.staging.put(sha256, source)));
    place.log.progress('staging', Math.min(at + STAGING_BATCH, hashed.length), hashed.length);
  }
}

/**
 * Hashes files and proposes them as targets of a role: opens a signing event, adds to one that nobody has signed, or queues.
 * @throws `role-unknown`, `target-exists`, `target-missing`, `target-unreachable`, `unwritable`, `event-open`, `base-missing`, and the hasher's codes
 */
export async function propose(place: Workplace, input: ProposeInput): Promise<ProposeResult> {
  const role = parseTargetsRoleName(input.role, 'role');
  if (input.files.length === 0 && input.remove.length === 0)
    throw new CountersignError('usage', 'propose', 'expected files to add or paths to remove, got neither');
  const hashed = await place.hasher.hash(input.files, (done, total) => {
    place.log.progress('hashing', done, total);
  });
  const edit = {
    add: targetsOf(input, hashed),
    remove: new Set(input.remove.map((path) => parseTargetPath(path, 'remove'))),
    existing: input.existing,
  };
  for (const path of edit.add.keys()) {
    for (const finding of reviewTargetPath(path)) {
      if (finding.severity === 'warning') place.log.warn(`${path}: ${finding.detail} (${finding.clients.join(', ')})`);
    }
  }
  if (input.hosting === 'site' && input.mode === 'apply') await stage(place, hashed);
  return untilSettled(async () => {
    await adoptOrphans(place.forge);
    const branches = await place.forge.branches(PROPOSAL_PREFIX);
    const state = await readState(place);
    const base = requireBase(state);
    for (const { where, detail } of state.findings) place.log.warn(`${where}: ${detail}`);
    if (state.metadataHead === null) throw new CountersignError('base-missing', METADATA_BRANCH, 'expected the metadata branch, got none');
    const open = await openEvents(place, base, role, state.metadataHead);
    const signedVersions = await readSignedVersions(place.forge, base, role);
    const decision = decidePropose({ base, role, edit, whenOpen: input.whenOpen, open, signedVersions, now: place.now });
    const empty = { outcome: outcomeName(decision), role, number: null, url: null, branch: null, headSha: null };
    const left = input.whenOpen === 'add' && input.mode === 'apply' ? leftBehind({ base, role, open }) : null;
    const successor = open.at(-1)?.status.pull.number;
    if (left !== null && successor !== undefined) await closeFor(place.forge, left, successor);
    if (decision.kind === 'nothing-new') return { ...empty, number: decision.number, version: null, payload: null, changes: [] };
    const { proposal } = decision;
    const bytes = encodeMetadata(proposal.signed, []);
    const result = { version: proposal.version, payload: payloadDigest(parseTargets(bytes).payload), changes: proposal.changes };
    if (input.mode === 'dry-run') return { ...empty, ...result };
    const added = decision.kind === 'add' ? open.find(({ status }) => status.pull.number === decision.number) : undefined;
    const expected = added?.status.pull.headSha ?? branches.get(proposal.branch) ?? null;
    const { commit, number, url } = await write(place, { input, role, base, metadataHead: state.metadataHead, decision, expected }, bytes);
    return { ...empty, ...result, number, url, branch: proposal.branch, headSha: commit };
  });
}
