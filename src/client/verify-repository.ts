// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from '../tuf/errors.ts';
import { addSeconds, type Instant } from '../tuf/instant.ts';
import type { Metadata, SignedHeader } from '../tuf/metadata.ts';
import { TARGETS, type RoleName, type TopLevelRole } from '../tuf/names.ts';
import { parseSnapshot, parseTimestamp } from '../tuf/online.ts';
import { parseRootAs } from '../tuf/root.ts';
import {
  attempt,
  expiringFiles,
  fileReport,
  problemList,
  type FileReport,
  type ProblemList,
  type RepositoryReport,
} from './repository-report.ts';
import { compatibilityWarnings, unclaimedWarnings, unneededWarnings } from './repository-warnings.ts';
import { acceptRole, type Session } from './roles.ts';
import { rememberingSource, type RepositorySource } from './source.ts';
import { memoryStore, storeName, type MemoryStore } from './store.ts';
import { refresh } from './updater.ts';
import { reportRoles, verifyRoles, type VerifiedRole } from './verify-roles.ts';
import { verifyRoots, type RootAnchor } from './verify-roots.ts';
import { verifyTargets } from './verify-targets.ts';

/**
 * Which target files are hashed. `all`: every listed target, which must be hosted; `hosted`: those that are hosted; `none`: no target is looked at. A
 * `sample`: so many of the listed targets, drawn at random, where they are hosted.
 */
export type TargetsToCheck = 'all' | 'hosted' | 'none' | { readonly sample: number };

/** How a repository is verified. */
export interface VerifyOptions {
  /** What expiry is compared with. */
  readonly time: Instant;
  /** Without one, any repository that agrees with itself is good. */
  readonly anchor?: RootAnchor;
  readonly targets: TargetsToCheck;
  /** Files that expire within so many seconds are told in the report. 0 unless told. */
  readonly marginSeconds?: number;
  /** `none`: what is no problem is not looked for, which takes seconds where there are very many targets. `all` unless told. */
  readonly warnings?: 'all' | 'none';
  /**
   * What is made of faults that no client meets which begins with the anchor: earlier roots, files of roles that nobody delegates to. `problem` is for who is
   * about to publish and makes nothing of the kind. `warning` unless told.
   */
  readonly unneeded?: 'warning' | 'problem';
  /** What existing clients hold, each by the names of its store. All must be able to update. */
  readonly held?: readonly ReadonlyMap<string, Uint8Array>[];
}

/**
 * Verifies a whole published repository as its clients would see it: new ones from each published root, and those that hold something. It
 * reads every role that is delegated to and every file that the snapshot lists.
 * @returns a report; what is wrong with the repository is a problem in it
 * @throws `io` when the repository can't be read
 */
export async function verifyRepository(source: RepositorySource, options: VerifyOptions): Promise<RepositoryReport> {
  const problems = problemList();
  const unneeded = options.unneeded === 'problem' ? problems : problemList();
  const store = memoryStore();
  const remembering = rememberingSource(source);
  const session = await updateFromLastRoot(remembering, store, options, problems, unneeded);
  const top = topLevelReports(store);
  const limit = addSeconds(options.time, options.marginSeconds ?? 0);
  if (session === null) {
    const expiring = expiringFiles({ ...top, roles: [] }, limit);
    return { ...top, roles: [], targetsChecked: 0, targetsAbsent: [], expiring, problems: [...problems.problems.values()], warnings: [] };
  }
  const roles = await verifyRoles(session, problems, unneeded);
  const { checked, absent } =
    options.targets === 'none' ? { checked: 0, absent: [] } : await verifyTargets(session, roles, options.targets, problems);
  for (const [index, files] of (options.held ?? []).entries()) {
    await verifyHeld(`client ${String(index + 1)}`, files, { session, roles, files: store.files }, problems);
  }
  const paths = (await remembering.list())?.keys() ?? [];
  const reports = reportRoles(session, roles);
  return {
    ...top,
    roles: reports,
    targetsChecked: checked,
    targetsAbsent: absent,
    expiring: expiringFiles({ ...top, roles: reports }, limit),
    problems: [...problems.problems.values()],
    warnings:
      options.warnings === 'none'
        ? []
        : [...unneededWarnings(problems, unneeded), ...compatibilityWarnings(session, roles), ...unclaimedWarnings(session, paths)],
  };
}

async function updateFromLastRoot(
  source: RepositorySource,
  store: MemoryStore,
  options: VerifyOptions,
  problems: ProblemList,
  unneeded: ProblemList,
): Promise<Session | null> {
  const root = await verifyRoots(source, options, problems, unneeded);
  if (root === null) return null;
  await store.write(storeName('root'), root);
  return attempt(problems, () => refresh(source, store, { time: options.time }));
}

/** Reports on what an update has come to: a store holds verified files only. */
function topLevelReports({ files }: MemoryStore): Pick<RepositoryReport, 'root' | 'timestamp' | 'snapshot'> {
  const rootBytes = files.get(storeName('root'));
  if (rootBytes === undefined) return { root: null, timestamp: null, snapshot: null };
  const root = parseRootAs('client', rootBytes);
  const report = (role: TopLevelRole, parse: (bytes: Uint8Array) => Metadata<SignedHeader>): FileReport | null => {
    const bytes = files.get(storeName(role));
    return bytes === undefined ? null : fileReport(parse(bytes), root.signed.keys, root.signed.roles[role]);
  };
  return {
    root: report('root', (bytes) => parseRootAs('client', bytes)),
    timestamp: report('timestamp', parseTimestamp),
    snapshot: report('snapshot', parseSnapshot),
  };
}

/** What a new client has after its update. */
interface Published {
  readonly session: Session;
  readonly roles: ReadonlyMap<RoleName, VerifiedRole>;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Updates an existing client and requires it to end with the files that a new one has. */
async function verifyHeld(who: string, held: ReadonlyMap<string, Uint8Array>, published: Published, problems: ProblemList): Promise<void> {
  const { source, set } = published.session;
  const store = memoryStore(held);
  const updated = await attempt(problems, () => refresh(source, store, { time: set.time }), who);
  if (updated === null) return;
  const compare = (role: string, mine: Metadata<SignedHeader> | null, theirs: Metadata<SignedHeader> | null): void => {
    if (mine === null || theirs === null || Buffer.compare(mine.payload, theirs.payload) === 0) return;
    const where = `${role}@${String(theirs.signed.version)}`;
    throw new CountersignError('equivocation', where, 'expected the content that the client holds of this version, got another');
  };
  await attempt(problems, () => compare('timestamp', updated.set.timestamp, set.timestamp), who);
  await attempt(problems, () => compare('snapshot', updated.set.snapshot, set.snapshot), who);
  await attempt(problems, () => compare(TARGETS, updated.set.targets.get(TARGETS) ?? null, set.targets.get(TARGETS) ?? null), who);
  for (const [role, { file, delegator }] of published.roles) {
    const name = storeName(role);
    const [old, now] = [held.get(name), published.files.get(name)];
    if (old === undefined || now === undefined || delegator === 'root' || Buffer.compare(old, now) === 0) continue;
    // An older version is refused here and would be fetched anew; one that is taken would stay.
    const kept = acceptRole(updated.set, { role, delegator }, published.roles.get(delegator)?.file ?? null, old);
    if (kept.kind === 'accepted') await attempt(problems, () => compare(role, kept.value, file), who);
  }
}
