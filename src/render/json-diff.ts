// SPDX-License-Identifier: Apache-2.0
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../tuf/json.ts';

/** A place of a JSON value: member names and indexes from the top. A name may be any text, so places are compared step by step. */
export type JsonSteps = readonly (string | number)[];

/** A place at which two JSON values differ, and what is there; undefined where there is nothing. Never both. */
export interface JsonChange {
  readonly steps: JsonSteps;
  readonly before: JsonValue | undefined;
  readonly after: JsonValue | undefined;
}

/** A value as canonical JSON text. */
export function jsonText(value: JsonValue): string {
  return new TextDecoder().decode(encodeCanonicalJson(value));
}

function differ(before: JsonValue | undefined, after: JsonValue | undefined): boolean {
  if (before === undefined || after === undefined) return before !== after;
  if (typeof before !== 'object' || before === null) return before !== after;
  return Buffer.compare(encodeCanonicalJson(before), encodeCanonicalJson(after)) !== 0;
}

function collect(before: JsonValue | undefined, after: JsonValue | undefined, steps: JsonSteps, out: JsonChange[]): void {
  if (isJsonObject(before) && isJsonObject(after)) {
    for (const key of new Set([...before.keys(), ...after.keys()])) {
      collect(before.get(key), after.get(key), [...steps, key], out);
    }
    return;
  }
  if (isJsonArray(before) && isJsonArray(after)) {
    for (let index = 0; index < Math.max(before.length, after.length); index++) {
      collect(before[index], after[index], [...steps, index], out);
    }
    return;
  }
  if (differ(before, after)) out.push({ steps, before, after });
}

/**
 * Every place at which two `signed` parts differ, however unknown: what a person signs must not hide in a field that a
 * summary leaves out. Where one of them has nothing, the place is the highest that is missing, with all below it. Whoever
 * puts each `after` in its place has the second part again.
 * @param before - an object without members for a part that is new
 */
export function diffJson(before: JsonObject, after: JsonObject): readonly JsonChange[] {
  const changes: JsonChange[] = [];
  collect(before, after, [], changes);
  return changes;
}

function members(value: JsonValue | undefined): readonly (readonly [string | number, JsonValue])[] {
  if (isJsonObject(value)) return [...value];
  return isJsonArray(value) ? value.map((item, index): readonly [number, JsonValue] => [index, item]) : [];
}

/**
 * A change in parts that `fits` finds short enough: of something that is added or removed as a whole, what it consists of.
 * What has no parts stays, however long.
 */
export function splitChange(change: JsonChange, fits: (value: JsonValue) => boolean): readonly JsonChange[] {
  const { steps, before, after } = change;
  const whole = before === undefined ? after : after === undefined ? before : undefined;
  const parts = members(whole);
  if (whole === undefined || parts.length === 0 || fits(whole)) return [change];
  return parts.flatMap(([step, value]) => {
    const part = {
      steps: [...steps, step],
      before: before === undefined ? undefined : value,
      after: after === undefined ? undefined : value,
    };
    return splitChange(part, fits);
  });
}
