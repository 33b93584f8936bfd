// SPDX-License-Identifier: Apache-2.0
import type { RepositoryContent } from './writer.ts';

/** What one row of the matrix asks for: targets that must be found, by path, with their texts. */
export interface Feature {
  /** As in matrix.json. */
  readonly id: string;
  readonly targets: Readonly<Record<string, string>>;
}

/** A state of a repository, as clients find it. */
export interface PublishedState {
  readonly content: RepositoryContent;
  /** Done to what is served, after it was signed. */
  readonly change?: (files: Map<string, Uint8Array>) => void;
  /** How long before now it was written; what is signed then expires a year later. */
  readonly daysAgo?: number;
}

/** How the host of a repository answers. `compressed`: as hosts do when a client says that it takes gzip; `redirected`: each file is somewhere else. */
export type HostKind = 'plain' | 'compressed' | 'redirected';

/** A repository that clients are run against. */
export interface RepositoryPlan {
  readonly id: string;
  /** A new client is run against the first, and goes on from what it has with each that follows. Rows are about the last. */
  readonly states: readonly PublishedState[];
  readonly host?: HostKind;
  readonly features: readonly Feature[];
}

/** A repository with one state and one row. */
export function single(
  id: string,
  content: RepositoryContent,
  targets: Readonly<Record<string, string>>,
  more: Partial<RepositoryPlan> = {},
): RepositoryPlan {
  return { id, states: [{ content }], features: [{ id, targets }], ...more };
}
