// SPDX-License-Identifier: Apache-2.0
import type { Forge } from '../../ports.ts';
import { instantFromSeconds } from '../../tuf/instant.ts';
import { answerOf, childOf, childOrNull, countOf } from './answer.ts';
import { failureOf } from './errors.ts';
import { sendOrNull } from './place.ts';
import type { Place } from './place.ts';

type Budget = NonNullable<Awaited<ReturnType<Forge['budget']>>>;
type Headers = Readonly<Record<string, unknown>>;

/** GitHub counts them apart, each with a bound of its own. */
const RESOURCES = ['core', 'graphql'] as const;

/** What is left of the requests of REST and GraphQL, as the last answers said. */
export class RequestBudget {
  readonly #place: Place;
  readonly #last = new Map<string, Budget>();

  /** Looks at all answers that come from now on. */
  constructor(place: Place) {
    this.#place = place;
    place.octokit.hook.after('request', (response) => {
      this.#note(response.headers);
    });
    place.octokit.hook.error('request', (error) => {
      this.#note(failureOf(error)?.headers ?? {});
      throw error;
    });
  }

  /** Of the two the one that has less left. Null where the host has no bound. */
  async read(): Promise<Budget | null> {
    if (this.#last.size === 0) await this.#ask();
    return [...this.#last.values()].reduce<Budget | null>((least, one) => (least === null || one.left < least.left ? one : least), null);
  }

  /** This request is not counted. A server of one's own that bounds nobody says 404. */
  async #ask(): Promise<void> {
    const found = await sendOrNull(this.#place, 'GET /rate_limit', {}, { what: 'rate limit', needs: 'metadata: read' });
    if (found === null) return;
    const resources = childOf(answerOf(found, 'rate limit'), 'resources');
    for (const name of RESOURCES) {
      const one = childOrNull(resources, name);
      if (one !== null) this.#last.set(name, { left: countOf(one, 'remaining'), resets: instantFromSeconds(countOf(one, 'reset')) });
    }
  }

  #note(headers: Headers): void {
    const resource = headers['x-ratelimit-resource'];
    const [left, resets] = [headers['x-ratelimit-remaining'], headers['x-ratelimit-reset']].map(digitsOf);
    if (typeof resource !== 'string' || !RESOURCES.some((name) => name === resource)) return;
    if (left !== undefined && left !== null && resets !== undefined && resets !== null)
      this.#last.set(resource, { left, resets: instantFromSeconds(resets) });
  }
}

function digitsOf(value: unknown): number | null {
  return typeof value === 'string' && /^\d{1,12}$/.test(value) ? Number(value) : null;
}
