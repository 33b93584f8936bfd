// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from './errors.ts';
import { encodeRoleName, type RoleName, type Sha256Hex, type TargetPath, type Version } from './names.ts';

/** Where a client finds the timestamp: the one file whose name has no version (TUF §6.2.1). */
export const TIMESTAMP_PATH = 'metadata/timestamp.json';

/** Where a client finds a root. */
export function rootPath(version: Version): string {
  return `metadata/${String(version)}.root.json`;
}

/** Where a client finds a snapshot or targets role with consistent snapshots (TUF §6.2.1). */
export function metadataPath(role: RoleName | 'snapshot', version: Version): string {
  return `metadata/${String(version)}.${encodeRoleName(role)}.json`;
}

/**
 * Where clients find a target's bytes: `targets/<dir>/<sha256>.<name>` as the specification says (§6.2.1), and
 * `targets/<sha256>.<dir>/<name>`, where tough looks. One path when there is no directory.
 */
export function targetFilePaths(path: TargetPath, sha256: Sha256Hex): readonly string[] {
  const slash = path.lastIndexOf('/');
  if (slash < 0) return [`targets/${sha256}.${path}`];
  return [`targets/${path.slice(0, slash)}/${sha256}.${path.slice(slash + 1)}`, `targets/${sha256}.${path}`];
}

/** A file of a published repository. `rank` orders the writing. */
export type PublishedFile =
  | { readonly kind: 'metadata'; readonly path: string; readonly bytes: Uint8Array }
  | { readonly kind: 'target'; readonly path: string; readonly length: number; readonly sha256: Sha256Hex };

const ROOT = /^metadata\/([0-9]+)\.root\.json$/;

/** How late a file must be written: everything a file points at comes before it. */
function rankOf(path: string): number {
  if (path.startsWith('targets/')) return 0;
  if (path === TIMESTAMP_PATH) return 5;
  if (ROOT.test(path)) return 4;
  if (/^metadata\/[0-9]+\.snapshot\.json$/.test(path)) return 3;
  if (/^metadata\/[0-9]+\.targets\.json$/.test(path)) return 2;
  if (path.startsWith('metadata/')) return 1;
  // @check published-path-known
  throw new CountersignError('event-file-unclaimed', path, `expected a file of a published repository, got ${quote(path)}`);
}

function rootVersion(path: string): number {
  return Number(ROOT.exec(path)?.[1] ?? 0);
}

/**
 * The order in which a host that writes one file at a time must write: targets, delegated roles, targets.json, snapshot, roots in turn,
 * timestamp last, so that at each moment everything that a client is pointed at is there (TUF §6.2; TAP 15).
 * With `rootsLast` the timestamp goes before the new roots: right when it carries the signatures of old and new online keys.
 * @throws `event-file-unclaimed` for a path that no published repository has
 */
export function inWritingOrder(paths: Iterable<string>, rootsLast: boolean): readonly string[] {
  const rank = (path: string): number => {
    const value = rankOf(path);
    return rootsLast && value === 4 ? 6 : value;
  };
  return [...paths].sort((a, b) => rank(a) - rank(b) || rootVersion(a) - rootVersion(b) || (a < b ? -1 : 1));
}

const VERSIONED = /^metadata\/([1-9][0-9]{0,15})\.([^/]+)\.json$/;

/**
 * What git reads out of a tree to change its files as they are checked out: line ends, encodings, keywords, what an archive leaves out. At any depth, for all
 * below it. `.lfsconfig` has no effect on files that no attribute names, nor `.gitmodules` on a checkout without submodules.
 */
const ATTRIBUTES = /(?:^|\/)\.gitattributes$/;

/**
 * Paths of a published repository that nobody signed for: a root beyond the chain, which would stop every client; a version beyond what is current;
 * a name in `metadata/` that no client asks for; a `.gitattributes`, by which a checkout would serve other bytes than the branch has. Older generations stay.
 * @param latest - the current version of each file, by its name as in URLs: `root`, `snapshot`, and the encoded roles
 * @param targets - where clients find the current targets ({@link targetFilePaths}): one of them may be called `.gitattributes`
 */
export function strayPaths(paths: Iterable<string>, latest: ReadonlyMap<string, number>, targets: ReadonlySet<string>): readonly string[] {
  return [...paths].filter((path) => {
    if (ATTRIBUTES.test(path) && !targets.has(path)) return true;
    if (!path.startsWith('metadata/') || path === TIMESTAMP_PATH) return false;
    const [, version, name] = VERSIONED.exec(path) ?? [];
    if (name === undefined) return true;
    // A role that is no longer delegated keeps what was published of it.
    const current = latest.get(name);
    return current !== undefined && Number(version) > current;
  });
}
