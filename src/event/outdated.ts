// SPDX-License-Identifier: Apache-2.0
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { outcomeOf } from '../tuf/errors.ts';
import type { JsonObject, JsonValue } from '../tuf/json.ts';
import { payloadDigest, type Metadata } from '../tuf/metadata.ts';
import type { RoleName } from '../tuf/names.ts';
import { parseTargets, type TargetFile, type Targets } from '../tuf/targets.ts';
import type { Base } from './base.ts';

function withoutTargets(signed: JsonObject): Uint8Array {
  const rest = new Map<string, JsonValue>(signed);
  for (const key of ['targets', 'version', 'expires']) rest.delete(key);
  return encodeCanonicalJson(rest);
}

/** Whether two files of a role are the same but for their targets, version and expiry. */
export function sameButTargets(a: Targets, b: Targets): boolean {
  return Buffer.compare(withoutTargets(a.raw), withoutTargets(b.raw)) === 0;
}

function sameEntry(a: TargetFile | undefined, b: TargetFile | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return Buffer.compare(encodeCanonicalJson(a.raw), encodeCanonicalJson(b.raw)) === 0;
}

/** Whether the proposal differs from the base only in what it changes itself. */
function containsBase(base: Targets, fork: Targets, proposed: Targets): boolean {
  if (!sameButTargets(base, proposed)) return false;
  return [...new Set([...base.targets.keys(), ...proposed.targets.keys()])].every((path) => {
    const entry = proposed.targets.get(path);
    return sameEntry(base.targets.get(path), entry) || !sameEntry(fork.targets.get(path), entry);
  });
}

/**
 * Whether the base moved under a proposal, or past it, so that its content must be built again on what is there now.
 * @param fork - the role's last signed file where the proposal left the metadata branch. That may be below the floor; the proposal was then built on the floor
 * all the same, so what counts is whether it holds what the base holds
 */
export function isOutdated(role: RoleName, file: Metadata<Targets>, fork: Uint8Array | undefined, base: Base | null): boolean {
  const now = base?.roles.get(role)?.file;
  if (now === undefined) return false;
  if (file.signed.version <= now.signed.version) return true;
  if (fork === undefined) return false;
  const parsed = outcomeOf(() => parseTargets(fork));
  if (parsed.kind === 'refused' || payloadDigest(parsed.value.payload) === payloadDigest(now.payload)) return false;
  return !containsBase(now.signed, parsed.value.signed, file.signed);
}
