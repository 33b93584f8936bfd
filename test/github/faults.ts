// SPDX-License-Identifier: Apache-2.0
import type { Repository } from './state.ts';
import type { World } from './world.ts';

/** What goes wrong. */
export type Fault =
  /** Answered instead of doing it. An upload answered 502 leaves a `starter` asset. */
  | { readonly kind: 'status'; readonly status: number; readonly message?: string }
  /**
   * GitHub's secondary rate limit, under each of its names: 403 with `retry-after` when no other is said, 403 without, 429, 422 with the code `abuse`, or
   * GraphQL's 200 with the type `RATE_LIMITED`.
   */
  | { readonly kind: 'secondary-limit'; readonly retryAfterSeconds: number; readonly as?: SecondaryLimit }
  /** 403 with no requests left until a time. */
  | { readonly kind: 'primary-limit'; readonly resetInSeconds: number }
  /** It is done, and answered 502. */
  | { readonly kind: 'done-but-502' }
  /** The connection breaks; `done` says whether it was done before. */
  | { readonly kind: 'reset'; readonly done: boolean }
  /** A read answers from the state at the moment that the fault was added. */
  | { readonly kind: 'stale' }
  /** Runs before the request is served: another writer who is faster. */
  | { readonly kind: 'before'; readonly run: () => void | Promise<void> }
  | { readonly kind: 'delay'; readonly ms: number };

/** How a secondary limit is said. */
export type SecondaryLimit = '403' | '403-bare' | '429' | '422-abuse' | 'graphql';

/** Which requests it hits. Paths are as sent, decoded, without the API's prefix: `/repos/o/r/git/refs/heads/x`; a string matches its start. */
export interface FaultMatch {
  readonly method?: string;
  readonly path?: string | RegExp;
  /** How many requests; 1 when not said. */
  readonly count?: number;
  /** How many matching requests pass before; none when not said. */
  readonly skip?: number;
}

interface Armed {
  readonly match: FaultMatch;
  readonly fault: Fault;
  readonly snapshot: ReadonlyMap<number, Repository> | null;
  left: number;
  skip: number;
}

/** A fault that a request has drawn. */
export interface Drawn {
  readonly fault: Fault;
  /** The repositories of a moment ago, for stale reads. */
  readonly snapshot: ReadonlyMap<number, Repository> | null;
}

/** Faults on demand. */
export class Faults {
  readonly #world: World;
  readonly #armed: Armed[] = [];
  /** How many faults were drawn. */
  drawn = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** Arms a fault for the next requests that match. */
  add(match: FaultMatch, fault: Fault): void {
    const snapshot =
      fault.kind === 'stale' ? new Map([...this.#world.repositories].map(([id, one]) => [id, this.#world.frozen(one)])) : null;
    this.#armed.push({ match, fault, snapshot, left: match.count ?? 1, skip: match.skip ?? 0 });
  }

  /** Disarms all. */
  clear(): void {
    this.#armed.length = 0;
  }

  /** How many faults wait still. */
  get waiting(): number {
    return this.#armed.length;
  }

  /** Takes the faults that hit a request. */
  draw(method: string, path: string): readonly Drawn[] {
    const hits: Drawn[] = [];
    for (const armed of [...this.#armed]) {
      if (!matches(armed.match, method, path) || (armed.fault.kind === 'stale' && method !== 'GET' && path !== '/graphql')) continue;
      if (armed.skip > 0) {
        armed.skip -= 1;
        continue;
      }
      armed.left -= 1;
      if (armed.left <= 0) this.#armed.splice(this.#armed.indexOf(armed), 1);
      hits.push(armed);
    }
    this.drawn += hits.length;
    return hits;
  }
}

function matches(match: FaultMatch, method: string, path: string): boolean {
  if (match.method !== undefined && match.method !== method) return false;
  if (match.path === undefined) return true;
  return typeof match.path === 'string' ? path.startsWith(match.path) : match.path.test(path);
}
