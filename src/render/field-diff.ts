// SPDX-License-Identifier: Apache-2.0
import type { JsonObject } from '../tuf/json.ts';
import { stepsText } from './change-fields.ts';
import { diffJson, jsonText, splitChange } from './json-diff.ts';

/** A field that differs: its place from `$`, and both values as canonical JSON; null where there is none. */
export interface FieldChange {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/**
 * Every field in which two `signed` parts differ, for tables: of what is new or gone each part has its own row.
 * @param skip - members of the parts that are shown otherwise, as `$.version`
 */
export function diffFields(before: JsonObject, after: JsonObject, skip: ReadonlySet<string>): readonly FieldChange[] {
  const rest = (part: JsonObject): JsonObject => new Map([...part].filter(([key]) => !skip.has(`$.${key}`)));
  return diffJson(rest(before), rest(after))
    .flatMap((change) => splitChange(change, () => false))
    .map(({ steps, before: was, after: is }) => ({
      path: `$${stepsText(steps).full}`,
      before: was === undefined ? null : jsonText(was),
      after: is === undefined ? null : jsonText(is),
    }));
}
