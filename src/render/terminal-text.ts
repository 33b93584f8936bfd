// SPDX-License-Identifier: Apache-2.0

/** All that is not seen, or seen as something else: controls, directions, joiners, blanks but the space, what no font has. */
const UNSEEN = /[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** A character by its number in Unicode: `\u202e`, `\u{e0041}`. */
export function characterCode(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}

/** Text of others on a terminal: no characters that could hide or rewrite what stands beside them, or that nobody sees. */
export function terminalText(text: string): string {
  return text.replace(UNSEEN, (character) => (character === ' ' ? character : characterCode(character)));
}
