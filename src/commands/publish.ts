// SPDX-License-Identifier: Apache-2.0
import { mapSource } from '../client/source.ts';
import type { Base, Finding } from '../event/base.ts';
import { decideSnapshot, decideTimestamp, heldRoles, listedRoles } from '../event/decide-publish.ts';
import { PUBLISHED_BRANCH } from '../event/layout.ts';
import type { CommitSha, FileContent } from '../ports.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import type { RoleName, Version } from '../tuf/names.ts';
import { parseSnapshot, parseTimestamp } from '../tuf/online.ts';
import type { ListedFile } from '../tuf/plan-online.ts';
import { metadataPath, rootPath, TIMESTAMP_PATH } from '../tuf/published-tree.ts';
import { heldRoots, requireReplay } from './client-replay.ts';
import { findHostedFiles, type HostedFiles } from './hosted-files.ts';
import { onlineFile } from './online-signing.ts';
import { heldNow, strayFiles } from './publish-needs.ts';
import { requireOutsideReplay, type OutsideClients } from './outside-replay.ts';
import { readState, requireBase, treeSource, type State } from './read-base.ts';
import { syncSite, type SiteResult } from './sync-site.ts';
import { untilSettled, type Workplace } from './workplace.ts';

/** What publish did. */
export interface PublishResult {
  readonly outcome: 'published' | 'fresh';
  /** Why anything was signed; empty when fresh. */
  readonly reasons: readonly string[];
  readonly snapshot: Version;
  readonly timestamp: Version;
  /** When the first of the online files expires. */
  readonly expires: Instant;
  readonly commit: CommitSha | null;
  readonly site: SiteResult;
  readonly findings: readonly Finding[];
}

interface Output {
  readonly metadata: ReadonlyMap<string, Uint8Array>;
  readonly reasons: readonly string[];
}

async function buildMetadata(place: Workplace, state: State, base: Base, files: ReadonlyMap<RoleName, ListedFile>): Promise<Output> {
  const held = heldNow(state, base);
  const roots = heldRoots(state, base);
  const snapshotPlan = decideSnapshot(base, held, place.now, files);
  const snapshot = await onlineFile(place, base, roots, 'snapshot', snapshotPlan);
  const timestampPlan = decideTimestamp(base, held, snapshot, place.now);
  const timestamp = await onlineFile(place, base, roots, 'timestamp', timestampPlan);
  const metadata = new Map<string, Uint8Array>();
  for (const { file, bytes } of base.roots) metadata.set(rootPath(file.signed.version), bytes);
  for (const [role, { file, bytes }] of base.roles) metadata.set(metadataPath(role, file.signed.version), bytes);
  metadata.set(metadataPath('snapshot', parseSnapshot(snapshot).signed.version), snapshot).set(TIMESTAMP_PATH, timestamp);
  const reasons = [
    ...(snapshotPlan.kind === 'sign' ? [`snapshot: ${snapshotPlan.why}`] : []),
    ...(timestampPlan.kind === 'sign' ? [`timestamp: ${timestampPlan.why}`] : []),
  ];
  return { metadata, reasons };
}

/** What a round of publishing leaves for the site. */
interface Round {
  readonly base: Base;
  readonly current: readonly string[];
  /** Whether clients are served another timestamp than the branch then has. */
  readonly isBehind: boolean;
  readonly result: Omit<PublishResult, 'site'>;
}

/** Says what is held back for want of its bytes. */
function filesMissing({ missing }: HostedFiles): readonly Finding[] {
  return missing.map((one): Finding => ({ ...one, source: 'published' }));
}

/** Says what was taken away, in one finding whatever number somebody has put there. */
function straysTaken([first, ...others]: readonly string[]): readonly Finding[] {
  if (first === undefined) return [];
  const what = others.length === 0 ? 'this one' : `this one and ${String(others.length)} more`;
  const detail = `expected only files that somebody signed for, got ${what}; taken away`;
  return [{ source: 'published', code: 'event-file-unclaimed', where: first, detail }];
}

/**
 * The roles that the snapshot is to list: those of the base, unless files that they speak of can't be had. Then clients keep what they have, and it stays fresh.
 * @throws `staged-missing` before the first publication, when there is nothing to keep
 */
