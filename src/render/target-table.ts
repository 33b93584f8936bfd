// SPDX-License-Identifier: Apache-2.0
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import type { TargetChange } from '../tuf/edit-targets.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../tuf/json.ts';
import { sha256Hex } from '../tuf/sha256.ts';
import type { TargetFile, Targets } from '../tuf/targets.ts';
import { diffFields } from './field-diff.ts';
import { countText } from './count-text.ts';
import { codeMarkdown, fittingLines, nameMarkdown, valueMarkdown } from './markdown.ts';
import { commitLink } from './repository-links.ts';

/** What the table is made from. */
export interface TableView {
  readonly before: Targets | undefined;
  readonly proposed: Targets;
  readonly changes: readonly TargetChange[];
  /** Its address, for links; null for none. */
  readonly repository: string | null;
  /** Where the whole list is. */
  readonly file: string;
  /** Which run brought a target; null when there are no several. */
  readonly runs: ReadonlyMap<string, number> | null;
}

/** Beyond this many rows the diff is the place to look. */
const MAX_ROWS = 100;
const MAX_FIELDS = 6;
const MAX_PLACE = 180;
const NAMES: ReadonlyMap<string, string> = new Map([
  ['$.custom.x-countersign.commit', 'commit'],
  ['$.custom.x-countersign.hosting', 'hosting'],
]);

/** All of an entry but what the table has columns for. */
function restOf({ raw }: TargetFile): JsonObject {
  const rest = new Map<string, JsonValue>(raw);
  rest.delete('length');
  const hashes = rest.get('hashes');
  if (isJsonObject(hashes)) {
    const others = new Map<string, JsonValue>(hashes);
    others.delete('sha256');
    if (others.size === 0) rest.delete('hashes');
    else rest.set('hashes', others);
  }
  return rest;
}

function valueText(path: string, json: string, repository: string | null): string {
  const plain = /^"([A-Za-z0-9._/-]+)"$/.exec(json)?.[1];
  if (plain === undefined) return valueMarkdown(json);
  return NAMES.get(path) === 'commit' ? commitLink(plain, repository) : codeMarkdown(plain);
}

/** The place of a field in a signed object. */
export function placeMarkdown(path: string): string {
  const place = path.replace(/^\$\.?/, '');
  // It is made to be seen already: nothing in it is marked twice.
  return place.length <= MAX_PLACE ? codeMarkdown(place) : `${codeMarkdown(place.slice(0, MAX_PLACE))}… (cut: sha256:${sha256Hex(place)})`;
}

/** What is signed beside length and sha256, from one entry to the next. */
function restText(before: JsonObject, after: JsonObject, repository: string | null): string {
  // An object without members is a leaf of its own.
  const fields = diffFields(before, after, new Set()).filter(({ path }) => path !== '$');
  const texts = fields.slice(0, MAX_FIELDS).map(({ path, before: was, after: is }) => {
    const name = NAMES.get(path) ?? placeMarkdown(path);
    const old = was === null ? '' : `<del>${valueText(path, was, repository)}</del> `;
    return `${name} ${old}${is === null ? 'removed' : valueText(path, is, repository)}`;
  });
  const rest = fields.slice(MAX_FIELDS).map(({ path, before: was, after: is }) => `${path}: ${was ?? 'nothing'} -> ${is ?? 'nothing'}\n`);
  const more = rest.length === 0 ? [] : [`${countText(rest.length)} more fields, sha256:${sha256Hex(rest.join(''))}`];
  return [...texts, ...more].join(', ');
}

const EMPTY: JsonObject = new Map<string, JsonValue>();

function sameRest(a: JsonObject, b: JsonObject): boolean {
  return Buffer.compare(encodeCanonicalJson(a), encodeCanonicalJson(b)) === 0;
}

/** What all new entries say alike; null when they don't. Said once, it leaves room for what differs. */
function commonRest({ proposed, changes }: TableView): JsonObject | null {
  let common: JsonObject | null = null;
  for (const { kind, path } of changes) {
    const file = proposed.targets.get(path);
    if (kind === 'removed' || file === undefined) continue;
    common ??= restOf(file);
    if (!sameRest(common, restOf(file))) return null;
  }
  return common === null || common.size === 0 ? null : common;
}

