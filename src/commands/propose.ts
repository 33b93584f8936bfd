// SPDX-License-Identifier: Apache-2.0
import type { Base } from '../event/base.ts';
import { decidePropose, type ProposeDecision, type RoleEvent } from '../event/decide-propose.ts';
import { signedVersions } from '../event/evaluate-events.ts';
import { encodeEventFile, type Contribution } from '../event/event-file.ts';
import { EVENT_PATH, freeBranch, METADATA_BRANCH, PROPOSAL_PREFIX, rolePath } from '../event/layout.ts';
import { proposedVersions } from '../event/queue.ts';
import { restorationOf } from '../event/restore.ts';
import { requireAssetName } from '../event/release-files.ts';
import type { BlobId, CommitSha, FileContent, Forge, HashedFile, Pull } from '../ports.ts';
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
import { readEvent } from './read-event.ts';
import { adoptOrphans, busyBranches, readEvents, readProposalPulls, requireOpenPull, type ProposalPulls } from './read-events.ts';
import { restoreEvent } from './rebuild-event.ts';
import { tell } from './report-status.ts';
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
  /** Versions that no new proposal takes: somebody has signed them, or an open event proposes them, whatever is wrong with it. */
  readonly taken: ReadonlySet<number>;
  /** Branches that belong to other events. */
  readonly busy: ReadonlySet<string>;
}

async function openEvents(place: Workplace, { base, metadataHead, pulls }: OpenState, role: RoleName): Promise<OpenEvents> {
  const { forge, now } = place;
  const view = await readEvents({ forge, base, metadataHead, now }, pulls);
  const ours = new Set([...(await forge.automation()), await forge.viewer()].map(({ id }) => id));
  const elsewhere = (event: number, version: Version): boolean =>
    (view.signed.get(role) ?? []).some((one) => one.version === version && (one.state === 'ended' || one.number !== event));
  const found = view.statuses.flatMap((status, index): RoleEvent[] => {
    const bytes = view.events[index]?.changes.get(rolePath(role)) ?? null;
    if (bytes === null || !status.roles.some((one) => one.role === role)) return [];
    const proposed = parseTargets(bytes).signed;
    // A version that was signed in another event is as little to be proposed again as what is signed in this one, or is about to be by a key in custody.
    const isApproved = status.roles.some(({ requirements }) => requirements.some(({ approved }) => approved.length > 0));
    const signed = status.signed || isApproved || elsewhere(status.pull.number, proposed.version);
    return [{ status: { ...status, signed }, proposed, isOurs: ours.has(status.pull.author.id) }];
  });
  const open = found.sort((a, b) => a.proposed.version - b.proposed.version);
  const proposed = view.events.flatMap((facts) => proposedVersions(facts, base).get(role) ?? []);
  return { open, taken: new Set([...signedVersions(role, view), ...proposed]), busy: busyBranches(view) };
}

/** What a propose is decided on. */
interface OpenState {
  readonly base: Base;
  readonly metadataHead: CommitSha;
  readonly pulls: ProposalPulls;
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
  /** The head of the event whose content is in this proposal too; null for none. */
  readonly continues: CommitSha | null;
  readonly contribution: Contribution;
}

/**
 * Somebody may have signed the event while more was added to it. What they signed stays open, and what was added goes into an event of its own.
 * @throws `ref-conflict`
 */
async function requireNothingSigned(forge: Forge, { base, metadataHead }: Plan, number: number): Promise<Pull> {
  const pull = await requireOpenPull(forge, number);
  const context = { forge, base, metadataHead, automation: await forge.automation(), mergedPolicies: new Set<BlobId>() };
  const facts = await readEvent(context, pull);
  const to = restorationOf(facts, base);
  if (to === null) return pull;
  await restoreEvent(forge, { metadataHead, base }, facts.pull, to);
  throw new CountersignError('ref-conflict', `#${String(number)}`, 'somebody has signed it while more was added');
}

async function closeFor(forge: Forge, number: number, successor: number): Promise<void> {
  await tell(forge, number, `Continued under the next version in #${String(successor)}.`);
  await forge.closePull(number);
}

async function write(place: Workplace, plan: Plan, bytes: Uint8Array): Promise<Written> {
  const { forge } = place;
  const { role, base, metadataHead, decision, expected, contribution } = plan;
  const { proposal } = decision;
  const earlier = plan.continues === null ? [] : await earlierContributions(forge, plan.continues);
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
    const { url } = await requireNothingSigned(forge, plan, decision.number);
    await forge.editPull(decision.number, textAt(url));
    return { commit, number: decision.number, url };
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
  if (input.files.length === 0 && input.remove.length === 0 && !input.nextVersion)
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
  const branches = await forge.branches(PROPOSAL_PREFIX);
  let pulls = await readProposalPulls(forge);
  if (isReal && (await adoptOrphans(forge, pulls))) pulls = await readProposalPulls(forge);
  const state = await readState(place, pulls.ended);
  const base = requireBase(state);
  for (const { where, detail } of state.findings) place.log.warn(`${where}: ${detail}`);
  const { metadataHead } = state;
  if (metadataHead === null) throw new CountersignError('base-missing', METADATA_BRANCH, 'expected the metadata branch, got none');
  const { open, taken, busy } = await openEvents(place, { base, metadataHead, pulls }, role);
  const { whenOpen, nextVersion } = input;
  const decision = decidePropose({ base, role, edit, whenOpen, nextVersion, open, signedVersions: taken, now: place.now });
  const release = isReal ? await stageProposal(place, wanted) : null;
  const empty = { outcome: outcomeName(decision), role, number: null, url: null, branch: null, headSha: null, release };
  if (decision.kind === 'nothing-new') {
    await claimDraft(place, release, decision.number);
    return { ...empty, ...eventOf(open, decision.number), version: null, payload: null, changes: [] };
  }
  const isAdded = decision.kind === 'add';
  const branch = isAdded ? decision.proposal.branch : freeBranch(decision.proposal.branch, busy);
  const proposal = { ...decision.proposal, branch };
  const bytes = encodeMetadata(proposal.signed, []);
  const result = { version: proposal.version, payload: payloadDigest(parseTargets(bytes).payload), changes: proposal.changes };
  if (!isReal) return { ...empty, ...result };
  const continued = isAdded ? decision.number : (decision.replaces ?? (whenOpen === 'add' ? decision.behind : null));
  const before = open.find(({ status }) => status.pull.number === continued);
  const continues = before?.status.pull.headSha ?? null;
  const expected = isAdded ? continues : (branches.get(branch) ?? null);
  const contribution = contributionOf(input, hashed, proposal, isAdded ? (before?.proposed ?? null) : null);
  const plan = { role, base, metadataHead, decision: { ...decision, proposal }, expected, continues, contribution };
  const { commit, number, url } = await write(place, plan, bytes);
  await claimDraft(place, release, number);
  return { ...empty, ...result, number, url, branch: proposal.branch, headSha: commit };
}

/** The event that proposes just this already. */
function eventOf(open: readonly RoleEvent[], number: number | null): Pick<ProposeResult, 'number' | 'url' | 'branch' | 'headSha'> {
  const pull = open.find(({ status }) => status.pull.number === number)?.status.pull;
  return { number, url: pull?.url ?? null, branch: pull?.branch ?? null, headSha: pull?.headSha ?? null };
}