function rolesToList(state: State, base: Base, { missing }: HostedFiles): ReadonlyMap<RoleName, ListedFile> {
  const [first] = missing;
  if (first === undefined) return listedRoles(base);
  const held = heldRoles(heldNow(state, base));
  if (held === null) throw new CountersignError(first.code, first.where, first.detail);
  return held;
}

async function publishOnce(place: Workplace, clients: OutsideClients | null): Promise<Round> {
  const state = await readState(place);
  const base = requireBase(state);
  const targets = await findHostedFiles(place, state, base);
  const { metadata, reasons } = await buildMetadata(place, state, base, rolesToList(state, base, targets));
  const changes = new Map<string, FileContent | null>(targets.files);
  const timestamp = parseTimestamp(metadata.get(TIMESTAMP_PATH) ?? new Uint8Array());
  const snapshotVersion = timestamp.signed.snapshot.version;
  const strays = strayFiles(state, base, snapshotVersion);
  for (const path of strays) changes.set(path, null);
  const kept = new Map([...state.publishedTree].filter(([path]) => changes.get(path) !== null));
  const branch = treeSource(place.forge, kept);
  for (const [path, bytes] of metadata) {
    const there = kept.get(path)?.size === bytes.length ? await branch.metadata(path, bytes.length) : null;
    if (there === null || Buffer.compare(there, bytes) !== 0) changes.set(path, { kind: 'bytes', bytes });
  }
  const snapshot = parseSnapshot(metadata.get(metadataPath('snapshot', snapshotVersion)) ?? new Uint8Array());
  const expires = timestamp.signed.expires < snapshot.signed.expires ? timestamp.signed.expires : snapshot.signed.expires;
  const source = mapSource(metadata, branch);
  const expired = await requireReplay(place, state, base, source);
  const result = {
    reasons,
    snapshot: snapshotVersion,
    timestamp: timestamp.signed.version,
    expires,
    findings: [...state.findings, ...straysTaken(strays), ...expired, ...filesMissing(targets)],
  };
  const served = state.live.timestamp;
  const isBehind = served === null || Buffer.compare(served, metadata.get(TIMESTAMP_PATH) ?? new Uint8Array()) !== 0;
  const round = { base, current: [...metadata.keys()], isBehind };
  if (changes.size === 0) return { ...round, result: { ...result, outcome: 'fresh', commit: state.publishedHead } };
  if (clients !== null) await requireOutsideReplay(place, clients, base, source, { metadata, targets: targets.files, kept });
  changes.set('.nojekyll', { kind: 'bytes', bytes: new Uint8Array() });
  const head = state.publishedHead;
  const message = `Publish timestamp ${String(timestamp.signed.version)}\n\n${reasons.join('\n')}\n`;
  const commit = await place.forge.writeCommit({ base: head, parents: head === null ? [] : [head], changes, message });
  await place.forge.moveBranch(PUBLISHED_BRANCH, head, commit, 'fast-forward');
  return { ...round, result: { ...result, outcome: 'published', commit } };
}

/**
 * Publishes the last verified state: signs a new snapshot and timestamp where something changed or is due, verifies everything as clients would,
 * commits it, and brings the site up to it. Nothing to do when fresh; may be repeated, and run twice at once.
 * Where the bytes of a new target can't be had, what clients hold is kept fresh and the target is told in `findings`.
 * @param clients - clients of other makes that must agree before the branch moves; null for our own alone
 * @throws `client-refused` when one of `clients` refuses what is to be published; `base-missing`, `threshold`, `staged-missing` for a first publication, `rollback`, `equivocation`, and every code of the client's rules; nothing is then published
 */
export async function publish(place: Workplace, clients: OutsideClients | null = null): Promise<PublishResult> {
  const { base, current, isBehind, result } = await untilSettled(() => publishOnce(place, clients));
  const { site } = place;
  if (site !== null) return { ...result, site: await syncSite({ ...place, site }, base, current) };
  return { ...result, site: { outcome: isBehind ? 'behind' : 'unchanged', written: 0 } };
}