function hashText(file: TargetFile | undefined): string {
  const hash = file?.hashes.get('sha256');
  return hash === undefined ? 'none' : `<code>${hash}</code>`;
}

/** A value in a cell, with the one before where it was another. */
function cell(was: string | null, is: string): string {
  return was === null || was === is ? is : `<del>${was}</del><br>${is}`;
}

function row({ before, proposed, repository, runs }: TableView, { kind, path }: TargetChange, common: JsonObject | null): string {
  const old = before?.targets.get(path);
  const file = kind === 'removed' ? old : proposed.targets.get(path);
  const was = kind === 'replaced' ? old : undefined;
  // What is said of all of them once is said again only where it was otherwise before.
  const isTold = kind === 'removed' || file === undefined || (kind === 'added' && common !== null);
  const rest = isTold ? '' : restText(was === undefined ? EMPTY : restOf(was), restOf(file), repository);
  const cells = [
    kind,
    `${nameMarkdown(path)}${rest === '' ? '' : `<br>${rest}`}`,
    cell(was === undefined ? null : String(was.length), String(file?.length ?? 0)),
    cell(was === undefined ? null : hashText(was), hashText(file)),
    ...(runs === null ? [] : [kind === 'removed' ? '' : String(runs.get(path) ?? 'none')]),
  ];
  return `| ${cells.join(' | ')} |`;
}

const KINDS: readonly TargetChange['kind'][] = ['removed', 'replaced', 'added'];
/** More than what says how much is left out. */
const MORE_CHARACTERS = 600;

function restCounts(rest: readonly TargetChange[]): string {
  const counts = KINDS.map((kind) => [kind, rest.filter((change) => change.kind === kind).length] as const);
  return counts.flatMap(([kind, count]) => (count === 0 ? [] : [`${countText(count)} ${kind}`])).join(', ');
}

/** The digest of what is left out: of the canonical JSON of an object with the entry of each path, and null for one that is removed. */
function restDigest({ proposed }: TableView, rest: readonly TargetChange[]): string {
  const entries = rest.map(({ path }) => [path, proposed.targets.get(path)?.raw ?? null] as const);
  return sha256Hex(encodeCanonicalJson(new Map<string, JsonValue>(entries)));
}

/**
 * The targets that change: what was signed before is struck out.
 * @param budget - characters
 */
export function targetLines(view: TableView, budget: number): readonly string[] {
  const { changes, repository, runs, file } = view;
  if (changes.length === 0) return [];
  const common = commonRest(view);
  const head = [
    ...(common === null ? [] : [`Signed with each file: ${restText(EMPTY, common, repository)}.`, '']),
    `| change | target | bytes | sha256 |${runs === null ? '' : ' run |'}`,
    `| --- | --- | ---: | --- |${runs === null ? '' : ' ---: |'}`,
  ];
  // What is gone or replaced must not be lost among what is new.
  const sorted = [...changes].sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind));
  const first = sorted.slice(0, MAX_ROWS);
  const beyond = changes.length - first.length;
  const more = (count: number): string => {
    const rest = sorted.slice(changes.length - count);
    return `\n… and ${countText(rest.length)} more (${restCounts(rest)}; sha256:${restDigest(view, rest)}), all of them in ${codeMarkdown(file)}.`;
  };
  const left = budget - head.join('\n').length - MORE_CHARACTERS;
  // The digest is made of what is left out in the end, and then once: there may be very much of it.
  const fitting = fittingLines(
    first,
    (change) => row(view, change, common),
    left,
    (count) => `\n${String(count)}`,
  );
  const cut = fitting.find((line) => line.startsWith('\n'));
  const rows = fitting.filter((line) => !line.startsWith('\n'));
  const missing = cut === undefined ? beyond : beyond + Number(cut.slice(1));
  return [...head, ...rows, ...(missing > 0 ? [more(missing)] : []), ''];
}
