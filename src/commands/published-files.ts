// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { signedFileList, type HeldOnline, type HostedTarget } from '../event/decide-publish.ts';
import { isListed, readFileList, reviewTree, type FileEntry, type FileList } from '../event/file-list.ts';
import { FILE_LIST_PATH } from '../event/layout.ts';
import type { Base, Finding } from '../event/base.ts';
import { hostedKey } from '../event/plan-publication.ts';
import type { BlobId, FileContent, Forge, TreeEntry } from '../ports.ts';
import { CountersignError } from '../tuf/errors.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import { targetFilePaths } from '../tuf/published-tree.ts';
import { blobIdOf, parseBlobId } from './blob-id.ts';
import { strayFiles } from './publish-needs.ts';
import type { State } from './read-base.ts';

const LIST_HISTORY = 20;

/** What was published, as the timestamp has signed it. */
export interface KnownFiles {
  /** Null where no timestamp says, or the list can't be had any more. */
  readonly list: FileList | null;
  readonly findings: readonly Finding[];
}

/** Finds the list of what was published: on the branch, or in its history when somebody has changed it there. */
export async function readKnownFiles(forge: Forge, state: State, held: HeldOnline): Promise<KnownFiles> {
  const digest = held.timestamp === null ? null : signedFileList(held.timestamp.file.signed);
  if (digest === null || state.publishedHead === null) return { list: null, findings: [] };
  const find = async (ids: readonly BlobId[]): Promise<FileList | null> => {
    const blobs = await forge.blobs(ids);
    const bytes = [...blobs.values()].find((one) => sha256Hex(one) === digest);
    return bytes === undefined ? null : readFileList(bytes);
  };
  const entry = state.publishedTree.get(FILE_LIST_PATH);
  const there = entry?.kind === 'file' ? await find([entry.id]) : null;
  if (there !== null) return { list: there, findings: [] };
  const list = await find(await forge.history(state.publishedHead, FILE_LIST_PATH, LIST_HISTORY));
  const then = list === null ? 'every hosted file is hashed again' : 'it is put back';
  const detail = `expected the list of published files that the timestamp has signed, sha256:${digest}, got another or none; ${then}`;
  return { list, findings: [{ source: 'published', code: 'hash-mismatch', where: FILE_LIST_PATH, detail }] };
}

/** Whether a blob is there and has the bytes of a target. Read in pieces: it may be large. */
export async function isTarget(forge: Forge, id: BlobId, target: HostedTarget): Promise<boolean> {
  const hash = createHash('sha256');
  let length = 0;
  try {
    for await (const piece of forge.stream(id)) {
      hash.update(piece);
      length += piece.length;
    }
  } catch (error) {
    if (error instanceof CountersignError && error.code === 'io') return false;
    throw error;
  }
  return length === target.length && hash.digest('hex') === target.sha256;
}

async function isThere(forge: Forge, path: string, id: string, size: number): Promise<boolean> {
  const hash = createHash('sha1').update(`blob ${String(size)}\0`);
  try {
    for await (const piece of forge.stream(parseBlobId(id, path))) hash.update(piece);
  } catch (error) {
    if (error instanceof CountersignError && (error.code === 'io' || error.code === 'git')) return false;
    throw error;
  }
  return hash.digest('hex') === id;
}

/** What becomes of files that are not as they were published. */
export interface Repair {
  /** By path; null for what is taken away. */
  readonly changes: ReadonlyMap<string, FileContent | null>;
  readonly findings: readonly Finding[];
}

function inOneFinding(code: Finding['code'], paths: readonly string[], text: (what: string) => string): readonly Finding[] {
  const [first, ...others] = paths;
  if (first === undefined) return [];
  const what = others.length === 0 ? 'this one' : `this one and ${String(others.length)} more`;
  return [{ source: 'published', code, where: first, detail: text(what) }];
}

/** A path of a target without the digest that each client asks for. */
const TARGET_WITHOUT_DIGEST = /^targets\/(?!(?:.*\/)?[0-9a-f]{64}\.[^/]+$)(?![0-9a-f]{64}\.).*$/;

