// SPDX-License-Identifier: Apache-2.0
import type { BlobId, CommitSha, TreeEntry } from '../../ports.ts';
import { CountersignError, quote } from '../../tuf/errors.ts';
import { ByteReader } from './byte-reader.ts';
import { git, gitError, startGit } from './git.ts';
import { parseBlobId } from './ids.ts';

const REGULAR_MODES: ReadonlySet<string> = new Set(['100644', '100755']);
const TREE_LINE = /^(\d{6}) (\w+) ([0-9a-f]+) +(\d+|-)$/;
const CHANGE = /^\n?:\d{6} (\d{6}) [0-9a-f]+ ([0-9a-f]+) [A-Z]\d*$/;

/**
 * Everything in a commit's tree, by path. What is no plain file, or has a path that is no UTF-8, is of kind `other`.
 * @throws `git`
 */
export async function readTree(repository: string, commit: CommitSha): Promise<ReadonlyMap<string, TreeEntry>> {
  const output = await git(repository, ['ls-tree', '-r', '-z', '-l', commit]);
  const files = new Map<string, TreeEntry>();
  for (const record of output.toString('utf8').split('\0').slice(0, -1)) {
    const tab = record.indexOf('\t');
    const path = record.slice(tab + 1);
    const [, mode, , id, size] = TREE_LINE.exec(record.slice(0, tab)) ?? [];
    if (mode === undefined || id === undefined || size === undefined) {
      throw new CountersignError('git', 'git ls-tree', `expected a tree entry, got ${quote(record)}`);
    }
    // A replacement character may stand for any bytes: two paths must not become one, so neither is taken.
    const isPlain = REGULAR_MODES.has(mode) && !path.includes('\ufffd') && !files.has(path);
    files.set(path, { kind: isPlain ? 'file' : 'other', id: parseBlobId(id, 'git ls-tree'), size: size === '-' ? 0 : Number(size) });
  }
  return files;
}

/**
 * Contents of blobs, through one process for all.
 * @throws `io` when one is missing or is no blob; `git`
 */
export async function readBlobs(repository: string, ids: readonly BlobId[]): Promise<ReadonlyMap<BlobId, Uint8Array>> {
  const blobs = new Map<BlobId, Uint8Array>();
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return blobs;
  const args = ['cat-file', '--batch'];
  const { child, ended } = startGit(repository, args);
  try {
    child.stdin.end(wanted.map((id) => `${id}\n`).join(''));
    const reader = new ByteReader(child.stdout);
    for (const id of wanted) {
      const header = await reader.line();
      const length = /^[0-9a-f]+ blob (\d+)$/.exec(header)?.[1];
      if (length === undefined) throw new CountersignError('io', id, `expected a blob, got ${quote(header)}`);
      blobs.set(id, await reader.counted(Number(length)));
    }
    await reader.end();
  } catch (error) {
    child.kill();
    child.stdout.destroy();
    // Awaited first: that git could not be started explains why there was no output.
    await ended;
    throw error;
  }
  const end = await ended;
  if (end.status !== 0) throw gitError(args, end);
  return blobs;
}

/** One blob in pieces, so that its length does not matter. @throws `io` when it is missing or is no blob */
export async function* streamBlob(repository: string, id: BlobId): AsyncGenerator<Uint8Array> {
  const { child, ended } = startGit(repository, ['cat-file', 'blob', id]);
  child.stdin.end();
  try {
    for await (const piece of child.stdout) if (piece instanceof Uint8Array) yield piece;
    const { status } = await ended;
    if (status !== 0) throw new CountersignError('io', id, 'expected a blob, got none');
  } finally {
    child.kill();
  }
}

/**
 * Distinct contents that `path` has had in the whole history of `commit`, merged side branches included, children before
 * their parents; at most `limit`.
 * @throws `git`
 */
export async function readHistory(repository: string, commit: CommitSha, path: string, limit: number): Promise<readonly BlobId[]> {
  const shape = ['--format=', '--raw', '--no-abbrev', '-z', '--no-renames'];
  // Else git leaves out side branches whose content a merge discarded, and what a merge itself changed. `-m` implies
  // full history today, which its manual does not promise.
  const everything = ['--topo-order', '--full-history', '-m'];
  const output = await git(repository, ['log', ...shape, ...everything, commit, '--', path]);
  const ids = new Set<BlobId>();
  const records = decodeRecords(output, commit);
  for (let at = 0; at + 1 < records.length && ids.size < limit; at++) {
    const [, mode, id] = CHANGE.exec(records[at] ?? '') ?? [];
    if (mode === undefined || id === undefined) continue;
    at++;
    if (records[at] === path && REGULAR_MODES.has(mode)) ids.add(parseBlobId(id, 'git log'));
  }
  return [...ids];
}

/** Splits output that ends each record by NUL. Strict UTF-8: two paths must not become one by replacement characters. */
function decodeRecords(output: Buffer, commit: CommitSha): readonly string[] {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(output);
    return text.split('\0').slice(0, -1);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CountersignError('file-name', commit, 'expected paths in UTF-8, got other bytes', { cause: error });
  }
}
