// SPDX-License-Identifier: Apache-2.0
// Lets several runs go on at once against one GitHub, one request at a time: which run's request is next is the caller's choice, so a seed repeats it.
import type { FakeGitHub } from '../github/server.ts';
import type { Fault } from '../github/faults.ts';

/** What goes wrong with one request: a fault of the host, or the end of the run that sends it, before the request is served or after. */
export type Mishap = Fault | { readonly kind: 'kill'; readonly when: 'before' | 'after' };

/** A request that waits to be let through. */
export interface Waiting {
  /** `LIVE` for a read of the site, which is no request to the API. */
  readonly method: string;
  /** Decoded, without the API's prefix. */
  readonly path: string;
  /** Whether it may change anything. */
  readonly isWrite: boolean;
}

interface Pending extends Waiting {
  readonly serve: () => Promise<() => void>;
  readonly fail: (error: unknown) => void;
}

/** How a run ended. */
export type Ending =
  | { readonly kind: 'running' }
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly error: unknown }
  | { readonly kind: 'killed' };

/** One run of a command. */
export class Actor {
  readonly name: string;
  /** When it began, and since when it may know things: a stale read takes it back further. */
  readonly startedAt: number;
  knowsSince: number;
  /** Kinds of faults that hit it. */
  readonly hits: string[] = [];
  /** Writes that it has sent, for people to read. */
  readonly writes: string[] = [];
  readonly pending: Pending[] = [];
  ending: Ending = { kind: 'running' };

  constructor(name: string, startedAt: number) {
    this.name = name;
    this.startedAt = startedAt;
    this.knowsSince = startedAt;
  }

  get alive(): boolean {
    return this.ending.kind === 'running';
  }

  /** The request that is next. */
  get next(): Waiting | null {
    return this.pending[0] ?? null;
  }
}

type Send = (url: string, init: NonNullable<Parameters<typeof fetch>[1]>) => Promise<unknown>;

/** What a run is given to reach the host by. */
export interface Wire {
  readonly fetch: Send;
  /** Waits for its turn before a read that is no request of the API. */
  readonly pause: (what: string) => Promise<void>;
}

const API_PREFIX = /^\/api(?:\/v3|\/uploads)?(?=\/)/;
/** A run that does not come to its next request in this time hangs. In milliseconds. */
const PATIENCE = 600_000;

/** Starts runs and lets their requests through. */
export class Scheduler {
  readonly #github: FakeGitHub;
  readonly #served: (actor: Actor, waiting: Waiting) => Promise<void>;
  #staleSince: number[] = [];
  /** Counts requests and actions of people. */
  step = 0;
  #wake: () => void = () => undefined;

  /** @param served - called after each request that may have changed something */
  constructor(github: FakeGitHub, served: (actor: Actor, waiting: Waiting) => Promise<void>) {
    this.#github = github;
    this.#served = served;
  }

  /** Starts a run and waits until it stands before its first request. */
  async start(name: string, run: (wire: Wire) => Promise<unknown>): Promise<Actor> {
    const actor = new Actor(name, ++this.step);
    const end = (ending: Ending): void => {
      if (actor.alive) actor.ending = ending;
      this.#wake();
    };
    void run(this.#wireOf(actor)).then(
      (result) => end({ kind: 'done', result }),
      (error: unknown) => end({ kind: 'failed', error }),
    );
    await this.#quiet(actor);
    return actor;
  }

  /** Reads answer from the state of this moment, from the one after the next `skip` reads on. */
  stale(skip: number): void {
    this.#github.faults.add({ path: /^\/(repos|graphql)/, skip }, { kind: 'stale' });
    this.#staleSince.push(this.step);
  }

  /** Ends a run: it sends nothing any more. */
  kill(actor: Actor): void {
    actor.ending = { kind: 'killed' };
    actor.pending.length = 0;
  }

  /** Lets the next request of a run through. */
  async release(actor: Actor, mishap: Mishap | null): Promise<void> {
    const pending = actor.pending.shift();
    if (pending === undefined) return;
    this.step += 1;
    if (mishap !== null) actor.hits.push(mishap.kind);
    if (mishap?.kind === 'kill' && mishap.when === 'before') {
      this.kill(actor);
      return;
    }
    if (mishap !== null && mishap.kind !== 'kill') this.#github.faults.add({ method: pending.method, path: pending.path }, mishap);
    const { drawn } = this.#github.faults;
    const deliver = await pending.serve();
    if (this.#github.faults.drawn > drawn + (mishap === null || mishap.kind === 'kill' ? 0 : 1)) this.#blame(actor);
    if (pending.isWrite) {
      const status = this.#github.requests.at(-1)?.status ?? 0;
      actor.writes.push(`${status < 400 ? '' : `${status} `}${pending.method} ${pending.path}`);
      await this.#served(actor, pending);
    }
    if (mishap?.kind === 'kill') {
      this.kill(actor);
      return;
    }
    deliver();
    await this.#quiet(actor);
  }

  /** Lets a run go on to its end. */
  async finish(actor: Actor): Promise<void> {
    while (actor.alive) await this.release(actor, null);
  }

  #blame(actor: Actor): void {
    actor.hits.push('stale');
    actor.knowsSince = Math.min(actor.knowsSince, this.#staleSince.shift() ?? actor.knowsSince);
  }

  #wireOf(actor: Actor): Wire {
    const enter = <T>(waiting: Waiting, work: () => Promise<T>): Promise<T> =>
      new Promise<T>((resolve, reject) => {
        // What a run that was ended still asks for is never answered.
        if (!actor.alive) return;
        const serve = (): Promise<() => void> =>
          work().then(
            (value) => () => resolve(value),
            (error: unknown) => () => reject(error instanceof Error ? error : new Error(String(error))),
          );
        actor.pending.push({ ...waiting, serve, fail: reject });
        this.#wake();
      });
    return {
      fetch: (url, init) => {
        const path = decodeURIComponent(new URL(url).pathname).replace(API_PREFIX, '');
        const method = init.method ?? 'GET';
        const isMutation = path === '/graphql' && typeof init.body === 'string' && init.body.includes('"mutation');
        const isWrite = path === '/graphql' ? isMutation : method !== 'GET';
        return enter({ method, path, isWrite }, () => this.#github.fetch(url, init));
      },
      pause: (what) => enter({ method: 'LIVE', path: what, isWrite: false }, () => Promise.resolve()),
    };
  }

  /** Waits until a run stands before a request or has ended, and all that it sends at once is there. */
  async #quiet(actor: Actor): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while (actor.alive && actor.pending.length === 0) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1000);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      if (Date.now() > deadline) throw new Error(`${actor.name} hangs`);
    }
    for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}
