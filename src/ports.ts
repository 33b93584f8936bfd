// SPDX-License-Identifier: Apache-2.0
import type { JsonObject } from './tuf/json.ts';
import type { Instant } from './tuf/instant.ts';
import type { Account, Comment, CommitSha, Review } from './trust/accounts.ts';

export type { Account, AccountId, Comment, CommitSha, Review, ReviewState } from './trust/accounts.ts';

/** A git blob id, lower-case hex. Equal ids are equal bytes. */
export type BlobId = string & { readonly __brand: 'BlobId' };
/** The time. Read once at the start of a command, so that every check of one run agrees. */
export interface Clock {
  now(): Instant;
}

/** Where a command tells people what it does. Never given a secret. */
export interface Log {
  info(text: string): void;
  warn(text: string): void;
  /** Progress of long work; may be called often, shown rarely or never. `total` in the same unit as `done`. */
  progress(what: string, done: number, total: number): void;
}

/** One key that can sign. */
export interface Signer {
  /** The key as a TUF key object (`keytype`, `scheme`, `keyval.public`), without private parts. TUF §4.2.1. */
  publicKey(): Promise<JsonObject>;
  /**
   * Signs exactly `bytes`, which are canonical JSON.
   * @returns lower-case hex, in the encoding that TUF uses for the key's scheme
   */
  sign(bytes: Uint8Array): Promise<string>;
}

/**
 * The bytes of one file of a commit: given, in a file on this machine of a known length, or a blob that the forge has already.
 */
export type FileContent =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'file'; readonly path: string; readonly length: number }
  | { readonly kind: 'blob'; readonly id: BlobId };

/**
 * An entry of a commit's tree. `other` is what is no plain file (a symbolic link, a submodule) or has a name that is no UTF-8: anyone who may push
 * can make one, so it is told and never followed, and never stops the reading of the rest.
 */
export interface TreeEntry {
  readonly kind: 'file' | 'other';
  readonly id: BlobId;
  /** In bytes. */
  readonly size: number;
}

/** As GitHub says it: `merged` once the base branch has it. */
export type PullState = 'open' | 'closed' | 'merged';

/** A pull request. */
export interface Pull {
  readonly number: number;
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly state: PullState;
  readonly author: Account;
  /** The head branch's commit now; for a closed pull request, when it was closed. */
  readonly headSha: CommitSha;
  readonly url: string;
}

/**
 * The code host: git data, pull requests, reviews. Every write names what it expects to find, and throws
 * `ref-conflict` when that is not so; callers then start again from fresh facts. Reads may be stale by
 * moments, never invented. Every method throws `io` or `git` when the host can't be reached or answers nonsense.
 */
export interface Forge {
  /** The account that this run writes as. */
  viewer(): Promise<Account>;
  /** An account by login, compared without case; null when there is none. */
  account(login: string): Promise<Account | null>;

  /** Heads of all branches whose name starts with `prefix` (a whole name is its own prefix). */
  branches(prefix: string): Promise<ReadonlyMap<string, CommitSha>>;
  /** Everything in a commit's tree, by path. */
  tree(commit: CommitSha): Promise<ReadonlyMap<string, TreeEntry>>;
  /** Contents of blobs. Throws `io` if one is missing. */
  blobs(ids: readonly BlobId[]): Promise<ReadonlyMap<BlobId, Uint8Array>>;
  /** The best common ancestor of two commits; null when they share none. */
  mergeBase(a: CommitSha, b: CommitSha): Promise<CommitSha | null>;
  /** Distinct contents that `path` has had in the history of `commit`, newest first, at most `limit`. */
  history(commit: CommitSha, path: string, limit: number): Promise<readonly BlobId[]>;

