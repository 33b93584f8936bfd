// SPDX-License-Identifier: Apache-2.0
import { mapSource } from '../client/source.ts';
import { storeName } from '../client/store.ts';
import { verifyRepository } from '../client/verify-repository.ts';
import type { Base, Finding } from '../event/base.ts';
import { decideSnapshot, decideTimestamp, heldOnline, hostedTargets, type HostedTarget } from '../event/decide-publish.ts';
import { PUBLISHED_BRANCH } from '../event/layout.ts';
import type { CommitSha, FileContent } from '../ports.ts';
import { CountersignError, outcomeOf } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import { TARGETS, type Version } from '../tuf/names.ts';
import { parseSnapshot, parseTimestamp } from '../tuf/online.ts';
import { metadataPath, rootPath, targetFilePaths, TIMESTAMP_PATH } from '../tuf/published-tree.ts';
import { parseRoot, type Root } from '../tuf/root.ts';
import { onlineFile } from './online-signing.ts';
import { readState, requireBase, treeSource, type ClientView, type State } from './read-base.ts';
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

/** The last root that a view's clients have; null before the first publication. */
function lastRoot(view: ClientView): Root | null {
  const bytes = view.roots.at(-1);
  const parsed = bytes === undefined ? null : outcomeOf(() => parseRoot(bytes).signed);
  return parsed?.kind === 'accepted' ? parsed.value : null;
}

async function buildMetadata(place: Workplace, state: State, base: Base): Promise<Output> {
  const present = (...all: (Uint8Array | null)[]): Uint8Array[] => all.filter((bytes) => bytes !== null);
  const held = heldOnline(base, {
    snapshots: present(state.live.snapshot, state.published.snapshot),
    timestamps: present(state.live.timestamp, state.published.timestamp),
  });
  const publishedRoot = lastRoot(state.published);
  const snapshotPlan = decideSnapshot(base, held, place.now);
  const snapshot = await onlineFile(place, base, publishedRoot, 'snapshot', snapshotPlan);
  const timestampPlan = decideTimestamp(base, held, snapshot, place.now);
  const timestamp = await onlineFile(place, base, publishedRoot, 'timestamp', timestampPlan);
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

async function missingTargets(place: Workplace, state: State, hosted: readonly HostedTarget[]): Promise<ReadonlyMap<string, FileContent>> {
  const files = new Map<string, FileContent>();
  for (const { path, sha256, length } of hosted) {
    const wanted = targetFilePaths(path, sha256).filter((file) => state.publishedTree.get(file)?.size !== length);
    if (wanted.length === 0) continue;
    const staged = await place.staging.locate(sha256);
    if (staged === null) {
      throw new CountersignError(
        'staged-missing',
        path,
        `expected the bytes of sha256 ${sha256} to be staged, got nothing; propose the same file again to stage it`,
      );
    }
    const [actual] = await place.hasher.hash([staged], () => undefined);
    if (actual?.sha256 !== sha256 || actual.length !== length) {
      throw new CountersignError('hash-mismatch', path, `expected staged bytes of sha256 ${sha256}, got ${actual?.sha256 ?? 'none'}`);
    }
    for (const file of wanted) files.set(file, { kind: 'file', path: staged, length });
  }
  return files;
}

/** What a client that has updated from a view holds, by the names of its store; null before the first publication. */
function clientState({ roots, timestamp, snapshot, roles }: ClientView): ReadonlyMap<string, Uint8Array> | null {
  const root = roots.at(-1);
  if (root === undefined || timestamp === null || snapshot === null) return null;
  const held = new Map<string, Uint8Array>([
    [storeName('root'), root],
    [storeName('timestamp'), timestamp],
    [storeName('snapshot'), snapshot],
  ]);
  const targets = roles.get(TARGETS);
  if (targets !== undefined) held.set(storeName(TARGETS), targets);
  return held;
}

/** Verifies all output as old and new clients would see it, before any of it is written. @throws the first problem, with its code */
async function requireReplay(place: Workplace, state: State, base: Base, output: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const source = mapSource(output, treeSource(place.forge, state.publishedTree));
  const first = base.roots[0];
  const held = [clientState(state.published), clientState(state.live)].filter((one) => one !== null && isGenuine(one, base));
  const report = await verifyRepository(source, {
    time: place.now,
    targets: 'none',
    held: held.filter((one) => one !== null),
    ...(first === undefined ? {} : { anchor: { kind: 'root' as const, bytes: first.bytes } }),
  });
  const [problem] = report.problems;
  if (problem !== undefined)
    throw new CountersignError(problem.code, problem.where, `${problem.detail} (in the output of publish; nothing was published)`);
}

/** A view whose root is not of our chain was put there by somebody else: nobody's clients hold it. */
function isGenuine(held: ReadonlyMap<string, Uint8Array>, base: Base): boolean {
  const root = held.get(storeName('root'));
  return root !== undefined && base.roots.some(({ bytes }) => Buffer.compare(bytes, root) === 0);
}

/** What a round of publishing leaves for the site. */
interface Round {
  readonly base: Base;
  readonly current: readonly string[];
  readonly result: Omit<PublishResult, 'site'>;
}

async function publishOnce(place: Workplace): Promise<Round> {
  const state = await readState(place);
  const base = requireBase(state);
  const { metadata, reasons } = await buildMetadata(place, state, base);
  const targets = await missingTargets(place, state, hostedTargets(base));
  const changes = new Map<string, FileContent | null>(targets);
  const branch = treeSource(place.forge, state.publishedTree);
  for (const [path, bytes] of metadata) {
    const there = state.publishedTree.get(path)?.size === bytes.length ? await branch.metadata(path, bytes.length) : null;
    if (there === null || Buffer.compare(there, bytes) !== 0) changes.set(path, { kind: 'bytes', bytes });
  }
  const timestamp = parseTimestamp(metadata.get(TIMESTAMP_PATH) ?? new Uint8Array());
  const snapshotVersion = timestamp.signed.snapshot.version;
  const snapshot = parseSnapshot(metadata.get(metadataPath('snapshot', snapshotVersion)) ?? new Uint8Array());
  const expires = timestamp.signed.expires < snapshot.signed.expires ? timestamp.signed.expires : snapshot.signed.expires;
  const result = { reasons, snapshot: snapshotVersion, timestamp: timestamp.signed.version, expires, findings: state.findings };
  await requireReplay(place, state, base, metadata);
  const round = { base, current: [...metadata.keys()] };
  if (changes.size === 0) return { ...round, result: { ...result, outcome: 'fresh', commit: state.publishedHead } };
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
 * @throws `base-missing`, `threshold`, `staged-missing`, `rollback`, `equivocation`, and every code of the client's rules; nothing is then published
 */
export async function publish(place: Workplace): Promise<PublishResult> {
  const { base, current, result } = await untilSettled(() => publishOnce(place));
  return { ...result, site: await syncSite(place, base, current) };
}
