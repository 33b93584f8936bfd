// SPDX-License-Identifier: Apache-2.0

/** Requests that are kept for what a publication does beside its uploads: reading both branches, the commit, its deployment. */
const RESERVED_REQUESTS = 100;
/** How many hosted files one run brings in at most when they don't all go at once. */
const MAX_BATCH = 200;

/** When the new hosted files of a publication are brought in. */
export interface Uploads {
  /** With the metadata that speaks of them. */
  readonly now: number;
  /** After the metadata of all other roles has gone out; the rest of them in later runs. */
  readonly next: number;
}

/**
 * Decides how many hosted files are brought in. Each costs the host a request, and whoever runs out of them in the middle publishes nothing: so either all go at
 * once, or the metadata goes first, without the roles that wait for them, and then as many as there is room for.
 * @param count - how many files are new
 * @param left - how many requests the host still takes in this period; null where there is no such bound
 */
export function decideUploads(count: number, left: number | null): Uploads {
  if (left === null || count + RESERVED_REQUESTS <= left) return { now: count, next: 0 };
  // Twice: the metadata goes out before them and with them.
  return { now: 0, next: Math.max(0, Math.min(count, MAX_BATCH, left - 2 * RESERVED_REQUESTS)) };
}
