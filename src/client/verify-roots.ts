// SPDX-License-Identifier: Apache-2.0
import { CountersignError, outcomeOf, unwrap } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import type { Metadata } from '../tuf/metadata.ts';
import { parseVersion, type Sha256Hex, type Version } from '../tuf/names.ts';
import { rootPath } from '../tuf/published-tree.ts';
import { parseRootAs, type Root } from '../tuf/root.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import { requireRootTransition, trustInitialRoot } from '../tuf/trusted-set.ts';
import { DEFAULT_LIMITS, MAX_PUBLISHED_ROOT_BYTES, MAX_PUBLISHED_ROOTS } from './limits.ts';
import { attempt, type ProblemList } from './repository-report.ts';
import type { RepositorySource } from './source.ts';

/** What is known of the repository's roots by other means. */
export type RootAnchor =
  /** A root file of any version. The published one of this version must say the same. */
  | { readonly kind: 'root'; readonly bytes: Uint8Array }
  /** The sha256 of the bytes of `1.root.json`, or of its payload. */
  | { readonly kind: 'sha256'; readonly digest: Sha256Hex };

const ROOT_NAME = /^metadata\/([1-9][0-9]{0,15})\.root\.json$/;

/** A published root that is there. */
interface PublishedRoot {
  /** Null when it can't be read. */
  readonly bytes: Uint8Array | null;
  /** Null when no client may start from it. */
  readonly root: Metadata<Root<'client'>> | null;
}

/** By version, in the order in which they were read. */
type Roots = ReadonlyMap<Version, PublishedRoot>;

interface RootOptions {
  readonly time: Instant;
  readonly anchor?: RootAnchor;
}

/** Reads roots one after the other, and requires each to lead to the next. */
class RootReader {
  readonly roots = new Map<Version, PublishedRoot>();
  readonly #source: RepositorySource;
  readonly #time: Instant;
  #room = MAX_PUBLISHED_ROOT_BYTES;
  #previous: Metadata<Root<'client'>> | null = null;

  constructor(source: RepositorySource, time: Instant) {
    this.#source = source;
    this.#time = time;
  }