  /**
   * Writes a commit that no ref points at yet: `base`'s tree (empty when null) with `changes` applied; null deletes.
   * Repeating it after a crash is harmless.
   */
  writeCommit(input: {
    readonly base: CommitSha | null;
    readonly parents: readonly CommitSha[];
    readonly changes: ReadonlyMap<string, FileContent | null>;
    readonly message: string;
  }): Promise<CommitSha>;
  /**
   * Points `branch` at `next` if it is at `expected` now (null: does not exist), atomically. `mode` `fast-forward`
   * also requires that `next` descends from `expected`.
   * @throws `ref-conflict` and changes nothing
   */
  moveBranch(branch: string, expected: CommitSha | null, next: CommitSha, mode: 'fast-forward' | 'replace'): Promise<void>;

  /** All pull requests whose head branch starts with `headPrefix`, oldest first. */
  pulls(headPrefix: string): Promise<readonly Pull[]>;
  /** Opens a pull request; gives the open one of the same head and base if there is one, so it may be repeated. */
  openPull(input: { readonly head: string; readonly base: string; readonly title: string; readonly body: string }): Promise<Pull>;
  /** Replaces title and body. */
  editPull(number: number, change: { readonly title: string; readonly body: string }): Promise<void>;
  /** Closes without merging; nothing happens if it is not open. */
  closePull(number: number): Promise<void>;
  /** All reviews in time order. */
  reviews(number: number): Promise<readonly Review[]>;
  /** All comments in time order. */
  comments(number: number): Promise<readonly Comment[]>;
  /**
   * Submits a review as the viewer. An author's APPROVED review of their own pull request is refused, as GitHub does.
   * @throws `event-invalid` when the host refuses the review
   */
  submitReview(
    number: number,
    review: { readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED'; readonly body: string; readonly commitSha: CommitSha },
  ): Promise<Review>;
  /** Comments as the viewer. */
  comment(number: number, body: string): Promise<Comment>;
  /** Makes the viewer's one comment that contains `marker` have `body` (creates it if there is none). */
  stickyComment(number: number, marker: string, body: string): Promise<void>;
  /** Sets the commit status of `context`. */
  status(
    commit: CommitSha,
    status: { readonly context: string; readonly state: 'pending' | 'success' | 'failure'; readonly description: string },
  ): Promise<void>;
}

/**
 * Keeps the bytes of proposed targets until they are signed and published. Content-addressed: what `open` gives must
 * still be hashed by whoever uses it.
 */
export interface Staging {
  /** Takes in a file of this machine under its sha256 (lower-case hex). Repeating is harmless. */
  put(sha256: string, path: string): Promise<void>;
  /** A path on this machine that holds the bytes, or null when they are not (or no longer) there. */
  locate(sha256: string): Promise<string | null>;
}

/**
 * A directory that is written one file at a time, each atomically: a reader sees the old bytes or the new, never a part.
 * Paths are relative, with `/`.
 */
export interface Files {
  /** A file's bytes; null when it is absent; `too-large` beyond `maxBytes`. */
  read(path: string, maxBytes: number): Promise<Uint8Array | null>;
  /** Lengths in bytes of all files, by path. */
  list(): Promise<ReadonlyMap<string, number>>;
  /** Writes or replaces one file atomically. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Copies a file of this machine in, atomically, verifying length and sha256 on the way (`hash-mismatch`). */
  copyIn(path: string, source: string, expected: { readonly length: number; readonly sha256: string }): Promise<void>;
  /** Removes a file; nothing happens if it is absent. */
  remove(path: string): Promise<void>;
}

/** A file that was hashed. */
export interface HashedFile {
  /** Where it is on this machine. */
  readonly source: string;
  /** Its name relative to what was given, with `/`. */
  readonly name: string;
  /** In bytes. */
  readonly length: number;
  /** Lower-case hex. */
  readonly sha256: string;
}

/** Collects files and directories of this machine and hashes them, streaming and on all cores. */
export interface Hasher {
  /** @throws `file-name`, `file-type`, `file-changed`, `symlink-escape`, `io` */
  hash(paths: readonly string[], onProgress: (doneBytes: number, totalBytes: number) => void): Promise<readonly HashedFile[]>;
}
