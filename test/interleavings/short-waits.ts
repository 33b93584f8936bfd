// SPDX-License-Identifier: Apache-2.0

/** Waits up to this are over at once. In milliseconds. */
const SHORT = 200;

/**
 * Makes short timers of this process fire at once. Octokit's queues set a timer of a millisecond or more for each request, and of some for each repetition:
 * here nobody has to be spared, and a run of a thousand requests would sleep for most of its time.
 * @returns what puts the timers back
 */
export function withoutShortWaits(): () => void {
  const { setTimeout: set, clearTimeout: clear } = globalThis;
  const immediates = new Map<object, NodeJS.Immediate>();
  const quick = (work: (...values: unknown[]) => void, ms?: number, ...values: unknown[]): NodeJS.Timeout => {
    if ((ms ?? 0) > SHORT) return set(work, ms, ...values);
    // A real timer that never fires, so that callers get what they expect.
    const handle = set(() => undefined, 2 ** 30);
    clear(handle);
    const immediate = setImmediate(() => {
      immediates.delete(handle);
      work(...values);
    });
    immediates.set(handle, immediate);
    return handle;
  };
  const cancel = (handle: NodeJS.Timeout | string | number | undefined): void => {
    const immediate = typeof handle === 'object' ? immediates.get(handle) : undefined;
    if (immediate === undefined) clear(handle);
    else clearImmediate(immediate);
  };
  Reflect.set(globalThis, 'setTimeout', quick);
  Reflect.set(globalThis, 'clearTimeout', cancel);
  return () => {
    Reflect.set(globalThis, 'setTimeout', set);
    Reflect.set(globalThis, 'clearTimeout', clear);
  };
}
