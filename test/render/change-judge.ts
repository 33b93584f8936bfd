// SPDX-License-Identifier: Apache-2.0
// Says what is missing in a text that a person is shown before they sign. It knows nothing of how the text is made: it takes
// two `signed` parts apart itself, and looks for each leaf that differs.
import { createHash } from 'node:crypto';
import { visibleJson, visibleName } from '../../src/render/visible-text.ts';
import { encodeCanonicalJson } from '../../src/tuf/canonical.ts';
import type { JsonObject, JsonValue } from '../../src/tuf/json.ts';

type Steps = readonly (string | number)[];

/** A text as it is shown at first, and whole. */
export interface Shown {
  readonly brief: string;
  readonly full: string;
}

interface Leaf {
  readonly steps: Steps;
  readonly was: string | undefined;
  readonly is: string | undefined;
}

function json(value: JsonValue): string {
  return Buffer.from(encodeCanonicalJson(value)).toString();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function isBranch(value: JsonValue): value is JsonObject | readonly JsonValue[] {
  return (value instanceof Map && value.size > 0) || (Array.isArray(value) && value.length > 0);
}

function leavesOf(value: JsonValue, steps: Steps, out: Map<string, { steps: Steps; text: string }>): void {
  if (!isBranch(value)) {
    out.set(JSON.stringify(steps), { steps, text: json(value) });
    return;
  }
  for (const [key, item] of value instanceof Map ? value : value.entries()) leavesOf(item, [...steps, key], out);
}

function hasBelow(leaves: ReadonlyMap<string, { readonly steps: Steps }>, steps: Steps): boolean {
  const begin = `${JSON.stringify(steps).slice(0, -1)},`;
  return [...leaves.keys()].some((key) => key.startsWith(begin));
}

function changedLeaves(before: JsonObject, after: JsonObject): readonly Leaf[] {
  const [old, now] = [new Map<string, { steps: Steps; text: string }>(), new Map<string, { steps: Steps; text: string }>()];
  leavesOf(before, [], old);
  leavesOf(after, [], now);
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key): Leaf[] => {
    const [was, is] = [old.get(key), now.get(key)];
    const steps = was?.steps ?? is?.steps ?? [];
    if (was?.text === is?.text || steps.length === 0) return [];
    // An object without members that gets some is told by them.
    if ((was?.text === '{}' && hasBelow(now, steps)) || (is?.text === '{}' && hasBelow(old, steps))) return [];
    if ((was?.text === '[]' && hasBelow(now, steps)) || (is?.text === '[]' && hasBelow(old, steps))) return [];
    return [{ steps, was: was?.text, is: is?.text }];
  });
}

function stepText(step: string | number): string {
  if (typeof step === 'number') return `[${String(step)}]`;
  return /^[A-Za-z_][A-Za-z0-9_-]{0,79}$/.test(step) ? `.${step}` : `[${visibleJson(json(step))}]`;
}

/** Whether a line tells of a leaf: at its place, or at one above it of which the whole value is shown. */
function tells(line: string, place: string, steps: Steps, values: readonly (string | undefined)[]): boolean {
  return steps.some((_step, index) => {
    const at = `${place}${steps
      .slice(0, index + 1)
      .map(stepText)
      .join('')}`;
    const named = place === '' ? at.replace(/^\./, '') : at;
    const isNamed = ['+', '-', '~'].some((mark) => line.trimStart().startsWith(`${mark} ${named}: `));
    return isNamed && values.every((value) => value === undefined || line.includes(visibleJson(value)));
  });
}

interface Text {
  /** Before the first target that is new. */
  readonly first: readonly string[];
  readonly firstBlocks: ReadonlyMap<string, readonly string[]>;
  readonly addedBlocks: ReadonlyMap<string, readonly string[]>;
}

const HEAD = /^ {2}[-+~] (.*?) {2}\d+ bytes {2}(?:no sha256|sha256:)/;

/** The lines of each target by its name as it is shown: those that begin with it, and what is indented below them. */
function blocksOf(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const blocks = new Map<string, string[]>();
  let name: string | undefined;
  for (const line of lines) {
    if (!line.startsWith('      ')) name = HEAD.exec(line)?.[1];
    if (name === undefined) continue;
    const block = blocks.get(name) ?? [];
    block.push(line);
    blocks.set(name, block);
  }
  return blocks;
}

