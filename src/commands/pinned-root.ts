// SPDX-License-Identifier: Apache-2.0
import { METADATA_BRANCH, PUBLISHED_BRANCH, ROOT_PATH, rootHistoryPath } from '../event/layout.ts';
import type { Forge, Log } from '../ports.ts';
import { outcomeOf } from '../tuf/errors.ts';
import { payloadDigest, type PayloadDigest } from '../tuf/metadata.ts';
import { parseVersion } from '../tuf/names.ts';
import { rootPath } from '../tuf/published-tree.ts';
import { parseRoot } from '../tuf/root.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import { readFileAt } from './read-file.ts';

const FIRST = parseVersion(1, 'root');

/** Where root v1 may be: each copy may have other signatures, and so another digest. */
const PLACES: readonly (readonly [string, string])[] = [
  [METADATA_BRANCH, rootHistoryPath(FIRST)],
  [METADATA_BRANCH, ROOT_PATH],
  [PUBLISHED_BRANCH, rootPath(FIRST)],
];

async function rootFiles(forge: Forge): Promise<readonly Uint8Array[]> {
  const files: Uint8Array[] = [];
  for (const [branch, path] of PLACES) {
    const head = (await forge.branches(branch)).get(branch);
    const bytes = head === undefined ? null : await readFileAt(forge, head, path);
    if (bytes !== null) files.push(bytes);
  }
  return files;
}

/**
 * The payload digest of the root v1 that a person has pinned. They may have taken the digest from `init`, `sign` or `status`, which is of
 * the payload, or of the file `1.root.json`; that names the payload in it just as well.
 * @param digest - sha256, lower-case hex
 */
export async function pinnedRoot(forge: Forge, digest: PayloadDigest, log: Log): Promise<PayloadDigest> {
  const file = (await rootFiles(forge)).find((bytes) => sha256Hex(bytes) === String(digest));
  if (file === undefined) return digest;
  const outcome = outcomeOf(() => payloadDigest(parseRoot(file).payload));
  if (outcome.kind === 'refused') return digest;
  log.info(`the digest that was given is of the file 1.root.json; its payload is sha256:${outcome.value}`);
  return outcome.value;
}
