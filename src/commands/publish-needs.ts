// SPDX-License-Identifier: Apache-2.0
import type { Base } from '../event/base.ts';
import { decideSnapshot, decideTimestamp, heldOnline, hostedTargets, type HeldOnline } from '../event/decide-publish.ts';
import type { Instant } from '../tuf/instant.ts';
import { encodeRoleName } from '../tuf/names.ts';
import { metadataPath, rootPath, strayPaths, targetFilePaths } from '../tuf/published-tree.ts';
import { readState, type State } from './read-base.ts';
import type { Workplace } from './workplace.ts';

/** What is to be published, and whether the site has it yet. */
export interface PublishNeeds {
  /** Why a publish has something to do; empty when all is fresh. */
  readonly reasons: readonly string[];
  /** Whether the site serves less than the published branch has. */
  readonly behind: boolean;
}

/** The online files that are out there, on the branch or live. */
export function heldNow(state: State, base: Base): HeldOnline {
  const present = (...all: (Uint8Array | null)[]): Uint8Array[] => all.filter((bytes) => bytes !== null);
  return heldOnline(base, {
    snapshots: present(state.live.snapshot, state.published.snapshot),
    timestamps: present(state.live.timestamp, state.published.timestamp),
  });
}

function signingReasons(base: Base, held: HeldOnline, now: Instant): readonly string[] {
  const snapshot = decideSnapshot(base, held, now);
  if (snapshot.kind === 'sign') return [`snapshot: ${snapshot.why}`];
  const timestamp = decideTimestamp(base, held, snapshot.bytes, now);
  return timestamp.kind === 'sign' ? [`timestamp: ${timestamp.why}`] : [];
}

/** Whether two sets of bytes are the same file; nothing is as nothing. */
function isSame(a: Uint8Array | null, b: Uint8Array | null): boolean {
  return a === null || b === null ? a === b : Buffer.compare(a, b) === 0;
}

/** Whether what the site serves differs from the published branch. */
export function isBehind({ live, published }: State): boolean {
  if (published.timestamp === null) return false;
  return !isSame(live.timestamp, published.timestamp) || live.roots.length < published.roots.length;
}

/**
 * What the published branch holds and nobody signed for, as {@link strayPaths} says.
 * @param snapshot - the current version of the snapshot
 */
export function strayFiles({ publishedTree }: State, base: Base, snapshot: number): readonly string[] {
  const roles = [...base.roles].map(([role, { file }]): [string, number] => [encodeRoleName(role), file.signed.version]);
  const latest = new Map([['root', base.root.signed.version], ['snapshot', snapshot], ...roles]);
  const targets = new Set(hostedTargets(base).flatMap(({ path, sha256 }) => targetFilePaths(path, sha256)));
  return strayPaths(publishedTree.keys(), latest, targets);
}

/** What a publish would have to do now. Reads and decides, and holds no key. @throws `equivocation`, `io`, `git` */
export async function publishNeeds(place: Pick<Workplace, 'forge' | 'live' | 'anchor' | 'now'>): Promise<PublishNeeds> {
  const state = await readState(place);
  const { base } = state;
  if (base === null) return { reasons: [], behind: false };
  const held = heldNow(state, base);
  const reasons = [...signingReasons(base, held, place.now)];
  const paths = [
    ...base.roots.map(({ file }) => rootPath(file.signed.version)),
    ...[...base.roles].map(([role, { file }]) => metadataPath(role, file.signed.version)),
    ...hostedTargets(base).flatMap(({ path, sha256 }) => targetFilePaths(path, sha256)),
  ];
  const missing = paths.filter((path) => !state.publishedTree.has(path));
  if (missing.length > 0) reasons.push(`${String(missing.length)} files are not published yet`);
  const strays = held.snapshot === null ? [] : strayFiles(state, base, held.snapshot.file.signed.version);
  if (strays.length > 0) reasons.push(`${String(strays.length)} files are published that nobody signed for`);
  return { reasons, behind: isBehind(state) };
}
