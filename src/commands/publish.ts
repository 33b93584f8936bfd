// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import { mapSource } from '../client/source.ts';
import { storeName } from '../client/store.ts';
import { verifyRepository } from '../client/verify-repository.ts';
import type { Base, Finding } from '../event/base.ts';
import { decideSnapshot, decideTimestamp, heldOnline, hostedTargets, type HostedTarget } from '../event/decide-publish.ts';
import { PUBLISHED_BRANCH } from '../event/layout.ts';
import type { CommitSha, FileContent, TreeEntry } from '../ports.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import { encodeRoleName, TARGETS, type Version } from '../tuf/names.ts';
import { parseSnapshot, parseTimestamp } from '../tuf/online.ts';
import { metadataPath, rootPath, strayPaths, targetFilePaths, TIMESTAMP_PATH } from '../tuf/published-tree.ts';
import type { Root } from '../tuf/root.ts';
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

/** The roots of our chain that clients of the branch or the site have come to: the site may be behind, when a run was ended in between. */
function heldRoots(state: State, base: Base): readonly Root[] {
  const last = [state.published, state.live].flatMap((view) => genuineRoots(view, base).at(-1) ?? []);
  return [...new Set(last)].map(({ file }) => file.signed);
}

async function buildMetadata(place: Workplace, state: State, base: Base): Promise<Output> {
  const present = (...all: (Uint8Array | null)[]): Uint8Array[] => all.filter((bytes) => bytes !== null);
  const held = heldOnline(base, {
    snapshots: present(state.live.snapshot, state.published.snapshot),
    timestamps: present(state.live.timestamp, state.published.timestamp),
  });
  const roots = heldRoots(state, base);
  const snapshotPlan = decideSnapshot(base, held, place.now);
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

async function missingTargets(place: Workplace, state: State, hosted: readonly HostedTarget[]): Promise<ReadonlyMap<string, FileContent>> {
  const files = new Map<string, FileContent>();
  const staged = new Map<string, HostedTarget>();
  for (const { path, sha256, length } of hosted) {
    const wanted = targetFilePaths(path, sha256).filter((file) => state.publishedTree.get(file)?.size !== length);
    if (wanted.length === 0) continue;
    const source = await place.staging.locate(sha256);
    if (source === null) {
      throw new CountersignError(
        'staged-missing',
        path,
        `expected the bytes of sha256 ${sha256} to be staged, got nothing; propose the same file again to stage it`,
      );
    }
    staged.set(source, { path, sha256, length });
    for (const file of wanted) files.set(file, { kind: 'file', path: source, length });
  }
  // Where bytes wait anyone may have been: they are hashed again, all in one go.
  const hashed = await place.hasher.hash([...staged.keys()], (done, total) => {
    place.log.progress('checking', done, total);
  });
  const actual = new Map(hashed.map((one) => [one.name, one]));
  for (const [source, { path, sha256, length }] of staged) {
    const found = actual.get(basename(source));
    if (found?.sha256 !== sha256 || found.length !== length)
      throw new CountersignError('hash-mismatch', path, `expected staged bytes of sha256 ${sha256}, got others`);
  }
  return files;
}

/** The roots of a view that are of our chain. What else is there somebody else has put there: nobody's client holds it. */
function genuineRoots({ roots }: ClientView, base: Base): Base['roots'] {
  return base.roots.filter(({ bytes }) => roots.some((one) => Buffer.compare(one, bytes) === 0));
}

/** What a client that has updated from a view holds, by the names of its store; null before the first publication. */
function clientState(view: ClientView, base: Base): ReadonlyMap<string, Uint8Array> | null {
  const { timestamp, snapshot, roles } = view;
  const root = genuineRoots(view, base).at(-1)?.bytes;
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

/**
 * Verifies all output as old and new clients would see it, before any of it is written.
 * @returns what has expired
 * @throws any other problem, with its code
 */
async function requireReplay(
  place: Workplace,
  state: State,
  base: Base,
  kept: ReadonlyMap<string, TreeEntry>,
  output: ReadonlyMap<string, Uint8Array>,
): Promise<readonly Finding[]> {
  const source = mapSource(output, treeSource(place.forge, kept));
  const first = base.roots[0];
  const held = [state.published, state.live].map((view) => clientState(view, base));
  const report = await verifyRepository(source, {
    time: place.now,
    targets: 'none',
    held: held.filter((one) => one !== null),
    ...(first === undefined ? {} : { anchor: { kind: 'root' as const, bytes: first.bytes } }),
  });
  // An expired role stops its own targets, and clients see that. It must not stop everyone else's from staying fresh.
  const [problem] = report.problems.filter(({ code }) => code !== 'expired');
  if (problem !== undefined)
    throw new CountersignError(problem.code, problem.where, `${problem.detail} (in the output of publish; nothing was published)`);
  return report.problems.map((one) => ({ ...one, source: 'published' }));
}

/** What a round of publishing leaves for the site. */
interface Round {
  readonly base: Base;
  readonly current: readonly string[];
  readonly result: Omit<PublishResult, 'site'>;
}

/** The current version of each published file, by its name in URLs. */
function latestVersions(base: Base, metadata: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, number> {
  const timestamp = parseTimestamp(metadata.get(TIMESTAMP_PATH) ?? new Uint8Array());
  const roles = [...base.roles].map(([role, { file }]): [string, number] => [encodeRoleName(role), file.signed.version]);
  return new Map([['root', base.root.signed.version], ['snapshot', timestamp.signed.snapshot.version], ...roles]);
}

async function publishOnce(place: Workplace): Promise<Round> {
  const state = await readState(place);
  const base = requireBase(state);
  const { metadata, reasons } = await buildMetadata(place, state, base);
  const targets = await missingTargets(place, state, hostedTargets(base));
  const changes = new Map<string, FileContent | null>(targets);
  const strays = strayPaths(state.publishedTree.keys(), latestVersions(base, metadata));
  for (const path of strays) changes.set(path, null);
  const kept = new Map([...state.publishedTree].filter(([path]) => !strays.includes(path)));
  const branch = treeSource(place.forge, kept);
  for (const [path, bytes] of metadata) {
    const there = kept.get(path)?.size === bytes.length ? await branch.metadata(path, bytes.length) : null;
    if (there === null || Buffer.compare(there, bytes) !== 0) changes.set(path, { kind: 'bytes', bytes });
  }
  const timestamp = parseTimestamp(metadata.get(TIMESTAMP_PATH) ?? new Uint8Array());
  const snapshotVersion = timestamp.signed.snapshot.version;
  const snapshot = parseSnapshot(metadata.get(metadataPath('snapshot', snapshotVersion)) ?? new Uint8Array());
  const expires = timestamp.signed.expires < snapshot.signed.expires ? timestamp.signed.expires : snapshot.signed.expires;
  const expired = await requireReplay(place, state, base, kept, metadata);
  const result = {
    reasons,
    snapshot: snapshotVersion,
    timestamp: timestamp.signed.version,
    expires,
    findings: [...state.findings, ...expired],
  };
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
