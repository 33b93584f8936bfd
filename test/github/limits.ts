// SPDX-License-Identifier: Apache-2.0
import { ok } from './reply.ts';
import type { Route } from './call.ts';

/** Requests that GitHub counts apart. */
export type Resource = 'core' | 'graphql';

const BOUND = 5000;
const PERIOD_SECONDS = 3600;

/**
 * The primary limits: how many requests are left, of each kind. One count for all tokens, as a repository's jobs have one. Nothing runs out before a test
 * says how much is left, nor after that period.
 */
export class Limits {
  readonly #left: Map<Resource, number> = new Map();
  #resets: number | null = null;

  /** Sets what is left, and in how many seconds from `now` the period ends. */
  set(resource: Resource, left: number, now: number, resetInSeconds: number = PERIOD_SECONDS): void {
    this.#left.set(resource, left);
    this.#resets = now + resetInSeconds;
  }

  left(resource: Resource): number {
    return this.#left.get(resource) ?? BOUND - 1;
  }

  /** Takes one request; false when there is none left. */
  take(resource: Resource, now: number): boolean {
    if (this.#resets !== null && now >= this.#resets) {
      this.#left.clear();
      this.#resets = null;
    }
    const left = this.#left.get(resource);
    if (left === undefined) return true;
    if (left === 0) return false;
    this.#left.set(resource, left - 1);
    return true;
  }

  headers(resource: Resource, now: number): Readonly<Record<string, string>> {
    const { limit, remaining, used, reset } = this.shape(resource, now);
    return {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-used': String(used),
      'x-ratelimit-reset': String(reset),
      'x-ratelimit-resource': resource,
    };
  }

  shape(resource: Resource, now: number): Readonly<Record<'limit' | 'remaining' | 'used' | 'reset', number>> {
    const remaining = this.left(resource);
    return { limit: BOUND, remaining, used: Math.max(0, BOUND - remaining), reset: this.#resets ?? now + PERIOD_SECONDS };
  }
}

/** Asking what is left counts as nothing. */
export const limitRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/rate_limit',
    need: { job: 'always', person: 'anyone' },
    handle: ({ world }) => {
      const core = world.limits.shape('core', world.seconds());
      return ok({ resources: { core, graphql: world.limits.shape('graphql', world.seconds()), search: core }, rate: core });
    },
  },
];
