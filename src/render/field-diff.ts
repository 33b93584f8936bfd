// SPDX-License-Identifier: Apache-2.0
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { isJsonArray, isJsonObject, jsonPath, type JsonObject, type JsonValue } from '../tuf/json.ts';

/** A field that differs: its JSON path, and both values as canonical JSON; null where there is none. */
export interface FieldChange {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

function leaves(value: JsonValue, path: string, skip: ReadonlySet<string>, out: Map<string, string>): void {
  if (skip.has(path)) return;
  if (isJsonObject(value) && value.size > 0) {
    for (const [key, item] of value) leaves(item, jsonPath(path, key), skip, out);
  } else if (isJsonArray(value) && value.length > 0) {
    value.forEach((item, index) => {
      leaves(item, jsonPath(path, index), skip, out);
    });
  } else {
    out.set(path, new TextDecoder().decode(encodeCanonicalJson(value)));
  }
}

/**
 * Every field in which two `signed` parts differ, however unknown: what a person signs must not hide in a field that a summary leaves out.
 * @param skip - JSON paths, from `$`, that are shown otherwise
 */
export function diffFields(before: JsonObject, after: JsonObject, skip: ReadonlySet<string>): readonly FieldChange[] {
  const [old, now] = [new Map<string, string>(), new Map<string, string>()];
  leaves(before, '$', skip, old);
  leaves(after, '$', skip, now);
  const paths = new Set([...old.keys(), ...now.keys()]);
  return [...paths]
    .map((path) => ({ path, before: old.get(path) ?? null, after: now.get(path) ?? null }))
    .filter((change) => change.before !== change.after);
}
