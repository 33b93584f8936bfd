// SPDX-License-Identifier: Apache-2.0
import type { Instant } from '../tuf/instant.ts';

/** A setting as this token sees it; never guessed. */
export type Known<T> = { readonly kind: 'known'; readonly value: T } | { readonly kind: 'unknown'; readonly reason: string };

/** Who may use an environment of the host, and with it its secrets. */
export interface EnvironmentSettings {
  /** `unrestricted`: the runs of every branch that a writer pushes. `protected`: of every branch with a protection rule. */
  readonly admits:
    | { readonly kind: 'unrestricted' | 'protected' }
    | { readonly kind: 'named'; readonly patterns: readonly { readonly type: 'branch' | 'tag'; readonly name: string }[] };
  /** How many people or teams are asked before a job may start. */
  readonly reviewers: number;
  readonly waitMinutes: number;
  /** Names only: nobody can read a secret back. */
  readonly secrets: readonly string[];
}

/** What the rules of a branch demand together. */
export interface BranchRules {
  readonly deletion: 'allowed' | 'forbidden';
  readonly forcePush: 'allowed' | 'forbidden';
  /** Approvals of others that a change needs. Where Actions may approve, one of them may be a workflow's. */
  readonly approvals: number;
  /** Whether files that have owners need the approval of one. Which files these are is not read. */
  readonly codeOwnerReview: 'required' | 'optional';
  readonly staleApprovals: 'kept' | 'dismissed';
}

/** Where the host's Pages take the site from. `built`: something has been deployed already. */
export type PagesSettings =
  | { readonly kind: 'off' }
  | { readonly kind: 'workflow'; readonly built: boolean; readonly url: string }
  | { readonly kind: 'branch'; readonly branch: string; readonly path: string; readonly url: string };

/** A workflow of the default branch. */
export interface WorkflowSettings {
  /** As the host says it: `active`. */
  readonly state: string;
  readonly created: Instant;
  /** The last run of its schedule; null when there was none. */
  readonly lastScheduled: Instant | null;
}

/** Everything about a repository's settings that this project rests on. */
export interface SettingsFacts {
  /** `owner/name`. */
  readonly repository: string;
  /** Where people see it. */
  readonly url: string;
  readonly defaultBranch: string;
  readonly visibility: 'public' | 'private';
  readonly actionsOpenPulls: Known<boolean>;
  readonly pages: Known<PagesSettings>;
  readonly environments: Known<ReadonlyMap<string, EnvironmentSettings>>;
  /** Names of the repository's own secrets, which every branch's runs can read. */
  readonly sharedSecrets: Known<readonly string[]>;
  /** By branch. */
  readonly rules: ReadonlyMap<string, Known<BranchRules>>;
  readonly immutableReleases: Known<boolean>;
  /** The workflow that was asked for; null when the default branch has none. */
  readonly workflow: Known<WorkflowSettings | null>;
}

/**
 * One change of a setting; making it again changes nothing more. `environment`: it admits `branch` only, asks nobody and waits for nothing.
 * `protect-branch`: it can't be deleted or force-pushed.
 */
export type SettingChange =
  | { readonly kind: 'actions-open-pulls' | 'pages-by-workflow' }
  | { readonly kind: 'environment'; readonly name: string; readonly branch: string }
  | { readonly kind: 'protect-branch'; readonly branch: string };

/** The host's settings of one repository, read and changed with an administrator's token. */
export interface Settings {
  /**
   * @param branches - whose rules are wanted, beside the default branch's
   * @param workflow - a workflow's file name
   * @throws `permission-missing` when the token does not even see the repository
   */
  facts(branches: readonly string[], workflow: string): Promise<SettingsFacts>;
  /** @throws `permission-missing`; `setting-missing` where the host's plan has no such setting */
  apply(change: SettingChange): Promise<void>;
  /**
   * Sets or replaces an environment's secret, encrypted for the host. Reads the environment before.
   * @throws `key-exposed` when the environment admits anything but `branch`; then nothing is sent
   */
  setSecret(secret: Readonly<Record<'environment' | 'branch' | 'name' | 'value', string>>): Promise<void>;
  /** The SSH public keys that an account shows, as lines `type base64`. Whose they really are, nobody has proven. */
  accountKeys(login: string): Promise<readonly string[]>;
}

/** What keeps writers from the online key and from the branches, as a job's own token sees it. */
export interface GuardFacts {
  readonly defaultBranch: string;
  /** Who may use the environment of the online key; null when there is none. */
  readonly environment: Known<EnvironmentSettings['admits'] | null>;
  /** By branch: whether a writer may delete it or force it back. */
  readonly branches: ReadonlyMap<string, Known<'open' | 'guarded'>>;
}

/** What of a repository's settings a job can read with its own token. */
export interface Guards {
  /** At most seven requests for two branches. @throws `io`, `rate-limited` */
  read(environment: string, branches: readonly string[]): Promise<GuardFacts>;
}
