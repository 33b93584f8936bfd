// SPDX-License-Identifier: Apache-2.0
import type { Account, AccountId, Comment, CommitSha, Review } from '../trust/accounts.ts';
import type { Refusal } from '../tuf/errors.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';
import type { RoleName, Version } from '../tuf/names.ts';

/** A pull request, as far as a decision needs it. */
export interface PullFacts {
  readonly number: number;
  readonly headSha: CommitSha;
  readonly author: Account;
  readonly url: string;
  readonly branch: string;
}

/** All that is known of one open event. Gathered first; what is decided from it needs no I/O. */
export interface EventFacts {
  readonly pull: PullFacts;
  /** What the proposal changes: path to bytes, null when deleted, between the commit it forked from and its head; without what the base has already. */
  readonly changes: ReadonlyMap<string, Uint8Array | null>;
  /** The last signed role files where the proposal forked off, to see whether the base has moved since. */
  readonly forkedFrom: ReadonlyMap<RoleName, Uint8Array>;
  /** Of those who are listened to alone, with those of ended pull requests that proposed the same content before them. */
  readonly reviews: readonly Review[];
  readonly comments: readonly Comment[];
  /** The accounts that our own automation writes as. */
  readonly automation: ReadonlySet<AccountId>;
  /** Of the accounts that carry somebody else's valid signature, those that may write to the repository. */
  readonly writers: ReadonlySet<AccountId>;
  /** The payload digest of each role (or `root`) at the commits that reviews name. */
  readonly payloadsAt: ReadonlyMap<CommitSha, ReadonlyMap<string, PayloadDigest>>;
  /** Commits that reviews name at which the event changed other files than now: somebody has written over what was reviewed there. */
  readonly rewritten: ReadonlySet<CommitSha>;
  /** Commits that reviews name at which the event has files that no event can hold. */
  readonly littered: ReadonlySet<CommitSha>;
  /** Payloads that this event's files have had, also at the commits that reviews name, by digest: what an earlier signature may be over. */
  readonly earlierPayloads: ReadonlyMap<PayloadDigest, Uint8Array>;
}

/** How a countersignature reached us. */
export type Via = 'review' | 'comment';

/** A vote as people read it. */
export interface Vote {
  readonly person: string;
  readonly keyId: string;
  readonly custody: boolean;
}

/** One threshold that a file must reach. A root has two: the old root's and its own. */
export interface Requirement {
  /** Who sets it: `root v1`, `targets v3`. */
  readonly by: string;
  readonly needed: number;
  readonly votes: readonly Vote[];
  /** Names of those who could still sign. */
  readonly missing: readonly string[];
  /** Those of them who have an account. */
  readonly awaited: readonly Account[];
  /** Custody signers among them whose standing approval covers these bytes, as signed metadata says who they are: their key may be used. */
  readonly approved: readonly Vote[];
  /** Names of custody signers among them without such an approval: they approve in the browser. */
  readonly toApprove: readonly string[];
  readonly reached: boolean;
}

/** A signature or approval that does not count, and why. */
export interface Ignored {
  readonly who: string;
  readonly code:
    | 'wrong-repository'
    | 'other-payload'
    | 'not-a-signer'
    | 'not-the-owner'
    | 'moved-on'
    | 'approval-missing'
    | 'approval-stale'
    | 'withdrawn'
    | 'invalid-signature'
    | 'unreadable';
  readonly detail: string;
}

/** Where one file of an event stands. */
export interface RoleStatus {
  readonly role: string;
  readonly version: Version;
  readonly payload: PayloadDigest;
  readonly requirements: readonly Requirement[];
  readonly ignored: readonly Ignored[];
  /** True when every requirement is reached and the delegator is complete too. */
  readonly complete: boolean;
}

/**
 * Where an event stands. `invalid`: never completes as it is. `outdated`: the base has moved, or its version was signed with other bytes;
 * it must be built again.
 */
export type EventState = 'invalid' | 'outdated' | 'waiting' | 'complete';

/** The status of an event, as a value: everything that is shown and decided comes from it. */
export interface EventStatus {
  readonly pull: PullFacts;
  readonly state: EventState;
  readonly roles: readonly RoleStatus[];
  readonly problems: readonly Refusal[];
  /** True once any valid signature under a current version was seen, even one that does not count: its bytes can't change under this version. */
  readonly signed: boolean;
  /** The signed files, by path on the metadata branch; empty unless complete. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The number of the event that shares a role with this one and goes first where both are complete; null when there is none. It can be signed all the same. */
  readonly behind: number | null;
}
