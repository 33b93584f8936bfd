// SPDX-License-Identifier: Apache-2.0
import { TIMESTAMP_PATH } from '../tuf/published-tree.ts';

/** A file of the published branch: what git calls its bytes, and how many there are. */
export interface FileEntry {
  /** 40 lower-case hex digits: equal ids are equal bytes. */
  readonly id: string;
  readonly size: number;
}

/**
 * All files that are served, by path, but for the timestamp, which signs the digest of this list. Whoever published them had hashed each one; so of what somebody
 * else puts there none is served, and no run has to hash again what did not change.
 */
export type FileList = ReadonlyMap<string, FileEntry>;

const LINE = /^([0-9a-f]{40}) (0|[1-9][0-9]{0,15}) (\S.*)$/;

/** Whether a path of the published branch is served and stands in the list. */
export function isListed(path: string): boolean {
  return (path.startsWith('metadata/') || path.startsWith('targets/')) && path !== TIMESTAMP_PATH;
}

/** Encodes a list: one line a file, `<id> <size> <path>`, sorted by path, so that the same files give the same bytes. UTF-8. */
export function encodeFileList(list: FileList): Uint8Array {
  const lines = [...list].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, { id, size }]) => `${id} ${String(size)} ${path}\n`);
  return new TextEncoder().encode(lines.join(''));
}

/** Reads a list; null for bytes that are none. Only one whose digest a timestamp has signed says anything. */
export function readFileList(bytes: Uint8Array): FileList | null {
  const list = new Map<string, FileEntry>();
  for (const line of new TextDecoder().decode(bytes).split('\n')) {
    if (line === '') continue;
    const [, id, size, path] = LINE.exec(line) ?? [];
    if (id === undefined || size === undefined || path === undefined) return null;
    list.set(path, { id, size: Number(size) });
  }
  return list;
}

/** What of a tree is not as it was published. */
export interface TreeReview {
  /** Files that were changed or deleted: they are put back from what git still has of them. */
  readonly damaged: FileList;
  /** Files that nobody published. */
  readonly strays: readonly string[];
}

/** Compares a tree with the list of what was published. */
export function reviewTree(tree: ReadonlyMap<string, FileEntry & { readonly kind: 'file' | 'other' }>, list: FileList): TreeReview {
  const damaged = new Map([...list].filter(([path, { id }]) => tree.get(path)?.id !== id || tree.get(path)?.kind !== 'file'));
  const strays = [...tree.keys()].filter((path) => isListed(path) && !list.has(path));
  return { damaged, strays };
}
