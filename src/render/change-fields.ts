// SPDX-License-Identifier: Apache-2.0
import type { JsonObject, JsonValue } from '../tuf/json.ts';
import { cutText, joined, type Entry, type ShownText } from './cut-text.ts';
import { diffJson, jsonText, splitChange, type JsonChange, type JsonSteps } from './json-diff.ts';
import { visibleJson } from './visible-text.ts';

/** How many characters of a value, and of a name, are shown at first. */
const MAX_VALUE = 300;
const MAX_NAME = 200;
/** What is added or removed as a whole is shown in a line of at most so many characters, and else part by part. */
const MAX_WHOLE = 160;

const PLAIN_STEP = /^[A-Za-z_][A-Za-z0-9_-]{0,79}$/;

function stepText(step: string | number): ShownText {
  if (typeof step === 'number') return joined(['[', String(step), ']']);
  return PLAIN_STEP.test(step) ? joined(['.', step]) : joined(['[', cutText(jsonText(step), MAX_NAME, visibleJson), ']']);
}

/** A place of a value: `.keys["a b"].scheme`. */
export function stepsText(steps: JsonSteps): ShownText {
  return joined(steps.map(stepText));
}

/** A value as canonical JSON. */
export function valueText(value: JsonValue): ShownText {
  return cutText(jsonText(value), MAX_VALUE, visibleJson);
}

function changeLine(mark: string, place: ShownText, { before, after }: JsonChange): ShownText {
  if (before === undefined) return joined([mark, '+ ', place, ': ', after === undefined ? 'nothing' : valueText(after)]);
  if (after === undefined) return joined([mark, '- ', place, ': ', valueText(before)]);
  return joined([mark, '~ ', place, ': ', valueText(before), ' -> ', valueText(after)]);
}

function fits(value: JsonValue): boolean {
  return jsonText(value).length <= MAX_WHOLE;
}

/** Changed ones first, then what is gone, then what is new: one that is changed must not be lost among new ones. */
function rank({ before, after }: JsonChange): number {
  if (before === undefined) return 2;
  return after === undefined ? 1 : 0;
}

/**
 * Every field in which two objects differ, a line for each.
 * @param before - an object without members for something that is new
 * @param root - what stands for the object itself: `$`
 * @param indent - before each line
 */
export function fieldEntries(before: JsonObject, after: JsonObject, root: string, indent: string): readonly Entry[] {
  const changes = diffJson(before, after).flatMap((change) => splitChange(change, fits));
  const sorted = [...changes].sort((a, b) => rank(a) - rank(b));
  return sorted.map((change) => {
    const place = joined([root, stepsText(change.steps)]);
    // A place in an object without a name of its own begins with no dot.
    const named = root === '' ? { brief: place.brief.replace(/^\./, ''), full: place.full.replace(/^\./, '') } : place;
    return [changeLine(indent, named, change)];
  });
}
