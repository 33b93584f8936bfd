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

/** A pull request that has ended, without its texts: whoever may edit them could make them say anything. */
export interface EndedPull {
  readonly number: number;
  readonly head: string;
  readonly base: string;
  readonly state: 'closed' | 'merged';
  readonly author: Account;
  /** The head branch's commit when it ended. */
  readonly headSha: CommitSha;
  readonly url: string;
}

/** What is left of the requests that a host allows in a period. */
export interface Budget {
  readonly left: number;
  /** When all of them are there again. */
  readonly resets: Instant;
}

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
  /** Where its head branch is. A fork's branches are written by people whom this repository knows nothing of. */
  readonly from: 'repository' | 'fork';
  /** Who is asked for a review and has given none since. */
  readonly requested: readonly Account[];
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
  /** The accounts that our own automation writes as: the viewer where it is a bot, and the host's account for automation. Never a person. */
  automation(): Promise<readonly Account[]>;
  /**
   * Accounts by login, compared without case; who does not exist is left out. At most one request for each hundred.
   * @returns by the logins as they were given
   */
  accounts(logins: readonly string[]): Promise<ReadonlyMap<string, Account>>;
  /** Whether an account may write to this repository now. */
  mayWrite(account: Account): Promise<boolean>;
  /** What is left of the host's requests; null where it has no such bound. Asking costs nothing. */
  budget(): Promise<Budget | null>;

  /** Heads of all branches whose name starts with `prefix` (a whole name is its own prefix). */
  branches(prefix: string): Promise<ReadonlyMap<string, CommitSha>>;
  /** Everything in a commit's tree, by path. */
  tree(commit: CommitSha): Promise<ReadonlyMap<string, TreeEntry>>;
  /** As {@link Forge.tree}, of many commits in few requests. A commit that can't be had is left out. */
  trees(commits: readonly CommitSha[]): Promise<ReadonlyMap<CommitSha, ReadonlyMap<string, TreeEntry>>>;
  /** Contents of blobs. Throws `io` if one is missing. */
  blobs(ids: readonly BlobId[]): Promise<ReadonlyMap<BlobId, Uint8Array>>;
  /** Bytes of one blob, of any length, in pieces. Throws `io` if it is missing, at the latest while it is read. */
  stream(id: BlobId): AsyncIterable<Uint8Array>;
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
   * @throws `ref-conflict`, or `ref-protected` where a rule of the host refuses the move; nothing is changed
   */
  moveBranch(branch: string, expected: CommitSha | null, next: CommitSha, mode: 'fast-forward' | 'replace'): Promise<void>;

  /**
   * Open pull requests, against any base, of this repository's own branches whose name starts with `headPrefix`, oldest first. Found from the branches, never by
   * listing pull requests: what forks open costs nothing.
   */
  openPulls(headPrefix: string): Promise<readonly Pull[]>;
  /**
   * Ended ones of this repository's own branches, newest number first: of every branch that is still there, and of those that are gone, as far as at most three pages
   * of the host's list of pull requests against `base` tell.
   */
  endedPulls(headPrefix: string, base: string): Promise<readonly EndedPull[]>;
  /** One pull request, whatever its state, base and origin; null when there is none. */
  pull(number: number): Promise<Pull | null>;
  /** Opens a pull request; gives the open one of the same head and base if there is one, so it may be repeated. */
  openPull(input: { readonly head: string; readonly base: string; readonly title: string; readonly body: string }): Promise<Pull>;
  /** Replaces title and body. */
  editPull(number: number, change: { readonly title: string; readonly body: string }): Promise<void>;
  /** Has an open pull request ask for `base` again, when somebody has pointed it elsewhere. @throws `event-invalid` where the host refuses */
  retargetPull(number: number, base: string): Promise<void>;
  /** Closes without merging; nothing happens if it is not open. */
  closePull(number: number): Promise<void>;
  /** Opens again what somebody closed; `refused` where the host does not, as when its branch is gone or was written over. */
  reopenPull(number: number): Promise<'open' | 'refused'>;
  /** Asks an account for a review. `refused` when the host can't ask them (the author, somebody without access), which is no error. */
  requestReview(number: number, login: string): Promise<'asked' | 'refused'>;
  /**
   * Merges by the host's own merge, which makes a commit of its own: only for branches whose rules refuse every other way. The caller must compare the
   * tree of the result.
   * @param head - what the head branch must be at
   * @returns the commit that the base branch is then at
   * @throws `ref-conflict` when the head has moved; `ref-protected` when a rule refuses this too
   */
  mergePull(number: number, head: CommitSha): Promise<CommitSha>;
  /**
   * Reviews of these accounts alone, in any state, in time order. Nobody else's are asked for, so that their number costs nothing and hides nothing. An account
   * that was renamed is found by its id.
   */
  reviews(number: number, authors: readonly Account[]): Promise<readonly Review[]>;
  /** All comments in time order, to the host's own end. */
  comments(number: number): Promise<readonly Comment[]>;
  /**
   * Submits a review as the viewer. An author's APPROVED review of their own pull request is refused, as GitHub does.
   * @throws `event-invalid` when the host refuses the review
   */
  submitReview(
    number: number,
    review: { readonly state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED'; readonly body: string; readonly commitSha: CommitSha },
  ): Promise<Review>;
  /** Comments as the viewer. @throws `conversation-full` where the host takes no comment there any more */
  comment(number: number, body: string): Promise<Comment>;
  /** Makes the viewer's one comment that contains `marker` have `body` (creates it if there is none). @throws `conversation-full` */
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
  /** Names of artifacts in which bytes may wait, to be looked into first. Nothing is believed of them. */
  addHints(names: readonly string[]): void;
  /** Addresses of runs whose artifacts were looked for and have expired: repeating one of them may bring the bytes back. */
  expiredRuns(): readonly string[];
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
  /** As `copyIn`, of bytes that come in pieces: the file is there when all of them were what was expected, and not before (`hash-mismatch`). */
  writeStream(
    path: string,
    pieces: AsyncIterable<Uint8Array>,
    expected: { readonly length: number; readonly sha256: string },
  ): Promise<void>;
  /** Length and sha256 (lower-case hex) of a file of any length, without holding it; null when it is absent. */
  digest(path: string): Promise<{ readonly length: number; readonly sha256: string } | null>;
  /** Removes a file; nothing happens if it is absent. */
  remove(path: string): Promise<void>;
}

