// SPDX-License-Identifier: Apache-2.0
import { encodeCanonicalJson } from '../tuf/canonical.ts';
import type { TargetChange } from '../tuf/edit-targets.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../tuf/json.ts';
import type { TargetFile, Targets } from '../tuf/targets.ts';
import { diffFields } from './field-diff.ts';
import { countText } from './count-text.ts';
import { codeMarkdown, fittingLines } from './markdown.ts';
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
  if (plain === undefined) return codeMarkdown(json);
  return NAMES.get(path) === 'commit' ? commitLink(plain, repository) : codeMarkdown(plain);
}

/** What is signed beside length and sha256, from one entry to the next. */
function restText(before: JsonObject, after: JsonObject, repository: string | null): string {
  // An object without members is a leaf of its own.
  const fields = diffFields(before, after, new Set()).filter(({ path }) => path !== '$');
  const texts = fields.slice(0, MAX_FIELDS).map(({ path, before: was, after: is }) => {
    const name = NAMES.get(path) ?? codeMarkdown(path.replace(/^\$\./, ''));
    const old = was === null ? '' : `<del>${valueText(path, was, repository)}</del> `;
    return `${name} ${old}${is === null ? 'removed' : valueText(path, is, repository)}`;
  });
  return [...texts, ...(fields.length > MAX_FIELDS ? [`${String(fields.length - MAX_FIELDS)} more fields`] : [])].join(', ');
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
    `${codeMarkdown(path)}${rest === '' ? '' : `<br>${rest}`}`,
    cell(was === undefined ? null : String(was.length), String(file?.length ?? 0)),
    cell(was === undefined ? null : hashText(was), hashText(file)),
    ...(runs === null ? [] : [kind === 'removed' ? '' : String(runs.get(path) ?? 'none')]),
  ];
  return `| ${cells.join(' | ')} |`;
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
  const first = changes.slice(0, MAX_ROWS);
  const beyond = changes.length - first.length;
  const more = (count: number): string => `\n… and ${countText(count + beyond)} more, all of them in ${codeMarkdown(file)}.`;
  const left = budget - head.join('\n').length - more(0).length - 2;
  const rows = fittingLines(first, (change) => row(view, change, common), left, more);
  const isCut = rows.length < first.length || (rows.at(-1)?.startsWith('\n') ?? false);
  return [...head, ...rows, ...(beyond > 0 && !isCut ? [more(0)] : []), ''];
}
