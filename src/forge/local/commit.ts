// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Account, CommitSha, FileContent, Forge } from '../../ports.ts';
import { CountersignError, quote } from '../../tuf/errors.ts';
import { errnoOf, ioError } from '../../disk/atomic-file.ts';
import { collect, git, gitError, startGit } from './git.ts';
import { parseCommitSha } from './ids.ts';

/** What {@link Forge.writeCommit} takes. */
export type CommitInput = Parameters<Forge['writeCommit']>[0];

const NO_COMMIT = '0'.repeat(40);
const BUFFER_BYTES = 64 * 1024;
const ARGS: readonly string[] = ['fast-import', '--quiet', '--done'];

/** Told how many bytes of files git has taken, of how many. */
export type OnPacked = (doneBytes: number, totalBytes: number) => void;

/** Less than this is packed before anybody could read how far it is. */
const LEAST_TOLD_BYTES = 16 * 1024 * 1024;

/** Tells of the files of a commit, all together, as git takes them. Silent where they are small. */
function packing(changes: CommitInput['changes'], onPacked: OnPacked): (bytes: number) => void {
  const total = [...changes.values()].reduce((sum, content) => sum + (content?.kind === 'file' ? content.length : 0), 0);
  let done = 0;
  return (bytes) => {
    done += bytes;
    if (total >= LEAST_TOLD_BYTES) onPacked(done, total);
  };
}

/**
 * Writes a commit through one `git fast-import`, which is fed as a stream: files are never whole in memory. No ref ever
 * points at the commit; it stays because the repository collects no garbage.
 * @param author - becomes author and committer
 * @param onPacked - called while git takes in large files
 * @throws `file-name` for a path that git can't hold or that is also the directory of another; `file-changed` when a file
 * is not as long as was said; `io` when it can't be read; `git`, as when there is no such base, parent or blob
 */
export async function writeCommit(repository: string, author: Account, input: CommitInput, onPacked: OnPacked): Promise<CommitSha> {
  checkPaths(input.changes);
  const tree = input.base === null || input.base === input.parents[0] ? null : await treeOf(repository, input.base);
  const { child, ended } = startGit(repository, ARGS);
  const output = collect(child.stdout);
  const broken = await brokenBy(
    pipeline(Readable.from(buffered(commands(author, tree, input, packing(input.changes, onPacked)))), child.stdin),
  );
  const end = await ended;
  if (end.status !== 0) await rm(join(repository, `fast_import_crash_${String(child.pid ?? 0)}`), { force: true });
  // A failed pipe only says that git ended first; every other error is the source's own.
  if (broken !== null && errnoOf(broken) === null) throw broken;
  if (end.status !== 0 || broken !== null) throw gitError(ARGS, end);
  return parseCommitSha(Buffer.concat(output).toString('latin1').trim(), 'git fast-import');
}

async function treeOf(repository: string, commit: CommitSha): Promise<string> {
  const output = await git(repository, ['rev-parse', '--verify', '--quiet', `${commit}^{tree}`]);
  return output.toString('latin1').trim();
}

/** The error that the stream broke with, for later: git is still to be waited for. Cut short, it never reads `done` and keeps no commit. */
async function brokenBy(stream: Promise<void>): Promise<Error | null> {
  try {
    await stream;
    return null;
  } catch (error) {
    return error instanceof Error ? error : new TypeError('not an error', { cause: error });
  }
}

/** The commands of git-fast-import(1). `tree` is the base's when the first parent is not the base. */
async function* commands(
  author: Account,
  tree: string | null,
  input: CommitInput,
  onBytes: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  const ref = `refs/countersign/${randomBytes(16).toString('hex')}`;
  const who = `${author.login} <${author.login}@example.invalid> ${String(Math.floor(Date.now() / 1000))} +0000`;
  const message = Buffer.from(input.message);
  yield Buffer.from(`commit ${ref}\nmark :1\nauthor ${who}\ncommitter ${who}\ndata ${String(message.length)}\n`);
  yield message;
  const [from, ...merged] = input.parents;
  yield Buffer.from(`\n${from === undefined ? '' : `from ${from}\n`}${merged.map((parent) => `merge ${parent}\n`).join('')}`);
  if (input.base !== from) yield Buffer.from('deleteall\n');
  if (tree !== null) yield Buffer.from(`M 040000 ${tree} ""\n`);
  // Deletions first: the path of a deleted file may now be a directory.
  for (const [path, content] of input.changes) {
    if (content === null) yield Buffer.from(`D ${quotePath(path)}\n`);
  }
  for (const [path, content] of input.changes) {
    if (content !== null) yield* modification(path, content, onBytes);
  }
  // The null id takes the ref away before git has written it; the commit itself stays.
  yield Buffer.from(`get-mark :1\nreset ${ref}\nfrom ${NO_COMMIT}\n\ndone\n`);
}

async function* modification(path: string, content: FileContent, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  switch (content.kind) {
    case 'blob':
      yield Buffer.from(`M 100644 ${content.id} ${quotePath(path)}\n`);
      return;
    case 'bytes':
      yield Buffer.from(`M 100644 inline ${quotePath(path)}\ndata ${String(content.bytes.length)}\n`);
      yield Buffer.from(content.bytes.buffer, content.bytes.byteOffset, content.bytes.length);
      yield Buffer.from('\n');
      return;
    case 'file':
      yield Buffer.from(`M 100644 inline ${quotePath(path)}\ndata ${String(content.length)}\n`);
      yield* fileBytes(content.path, content.length, onBytes);
      yield Buffer.from('\n');
      return;
    default:
      content satisfies never;
  }
}

/** Exactly `length` bytes: one more or less would make git read file contents as commands. */
async function* fileBytes(path: string, length: number, onBytes: (bytes: number) => void): AsyncGenerator<Buffer> {
  let read = 0;
  try {
    for await (const chunk of createReadStream(path)) {
      const bytes = Buffer.from(chunk);
      read += bytes.length;
      if (read > length) break;
      yield bytes;
      // Asked for more: git has taken this.
      onBytes(bytes.length);
    }
  } catch (error) {
    throw ioError(path, 'to read the file', error);
  }
  if (read !== length) {
    const got = read > length ? 'more' : String(read);
    throw new CountersignError('file-changed', path, `expected ${String(length)} bytes as when it was measured, got ${got}`);
  }
}

/** Joins small chunks, so that thousands of files don't take thousands of writes. */
async function* buffered(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    waiting.push(chunk);
    bytes += chunk.length;
    if (bytes < BUFFER_BYTES) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  yield Buffer.concat(waiting);
}

function checkPaths(changes: CommitInput['changes']): void {
  for (const [path, content] of changes) {
    const names = path.split('/');
    const bad = names.some((name) => name === '' || name === '.' || name === '..' || name.toLowerCase() === '.git');
    if (bad || path.includes('\0') || Buffer.from(path).toString() !== path) {
      throw new CountersignError('file-name', quote(path), 'expected a path that git can hold');
    }
    if (content === null) continue;
    for (let depth = 1; depth < names.length; depth++) {
      const above = names.slice(0, depth).join('/');
      // git would silently drop one of the two.
      if ((changes.get(above) ?? null) !== null)
        throw new CountersignError('file-name', quote(path), `expected a directory at ${quote(above)}, got a file`);
    }
  }
}

function quotePath(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
