// SPDX-License-Identifier: Apache-2.0

const SMALL_FILE_BYTES = 256 * 1024;
const BATCH_FILES = 256;
const BATCH_BYTES = 4 * 1024 * 1024;

// Measured: opening, checking and closing a file takes as long as hashing 12 KiB, and a worker takes as long to start as hashing 40 MiB.
const FILE_COST_BYTES = 12 * 1024;
const THREAD_COST_BYTES = 40 * 1024 * 1024;

/** Files to be hashed in one go. */
export interface Batch {
  /** Positions in the list of all files. */
  readonly files: readonly number[];
  /** How long it takes, as the number of bytes that could be hashed in that time. */
  readonly cost: number;
}

/** Makes batches of files as they are found. */
export interface Planner {
  /** Takes the next file; `size` is in bytes. @returns whether another batch can be taken or has become known since */
  add(size: number): boolean;
  /** The next batch to hash, or null while there is none that is full. */
  take(): Batch | null;
  /** No more files will come: what is left is given out now, the longest batches first, so that no thread is left with a long one at the end. */
  close(): void;
  /** How many threads all files so far are worth: at most `limit`, at least one, and each with enough to do. */
  threads(limit: number): number;
}

/**
 * Splits files into batches: a big file alone, small ones together in the order they come. Big files are kept back until
 * all are known, so that the longest can be first; small ones can be hashed while others are still being found.
 */
export function startPlan(): Planner {
  const big: Batch[] = [];
  let ready: Batch[] = [];
  let open: number[] = [];
  let openBytes = 0;
  let [files, batches, cost, closed] = [0, 0, 0, false];
  const push = (list: Batch[], positions: readonly number[], bytes: number): void => {
    list.push({ files: positions, cost: bytes + positions.length * FILE_COST_BYTES });
    batches++;
  };
  const flush = (): void => {
    if (open.length > 0) push(ready, open, openBytes);
    open = [];
    openBytes = 0;
  };
  return {
    add(size) {
      const position = files++;
      cost += size + FILE_COST_BYTES;
      if (size >= SMALL_FILE_BYTES) {
        push(big, [position], size);
        return true;
      }
      const full = open.length === BATCH_FILES || openBytes + size > BATCH_BYTES;
      if (full) flush();
      open.push(position);
      openBytes += size;
      return full;
    },
    take: () => (closed ? ready.pop() : ready.shift()) ?? null,
    close() {
      flush();
      // The shortest first, because they are taken from the end.
      ready = [...big, ...ready].sort((a, b) => a.cost - b.cost);
      closed = true;
    },
    threads: (limit) => Math.max(1, Math.min(limit, batches, Math.ceil(cost / THREAD_COST_BYTES))),
  };
}
