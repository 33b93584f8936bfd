// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from '../tuf/errors.ts';

/** Ends a request that takes too long, and says which limit it has met. */
export interface Watch {
  /**
   * Waits for the host: the time of `operation` counts as a stall, what happens between two of them does not.
   * @param host - for the message
   * @throws `stalled`, `timed-out`, or what `operation` throws
   */
  during<T>(host: string, operation: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /**
   * As `during`, for a host that must be reached first: a stall begins when `operation` calls `onReached`, and until then there is `reachMs`.
   * @throws as `during`
   */
  reaching<T>(host: string, reachMs: number, operation: (signal: AbortSignal, onReached: () => void) => Promise<T>): Promise<T>;
  /** Ends the request, whatever is under way. */
  stop(): void;
  /** Ends the watch only. */
  finish(): void;
}

/** A timer that can be begun again, with another time. It keeps the process alive unless told. */
interface Restartable {
  readonly start: (ms: number) => void;
  /** From now on, with the same time. */
  readonly again: () => void;
  readonly unref: () => void;
  readonly stop: () => void;
}

function restartable(onEnd: (ms: number) => void): Restartable {
  let timer: NodeJS.Timeout | undefined;
  return {
    start: (ms) => {
      clearTimeout(timer);
      timer = setTimeout(onEnd, ms, ms);
    },
    again: () => {
      timer?.refresh().ref();
    },
    unref: () => {
      timer?.unref();
    },
    stop: () => clearTimeout(timer),
  };
}

/**
 * Watches one request.
 * @param where - the file
 * @param stallMs - how long a single wait may be
 * @param totalMs - how long it may all take, the time between waits included
 */
export function startWatch(where: string, stallMs: number, totalMs: number): Watch {
  const controller = new AbortController();
  let verdict: CountersignError | null = null;
  let waiting: { readonly host: string; readonly refuse: (error: CountersignError) => void } | null = null;
  const end = (code: 'stalled' | 'timed-out', expected: string): void => {
    verdict ??= new CountersignError(code, where, expected);
    waiting?.refuse(verdict);
    controller.abort(verdict);
  };
  const onStall = (ms: number): void => {
    if (waiting !== null) end('stalled', `expected a byte from ${waiting.host} within ${String(ms)} ms, got none`);
  };
  const stall = restartable(onStall);
  stall.start(stallMs);
  const total = setTimeout(() => {
    end('timed-out', `expected the whole file within ${String(totalMs)} ms, got a part`);
  }, totalMs);
  // A watch over a body that nobody reads must not keep the process alive. While somebody waits it must: a wait that ends in no way, because
  // the connection was lost without a word, would else be the end of a process that is not done.
  stall.unref();
  total.unref();
  const finish = (): void => {
    stall.stop();
    clearTimeout(total);
  };
  const wait = async <T>(host: string, operation: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    if (verdict !== null) throw verdict;
    stall.again();
    try {
      // No Promise.race with one promise that lives as long as the watch: it would hold every piece of a body until the end.
      return await new Promise((resolve, reject) => {
        waiting = { host, refuse: reject };
        operation(controller.signal).then(resolve, reject);
      });
    } finally {
      waiting = null;
      stall.unref();
    }
  };
  return {
    during: wait,
    reaching: async (host, reachMs, operation) => {
      let isOver = false;
      stall.start(reachMs);
      try {
        return await wait(host, (signal) =>
          operation(signal, () => {
            if (!isOver && verdict === null) stall.start(stallMs);
          }),
        );
      } finally {
        isOver = true;
        stall.start(stallMs);
        stall.unref();
      }
    },
    stop: () => {
      finish();
      controller.abort();
    },
    finish,
  };
}
