// SPDX-License-Identifier: Apache-2.0
import type { CommitSha, Forge } from '../ports.ts';
import { CountersignError } from '../tuf/errors.ts';

/** A plain file's bytes as a commit has them; null when it has no such file. @throws `io` */
export async function readFileAt(forge: Forge, commit: CommitSha, path: string): Promise<Uint8Array | null> {
  const entry = (await forge.tree(commit)).get(path);
  if (entry?.kind !== 'file') return null;
  const bytes = (await forge.blobs([entry.id])).get(entry.id);
  if (bytes === undefined) throw new CountersignError('io', path, 'expected its content, got nothing');
  return bytes;
}
