// SPDX-License-Identifier: Apache-2.0

const NON_ASCII = /[^\x00-\x7f]/;

/**
 * The marks that may follow each other on one letter: Unicode's own bound for text that is read as a stream (UAX #15 §13). Marks are put in order one by
 * one, each past those before it, so a longer run would take the square of its length.
 */
const TOO_MANY_MARKS = /\p{M}{31}/u;

/** Whether a text can be normalized in linear time: no letter bears more than 30 marks. */
export function hasFewMarks(text: string): boolean {
  return !NON_ASCII.test(text) || !TOO_MANY_MARKS.test(text);
}

/** Whether a text is in Unicode normal form C. One with more marks on a letter than any script needs is not looked at, and false. */
export function isNfc(text: string): boolean {
  if (!NON_ASCII.test(text)) return true;
  return hasFewMarks(text) && text.normalize('NFC') === text;
}
