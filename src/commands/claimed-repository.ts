// SPDX-License-Identifier: Apache-2.0
import { classifyPath, METADATA_BRANCH } from '../event/layout.ts';
import type { BlobId, Forge, Pull, TreeEntry } from '../ports.ts';
import { parseBinding, type RepositoryId } from '../tuf/binding.ts';
import { outcomeOf } from '../tuf/errors.ts';
import { asObject, objectField } from '../tuf/fields.ts';
import { parseJson } from '../tuf/json.ts';

function namedBy(bytes: Uint8Array, path: string): RepositoryId | null {
  const outcome = outcomeOf(() => parseBinding(objectField(asObject(parseJson(bytes), path), 'signed', path), path));
  return outcome.kind === 'accepted' ? (outcome.value?.repository ?? null) : null;
}

/**
 * The repository that a proposal's own metadata names; null when none of it names one. Whoever wrote the proposal says so: it tells which root a machine is to
 * be asked for, and nothing more.
 * @throws `io`, `git`
 */
export async function claimedRepository(forge: Forge, pull: Pull): Promise<RepositoryId | null> {
  const metadataHead = (await forge.branches(METADATA_BRANCH)).get(METADATA_BRANCH) ?? null;
  const before = metadataHead === null ? new Map<string, TreeEntry>() : await forge.tree(metadataHead);
  const own = [...(await forge.tree(pull.headSha))].flatMap(([path, { id, kind }]): readonly (readonly [string, BlobId])[] => {
    const what = classifyPath(path).kind;
    return kind === 'file' && (what === 'root' || what === 'role') && before.get(path)?.id !== id ? [[path, id]] : [];
  });
  const blobs = await forge.blobs([...new Set(own.map(([, id]) => id))]);
  for (const [path, id] of own) {
    const bytes = blobs.get(id);
    const repository = bytes === undefined ? null : namedBy(bytes, path);
    if (repository !== null) return repository;
  }
  return null;
}
