// SPDX-License-Identifier: Apache-2.0
import type { Base } from '../event/base.ts';
import { decideGather, type SignedBefore } from '../event/decide-gather.ts';
import { decidePropose, leftBehind, type ProposeDecision, type RoleEvent } from '../event/decide-propose.ts';
import { encodeEventFile, type Contribution } from '../event/event-file.ts';
import type { EventFacts } from '../event/facts.ts';
import { EVENT_PATH, METADATA_BRANCH, PROPOSAL_PREFIX, rolePath } from '../event/layout.ts';
import { proposedVersions } from '../event/queue.ts';
import { requireAssetName } from '../event/release-files.ts';
import type { CommitSha, FileContent, Forge, HashedFile } from '../ports.ts';
import { reviewTargetPath } from '../tuf/compatibility.ts';
import type { NewTarget, TargetChange, TargetsEdit } from '../tuf/edit-targets.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { JsonObject, JsonValue } from '../tuf/json.ts';
import { encodeMetadata, payloadDigest, type PayloadDigest } from '../tuf/metadata.ts';
import { parseSha256, parseTargetPath, parseTargetsRoleName, type RoleName, type TargetPath, type Version } from '../tuf/names.ts';
import { jsonObject } from '../tuf/signed-part.ts';
import { parseTargets } from '../tuf/targets.ts';
import { contributionOf, earlierContributions } from './contributions.ts';
import { proposalText, type ProposalText } from './proposal-text.ts';
import type { ProposeInput } from './propose-input.ts';
import { readState, requireBase } from './read-base.ts';
import { adoptOrphans, openPulls, readEvent } from './read-events.ts';
import { readSignedBefore } from './read-signed-before.ts';
import { claimDraft, releaseTarget, stageProposal, type StagingInput } from './stage-proposal.ts';
import type { StagedRelease } from './stage-release.ts';
import { untilSettled, type Workplace } from './workplace.ts';

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
  /** Where the files wait, with hosting `release`. */
  readonly release: StagedRelease | null;
}

function customOf(input: ProposeInput): JsonObject {
  const ours = jsonObject({ commit: input.sourceCommit ?? undefined, hosting: input.hosting });
  return new Map<string, JsonValue>([...(input.custom ?? []), ['x-countersign', ours]]);
}

function targetsOf(input: ProposeInput, hashed: readonly HashedFile[]): ReadonlyMap<TargetPath, NewTarget> {
  const custom = customOf(input);
  const targets = new Map<TargetPath, NewTarget>();
  const prefix = input.hosting === 'release' ? `${input.release?.tag ?? ''}/` : input.targetPrefix;
  for (const { name, length, sha256 } of hashed) {
    if (input.hosting === 'release') requireAssetName(name);
    const path = parseTargetPath(`${prefix}${name}`, name);
    if (targets.has(path)) throw new CountersignError('target-exists', path, 'expected each path once, got two files for it');
    targets.set(path, { length, sha256: parseSha256(sha256, name), custom });
  }
  return targets;
}

interface OpenEvents {
  readonly open: readonly RoleEvent[];
  /** The versions that open events of the role propose, whatever is wrong with them: the next one takes neither their number nor their branch. */
  readonly taken: readonly number[];
}

async function openEvents(place: Workplace, base: Base, role: RoleName, metadataHead: CommitSha): Promise<OpenEvents> {
  const events: EventFacts[] = [];
  for (const pull of await openPulls(place.forge)) events.push(await readEvent(place.forge, pull, metadataHead, base));
  const { statuses } = decideGather({ base, events, signedBefore: new Map(), now: place.now });
  const found = statuses.flatMap((status, index): RoleEvent[] => {
    const bytes = events[index]?.changes.get(rolePath(role)) ?? null;
    if (bytes === null || !status.roles.some((one) => one.role === role)) return [];
    return [{ status, proposed: parseTargets(bytes).signed }];
  });
  const open = found.sort((a, b) => a.proposed.version - b.proposed.version);
  return { open, taken: events.flatMap((facts) => proposedVersions(facts, base).get(role) ?? []) };
}

const NOTHING_SIGNED: SignedBefore = { versions: new Set(), closed: new Map() };

/** What was signed in an event that is closed is as little to be changed as what is signed in the open one. */
function besideSigned({ status, proposed }: RoleEvent, { closed }: SignedBefore): RoleEvent {
  return { status: { ...status, signed: status.signed || closed.has(proposed.version) }, proposed };
}

interface Written {
  readonly commit: CommitSha;
  readonly number: number;
  readonly url: string;
}

/** What a decision was made on, and where its branch stood then: whoever moved it since is not overwritten. */
interface Plan {
  readonly role: RoleName;
  readonly base: Base;
  readonly metadataHead: CommitSha;
  readonly decision: Exclude<ProposeDecision, { kind: 'nothing-new' }>;
  readonly expected: CommitSha | null;
  readonly contribution: Contribution;
}

async function closeFor(forge: Forge, number: number, successor: number): Promise<void> {
  await forge.comment(number, `Continued with more content in #${String(successor)}.`);
  await forge.closePull(number);
}

