// SPDX-License-Identifier: Apache-2.0
// Lines of people who have no vote. Anyone may carry a signature whose key says nothing about an account, so every comment may hold one.
import type { RepositoryId } from '../tuf/binding.ts';
import type { KeyId } from '../tuf/key.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';
import type { Version } from '../tuf/names.ts';
import { MAX_BODY_CHARACTERS } from './bounds.ts';
import { parseCountersignatures, type Countersignature } from './countersignature.ts';

/** A file of an event that is open, and the keys whose signatures of it anyone may carry: custody keys, and those of people without an account. */
export interface CarriedFile {
  readonly repository: RepositoryId;
  /** A targets role, or `root`. */
  readonly role: string;
  readonly version: Version;
  readonly payload: PayloadDigest;
  readonly keyIds: ReadonlySet<KeyId>;
}

/** Equal for lines that verify alike: a signature is of bytes, by a key. */
export function lineIdentity({ keyId, sig, payload }: Pick<Countersignature, 'keyId' | 'sig' | 'payload'>): string {
  return JSON.stringify([keyId, sig, payload]);
}

function fileIdentity({ repository, role, version, payload }: Pick<CarriedFile, 'repository' | 'role' | 'version' | 'payload'>): string {
  return JSON.stringify([repository, role, version, payload]);
}

/** The keys that are worth a look, by file. Made once for all carriers. */
export type CarriedFiles = ReadonlyMap<string, ReadonlySet<KeyId>>;

/** Puts files where {@link linesWorthVerifying} finds them. Of one that is given twice (by two thresholds) the keys of both count. */
export function carriedFiles(files: Iterable<CarriedFile>): CarriedFiles {
  const byFile = new Map<string, ReadonlySet<KeyId>>();
  for (const file of files) {
    const identity = fileIdentity(file);
    byFile.set(identity, new Set([...(byFile.get(identity) ?? []), ...file.keyIds]));
  }
  return byFile;
}

/**
 * The lines of one body that name a file that is open and a key of it, each once. Nothing is verified here. What can't be read is nothing: it is nobody's whose
 * faults are told. Most bodies hold no block and are left after one search.
 * @param body - anyone's text
 * @returns at most 64 lines, in their order
 */
export function linesWorthVerifying(body: string, files: CarriedFiles): readonly Countersignature[] {
  if (files.size === 0 || body.length > MAX_BODY_CHARACTERS || !body.includes('countersign')) return [];
  const outcome = parseCountersignatures(body);
  if (outcome.kind === 'refused') return [];
  const lines = new Map<string, Countersignature>();
  for (const line of outcome.value) {
    const identity = lineIdentity(line);
    if (files.get(fileIdentity(line))?.has(line.keyId) === true && !lines.has(identity)) lines.set(identity, line);
  }
  return [...lines.values()];
}
