// SPDX-License-Identifier: Apache-2.0
import type { WhenOpen } from '../event/decide-propose.ts';
import type { Origin } from '../event/event-file.ts';
import type { Hosting } from '../event/release-files.ts';
import type { JsonObject } from '../tuf/json.ts';
import type { ReleaseInput } from './stage-release.ts';

/** What to propose. */
export interface ProposeInput {
  readonly role: string;
  /** Files and directories of this machine. */
  readonly files: readonly string[];
  /** Put before each file's name, with its slash: `v1.2.0/`. */
  readonly targetPrefix: string;
  /** Target paths to take out. */
  readonly remove: readonly string[];
  readonly existing: 'refuse' | 'replace';
  readonly whenOpen: WhenOpen;
  /** Propose what is open again under the next version: somebody has signed it where nothing shows it. */
  readonly nextVersion: boolean;
  /** Kept in each target's `custom`, beside ours. */
  readonly custom: JsonObject | null;
  /** The commit that the files were built from, if known. */
  readonly sourceCommit: string | null;
  /** `site`: publish brings the bytes into the repository; `release`: they are in the release of `release.tag`; `none`: they are served elsewhere. */
  readonly hosting: Hosting;
  /** The release that the files go into; only with hosting `release`, and then required. */
  readonly release: ReleaseInput | null;
  /** The run that proposes, if it is one. */
  readonly origin: Origin | null;
  /** `all` keeps every file where signers can compare it, whatever its hosting. */
  readonly staging: 'hosted' | 'all';
  readonly mode: 'apply' | 'dry-run';
}