/** A file of a release. */
export interface ReleaseAsset {
  readonly id: number;
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** Lower-case hex, as the host computed it; null when it does not say. */
  readonly sha256: string | null;
  /** `starter`: an upload that broke off; nobody can download it. */
  readonly state: 'uploaded' | 'starter';
}

/** A release of the host: files under a tag. */
export interface Release {
  readonly id: number;
  readonly tag: string;
  /** Where the tag will be made when the release is published and there is none: a commit, or the name of a branch. */
  readonly target: string;
  readonly name: string;
  readonly body: string;
  /** A draft is seen by those who may write, and several may have one tag. */
  readonly draft: boolean;
  readonly prerelease: boolean;
  /** True when the host lets nobody change it any more. */
  readonly immutable: boolean;
  readonly author: Account;
  readonly url: string;
}

/** The host's releases. Every method throws `io`, `permission-missing`, `rate-limited` as {@link Forge} does. */
export interface Releases {
  /** All releases, drafts included, newest first. */
  list(): Promise<readonly Release[]>;
  /** Null when there is none. */
  get(id: number): Promise<Release | null>;
  createDraft(draft: {
    readonly tag: string;
    readonly commit: CommitSha;
    readonly name: string;
    readonly body: string;
    readonly prerelease: boolean;
  }): Promise<Release>;
  /** Replaces the text of a release. */
  describe(id: number, body: string): Promise<void>;
  /** All assets of a release. */
  assets(id: number): Promise<readonly ReleaseAsset[]>;
  /**
   * Uploads a file of this machine or bytes under `name`. What an upload that broke off has left is cleared away and the upload tried again; an asset of that
   * name that is whole is not replaced.
   * @throws `asset-name` when the host would rename it, `release-mismatch` when name, size or digest come back different, `already-exists`
   */
  upload(id: number, name: string, content: Extract<FileContent, { kind: 'bytes' | 'file' }>, sha256: string): Promise<ReleaseAsset>;
  /** Nothing happens when it is gone. @throws `release-immutable` */
  removeAsset(assetId: number): Promise<void>;
  /** An asset's bytes; null when there is none. @throws `too-large` */
  download(assetId: number, maxBytes: number): Promise<Uint8Array | null>;
  /**
   * Publishes a draft; the host makes the tag at `commit` if there is none. Publishing a published one changes nothing.
   * @throws `permission-missing` where the token may not make that tag (workflow files differ)
   */
  publish(id: number, target: { readonly tag: string; readonly commit: CommitSha }): Promise<Release>;
  /** Removes a draft; nothing happens when it is gone. @throws `release-mismatch` when it is published by now */
  removeDraft(id: number): Promise<void>;
  /** The commit that a tag names in the end, annotated or not; null when there is no such tag. */
  tagCommit(tag: string): Promise<CommitSha | null>;
}

/** A file that a workflow run has left. */
export interface Artifact {
  readonly id: number;
  readonly name: string;
  /** Of the archive, in bytes. */
  readonly size: number;
  /** Of the archive, lower-case hex; null when the host does not say. */
  readonly sha256: string | null;
  readonly expired: boolean;
  /** Null when its run is gone. */
  readonly runId: number | null;
  /** Whether the run that made it was of this repository's own branches, not of a fork's. */
  readonly from: 'repository' | 'fork';
}

/** A workflow run, as the host tells of it. */
export interface WorkflowRun {
  readonly id: number;
  /** Where its workflow file is: `.github/workflows/release.yml`. */
  readonly workflow: string;
  readonly commit: CommitSha;
  /** What started it: `push`, `pull_request`. */
  readonly event: string;
  /** Where the branch is that it ran for. */
  readonly from: 'repository' | 'fork';
  readonly status: string;
  /** Null while it runs. */
  readonly conclusion: string | null;
  readonly actor: Account;
  readonly url: string;
}

/** What workflow runs leave. Nothing of it is trusted: whoever uses a file hashes it. */
export interface Artifacts {
  /** Null when there is none. */
  run(id: number): Promise<WorkflowRun | null>;
  /** All artifacts of a run. */
  ofRun(runId: number): Promise<readonly Artifact[]>;
  /** Artifacts of exactly this name, of any run, newest first. */
  named(name: string): Promise<readonly Artifact[]>;
  /** The newest artifacts of any name, at most `limit`. */
  newest(limit: number): Promise<readonly Artifact[]>;
  /**
   * Unpacks an artifact into a directory that is there and empty.
   * @throws `artifact-expired`, `artifact-mismatch` when the archive has another digest than the host says, `io`
   */
  download(artifact: Artifact, directory: string): Promise<void>;
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
