// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ioError, TEMPORARY_PREFIX } from '../../disk/atomic-file.ts';
import type { Account, BlobId, Comment, CommitSha, EndedPull, Forge, Pull, Review, Staging, TreeEntry } from '../../ports.ts';
import { CountersignError, quote } from '../../tuf/errors.ts';
import { BOT_LOGIN, BY_ID, ensureAccount, readAccount } from './accounts.ts';
import { writeCommit } from './commit.ts';
import type { CommitInput, OnPacked } from './commit.ts';
import { choiceOf, createFact, readFact, replaceFact, textOf } from './facts.ts';
import { git } from './git.ts';
import { readBlobs, readHistory, readTree, streamBlob } from './objects.ts';
import { closePull, editPull, openPull, readPull, readPulls, recordMerges, reopenPull, retargetPull } from './pulls.ts';
import type { Place } from './pulls.ts';
import { moveRef, readBranches, readMergeBase } from './refs.ts';
import { locateStaged, putStaged } from './staging.ts';
import { addComment, dismissReview, keepComment, readComments, readReviews, submitReview } from './conversation.ts';

const STATUS_STATES = ['pending', 'success', 'failure'] as const;
const MARKER = 'forge.json';
/** How much of the files' contents one forge keeps in memory. */
const MAX_KEPT_BYTES = 256 * 1024 * 1024;
/**
 * Written to the disk before git goes on, refs included: a branch must never name a commit that a power cut took. Garbage
 * is never collected, since new commits have no ref for a while.
 */
const CONFIG: readonly (readonly [string, string])[] = [
  ['gc.auto', '0'],
  ['receive.autogc', 'false'],
  ['core.fsync', 'committed,reference'],
  ['core.fsyncMethod', 'batch'],
];

async function remembered<K, V>(known: Map<K, V>, key: K, read: () => Promise<V>): Promise<V> {
  const before = known.get(key);
  if (before !== undefined) return before;
  const value = await read();
  known.set(key, value);
  return value;
}

/** A commit status, as it was set last. */
export interface LocalStatus {
  readonly context: string;
  readonly state: 'pending' | 'success' | 'failure';
  readonly description: string;
}

/**
 * Makes a local forge in `dir`: an empty directory, or one that does not exist. May be repeated after a crash.
 * @returns the forge, opened as the bot account
 * @throws `already-exists` when `dir` holds a forge or anything else; `io`, `git`
 */
export async function createLocalForge(dir: string): Promise<LocalForge> {
  const place = placeOf(dir);
  try {
    await mkdir(place.dir, { recursive: true });
    const ours = new Set(Object.values(place));
    const stranger = (await readdir(place.dir)).find((name) => !ours.has(join(place.dir, name)) && !name.startsWith(TEMPORARY_PREFIX));
    if (stranger !== undefined)
      throw new CountersignError('already-exists', place.dir, `expected an empty directory, got one with ${quote(stranger)}`);
    for (const directory of [place.repository, join(place.accounts, BY_ID), place.pulls, place.staging, place.status])
      await mkdir(directory, { recursive: true });
  } catch (error) {
    throw ioError(place.dir, 'to make the directory', error);
  }
  await git(place.repository, [
    'init',
    '--quiet',
    '--bare',
    '--template=',
    '--object-format=sha1',
    '--initial-branch=tuf',
    place.repository,
  ]);
  for (const [key, value] of CONFIG) await git(place.repository, ['config', key, value]);
  await ensureAccount(place.accounts, BOT_LOGIN);
  // Last, because it says that all the rest is there.
  if (!(await createFact(join(place.dir, MARKER), { kind: 'countersign-local-forge', version: 1 }))) {
    throw new CountersignError('already-exists', place.dir, 'expected to be alone, got another process that made the same');
  }
  return new LocalForge(place, BOT_LOGIN, () => undefined);
}

/**
 * Opens the local forge in `dir` to work as `as`. That account is made when it is first needed. `onPacked` is told how far git is with large files, in bytes.
 * @throws `io` when `dir` holds no local forge
 */
export async function openLocalForge(dir: string, options: { readonly as: string; readonly onPacked?: OnPacked }): Promise<LocalForge> {
  const place = placeOf(dir);
  const marker = await readFact(join(place.dir, MARKER));
  if (marker === null) throw new CountersignError('io', place.dir, 'expected a local repository made by countersign, got none');
  choiceOf(marker, 'kind', ['countersign-local-forge']);
  if (marker.members.get('version') !== 1) throw new CountersignError('io', marker.path, 'expected version 1, got another');
  return new LocalForge(place, options.as, options.onPacked ?? (() => undefined));
}

function placeOf(dir: string): Place {
  const root = resolve(dir);
  return {
    dir: root,
    repository: join(root, 'repo.git'),
    accounts: join(root, 'accounts'),
    pulls: join(root, 'pulls'),
    staging: join(root, 'staging'),
    status: join(root, 'status'),
  };
}