async function write(place: Workplace, plan: Plan, bytes: Uint8Array): Promise<Written> {
  const { forge } = place;
  const { role, base, metadataHead, decision, expected, contribution } = plan;
  const { proposal } = decision;
  const earlier = decision.kind === 'add' && expected !== null ? await earlierContributions(forge, expected) : [];
  const contributions = [...earlier, contribution];
  const changes = new Map<string, FileContent | null>([
    [rolePath(role), { kind: 'bytes', bytes }],
    [EVENT_PATH, { kind: 'bytes', bytes: encodeEventFile({ role, version: proposal.version, contributions }) }],
  ]);
  const message = `Propose ${role} v${String(proposal.version)}\n`;
  const textAt = (url: string): ProposalText => proposalText(base, role, bytes, url, contributions);
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

/** What can't be published must not be signed: afterwards nothing new could be, until it is taken out again. @throws `too-large` */
function requireHostable({ maxHostedBytes }: Workplace, files: readonly HashedFile[]): void {
  const large = files.find(({ length }) => maxHostedBytes !== null && length > maxHostedBytes);
  if (large === undefined) return;
  const detail = `expected at most ${String(maxHostedBytes)} bytes for a file that the site hosts, got ${String(large.length)}; put it into a release (hosting: release)`;
  throw new CountersignError('too-large', large.name, detail);
}

/**
 * Hashes files and proposes them as targets of a role: opens a signing event, adds to one that nobody has signed, or queues. Where the files are to wait for their
 * signatures they are put first, so that nothing is proposed that can't be published.
 * @throws `role-unknown`, `target-exists`, `target-missing`, `target-unreachable`, `unwritable`, `event-open`, `base-missing`, and the codes of the hasher and of
 * {@link stageRelease}
 */
export async function propose(place: Workplace, input: ProposeInput): Promise<ProposeResult> {
  const role = parseTargetsRoleName(input.role, 'role');
  if (input.files.length === 0 && input.remove.length === 0)
    throw new CountersignError('usage', 'propose', 'expected files to add or paths to remove, got neither');
  const release = releaseTarget(place, input);
  const hashed = await place.hasher.hash(input.files, (done, total) => {
    place.log.progress('hashing', done, total);
  });
  // A build that failed quietly must not look like one with nothing new.
  if (input.files.length > 0 && hashed.length === 0)
    throw new CountersignError('usage', input.files.join(', '), 'expected at least one file, got none');
  if (input.hosting === 'site') requireHostable(place, hashed);
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
  return untilSettled(() => proposeOnce(place, { input, role, release, hashed, edit }));
}

/** What one run proposes, again and again until nobody else is faster. */
interface Wanted extends StagingInput {
  readonly role: RoleName;
  readonly edit: TargetsEdit;
}

async function proposeOnce(place: Workplace, wanted: Wanted): Promise<ProposeResult> {
  const { input, role, hashed, edit } = wanted;
  const { forge } = place;
  const isReal = input.mode === 'apply';
  if (isReal) await adoptOrphans(forge);
  const branches = await forge.branches(PROPOSAL_PREFIX);
  const state = await readState(place);
  const base = requireBase(state);
  for (const { where, detail } of state.findings) place.log.warn(`${where}: ${detail}`);
  const { metadataHead } = state;
  if (metadataHead === null) throw new CountersignError('base-missing', METADATA_BRANCH, 'expected the metadata branch, got none');
  const { open: opened, taken } = await openEvents(place, base, role, metadataHead);
  // After the open ones: an event that is closed in between is among either.
  const before = (await readSignedBefore(forge, base, [role])).get(role) ?? NOTHING_SIGNED;
  const open = opened.map((event) => besideSigned(event, before));
  const signedVersions = new Set([...before.versions, ...taken]);
  const decision = decidePropose({ base, role, edit, whenOpen: input.whenOpen, open, signedVersions, now: place.now });
  const release = isReal ? await stageProposal(place, wanted) : null;
  const empty = { outcome: outcomeName(decision), role, number: null, url: null, branch: null, headSha: null, release };
  const left = input.whenOpen === 'add' && isReal ? leftBehind({ base, role, open }) : null;
  const successor = open.at(-1)?.status.pull.number;
  if (left !== null && successor !== undefined) await closeFor(forge, left, successor);
  if (decision.kind === 'nothing-new') {
    await claimDraft(place, release, decision.number);
    return { ...empty, ...eventOf(open, decision.number), version: null, payload: null, changes: [] };
  }
  const { proposal } = decision;
  const bytes = encodeMetadata(proposal.signed, []);
  const result = { version: proposal.version, payload: payloadDigest(parseTargets(bytes).payload), changes: proposal.changes };
  if (!isReal) return { ...empty, ...result };
  const added = decision.kind === 'add' ? open.find(({ status }) => status.pull.number === decision.number) : undefined;
  const expected = added?.status.pull.headSha ?? branches.get(proposal.branch) ?? null;
  const contribution = contributionOf(input, hashed, proposal, added?.proposed ?? null);
  const { commit, number, url } = await write(place, { role, base, metadataHead, decision, expected, contribution }, bytes);
  await claimDraft(place, release, number);
  return { ...empty, ...result, number, url, branch: proposal.branch, headSha: commit };
}

/** The event that proposes just this already. */
function eventOf(open: readonly RoleEvent[], number: number | null): Pick<ProposeResult, 'number' | 'url' | 'branch' | 'headSha'> {
  const pull = open.find(({ status }) => status.pull.number === number)?.status.pull;
  return { number, url: pull?.url ?? null, branch: pull?.branch ?? null, headSha: pull?.headSha ?? null };
}
