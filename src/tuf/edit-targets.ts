// SPDX-License-Identifier: Apache-2.0
import { encodeCanonicalJson, requireNfc } from './canonical.ts';
import { CountersignError, quote } from './errors.ts';
import type { JsonObject, JsonValue } from './json.ts';
import type { Sha256Hex, TargetPath } from './names.ts';
import { nearPath } from './near-path.ts';
import { jsonObject, withVersion, type NewHeader } from './signed-part.ts';
import type { TargetFile, Targets } from './targets.ts';

/** A target to add: what was hashed, and what is kept beside it. */
export interface NewTarget {
  /** In bytes. */
  readonly length: number;
  readonly sha256: Sha256Hex;
  /** `custom` of the entry; left out when null or empty (tough drops `custom: {}` and breaks the signature). */
  readonly custom: JsonObject | null;
}

/** What to change in a role. */
export interface TargetsEdit {
  readonly add: ReadonlyMap<TargetPath, NewTarget>;
  readonly remove: ReadonlySet<TargetPath>;
  /** `refuse`: a path that is listed with other content is an error. */
  readonly existing: 'refuse' | 'replace';
}

/** One change of a role's targets, as it really is once equal entries are left out. */
export interface TargetChange {
  readonly kind: 'added' | 'replaced' | 'removed';
  readonly path: TargetPath;
}

function entryOf(target: NewTarget, previous: TargetFile | undefined): JsonObject {
  const custom = target.custom === null || target.custom.size === 0 ? undefined : target.custom;
  // Only sha256: go-tuf picks one of several at random for the file's name.
  const fresh = jsonObject({ custom, hashes: jsonObject({ sha256: target.sha256 }), length: target.length });
  const unknown = [...(previous?.raw ?? [])].filter(([key]) => !['custom', 'hashes', 'length'].includes(key));
  return new Map<string, JsonValue>([...fresh, ...unknown]);
}

function sameEntry(a: JsonObject, b: JsonObject): boolean {
  return Buffer.compare(encodeCanonicalJson(a), encodeCanonicalJson(b)) === 0;
}

/** Whether two entries are of the same bytes: length and sha256. */
function sameContent(target: NewTarget, listed: TargetFile): boolean {
  return listed.length === target.length && listed.hashes.get('sha256') === target.sha256;
}

/**
 * Stages a change of a role's targets. Unknown fields survive, in the role and in each entry.
 * @returns the `signed` part's `targets` and what really changes; no changes when all of it is so already
 * @throws `target-exists` for a listed path with other content (unless `replace`), `target-missing` for a removal of what is not listed,
 * `json-not-nfc`
 */
export function stageTargets(
  current: Targets,
  edit: TargetsEdit,
): { readonly targets: JsonObject; readonly changes: readonly TargetChange[] } {
  const targets = new Map<string, JsonValue>();
  for (const [path, file] of current.targets) targets.set(path, file.raw);
  const changes: TargetChange[] = [];
  for (const path of edit.remove) {
    // @check target-added-and-removed
    if (edit.add.has(path)) throw new CountersignError('target-exists', path, 'expected a path to be added or removed, got both');
    // @check target-removed-unlisted
    if (!targets.delete(path)) {
      const near = nearPath(path, targets.keys());
      const hint = near === null ? '' : `; the nearest one is ${quote(near)}`;
      throw new CountersignError('target-missing', path, `expected a listed target to remove, got none of this path${hint}`);
    }
    changes.push({ kind: 'removed', path });
  }
  for (const [path, target] of edit.add) {
    const listed = current.targets.get(path);
    const entry = entryOf(target, listed);
    // @check target-path-nfc
    requireNfc(path, quote(path));
    // @check target-entry-nfc
    requireNfc(entry, quote(path));
    if (listed !== undefined) {
      if (sameEntry(entry, listed.raw)) continue;
      // @check target-replaced
      if (edit.existing === 'refuse' && !sameContent(target, listed)) {
        const hash = listed.hashes.get('sha256') ?? 'another hash';
        throw new CountersignError(
          'target-exists',
          path,
          `expected a new path, got one that is listed with sha256 ${hash}; pass replace to change it`,
        );
      }
    }
    targets.set(path, entry);
    changes.push({ kind: listed === undefined ? 'added' : 'replaced', path });
  }
  return { targets, changes };
}

/** The `signed` part of a role with other targets and a new version and expiry; all else survives. */
export function editTargets(current: Targets, targets: JsonObject, header: NewHeader): JsonObject {
  return new Map<string, JsonValue>(withVersion(current.raw, header)).set('targets', targets);
}
