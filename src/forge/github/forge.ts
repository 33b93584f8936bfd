// SPDX-License-Identifier: Apache-2.0
import type { Account, BlobId, Comment, CommitSha, EndedPull, Forge, Pull, Review, TreeEntry } from '../../ports.ts';
import { mayWrite, readAccounts, readAutomation, readIdentity } from './accounts.ts';
import type { Identity } from './accounts.ts';
import { readBlobs } from './blobs.ts';
import { RequestBudget } from './budget.ts';
import { writeCommit } from './commit.ts';
import type { BaseTree, CommitInput } from './commit.ts';
import { addComment, keepComment, readComments, seenIn, submitReview } from './conversation.ts';
import type { NewReview, SeenComments } from './conversation.ts';
import { readHistory, readTree, readTreeId } from './objects.ts';
import { readEndedPulls, readOpenPulls } from './own-pulls.ts';
import { send } from './place.ts';
import type { Place } from './place.ts';
import { hasStatus } from './statuses.ts';
import { closePull, editPull, mergePull, openPull, readPullOrNull, reopenPull, requestReview, retargetPull } from './pulls.ts';
import type { NewPull } from './pulls.ts';
import { moveBranch, readBranches, readMergeBase } from './refs.ts';
import { readReviewsOf } from './reviews.ts';
import { readTrees } from './trees.ts';

/** How much of the files' contents one forge keeps in memory. */
const MAX_KEPT_BYTES = 256 * 1024 * 1024;
/** GitHub's bound. */
const MAX_DESCRIPTION = 140;

function cut(description: string): string {
  // Array.from counts as GitHub does: a character beyond 16 bits is one.
  const characters = Array.from(description);
  return characters.length > MAX_DESCRIPTION ? `${characters.slice(0, MAX_DESCRIPTION - 1).join('')}…` : description;
}

/**
 * Reads once what can't change while it is asked for. A failure is forgotten, so that the next one asks again.
 */
async function remembered<K, V>(known: Map<K, Promise<V>>, key: K, read: () => Promise<V>): Promise<V> {
  const before = known.get(key);
  if (before !== undefined) return before;
  const reading = read();
  known.set(key, reading);
  try {
    return await reading;
  } catch (error) {
    known.delete(key);
    throw error;
  }
}

/** A repository of GitHub as a {@link Forge}. Every list is read to its last page. */
export class GitHubForge implements Forge {
  readonly #place: Place;
  readonly #budget: RequestBudget;
  // What an id names never changes, so it is read once: a command asks for the same trees and files several times.
  readonly #identity = new Map<'identity', Promise<Identity>>();
  readonly #trees = new Map<CommitSha, Promise<BaseTree>>();
  readonly #mergeBases = new Map<string, Promise<CommitSha | null>>();
  readonly #histories = new Map<string, Promise<readonly BlobId[]>>();
  readonly #automation = new Map<'automation', Promise<readonly Account[]>>();
  /** The last look at each conversation: where a comment of ours is, or is not. */
  readonly #comments = new Map<number, SeenComments>();
  readonly #blobs = new Map<BlobId, Uint8Array>();
  #blobBytes = 0;

  constructor(place: Place) {
    this.#place = place;
    this.#budget = new RequestBudget(place);
  }

