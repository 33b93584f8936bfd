// SPDX-License-Identifier: Apache-2.0

/** Where the wake workflow is, on the metadata branch. */
export const WAKE_PATH = '.github/workflows/countersign-wake.yml';
/** File name of a project's workflow. */
export const CALLER_FILE = 'countersign.yml';
/** Where a project's workflow is, on its default branch. */
export const CALLER_PATH: string = `.github/workflows/${CALLER_FILE}`;
/** Where the reusable workflow is, in the repository of the action. */
export const REUSABLE_PATH = '.github/workflows/reconcile.yml';
/** The branch that proposes {@link CALLER_PATH}. */
export const SETUP_BRANCH = 'countersign-setup';

/** The environment of the online key. */
export const ONLINE_ENVIRONMENT = 'countersign-online';
/** The secret that holds the online key, in its environment. */
export const ONLINE_SECRET = 'COUNTERSIGN_ONLINE_KEY';
/** The secret that holds a person's custody key, in an environment of that person. */
export const CUSTODY_SECRET = 'COUNTERSIGN_KEY';

/** The environment that keeps the key of a custody signer. A policy gives nobody the online key's, and no two people the same. */
export function custodyEnvironment(person: string): string {
  return `countersign-${person}`;
}
