// SPDX-License-Identifier: Apache-2.0
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../tuf/json.ts';
import type { TargetPath } from '../tuf/names.ts';
import type { TargetFile, Targets } from '../tuf/targets.ts';
import { fieldEntries } from './change-fields.ts';
import { cutText, joined, type Entry, type ShownText } from './cut-text.ts';
import { visibleName } from './visible-text.ts';

const MAX_PATH = 200;
const EMPTY: JsonObject = new Map<string, JsonValue>();

/** A target that only one of two files has. */
export interface OneTarget {
  readonly path: TargetPath;
  readonly file: TargetFile;
}

/** A target of which two files say different things. */
export interface TwoTargets extends OneTarget {
  readonly before: TargetFile;
}

/** Targets that differ between two files of a role. */
export interface TargetDifference {
  readonly removed: readonly OneTarget[];
  /** Other bytes under the same path. */
  readonly replaced: readonly TwoTargets[];
  /** The same bytes, of which something else is said: another commit, another digest of another kind. */
  readonly restated: readonly TwoTargets[];
  readonly added: readonly OneTarget[];
}

function sameEntry(a: TargetFile, b: TargetFile): boolean {
  return a.raw === b.raw || Buffer.compare(encodeCanonicalJson(a.raw), encodeCanonicalJson(b.raw)) === 0;
}

/** How the targets of two files of a role differ; `before` is null for a role without a file. */
export function differenceOf(before: Targets | null, after: Targets): TargetDifference {
  const removed: OneTarget[] = [];
  const replaced: TwoTargets[] = [];
  const restated: TwoTargets[] = [];
  const added: OneTarget[] = [];
  for (const [path, file] of after.targets) {
    const old = before?.targets.get(path);
    if (old === undefined) added.push({ path, file });
    else if (old.hashes.get('sha256') !== file.hashes.get('sha256') || old.length !== file.length)
      replaced.push({ path, file, before: old });
    else if (!sameEntry(old, file)) restated.push({ path, file, before: old });
  }
  for (const [path, file] of before?.targets ?? []) if (!after.targets.has(path)) removed.push({ path, file });
  return { removed, replaced, restated, added };
}

/** A text of ours in an entry: it has words in the entry's first line. */
function ourText(file: TargetFile, field: 'commit' | 'hosting'): string | null {
  const custom = file.raw.get('custom');
  const ours = isJsonObject(custom) ? custom.get('x-countersign') : undefined;
  const value = isJsonObject(ours) ? ours.get(field) : undefined;
  return typeof value === 'string' && value.length <= MAX_PATH ? value : null;
}

function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return new Map([...object].filter(([key]) => !keys.includes(key)));
}

/** Replaces a member by one that is less, and leaves it out when nothing of it is left. */
function reduced(object: JsonObject, key: string, reduce: (member: JsonObject) => JsonObject): JsonObject {
  const member = object.get(key);
  if (!isJsonObject(member)) return object;
  const less = reduce(member);
  if (less.size === member.size && [...less].every(([name, value]) => member.get(name) === value)) return object;
  return less.size === 0 ? without(object, [key]) : new Map<string, JsonValue>([...object, [key, less]]);
}

/** All of an entry but what its first line says. */
function restOf(file: TargetFile): JsonObject {
  const told = (['commit', 'hosting'] as const).filter((field) => ourText(file, field) !== null);
  const hashes = reduced(without(file.raw, ['length']), 'hashes', (all) => without(all, ['sha256']));
  return reduced(hashes, 'custom', (custom) => reduced(custom, 'x-countersign', (ours) => without(ours, told)));
}

function headLine(mark: string, path: TargetPath, file: TargetFile): ShownText {
  const [commit, hosting] = [ourText(file, 'commit'), ourText(file, 'hosting')];
  const words = [
    ...(commit === null ? [] : [`from commit ${visibleName(commit)}`]),
    ...(hosting === null ? [] : [`hosting ${visibleName(hosting)}`]),
  ].map((text) => `, ${text}`);
  const hash = file.hashes.get('sha256');
  const of = `  ${String(file.length)} bytes  ${hash === undefined ? 'no sha256' : `sha256:${hash}`}${words.join('')}`;
  return joined([`  ${mark} `, cutText(path, MAX_PATH, visibleName), of]);
}

const INDENT = '      ';

function restLines(before: TargetFile | null, file: TargetFile): Entry {
  return fieldEntries(before === null ? EMPTY : restOf(before), restOf(file), '', INDENT).flat();
}

/** A target that is gone. */
export function removedEntry({ path, file }: OneTarget): Entry {
  return [headLine('-', path, file)];
}

/** A target of which other bytes, and perhaps other words, are signed. */
export function replacedEntry({ path, before, file }: TwoTargets): Entry {
  return [headLine('-', path, before), headLine('+', path, file), ...restLines(before, file)];
}

/** A target of which only other words are signed. */
export function restatedEntry({ path, before, file }: TwoTargets): Entry {
  return [headLine('~', path, file), ...fieldEntries(before.raw, file.raw, '', INDENT).flat()];
}

/** A target that is new. */
export function addedEntry({ path, file }: OneTarget): Entry {
  return [headLine('+', path, file), ...restLines(null, file)];
}