  async viewer(): Promise<Account> {
    return (await this.#identify()).viewer;
  }

  async automation(): Promise<readonly Account[]> {
    return remembered(this.#automation, 'automation', async () => readAutomation(this.#place, await this.viewer()));
  }

  async accounts(logins: readonly string[]): Promise<ReadonlyMap<string, Account>> {
    return readAccounts(this.#place, logins);
  }

  async mayWrite(account: Account): Promise<boolean> {
    return mayWrite(this.#place, account);
  }

  async branches(prefix: string): Promise<ReadonlyMap<string, CommitSha>> {
    return readBranches(this.#place, prefix);
  }

  /** @throws also `too-large` for a tree of hundreds of directories that GitHub gives only one by one */
  async tree(commit: CommitSha): Promise<ReadonlyMap<string, TreeEntry>> {
    return (await this.#treeOf(commit)).entries;
  }

  async trees(commits: readonly CommitSha[]): Promise<ReadonlyMap<CommitSha, ReadonlyMap<string, TreeEntry>>> {
    const unknown = [...new Set(commits)].filter((commit) => !this.#trees.has(commit));
    for (const [commit, tree] of await readTrees(this.#place, unknown)) this.#trees.set(commit, Promise.resolve(tree));
    const trees = new Map<CommitSha, ReadonlyMap<string, TreeEntry>>();
    for (const commit of commits) {
      const tree = await this.#trees.get(commit);
      if (tree !== undefined) trees.set(commit, tree.entries);
    }
    return trees;
  }

  /** GitHub gives a blob whole, and takes none that is larger than memory. */
  async *stream(id: BlobId): AsyncGenerator<Uint8Array> {
    const bytes = (await this.blobs([id])).get(id);
    if (bytes !== undefined) yield bytes;
  }

  async blobs(ids: readonly BlobId[]): Promise<ReadonlyMap<BlobId, Uint8Array>> {
    const read = await readBlobs(
      this.#place,
      ids.filter((id) => !this.#blobs.has(id)),
    );
    for (const [id, bytes] of read) this.#keep(id, bytes);
    const blobs = new Map<BlobId, Uint8Array>();
    for (const id of ids) {
      const bytes = read.get(id) ?? this.#blobs.get(id);
      if (bytes !== undefined) blobs.set(id, bytes);
    }
    return blobs;
  }

  async mergeBase(a: CommitSha, b: CommitSha): Promise<CommitSha | null> {
    return remembered(this.#mergeBases, `${a} ${b}`, () => readMergeBase(this.#place, a, b));
  }

  async history(commit: CommitSha, path: string, limit: number): Promise<readonly BlobId[]> {
    return remembered(this.#histories, `${commit} ${String(limit)} ${path}`, () => readHistory(this.#place, commit, path, limit));
  }

  /** @throws also `too-large` above 40 MiB a file, `file-name` for paths that git can't hold, `file-changed` */
  async writeCommit(input: CommitInput): Promise<CommitSha> {
    return writeCommit(this.#place, input, input.base === null ? null : await this.#treeOf(input.base));
  }

  /** @throws also `file-name` for what is no branch name */
  async moveBranch(branch: string, expected: CommitSha | null, next: CommitSha, mode: 'fast-forward' | 'replace'): Promise<void> {
    await moveBranch(this.#place, (await this.#identify()).repositoryId, { branch, expected, next, mode });
  }

  async openPulls(headPrefix: string): Promise<readonly Pull[]> {
    return readOpenPulls(this.#place, headPrefix);
  }

  async endedPulls(headPrefix: string, base: string): Promise<readonly EndedPull[]> {
    return readEndedPulls(this.#place, headPrefix, base);
  }

  async pull(number: number): Promise<Pull | null> {
    return readPullOrNull(this.#place, number);
  }

  /** @throws also `event-invalid` when a branch is missing or has nothing to merge */
  async openPull(input: NewPull): Promise<Pull> {
    return openPull(this.#place, input);
  }

  /** @throws also `event-unknown` when there is no such pull request, as every method that takes its number */
  async editPull(number: number, change: { readonly title: string; readonly body: string }): Promise<void> {
    await editPull(this.#place, number, change);
  }

  async closePull(number: number): Promise<void> {
    await closePull(this.#place, number);
  }

  /** @throws `event-invalid` where GitHub refuses, as when there is another for that base */
  async retargetPull(number: number, base: string): Promise<void> {
    await retargetPull(this.#place, number, base);
  }

  async reopenPull(number: number): Promise<'open' | 'refused'> {
    return reopenPull(this.#place, number);
  }

  async requestReview(number: number, login: string): Promise<'asked' | 'refused'> {
    return requestReview(this.#place, number, login);
  }

  async mergePull(number: number, head: CommitSha): Promise<CommitSha> {
    return mergePull(this.#place, number, head);
  }

  async reviews(number: number, authors: readonly Account[]): Promise<readonly Review[]> {
    return readReviewsOf(this.#place, number, authors);
  }

  async comments(number: number): Promise<readonly Comment[]> {
    const comments = await readComments(this.#place, number);
    this.#comments.set(number, seenIn(comments));
    return comments;
  }

  async submitReview(number: number, review: NewReview): Promise<Review> {
    return submitReview(this.#place, () => this.viewer(), number, review);
  }

  async comment(number: number, body: string): Promise<Comment> {
    return addComment(this.#place, () => this.viewer(), number, body);
  }

  async stickyComment(number: number, marker: string, body: string): Promise<void> {
    await keepComment(this.#place, () => this.viewer(), number, { marker, body }, this.#comments.get(number) ?? null);
  }

  /** A description above 140 characters is cut. */
  async status(commit: CommitSha, status: Parameters<Forge['status']>[1]): Promise<void> {
    const { context, state } = status;
    const description = cut(status.description);
    const purpose = { what: `status of ${commit}`, needs: 'statuses: write' };
    // GitHub takes a thousand statuses for a commit: one that says nothing new would use them up while people are waited for.
    if (await hasStatus(this.#place, commit, { context, state, description })) return;
    await send(this.#place, 'POST /repos/{owner}/{repo}/statuses/{sha}', { sha: commit, context, state, description }, purpose);
  }

  async budget(): ReturnType<Forge['budget']> {
    return this.#budget.read();
  }

  async #identify(): Promise<Identity> {
    return remembered(this.#identity, 'identity', () => readIdentity(this.#place));
  }

  async #treeOf(commit: CommitSha): Promise<BaseTree> {
    return remembered(this.#trees, commit, async () => {
      const id = await readTreeId(this.#place, commit);
      return { id, entries: await readTree(this.#place, id) };
    });
  }

  #keep(id: BlobId, bytes: Uint8Array): void {
    if (this.#blobBytes + bytes.length > MAX_KEPT_BYTES) return;
    this.#blobBytes += bytes.length;
    this.#blobs.set(id, bytes);
  }
}
