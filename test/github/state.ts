// SPDX-License-Identifier: Apache-2.0
import type { ObjectStore } from './objects.ts';
import type { Refs } from './refs.ts';

/** What somebody may do in a repository. */
export type Level = 'none' | 'read' | 'write' | 'admin';

/** An account. */
export interface User {
  readonly id: number;
  login: string;
  readonly type: 'User' | 'Bot' | 'Organization';
  readonly createdAt: string;
  readonly keys: { readonly id: number; readonly key: string; readonly createdAt: string }[];
  readonly signingKeys: { readonly id: number; readonly key: string; readonly title: string; readonly createdAt: string }[];
}

/** Who sends a request. */
export type Actor =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'user'; readonly user: User }
  | {
      readonly kind: 'job';
      readonly user: User;
      readonly repository: number;
      readonly permissions: ReadonlyMap<string, 'read' | 'write'>;
      readonly workflowBranch: string | null;
    };

/** A review of a pull request. */
export interface Review {
  readonly id: number;
  readonly user: number;
  body: string;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
  readonly commit: string | null;
  readonly submittedAt: string;
}

/** A comment on an issue or pull request. */
export interface Comment {
  readonly id: number;
  readonly user: number;
  readonly pull: number;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
}

/** A pull request. */
export interface Pull {
  readonly id: number;
  readonly number: number;
  readonly author: number;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  draft: boolean;
  readonly headRepository: number;
  readonly headRef: string;
  headSha: string;
  baseRef: string;
  baseSha: string;
  requested: number[];
  mergedAt: string | null;
  mergedBy: number | null;
  mergeCommit: string | null;
  closedAt: string | null;
  readonly createdAt: string;
  updatedAt: string;
  readonly reviews: Review[];
}

/** A commit status. */
export interface Status {
  readonly id: number;
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: number;
  readonly createdAt: string;
}

/** A file of a release. */
export interface Asset {
  readonly id: number;
  name: string;
  label: string | null;
  readonly state: 'uploaded' | 'starter';
  readonly contentType: string;
  readonly bytes: Uint8Array;
  readonly digest: string | null;
  readonly uploader: number;
  readonly createdAt: string;
}

/** A release. */
export interface Release {
  readonly id: number;
  tag: string;
  target: string;
  name: string | null;
  body: string | null;
  draft: boolean;
  prerelease: boolean;
  immutable: boolean;
  readonly author: number;
  readonly createdAt: string;
  publishedAt: string | null;
  readonly assets: Asset[];
}

/** A workflow run. */
export interface Run {
  readonly id: number;
  readonly path: string;
  readonly event: string;
  readonly headSha: string;
  readonly headBranch: string;
  readonly headRepository: number;
  readonly actor: number;
  readonly number: number;
  status: string;
  conclusion: string | null;
  readonly createdAt: string;
}

/** A workflow artifact; `zip` is what a download gives. */
export interface Artifact {
  readonly id: number;
  readonly name: string;
  readonly run: number;
  zip: Uint8Array;
  readonly digest: string | null;
  expired: boolean;
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** An encrypted secret, with the value that the fake decrypted. */
export interface Secret {
  readonly name: string;
  readonly value: string;
  readonly createdAt: string;
}

/** A deployment environment. */
export interface Environment {
  readonly id: number;
  readonly name: string;
  waitTimer: number;
  preventSelfReview: boolean;
  reviewers: { readonly type: 'User' | 'Team'; readonly id: number }[];
  branchPolicy: { readonly protected_branches: boolean; readonly custom_branch_policies: boolean } | null;
  readonly policies: { readonly id: number; readonly name: string; readonly type: string }[];
  readonly secrets: Map<string, Secret>;
  readonly createdAt: string;
}

/** A rule of a ruleset, as the API says it. */
export interface Rule {
  readonly type: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

/** A ruleset of branches or tags. */
export interface Ruleset {
  readonly id: number;
  readonly name: string;
  readonly target: 'branch' | 'tag' | 'push';
  readonly enforcement: 'active' | 'disabled' | 'evaluate';
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly rules: readonly Rule[];
  readonly bypass: readonly Readonly<Record<string, unknown>>[];
  readonly createdAt: string;
}

/** Classic protection of one branch. */
export interface Protection {
  readonly requirePulls: boolean;
  readonly approvals: number;
  readonly dismissStale: boolean;
  /** Told, and not enforced: nobody owns code here. */
  readonly codeOwners: boolean;
  readonly allowForcePushes: boolean;
  readonly allowDeletions: boolean;
  readonly statusChecks: readonly string[];
}

/** A Pages site. */
export interface Site {
  buildType: 'legacy' | 'workflow';
  source: { readonly branch: string; readonly path: string };
  deployments: { readonly id: number; readonly version: string; readonly at: string; readonly files: ReadonlyMap<string, Uint8Array> }[];
}

/** A request to start a workflow. */
export interface Dispatch {
  readonly workflow: string;
  readonly ref: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly actor: string;
}

/** A repository with all that is in it. */
export interface Repository {
  readonly id: number;
  readonly owner: number;
  name: string;
  private: boolean;
  readonly plan: 'free' | 'pro';
  readonly parent: number | null;
  defaultBranch: string;
  readonly createdAt: string;
  readonly directory: string;
  readonly objects: ObjectStore;
  readonly refs: Refs;
  readonly collaborators: Map<number, Level>;
  readonly pulls: Map<number, Pull>;
  readonly comments: Map<number, Comment>;
  readonly statuses: Status[];
  readonly releases: Map<number, Release>;
  readonly runs: Map<number, Run>;
  readonly artifacts: Map<number, Artifact>;
  readonly environments: Map<string, Environment>;
  readonly secrets: Map<string, Secret>;
  readonly rulesets: Map<number, Ruleset>;
  readonly protections: Map<string, Protection>;
  readonly dispatches: Dispatch[];
  readonly settings: {
    /** "Allow GitHub Actions to create and approve pull requests". */
    actionsMayCreatePulls: boolean;
    defaultWorkflowPermissions: 'read' | 'write';
    immutableReleases: boolean;
    /** Entries of a recursive tree before it is cut. */
    maxTreeEntries: number;
    /** Assets of one release. */
    maxAssets: number;
    /** Bytes of an asset. */
    maxAssetBytes: number;
  };
  site: Site | null;
  nextNumber: number;
}
