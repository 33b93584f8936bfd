// SPDX-License-Identifier: Apache-2.0

/** Beyond this many characters nobody compares: what is typed so long is pasted. */
const MAX_CHARACTERS = 400;

/** How many characters are to be put in, taken out or changed to make one text of another. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** What all but a few paths are passed over by: they can't be nearer than their lengths are. */
function mayBeNear(path: string, near: string, bound: number): boolean {
  return Math.abs(path.length - near.length) <= bound && near.length <= MAX_CHARACTERS;
}

/**
 * The path of some that is nearest to one that is not among them: somebody may have meant it. Compared without case.
 * @returns null where none is near: more than a third of its characters, or more than five of them, differ
 */
export function nearPath(path: string, all: Iterable<string>): string | null {
  if (path.length > MAX_CHARACTERS) return null;
  let best: { readonly path: string; readonly at: number } | null = null;
  for (const one of all) {
    const bound = Math.min(5, Math.floor(path.length / 3), (best?.at ?? Infinity) - 1);
    if (bound < 0) break;
    if (!mayBeNear(path, one, bound)) continue;
    const at = distance(path.toLowerCase(), one.toLowerCase());
    if (at <= bound) best = { path: one, at };
  }
  return best?.path ?? null;
}
