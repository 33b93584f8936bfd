// SPDX-License-Identifier: Apache-2.0
import { sha256Hex } from '../tuf/sha256.ts';
import { countText } from './count-text.ts';

/** A text as it is shown at first, and whole. */
export interface ShownText {
  readonly brief: string;
  readonly full: string;
}

/** A text that is short enough as it is. */
export function plainText(text: string): ShownText {
  return { brief: text, full: text };
}

/** Texts one after the other: `joined(['+ ', name, ': ', value])`. */
export function joined(parts: readonly (string | ShownText)[]): ShownText {
  const side = (name: keyof ShownText): string => parts.map((part) => (typeof part === 'string' ? part : part[name])).join('');
  return { brief: side('brief'), full: side('full') };
}

/**
 * A text of others, of which at first only the beginning is shown, with its length and the digest of all of it.
 * @param max - characters
 * @param show - how others' text is shown
 */
export function cutText(text: string, max: number, show: (text: string) => string): ShownText {
  // Most are short: no need to take them apart.
  if (text.length <= max) return plainText(show(text));
  const characters = Array.from(text);
  if (characters.length <= max) return plainText(show(text));
  const note = `(cut: ${countText(characters.length)} characters, sha256:${sha256Hex(text)})`;
  return { brief: `${show(characters.slice(0, max).join(''))}… ${note}`, full: show(text) };
}

/** Lines that belong together, such as those of one target: shown together or not at all. */
export type Entry = readonly ShownText[];

/** A list, cut to what a person reads. */
export interface CutList {
  readonly brief: readonly string[];
  readonly full: readonly string[];
}

/** The digest by which the rest of a list is known: of its lines as they are shown in full, each with its line end. */
export function restDigest(lines: readonly string[]): string {
  return sha256Hex(lines.map((line) => `${line}\n`).join(''));
}

function moreText(rest: Entry, count: number, noun: string): string {
  return `  … and ${countText(count)} more ${noun}${count === 1 ? '' : 's'}, sha256:${restDigest(rest.map(({ full }) => full))}`;
}

/** How much of a list is shown at first. */
export interface CutLimits {
  readonly entries: number;
  /** Of one entry. */
  readonly lines: number;
}

/**
 * Cuts a list, and each of its entries. What is left out is counted and has its digest.
 * @param noun - what an entry is: `target`
 */
export function cutList(entries: readonly Entry[], noun: string, limits: CutLimits): CutList {
  const rest = entries.slice(limits.entries);
  const brief = entries.slice(0, limits.entries).flatMap((entry) => {
    const [shown, left] = [entry.slice(0, limits.lines), entry.slice(limits.lines)];
    return [...shown.map((line) => line.brief), ...(left.length === 0 ? [] : [moreText(left, left.length, 'line')])];
  });
  return {
    brief: rest.length === 0 ? brief : [...brief, moreText(rest.flat(), rest.length, noun)],
    full: entries.flatMap((entry) => entry.map(({ full }) => full)),
  };
}
