// SPDX-License-Identifier: Apache-2.0

/** A number for people: `100,000`. */
export function countText(count: number): string {
  // From the end, three digits at a time.
  const digits = String(count);
  const first = digits.length % 3;
  const groups = Array.from({ length: Math.floor(digits.length / 3) }, (_, index) =>
    digits.slice(first + 3 * index, first + 3 * index + 3),
  );
  return [...(first === 0 ? [] : [digits.slice(0, first)]), ...groups].join(',');
}
