// SPDX-License-Identifier: Apache-2.0

/** Whether a pattern matches; `ambiguous` where clients read the pattern differently, so that no answer is safe. */
export type PatternMatch = 'match' | 'no-match' | 'ambiguous';

/**
 * The steps of one segment after which there is no answer. A pattern of 255 characters takes fewer on a name of 255; longer ones, which no file system holds,
 * would take the product of their lengths, and both are other people's.
 */
const MAX_STEPS = 65_536;

function matchSegment(pattern: readonly string[], text: readonly string[]): boolean | 'unknown' {
  let steps = 0;
  // The usual two-pointer walk: on a mismatch go back to the last `*` and let it take one more. No recursion, O(n·m).
  let p = 0;
  let t = 0;
  let star = -1;
  let mark = 0;
  while (t < text.length) {
    if (++steps > MAX_STEPS + pattern.length + text.length) return 'unknown';
    if (p < pattern.length && pattern[p] === '*') {
      star = p++;
      mark = t;
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p++;
      t++;
    } else if (star >= 0) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

/** A set, alternatives, an extended pattern, a negation. A client may read each of them so, and another as text. */
const READ_DIFFERENTLY = /[[{]|[+@?*!]\(|^!/;

/**
 * Matches a target path against a pattern of a delegation's `paths` (TUF §4.5): `*` and `?` within one segment, everything else
 * literally, a leading dot like any other character. `[` opens a set in some clients (each with its own negation), `{` alternatives, `+(` and the like an
 * extended pattern, a leading `!` negates; in others they are literal. The answer is then `ambiguous`, and a search that meets it stops, because "no match" would
 * hand the path to a later, less trusted role.
 */
export function matchPattern(pattern: string, path: string): PatternMatch {
  // @check pattern-set-ambiguous
  if (READ_DIFFERENTLY.test(pattern)) return 'ambiguous';
  const patterns = pattern.split('/');
  const segments = path.split('/');
  // @check pattern-segments
  if (patterns.length !== segments.length) return 'no-match';
  let answer: PatternMatch = 'match';
  for (const [index, one] of patterns.entries()) {
    const segment = segments[index] ?? '';
    const matches = one === segment || matchSegment(Array.from(one), Array.from(segment));
    if (matches === false) return 'no-match';
    if (matches === 'unknown') answer = 'ambiguous';
  }
  return answer;
}
