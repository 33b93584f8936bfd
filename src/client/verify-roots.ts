// SPDX-License-Identifier: Apache-2.0
import { CountersignError, unwrap } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import type { Metadata } from '../tuf/metadata.ts';
import { parseVersion, type Sha256Hex, type Version } from '../tuf/names.ts';
import { rootPath } from '../tuf/published-tree.ts';
import { parseRoot, type Root } from '../tuf/root.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import { requireRootTransition, trustInitialRoot } from '../tuf/trusted-set.ts';
import { DEFAULT_LIMITS, MAX_PUBLISHED_ROOT_BYTES, MAX_PUBLISHED_ROOTS } from './limits.ts';
import { attempt, type ProblemList } from './repository-report.ts';
import type { RepositorySource } from './source.ts';

/** What is known of the repository's roots by other means. */
export type RootAnchor =
  /** A root file of any version. The published one of this version must say the same. */
  | { readonly kind: 'root'; readonly bytes: Uint8Array }
  /** The sha256 of the bytes of `1.root.json`. */
  | { readonly kind: 'sha256'; readonly digest: Sha256Hex };

const ROOT_NAME = /^metadata\/([1-9][0-9]{0,15})\.root\.json$/;

/** The published roots and their bytes, by version, in order; null for one that is there and can't be read. */
type RootFiles = ReadonlyMap<Version, Uint8Array | null>;

async function readRoots(source: RepositorySource, listed: readonly Version[], problems: ProblemList): Promise<RootFiles> {
  const files = new Map<Version, Uint8Array | null>();
  let room = MAX_PUBLISHED_ROOT_BYTES;
  const read = async (version: Version): Promise<boolean> => {
    // A host that answers every version with something would be read for ever.
    if (files.size >= MAX_PUBLISHED_ROOTS || room < 0) {
      const detail = `expected at most ${String(MAX_PUBLISHED_ROOTS)} roots of ${String(MAX_PUBLISHED_ROOT_BYTES)} bytes together, got more`;
      problems.add({ code: 'root-limit', where: rootPath(version), detail });
      return false;
    }
    const found = await attempt(problems, async () => ({ bytes: await source.metadata(rootPath(version), DEFAULT_LIMITS.maxRootBytes) }));
    if (found?.bytes === null) return false;
    files.set(version, found?.bytes ?? null);
    room -= found?.bytes.length ?? 0;
    return found !== null;
  };
  for (let version = parseVersion(1, 'root'); await read(version);) version = parseVersion(version + 1, 'root');
  for (const version of listed) if (!files.has(version) && files.size < MAX_PUBLISHED_ROOTS) await read(version);
  return files;
}

/** All released roots must stay (TUF §6.1): clients that ship with an old one come through each of them. */
function requireNoGap(files: RootFiles, problems: ProblemList): void {
  const last = [...files.keys()].at(-1) ?? 1;
  for (let version = 1; version <= last; version++) {
    if (files.has(parseVersion(version, 'root'))) continue;
    const detail = `expected every root from 1 to ${String(last)}, got none of this version`;
    problems.add({ code: 'not-found', where: rootPath(parseVersion(version, 'root')), detail });
    // The one that is missed first says it; a name may claim any version.
    return;
  }
}

function requireAnchor(anchor: RootAnchor, files: RootFiles): void {
  const refuse = (where: string, expected: string): never => {
    throw new CountersignError('anchor-mismatch', where, `expected ${expected}, got another or none`);
  };
  if (anchor.kind === 'sha256') {
    const first = files.get(parseVersion(1, 'root')) ?? null;
    const digest = first === null ? null : sha256Hex(first);
    if (digest !== anchor.digest) refuse('root@1', `sha256 ${anchor.digest}`);
    return;
  }
  const { signed, payload } = parseRoot(anchor.bytes);
  const published = files.get(signed.version) ?? null;
  if (published === null || Buffer.compare(parseRoot(published).payload, payload) !== 0) {
    refuse(`root@${String(signed.version)}`, 'the root that was given');
  }
}

/**
 * Verifies all published roots: each is what a client may start from, and each leads to the next. An update's later steps depend on
 * its last root only, so that this, with one update from the last root, is as good as an update from every root, and linear.
 * @returns the last root's bytes; null when there is none to start from
 * @throws `io`
 */
export async function verifyRoots(
  source: RepositorySource,
  options: { readonly time: Instant; readonly anchor?: RootAnchor },
  problems: ProblemList,
): Promise<Uint8Array | null> {
  const listing = await source.list();
  const listed = [...(listing?.keys() ?? [])]
    .map((path) => Number(ROOT_NAME.exec(path)?.[1] ?? 0))
    .filter((version) => version > 0 && Number.isSafeInteger(version))
    .map((version) => parseVersion(version, 'root'))
    .sort((a, b) => a - b);
  const files = await readRoots(source, listed, problems);
  requireNoGap(files, problems);
  const { anchor } = options;
  if (anchor !== undefined) await attempt(problems, () => requireAnchor(anchor, files));
  let previous: Metadata<Root> | null = null;
  let last: Uint8Array | null = null;
  for (const [version, bytes] of files) {
    const root: Metadata<Root> | null = bytes === null ? null : await attempt(problems, () => startFrom(version, bytes, options.time));
    const current = previous;
    if (root !== null && current?.signed.version === version - 1) await attempt(problems, () => requireRootTransition(current, root));
    previous = root;
    if (root !== null) last = bytes;
  }
  return last;
}

function startFrom(version: Version, bytes: Uint8Array, time: Instant): Metadata<Root> {
  const { root } = unwrap(trustInitialRoot(bytes, time));
  if (root.signed.version !== version) {
    throw new CountersignError(
      'mix-and-match',
      rootPath(version),
      `expected version ${String(version)}, got ${String(root.signed.version)}`,
    );
  }
  return root;
}
