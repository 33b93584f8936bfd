// SPDX-License-Identifier: Apache-2.0

/**
 * Does `work` for each item, at most `limit` at once. Once one has thrown, no further one is begun.
 * @param items - taken one by one, so that they may be made as they are needed
 * @returns what `work` gave, in the order of `items`
 * @throws what `work` threw, when those that were begun have ended
 */
export async function inParallel<T, R>(items: Iterable<T>, limit: number, work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results = new Map<number, R>();
  const waiting = items[Symbol.iterator]();
  let begun = 0;
  let failed = false;
  const worker = async (): Promise<void> => {
    for (let next = waiting.next(); next.done !== true && !failed; next = waiting.next()) {
      const index = begun++;
      try {
        results.set(index, await work(next.value));
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: limit }, worker));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
}
