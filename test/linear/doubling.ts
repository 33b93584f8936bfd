// SPDX-License-Identifier: Apache-2.0
// Whether the work of a parser grows with its input or with the square of it.

/** One parser with one way to make its input longer. */
export interface Growing<T> {
  /** Makes an input of about `size` units of the kind that grows: characters, lines, members. */
  readonly make: (size: number) => T;
  readonly run: (input: T) => unknown;
  /** The size to begin with; it is measured again with twice and four times as much. */
  readonly size: number;
}

/** What was measured. Times are CPU milliseconds of one run, the least of several. */
export type Growth =
  | { readonly kind: 'cheap'; readonly nanosecondsEach: number }
  | { readonly kind: 'linear' | 'steeper'; readonly times: readonly [number, number, number]; readonly ratio: number };

/**
 * Below this for each unit of the longest input no square can hide: over 16,000 units even a search that the processor does 32 bytes at a time
 * would take twice as long. Most parsers end here after one run, whatever else the machine does.
 */
const CHEAP_NANOSECONDS = 100;

/** Linear work takes four times as long for four times as much, a square sixteen times; what is measured of a busy machine lies about them. */
const MAX_RATIO = 9;

const LEAST_MS = 2;
const ROUNDS = 3;

function spentMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

function timeOf(task: () => unknown): number {
  const start = process.cpuUsage();
  let runs = 0;
  let spent: number;
  do {
    task();
    runs++;
    spent = spentMs(start);
  } while (spent < LEAST_MS);
  return spent / runs;
}

/** Measures one, twice and four times the size. CPU time, not time on the clock: the machine has other things to do. */
export function measureGrowth<T>({ make, run, size }: Growing<T>): Growth {
  const tasks = [1, 2, 4].map((times) => {
    const input = make(times * size);
    return (): unknown => run(input);
  });
  const [once, twice, fourTimes] = tasks;
  if (once === undefined || twice === undefined || fourTimes === undefined) throw new Error('there are three sizes');
  const start = process.cpuUsage();
  fourTimes();
  const nanosecondsEach = (spentMs(start) * 1e6) / (4 * size);
  if (nanosecondsEach < CHEAP_NANOSECONDS) return { kind: 'cheap', nanosecondsEach };
  const least: [number, number, number] = [Infinity, Infinity, Infinity];
  // In turn, so that a busy moment meets all sizes alike.
  for (let round = 0; round < ROUNDS; round++) {
    least[0] = Math.min(least[0], timeOf(once));
    least[1] = Math.min(least[1], timeOf(twice));
    least[2] = Math.min(least[2], timeOf(fourTimes));
    if (least[2] < MAX_RATIO * least[0]) break;
  }
  const ratio = least[2] / least[0];
  return { kind: ratio < MAX_RATIO ? 'linear' : 'steeper', times: least, ratio };
}

/** What a failing row says. */
export function growthText(growth: Growth): string {
  if (growth.kind === 'cheap') return 'linear';
  const [once, twice, fourTimes] = growth.times.map((ms) => `${ms.toFixed(3)} ms`);
  return growth.kind === 'linear' ? 'linear' : `${String(once)}, twice as much ${String(twice)}, four times as much ${String(fourTimes)}`;
}
