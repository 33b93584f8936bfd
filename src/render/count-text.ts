// SPDX-License-Identifier: Apache-2.0

/** A number for people: `100,000`. */
export function countText(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