/**
 * A code host in a directory: a bare git repository, and beside it pull requests, reviews and comments, one file a fact.
 * Any number of processes may work on it at once; nothing they say is lost, and readers never see half of it. There are no
 * access rights but those of the file system: whoever may write the directory may write as anyone.
 *
 * Ids of reviews and comments count from 1 in each pull request. A pull request is merged once its base contains its head,
 * also when somebody pushed that with git alone.
 */
export class LocalForge implements Forge, Staging {
  readonly #place: Place;
  readonly #as: string;
  readonly #onPacked: OnPacked;
  // What an id names never changes, so it is read once: a command asks for the same trees and files several times.
  readonly #trees = new Map<CommitSha, ReadonlyMap<string, TreeEntry>>();
  readonly #mergeBases = new Map<string, CommitSha | null>();
  readonly #blobs = new Map<BlobId, Uint8Array>();
  #blobBytes = 0;

  /** For {@link createLocalForge} and {@link openLocalForge}, which check that the place holds a forge. */
  constructor(place: Place, as: string, onPacked: OnPacked) {
    this.#place = place;
    this.#as = as;
    this.#onPacked = onPacked;
  }

  /** @throws `usage` when this forge was opened as what is no login; `io` */
  async viewer(): Promise<Account> {
    return ensureAccount(this.#place.accounts, this.#as);
  }

  async automation(): Promise<readonly Account[]> {
    return [await ensureAccount(this.#place.accounts, BOT_LOGIN)];
  }

  async accounts(logins: readonly string[]): Promise<ReadonlyMap<string, Account>> {
    const found = new Map<string, Account>();
    for (const login of logins) {
      const account = await readAccount(this.#place.accounts, login);
      if (account !== null) found.set(login, account);
    }
    return found;
  }

  /** Whoever may write the directory may write as anyone. */
  async mayWrite(): Promise<boolean> {
    return true;
  }

  /** A directory has no bound. */
  async budget(): Promise<null> {
    return null;
  }

  /**
   * The account of `login`, made if there is none.
   * @throws `usage` for what is no login; `io`
   */
  async ensureAccount(login: string): Promise<Account> {
    return ensureAccount(this.#place.accounts, login);
  }

  async branches(prefix: string): Promise<ReadonlyMap<string, CommitSha>> {
    return readBranches(this.#place.repository, prefix);
  }

  /** @throws also `file-type` for anything but regular files, `file-name` for paths that are not UTF-8 */
  async tree(commit: CommitSha): Promise<ReadonlyMap<string, TreeEntry>> {
    return remembered(this.#trees, commit, () => readTree(this.#place.repository, commit));
  }

  async trees(commits: readonly CommitSha[]): Promise<ReadonlyMap<CommitSha, ReadonlyMap<string, TreeEntry>>> {
    const trees = new Map<CommitSha, ReadonlyMap<string, TreeEntry>>();
    for (const commit of commits) {
      try {
        trees.set(commit, await this.tree(commit));
      } catch (error) {
        // Its branch may have been deleted by git alone, and the commit with it.
        if (!(error instanceof CountersignError && error.code === 'git')) throw error;
      }
    }
    return trees;
  }

  async blobs(ids: readonly BlobId[]): Promise<ReadonlyMap<BlobId, Uint8Array>> {
    const missing = ids.filter((id) => !this.#blobs.has(id));
    const read = await readBlobs(this.#place.repository, missing);
    for (const [id, bytes] of read) this.#keep(id, bytes);
    const blobs = new Map<BlobId, Uint8Array>();
    for (const id of ids) {
      const bytes = read.get(id) ?? this.#blobs.get(id);
      if (bytes !== undefined) blobs.set(id, bytes);
    }
    return blobs;
  }

  stream(id: BlobId): AsyncIterable<Uint8Array> {
    return streamBlob(this.#place.repository, id);
  }

  async mergeBase(a: CommitSha, b: CommitSha): Promise<CommitSha | null> {
    return remembered(this.#mergeBases, `${a} ${b}`, () => readMergeBase(this.#place.repository, a, b));
  }

  async history(commit: CommitSha, path: string, limit: number): Promise<readonly BlobId[]> {
    return readHistory(this.#place.repository, commit, path, limit);
  }

  /** @throws also `file-name` for paths that git can't hold, `file-changed` when a file is not as long as was said */
  async writeCommit(input: CommitInput): Promise<CommitSha> {
    return writeCommit(this.#place.repository, await this.viewer(), input, this.#onPacked);
  }

  /** @throws also `file-name` for what is no branch name */
  async moveBranch(branch: string, expected: CommitSha | null, next: CommitSha, mode: 'fast-forward' | 'replace'): Promise<void> {
    await moveRef(this.#place.repository, branch, expected, next, mode);
    await recordMerges(this.#place, branch);
  }

  async openPulls(headPrefix: string): Promise<readonly Pull[]> {
    const pulls = await readPulls(this.#place, ({ head }) => head.startsWith(headPrefix));
    return pulls.filter(({ state }) => state === 'open');
  }

  async endedPulls(headPrefix: string): Promise<readonly EndedPull[]> {
    const pulls = await readPulls(this.#place, ({ head }) => head.startsWith(headPrefix));
    return pulls
      .flatMap(({ number, head, base, state, author, headSha, url }) =>
        state === 'open' ? [] : [{ number, head, base, state, author, headSha, url }],
      )
      .reverse();
  }

  async pull(number: number): Promise<Pull | null> {
    try {
      return await readPull(this.#place, number);
    } catch (error) {
      if (error instanceof CountersignError && error.code === 'event-unknown') return null;
      throw error;
    }
  }

  /** @throws also `event-invalid` when it is not open or `base` is no branch */
  async retargetPull(number: number, base: string): Promise<void> {
    await retargetPull(this.#place, number, base);
  }

  async reopenPull(number: number): Promise<'open' | 'refused'> {
    return reopenPull(this.#place, number);
  }

  /** @throws also `event-invalid` when a branch is missing or has nothing to merge, as GitHub refuses */
  async openPull(input: { readonly head: string; readonly base: string; readonly title: string; readonly body: string }): Promise<Pull> {
    return openPull(this.#place, await this.viewer(), input);
  }

  /** @throws also `event-unknown` when there is no such pull request, as every method that takes its number */
  async editPull(number: number, change: { readonly title: string; readonly body: string }): Promise<void> {
    await editPull(this.#place, number, change);
  }

  async closePull(number: number): Promise<void> {
    await closePull(this.#place, number);
  }

  /** Nobody is told of anything here: people look for themselves, by `countersign status`. */
  async requestReview(): Promise<'asked' | 'refused'> {
    return 'refused';
  }

  /** @throws also `event-invalid` when the pull request is not open */
  async mergePull(number: number, head: CommitSha): Promise<CommitSha> {
    const pull = await readPull(this.#place, number);
    if (pull.state !== 'open')
      throw new CountersignError('event-invalid', pull.url, `expected an open pull request, got one that is ${pull.state}`);
    if (pull.headSha !== head) throw new CountersignError('ref-conflict', pull.head, `expected ${head}, got ${pull.headSha}`);
    const base = (await this.branches(pull.base)).get(pull.base);
    if (base === undefined) throw new CountersignError('ref-conflict', pull.base, 'expected a branch, got none');
    const message = `Merge pull request #${String(number)}\n`;
    const commit = await this.writeCommit({ base: head, parents: [base, head], changes: new Map(), message });
    await this.moveBranch(pull.base, base, commit, 'fast-forward');
    return commit;
  }

  async reviews(number: number, authors: readonly Account[]): Promise<readonly Review[]> {
    const ids = new Set(authors.map(({ id }) => id));
    return (await readReviews(this.#place, number)).filter(({ author }) => ids.has(author.id));
  }

  async comments(number: number): Promise<readonly Comment[]> {
    return readComments(this.#place, number);
  }

  async submitReview(number: number, review: Parameters<Forge['submitReview']>[1]): Promise<Review> {
    return submitReview(this.#place, await this.viewer(), number, review);
  }

  /**
   * Marks a review as dismissed, as someone with write access can on GitHub.
   * @throws `event-unknown` when there is no such review
   */
  async dismissReview(number: number, reviewId: number): Promise<void> {
    await dismissReview(this.#place, number, reviewId);
  }

  async comment(number: number, body: string): Promise<Comment> {
    return addComment(this.#place, await this.viewer(), number, body);
  }

  async stickyComment(number: number, marker: string, body: string): Promise<void> {
    await keepComment(this.#place, await this.viewer(), number, marker, body);
  }

  async status(commit: CommitSha, status: LocalStatus): Promise<void> {
    const { context, state, description } = status;
    await replaceFact(this.#statusPath(commit, context), { context, state, description });
  }

  /** The status of `context` that was set last for `commit`; null when there is none. */
  async statusOf(commit: CommitSha, context: string): Promise<LocalStatus | null> {
    const fact = await readFact(this.#statusPath(commit, context));
    return fact === null
      ? null
      : { context: textOf(fact, 'context'), state: choiceOf(fact, 'state', STATUS_STATES), description: textOf(fact, 'description') };
  }

  /** @throws `hash-invalid` when `sha256` is no lower-case hex, `hash-mismatch` when the file has another */
  async put(sha256: string, path: string): Promise<void> {
    await putStaged(this.#place.staging, sha256, path);
  }

  addHints(): void {
    // Everything waits in one place here.
  }

  /** Nothing expires. */
  expiredRuns(): readonly string[] {
    return [];
  }

  /** @throws `hash-invalid` when `sha256` is no lower-case hex */
  async locate(sha256: string): Promise<string | null> {
    return locateStaged(this.#place.staging, sha256);
  }

  #keep(id: BlobId, bytes: Uint8Array): void {
    if (this.#blobBytes + bytes.length > MAX_KEPT_BYTES) return;
    this.#blobBytes += bytes.length;
    this.#blobs.set(id, bytes);
  }

  #statusPath(commit: CommitSha, context: string): string {
    // Encoded, because a context such as "ci/test" would name a directory.
    return join(this.#place.status, `${encodeURIComponent(context)}-${commit}.json`);
  }
}
