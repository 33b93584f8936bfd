// SPDX-License-Identifier: Apache-2.0
// What a signer's machine remembers of each repository. Whoever can write here decides what this person is shown.
import type { Base } from '../event/base.ts';
import type { Files } from '../ports.ts';
import { parsePayloadDigest } from '../trust/countersignature.ts';
import type { RepositoryId } from '../tuf/binding.ts';
import { encodeJsonFile } from '../tuf/canonical.ts';
import { CountersignError } from '../tuf/errors.ts';
import { asArray, asObject, asString, integerField } from '../tuf/fields.ts';
import { parseJson, type JsonValue } from '../tuf/json.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';
import { TARGETS } from '../tuf/names.ts';

const MAX_MEMORY_BYTES = 4_000_000;

function memoryPath(repository: RepositoryId, file: string): string {
  return `${repository}/${file}`;
}

/** The payload digest of the root v1 that this person's machine knows for a repository; null at the first meeting. */
export async function rememberedRoot(memory: Files, repository: RepositoryId): Promise<PayloadDigest | null> {
  const bytes = await memory.read(memoryPath(repository, 'root-v1'), MAX_MEMORY_BYTES);
  return bytes === null ? null : parsePayloadDigest(new TextDecoder().decode(bytes).trim(), 'remembered root');
}

/** Payload digests by `role@version`, in the order in which they were signed: more than one only of a root that took the place of another. */
export type Signed = ReadonlyMap<string, readonly PayloadDigest[]>;

/** The highest version of each role that this person's machine has seen verified. */
export type Seen = ReadonlyMap<string, number>;

/** The highest versions seen. @throws `json-*`, `field-*` for a file that was changed */
export async function readSeen(memory: Files, repository: RepositoryId): Promise<Seen> {
  const path = memoryPath(repository, 'seen.json');
  const bytes = await memory.read(path, MAX_MEMORY_BYTES);
  const seen = new Map<string, number>();
  if (bytes === null) return seen;
  const raw = asObject(parseJson(bytes), path);
  for (const name of raw.keys()) seen.set(name, integerField(raw, name, path));
  return seen;
}

/** The versions of a base, as {@link Seen}. */
export function versionsOf(base: Base | null): Seen {
  if (base === null) return new Map();
  return new Map<string, number>([
    ['root', base.root.signed.version],
    ...[...base.roles].map(([role, { file }]): [string, number] => [role, file.signed.version]),
  ]);
}

/** A repository that has gone back is not signed on: branches and site may all have been reset to hide what was revoked since. @throws `rollback` */
export function requireNoRollback(seen: Seen, base: Base | null): void {
  const now = versionsOf(base);
  for (const [role, version] of seen) {
    const found = now.get(role) ?? 0;
    // A delegated role may be taken out; the file that did so is judged by its own version.
    if (found === 0 && role !== 'root' && role !== TARGETS) continue;
    if (found < version) {
      throw new CountersignError(
        'rollback',
        `${role}@${String(found)}`,
        `expected version ${String(version)} or later, which this machine has seen; nothing was signed`,
      );
    }
  }
}

/** What was signed before: payload digests by `role@version`. @throws `json-*`, `hash-invalid` for a file that was changed */
export async function readSigned(memory: Files, repository: RepositoryId): Promise<Signed> {
  const path = memoryPath(repository, 'signed.json');
  const bytes = await memory.read(path, MAX_MEMORY_BYTES);
  const signed = new Map<string, readonly PayloadDigest[]>();
  if (bytes === null) return signed;
  for (const [name, value] of asObject(parseJson(bytes), path)) {
    const digests = typeof value === 'string' ? [value] : asArray(value, path).map((item) => asString(item, path));
    signed.set(
      name,
      digests.map((digest) => parsePayloadDigest(digest, path)),
    );
  }
  return signed;
}

/** Writes all of it, each file atomically. @throws `io` */
export async function remember(memory: Files, repository: RepositoryId, root: PayloadDigest, seen: Seen, signed: Signed): Promise<void> {
  await memory.write(memoryPath(repository, 'root-v1'), new TextEncoder().encode(`${root}\n`));
  await memory.write(memoryPath(repository, 'seen.json'), encodeJsonFile(new Map<string, JsonValue>(seen)));
  const contents = [...signed].map(([name, [only, ...more]]): [string, JsonValue] => [
    name,
    more.length === 0 ? (only ?? '') : [only ?? '', ...more],
  ]);
  await memory.write(memoryPath(repository, 'signed.json'), encodeJsonFile(new Map(contents)));
}