/** What nobody signed for on a branch of which no list is known. */
function unlistedStrays(state: State, base: Base, snapshot: number, wanted: ReadonlySet<string>): readonly string[] {
  const odd = [...state.publishedTree.keys()].filter((path) => TARGET_WITHOUT_DIGEST.test(path) && !wanted.has(path));
  return [...new Set([...strayFiles(state, base, snapshot), ...odd])];
}

/**
 * Decides what is to be done about files that somebody else has changed, deleted or added below `metadata/` and `targets/`.
 * @param base - what is to be published
 * @param hosted - the targets that are hosted, those that are held back among them; their own files are seen to elsewhere
 */
export async function repairTree(
  forge: Forge,
  state: State,
  { list }: KnownFiles,
  base: Base,
  snapshot: number,
  hosted: readonly HostedTarget[],
): Promise<Repair> {
  const wanted = new Set(hosted.flatMap(({ path, sha256 }) => targetFilePaths(path, sha256)));
  const changes = new Map<string, FileContent | null>();
  const review = list === null ? null : reviewTree(state.publishedTree, list);
  const strays = review === null ? unlistedStrays(state, base, snapshot, wanted) : review.strays.filter((path) => !wanted.has(path));
  const attributes = review === null ? [] : strayFiles(state, base, snapshot).filter((path) => !isListed(path) || !strays.includes(path));
  for (const path of [...strays, ...attributes]) changes.set(path, null);
  const damaged = [...(review?.damaged ?? [])].filter(([path]) => !changes.has(path));
  for (const [path, { id, size }] of damaged) {
    if (wanted.has(path)) continue;
    if (await isThere(forge, path, id, size)) changes.set(path, { kind: 'blob', id: parseBlobId(id, path) });
    else if (state.publishedTree.has(path)) changes.set(path, null);
  }
  return {
    changes,
    findings: [
      ...inOneFinding(
        'event-file-unclaimed',
        [...strays, ...attributes],
        (what) => `expected only files that somebody signed for, got ${what}; taken away`,
      ),
      ...inOneFinding(
        'hash-mismatch',
        damaged.map(([path]) => path),
        (what) => `expected the bytes that were published, got others or none of ${what}; put back where they can be had, else withheld`,
      ),
    ],
  };
}

/** A tree after some changes, as far as its bytes are in git already. */
export function afterChanges(
  tree: ReadonlyMap<string, TreeEntry>,
  changes: ReadonlyMap<string, FileContent | null>,
  sizes: FileList | null,
): Map<string, TreeEntry> {
  const after = new Map(tree);
  for (const [path, content] of changes) {
    if (content === null) after.delete(path);
    else if (content.kind === 'blob')
      after.set(path, { kind: 'file', id: content.id, size: sizes?.get(path)?.size ?? tree.get(path)?.size ?? 0 });
  }
  return after;
}

/** Paths of hosted targets that have other bytes than were signed, where the right ones can't be had. */
export function wrongFiles(
  { publishedTree }: State,
  list: FileList | null,
  targets: readonly HostedTarget[],
  missing: { has(key: string): boolean },
): readonly string[] {
  return targets
    .filter((target) => missing.has(hostedKey(target)))
    .flatMap(({ path, sha256 }) => targetFilePaths(path, sha256))
    .filter((path) => {
      const there = publishedTree.get(path);
      if (there === undefined) return false;
      return there.kind !== 'file' || list?.get(path)?.id !== there.id;
    });
}

/** The list of all files that are served, as the tree has them with new metadata. */
export function listFiles(tree: ReadonlyMap<string, TreeEntry>, metadata: ReadonlyMap<string, Uint8Array>): FileList {
  const list = new Map<string, FileEntry>();
  for (const [path, { id, size, kind }] of tree) if (isListed(path) && kind === 'file') list.set(path, { id, size });
  for (const [path, bytes] of metadata) if (isListed(path)) list.set(path, { id: blobIdOf(bytes), size: bytes.length });
  return list;
}