  /** Reads one more. @returns whether there is one that a client may start from, and that what was read before leads to */
  async read(version: Version, problems: ProblemList): Promise<boolean> {
    // Whoever has the keys of a root can go on with it for ever.
    if (this.roots.size >= MAX_PUBLISHED_ROOTS || this.#room < 0) {
      const detail = `expected at most ${String(MAX_PUBLISHED_ROOTS)} roots of ${String(MAX_PUBLISHED_ROOT_BYTES)} bytes together, got more`;
      problems.add({ code: 'root-limit', where: rootPath(version), detail });
      return false;
    }
    const path = rootPath(version);
    const found = await attempt(problems, async () => ({ bytes: await this.#source.metadata(path, DEFAULT_LIMITS.maxRootBytes) }));
    if (found?.bytes === null) return false;
    const bytes = found?.bytes ?? null;
    this.#room -= bytes?.length ?? 0;
    const root = bytes === null ? null : await attempt(problems, () => startFrom(version, bytes, this.#time));
    this.roots.set(version, { bytes, root });
    const before = this.#previous;
    this.#previous = root;
    if (root === null) return false;
    if (before?.signed.version !== version - 1) return true;
    return (await attempt(problems, () => requireRootTransition(before, root))) !== null;
  }
}

/** Requires the last root before a version to lead to it, where both can be read. */
async function requireJoin(roots: Roots, version: Version, problems: ProblemList): Promise<void> {
  const next = roots.get(version)?.root ?? null;
  const before = version === 1 ? null : (roots.get(parseVersion(version - 1, 'root'))?.root ?? null);
  if (next !== null && before !== null) await attempt(problems, () => requireRootTransition(before, next));
}

/**
 * Reads the roots from the anchor's on, as long as each leads to the next, and then what else is listed; and those before the anchor, which clients that begin
 * with it never see. A host that can't list is not asked for more: it could make up one after the other, and send each as slowly as it likes.
 */
async function readRoots(
  source: RepositorySource,
  listed: readonly Version[],
  { time, anchor }: RootOptions,
  problems: ProblemList,
  unneeded: ProblemList,
): Promise<Roots> {
  const first = firstVersion(anchor);
  const reader = new RootReader(source, time);
  const { roots } = reader;
  const isAnchored = async (version: Version): Promise<boolean> =>
    anchor === undefined || (await attempt(problems, () => requireAnchor(anchor, roots, version))) !== null;
  for (let version = first; (await reader.read(version, problems)) && (await isAnchored(version));)
    version = parseVersion(version + 1, 'root');
  for (const version of listed)
    if (version >= first && !roots.has(version) && roots.size < MAX_PUBLISHED_ROOTS) await reader.read(version, problems);
  // Of whose roots they would be nobody knows where the anchor is not among them.
  const early = (roots.get(first)?.root ?? null) === null || !(await isAnchored(first)) ? 0 : first;
  for (let next = 1; next < early && roots.size < MAX_PUBLISHED_ROOTS; next++) {
    const version = parseVersion(next, 'root');
    await reader.read(version, unneeded);
    if (!roots.has(version)) break;
  }
  if (early > 1) await requireJoin(roots, first, unneeded);
  return new Map([...roots].sort(([a], [b]) => a - b));
}

/** The version of the root that clients begin with. */
function firstVersion(anchor: RootAnchor | undefined): Version {
  const root = anchor?.kind === 'root' ? outcomeOf(() => parseRootAs('client', anchor.bytes).signed.version) : null;
  // An anchor that is no root is told where it is compared.
  return root?.kind === 'accepted' ? root.value : parseVersion(1, 'root');
}

/** All released roots must stay (TUF §6.1): clients that ship with an old one come through each of them. */
function requireNoGap(roots: Roots, first: Version, problems: ProblemList, unneeded: ProblemList): void {
  const last = [...roots.keys()].at(-1) ?? 1;
  const told = new Set<ProblemList>();
  for (let version = 1; version <= last && told.size < 2; version++) {
    const list = version < first ? unneeded : problems;
    // The one that is missed first says it; a name may claim any version.
    if (roots.has(parseVersion(version, 'root')) || told.has(list)) continue;
    const detail = `expected every root from 1 to ${String(last)}, got none of this version`;
    list.add({ code: 'not-found', where: rootPath(parseVersion(version, 'root')), detail });
    told.add(list);
    if (list === problems) return;
  }
}

/** @param upTo - the version that was read last: of a later one nothing is known yet; null at the end */
function requireAnchor(anchor: RootAnchor, roots: Roots, upTo: Version | null): void {
  const refuse = (where: string, expected: string): never => {
    throw new CountersignError('anchor-mismatch', where, `expected ${expected}, got another or none`);
  };
  if (anchor.kind === 'sha256') {
    const first = roots.get(parseVersion(1, 'root'))?.bytes ?? null;
    // Of the file, or of the payload in it, as `init`, `sign` and `status` print it: neither can be taken for the other.
    const digests = first === null ? [] : [sha256Hex(first), sha256Hex(parseRootAs('client', first).payload)];
    if (!digests.includes(anchor.digest)) refuse('root@1', `a root v1 whose file or payload has the sha256 ${anchor.digest}`);
    return;
  }
  const { signed, payload } = parseRootAs('client', anchor.bytes);
  if (upTo !== null && upTo < signed.version) return;
  const published = roots.get(signed.version)?.bytes ?? null;
  if (published === null || Buffer.compare(parseRootAs('client', published).payload, payload) !== 0) {
    refuse(`root@${String(signed.version)}`, 'the root that was given');
  }
}

/**
 * Verifies all published roots: each is what a client may start from, and each leads to the next. An update's later steps depend on
 * its last root only, so that this, with one update from the last root, is as good as an update from every root, and linear.
 * @param unneeded - takes what is wrong with the roots before the anchor's
 * @returns the last root's bytes; null when there is none to start from, or a host that can't list has other roots than `anchor`
 * @throws `io`
 */
export async function verifyRoots(
  source: RepositorySource,
  options: RootOptions,
  problems: ProblemList,
  unneeded: ProblemList,
): Promise<Uint8Array | null> {
  const listing = await source.list();
  const listed = [...(listing?.keys() ?? [])]
    .map((path) => Number(ROOT_NAME.exec(path)?.[1] ?? 0))
    .filter((version) => version > 0 && Number.isSafeInteger(version))
    .map((version) => parseVersion(version, 'root'))
    .sort((a, b) => a - b);
  const roots = await readRoots(source, listed, options, problems, unneeded);
  requireNoGap(roots, firstVersion(options.anchor), problems, unneeded);
  const { anchor } = options;
  const isAnchored = anchor === undefined || (await attempt(problems, () => requireAnchor(anchor, roots, null))) !== null;
  // An update would follow the roots of whoever this is as far as they go.
  if (!isAnchored && listing === null) return null;
  return [...roots.values()].findLast(({ root }) => root !== null)?.bytes ?? null;
}

function startFrom(version: Version, bytes: Uint8Array, time: Instant): Metadata<Root<'client'>> {
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
