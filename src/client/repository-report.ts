// SPDX-License-Identifier: Apache-2.0
import type { CompatibilityFinding } from '../tuf/compatibility.ts';
import { CountersignError, type ErrorCode, type Refusal } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import type { Metadata, SignedHeader } from '../tuf/metadata.ts';
import type { RoleName, Threshold, Version } from '../tuf/names.ts';
import type { KeyTable } from '../tuf/key.ts';
import { countSignatures, type RoleKeys } from '../tuf/threshold.ts';

/** A verified file. */
export interface FileReport {
  readonly version: Version;
  readonly expires: Instant;
  /** Distinct keys of the role that signed; at least `threshold`. */
  readonly signers: number;
  readonly threshold: Threshold;
}

/** A verified targets role, as the first of its delegators that clients come to delegates it. */
export interface RoleReport extends FileReport {
  readonly name: RoleName;
  readonly delegator: RoleName | 'root';
  /** How many targets it lists. */
  readonly targets: number;
}

/** What is no fault and still worth saying. */
export type RepositoryWarning =
  /** Something that named clients reject or read differently; `where` is `role@version`. */
  | { readonly kind: 'compatibility'; readonly where: string; readonly finding: CompatibilityFinding }
  /** A file in `metadata/` that no client would ever ask for. */
  | { readonly kind: 'unclaimed'; readonly path: string }
  /** Something that is wrong, and that no client meets which begins with the given root: an earlier root, or the file of a role that nobody delegates to. */
  | ({ readonly kind: 'unneeded' } & Refusal);

/** A file that runs out soon. */
export interface ExpiringFile {
  /** `role@version`. */
  readonly where: string;
  readonly expires: Instant;
}

/** What a whole published repository is worth. It is good when there are no problems. */
export interface RepositoryReport {
  /** Null, like the next two, when not verified; a problem then says why. */
  readonly root: FileReport | null;
  readonly timestamp: FileReport | null;
  readonly snapshot: FileReport | null;
  /** All roles that were verified, in the order in which clients come to them. */
  readonly roles: readonly RoleReport[];
  /** How many hosted target files were hashed and found right. */
  readonly targetsChecked: number;
  /** Paths `targets/…` at which some client looks for a listed target, and where there is nothing. */
  readonly targetsAbsent: readonly string[];
  /** Verified files that run out within the margin that was asked for, the first to do so first. */
  readonly expiring: readonly ExpiringFile[];
  readonly problems: readonly Refusal[];
  readonly warnings: readonly RepositoryWarning[];
}

/** Collects problems, each once: the same fault is met on several ways. */
export interface ProblemList {
  readonly problems: ReadonlyMap<string, Refusal>;
  add(refusal: Refusal): void;
}

/** An empty list. */
export function problemList(): ProblemList {
  const problems = new Map<string, Refusal>();
  return {
    problems,
    add: (refusal) => {
      problems.set(JSON.stringify([refusal.code, refusal.where, refusal.detail]), refusal);
    },
  };
}

/** What a host that can't be reached, or does not serve, is told by: it says nothing about the repository. */
const HOST_FAILURES: readonly ErrorCode[] = ['io', 'redirect-refused', 'stalled', 'timed-out', 'certificate-refused'];

/** Whether an error is about what a repository says, and not about its host. */
export function isAboutRepository({ code }: Pick<Refusal, 'code'>): boolean {
  return !HOST_FAILURES.includes(code);
}

/**
 * Runs `step` and adds what it refuses to the problems.
 * @param within - put before `where`, as in `client 1: timestamp@3`
 * @returns null when it was refused
 * @throws `io`, `redirect-refused`, `stalled`, `timed-out`, `certificate-refused`
 */
export async function attempt<T>(problems: ProblemList, step: () => T | Promise<T>, within?: string): Promise<T | null> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof CountersignError) || !isAboutRepository(error)) throw error;
    const where = within === undefined ? error.where : `${within}: ${error.where}`;
    problems.add({ code: error.code, where, detail: error.detail });
    return null;
  }
}

/** The report of a verified file, with the keys that it was verified by. */
export function fileReport(file: Metadata<SignedHeader>, keys: KeyTable<'client'>, role: RoleKeys): FileReport {
  const { votes, threshold } = countSignatures({ payload: file.payload, signatures: file.signatures, keys, role });
  return { version: file.signed.version, expires: file.signed.expires, signers: votes.size, threshold };
}

/** The files of a report that expire at `limit` or before. */
export function expiringFiles(
  { root, timestamp, snapshot, roles }: Pick<RepositoryReport, 'root' | 'timestamp' | 'snapshot' | 'roles'>,
  limit: Instant,
): readonly ExpiringFile[] {
  const top = Object.entries({ root, timestamp, snapshot });
  const all = [...top, ...roles.map((role): [string, FileReport] => [role.name, role])];
  return all
    .flatMap(([role, file]) => (file === null ? [] : [{ where: `${role}@${String(file.version)}`, expires: file.expires }]))
    .filter(({ expires }) => expires <= limit)
    .sort((a, b) => a.expires - b.expires);
}