function targetMissing(leaf: Leaf, text: Text, before: JsonValue | undefined, after: JsonValue | undefined): boolean {
  const [, path, ...within] = leaf.steps;
  const block = (before === undefined ? text.addedBlocks : text.firstBlocks).get(visibleName(String(path))) ?? [];
  if (after === undefined) return !block.some((line) => line.startsWith('  - '));
  const head = (mark: string, words: string): boolean => block.some((line) => line.startsWith(`  ${mark} `) && line.includes(words));
  const place = within.join(' ');
  const words = (value: string): string => {
    if (place === 'length') return `  ${value} bytes  `;
    return place === 'hashes sha256' ? `sha256:${JSON.parse(value)}` : visibleName(String(JSON.parse(value)));
  };
  const isHead = ['length', 'hashes sha256'].includes(place) && leaf.is !== undefined;
  if (isHead) {
    const isTold = leaf.was === undefined || head('-', words(leaf.was));
    return !isTold || (!head('+', words(leaf.is)) && !head('~', words(leaf.is)));
  }
  const ours = ['custom x-countersign commit', 'custom x-countersign hosting'].includes(place);
  if (ours && leaf.is?.startsWith('"') === true && (head('+', words(leaf.is)) || head('~', words(leaf.is)))) return false;
  if (ours && leaf.is === undefined && leaf.was?.startsWith('"') === true && head('-', words(leaf.was))) return false;
  return !block.some((line) => tells(line, '', within, [leaf.was, leaf.is]));
}

function leafMissing(leaf: Leaf, text: Text): boolean {
  const [top] = leaf.steps;
  const { first } = text;
  if (top === 'version') return !first.some((line) => line.includes(` v${String(leaf.is)}`));
  if (top === 'expires') return !first.some((line) => line.startsWith('  expires ') && line.includes(String(JSON.parse(leaf.is ?? '""'))));
  return !first.some((line) => tells(line, '$', leaf.steps, [leaf.was, leaf.is]));
}

const MORE = /^ {2}… and ([\d,]+) more [a-z]+, sha256:([0-9a-f]{64})$/;
const CUT = /… \(cut: ([\d,]+) characters, sha256:([0-9a-f]{64})\)/;

/** Every text that may have been cut, by its digest. */
function cuttable(value: JsonValue, out: Set<string>): Set<string> {
  out.add(sha256(json(value)));
  if (value instanceof Map) {
    for (const [key, item] of value) cuttable(item, out.add(sha256(key)).add(sha256(json(key))));
  } else if (Array.isArray(value)) value.forEach((item) => cuttable(item, out));
  return out;
}

function isCutOf(brief: string, full: string, digests: ReadonlySet<string>): boolean {
  const parts = brief.split(new RegExp(CUT.source, 'g'));
  let at = 0;
  for (let index = 0; index < parts.length; index += 3) {
    const text = parts[index] ?? '';
    const found = index === parts.length - 1 ? full.length - text.length : full.indexOf(text, at);
    if (found < at || (index === 0 && found !== 0) || !full.endsWith(parts.at(-1) ?? '')) return false;
    at = found + text.length;
    const digest = parts[index + 2];
    if (digest !== undefined && !digests.has(digest) && digest !== sha256(full)) return false;
  }
  return true;
}

/** What of the whole text the brief one neither shows nor covers by a digest. */
function uncovered({ brief, full }: Shown, digests: ReadonlySet<string>): readonly string[] {
  const lines = full.split('\n');
  let at = 0;
  for (const line of brief.split('\n')) {
    const more = MORE.exec(line);
    if (more === null) {
      const whole = lines[at++] ?? '';
      if (line !== whole && !(CUT.test(line) && isCutOf(line, whole, digests))) return [`"${line}" is not "${whole}"`];
      continue;
    }
    const hash = createHash('sha256');
    const start = at;
    while (
      at < lines.length &&
      hash
        .update(`${lines[at++] ?? ''}\n`)
        .copy()
        .digest('hex') !== more[2]
    );
    if (hash.digest('hex') !== more[2]) return [`no lines from ${String(start)} on have the digest of "${line}"`];
  }
  return at === lines.length ? [] : [`${String(lines.length - at)} lines are in no list`];
}

/** What a person is not told of the change from one `signed` part to another; nothing when they are told all. */
export function missingIn(before: JsonObject | null, after: JsonObject, shown: Shown): readonly string[] {
  const lines = shown.full.split('\n');
  const adds = lines.findIndex((line) => / adds [\d,]+ targets?:$/.test(line));
  const end = adds === -1 ? lines.length : adds;
  const first = lines.slice(0, end);
  // A place in a value is named at the beginning of a line, and nothing else begins so.
  const fields = first.filter((line) => !line.startsWith('      '));
  const text = { first: fields, firstBlocks: blocksOf(first), addedBlocks: blocksOf(lines.slice(end)) };
  const old: JsonObject = before ?? new Map<string, JsonValue>();
  const targets = (part: JsonObject, path: string): JsonValue | undefined => {
    const all = part.get('targets');
    return all instanceof Map ? all.get(path) : undefined;
  };
  const missing = changedLeaves(old, after).filter((leaf) => {
    const [top, path] = leaf.steps;
    if (top !== 'targets') return leafMissing(leaf, text);
    // Whether there is an object without members or none: nothing to be told.
    if (path === undefined) return false;
    return targetMissing(leaf, text, targets(old, String(path)), targets(after, String(path)));
  });
  const digests = cuttable(after, cuttable(old, new Set()));
  return [...missing.map(({ steps }) => `${JSON.stringify(steps)} is not told`), ...uncovered(shown, digests)];
}
