// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from 'node:fs/promises';
import { ioError } from '../../disk/atomic-file.ts';
import type { CommitSha, FileContent, Forge, TreeEntry } from '../../ports.ts';
import { CountersignError, quote } from '../../tuf/errors.ts';
import { parseBlobId, parseCommitSha } from '../local/ids.ts';
import { answerOf, textOf } from './answer.ts';
import { send } from './place.ts';
import type { Place } from './place.ts';

/** What a commit is made of. */
export type CommitInput = Parameters<Forge['writeCommit']>[0];

/** A commit's tree: its id, and everything in it. */
export interface BaseTree {
  readonly id: string;
  readonly entries: ReadonlyMap<string, TreeEntry>;
}

/** Git's id of the tree without entries, which every repository has. GitHub makes none of an empty list. */
const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904';
const MAX_BLOB_BYTES = 40 * 1024 * 1024;
/** All contents that are sent within the tree. GitHub's bound on a tree is 7 MB. */
const MAX_INLINE_BYTES = 5 * 1024 * 1024;
const NEEDS = 'contents: write';

interface NewEntry {
  readonly path: string;
  readonly mode: '100644';
  readonly type: 'blob';
  readonly sha?: string | null;
  readonly content?: string;
}

/**
 * Writes a commit that no ref points at: one request for the tree, one for the commit, and one for each file that is no UTF-8 or too much to send along. Without
 * an author of ours, so that GitHub signs it.
 * @param base - the tree of `input.base`; null when that is null
 * @throws `too-large` above 40 MiB a file, `file-changed`, `file-name`, `io`
 */
export async function writeCommit(place: Place, input: CommitInput, base: BaseTree | null): Promise<CommitSha> {
  checkPaths(input.changes);
  const purpose = { what: 'a new commit', needs: NEEDS };
  const tree = await writeTree(place, input.changes, base);
  const made = await send(
    place,
    'POST /repos/{owner}/{repo}/git/commits',
    { message: input.message, tree, parents: [...input.parents] },
    purpose,
  );
  return parseCommitSha(textOf(answerOf(made, purpose.what), 'sha'), purpose.what);
}

async function writeTree(place: Place, changes: CommitInput['changes'], base: BaseTree | null): Promise<string> {
  const entries: NewEntry[] = [];
  const left = new Set(base?.entries.keys());
  let inlineBytes = 0;
  for (const [path, content] of changes) {
    if (content === null) {
      // GitHub refuses to delete what is not there.
      if (left.delete(path)) entries.push({ path, mode: '100644', type: 'blob', sha: null });
      continue;
    }
    left.add(path);
    const text = content.kind === 'bytes' ? textOfBytes(content.bytes, MAX_INLINE_BYTES - inlineBytes) : null;
    inlineBytes += content.kind === 'bytes' && text !== null ? content.bytes.length : 0;
    const held = text === null ? { sha: await blobOf(place, path, content) } : { content: text };
    entries.push({ path, mode: '100644', type: 'blob', ...held });
  }
  if (left.size === 0) return EMPTY_TREE;
  if (base !== null && entries.length === 0) return base.id;
  const purpose = { what: 'a new tree', needs: NEEDS };
  // With an empty base there is nothing to build upon.
  const from = base === null || base.entries.size === 0 ? {} : { base_tree: base.id };
  const made = await send(place, 'POST /repos/{owner}/{repo}/git/trees', { ...from, tree: entries }, purpose);
  return parseBlobId(textOf(answerOf(made, purpose.what), 'sha'), purpose.what);
}

/** Bytes as the text that stands for exactly them; null when there is none, or no room. */
function textOfBytes(bytes: Uint8Array, room: number): string | null {
  if (bytes.length > room) return null;
  const buffer = Buffer.from(bytes);
  const text = buffer.toString('utf8');
  return !text.includes('\0') && Buffer.from(text, 'utf8').equals(buffer) ? text : null;
}

async function blobOf(place: Place, path: string, content: FileContent): Promise<string> {
  if (content.kind === 'blob') return content.id;
  const length = content.kind === 'file' ? content.length : content.bytes.length;
  if (length > MAX_BLOB_BYTES) {
    throw new CountersignError(
      'too-large',
      quote(path),
      `expected at most 40 MiB, which is what GitHub takes, got ${String(length)} bytes`,
    );
  }
  const bytes = content.kind === 'file' ? await readExactly(content.path, length) : Buffer.from(content.bytes);
  const purpose = { what: `a new blob for ${quote(path)}`, needs: NEEDS };
  const parameters = { content: bytes.toString('base64'), encoding: 'base64' };
  const made = await send(place, 'POST /repos/{owner}/{repo}/git/blobs', parameters, purpose);
  return parseBlobId(textOf(answerOf(made, purpose.what), 'sha'), purpose.what);
}

async function readExactly(path: string, length: number): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    const bytes = size === length ? await readFile(path) : null;
    if (bytes?.length === length) return bytes;
    throw new CountersignError('file-changed', path, `expected ${String(length)} bytes as when it was measured, got ${String(size)}`);
  } catch (error) {
    throw ioError(path, 'to read the file', error);
  }
}

function checkPaths(changes: CommitInput['changes']): void {
  for (const path of changes.keys()) {
    const names = path.split('/');
    const isBad = names.some((name) => name === '' || name === '.' || name === '..' || name.toLowerCase() === '.git');
    if (isBad || path.includes('\0') || Buffer.from(path).toString() !== path) {
      throw new CountersignError('file-name', quote(path), 'expected a path that git can hold');
    }
    for (let depth = 1; depth < names.length; depth++) {
      const above = names.slice(0, depth).join('/');
      if ((changes.get(path) ?? null) !== null && (changes.get(above) ?? null) !== null)
        throw new CountersignError('file-name', quote(path), `expected a directory at ${quote(above)}, got a file`);
    }
  }
}
