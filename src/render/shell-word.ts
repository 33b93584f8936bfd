// SPDX-License-Identifier: Apache-2.0

/** What a POSIX shell takes as it stands. A word that begins with `#` would be a comment. */
const PLAIN = /^[A-Za-z0-9_@%+=:,./-][A-Za-z0-9_@%+=:,./#-]*$/;

/** A text as one word of a command that people paste into a POSIX shell: in single quotes where it needs them. */
export function shellWord(text: string): string {
  return PLAIN.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
