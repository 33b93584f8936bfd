// SPDX-License-Identifier: Apache-2.0
import type { Permissions } from './workflow-file.ts';

/** An environment, as far as jobs meet it. */
export interface HubEnvironment {
  /** Whether a job of this branch may use it. */
  readonly admits: (branch: string | null) => boolean;
  readonly secrets: ReadonlyMap<string, string>;
}

/** What the driver asks of the GitHub that it plays runner for. */
export interface Hub {
  readonly apiUrl: string;
  readonly graphqlUrl: string;
  readonly serverUrl: string;
  /** Where the stand-ins do what the runner itself does. */
  readonly controlUrl: string;
  /** `owner/name` of the project. */
  readonly fullName: string;
  readonly defaultBranch: string;
  /** A file of a commit; null when there is none. */
  readonly file: (commit: string, path: string) => string | null;
  /** Names of the files in a directory of a commit. */
  readonly list: (commit: string, directory: string) => readonly string[];
  /** The commit that a full ref name names; null when there is none. */
  readonly ref: (name: string) => string | null;
  /** Secrets of the repository itself. */
  readonly secrets: () => ReadonlyMap<string, string>;
  readonly environment: (name: string) => HubEnvironment | null;
  /** What a token may do where a workflow says nothing. */
  readonly defaultPermissions: () => Permissions;
  /** A token for one job. */
  readonly jobToken: (permissions: Permissions, ref: string) => string;
  /** A token for the stand-ins of what the runner itself does: leaving artifacts, and listing those of a run. */
  readonly runnerToken: () => string;
  /** Registers a run that begins; gives its number. */
  readonly beginRun: (run: RunStart) => number;
  readonly endRun: (id: number, conclusion: string) => void;
}

/** A run, as the host is told of it. */
export interface RunStart {
  readonly path: string;
  readonly event: string;
  readonly headSha: string;
  readonly headBranch: string;
  /** `owner/name` of where the branch is. */
  readonly headRepository: string;
  readonly actor: string;
}
