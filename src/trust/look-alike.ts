// SPDX-License-Identifier: Apache-2.0
// What people see of a text: whether it says anything, and which names they take for one. Nobody checks a signature by bytes that can't be seen.
import { hasFewMarks } from '../tuf/normal-form.ts';

/** What is drawn as nothing, or as a blank: what Unicode lets be ignored, white space, and three letters without a form (Braille, Egyptian). */
const UNSEEN = /[\p{Default_Ignorable_Code_Point}\p{C}\p{Z}\u2800\u{13441}\u{13442}]/gu;
const SEEN_LETTER = /[\p{L}\p{N}]/gu;
const LEAST_LETTERS = 3;

/** Whether a text says something: at least three letters or digits that are seen. Marks alone, fillers and blanks say nothing. */
export function isInWords(text: string): boolean {
  return (text.replace(UNSEEN, '').match(SEEN_LETTER) ?? []).length >= LEAST_LETTERS;
}

/** Pairs that common fonts draw alike, of the characters that we let names have (UTS #39, `confusables.txt`). The first is for texts as they stand. */
const ALIKE: readonly (readonly [RegExp, string])[] = [
  [/[1I|]/g, 'l'],
  [/[0O]/g, 'o'],
  [/rn/g, 'm'],
  [/vv/g, 'w'],
];

/**
 * What a name is taken for, in two ways: heard, where case makes no difference, and seen, where `I` looks like `l`. Names that share one of them are one name
 * to people. Other scripts aren't compared with Latin: names of people and of roles that we write are ASCII, and others are refused before.
 */
function takenFor(name: string): readonly [heard: string, seen: string] {
  const plain = hasFewMarks(name) ? name.normalize('NFKC').replace(UNSEEN, '') : name;
  const fold = (text: string): string => text.toUpperCase().toLowerCase();
  return [fold(plain), fold(ALIKE.reduce((text, [these, one]) => text.replace(these, one), plain))];
}

/** Two different names that people take for one. */
export interface LookAlike {
  readonly name: string;
  readonly other: string;
}

/** The first name that people take for an earlier one; null when there is none. The same name again is no other name. */
export function findLookAlike(names: Iterable<string>): LookAlike | null {
  const [heardOf, seenAs] = [new Map<string, string>(), new Map<string, string>()];
  for (const name of names) {
    const [heard, seen] = takenFor(name);
    const other = [heardOf.get(heard), seenAs.get(seen)].find((one) => one !== undefined && one !== name);
    if (other !== undefined) return { name, other };
    heardOf.set(heard, name);
    seenAs.set(seen, name);
  }
  return null;
}
