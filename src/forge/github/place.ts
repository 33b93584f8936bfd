// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import { CountersignError } from '../../tuf/errors.ts';
import { answerOf, isRecord } from './answer.ts';
import type { Answer } from './answer.ts';
import { failureOf, graphqlFailure, mayHaveHappened, statusOf, translate } from './errors.ts';
import type { Purpose } from './errors.ts';
import type { Api, BodySource } from './octokit.ts';

/** A repository of GitHub and the way to it. */
export interface Place extends Api {
  readonly owner: string;
  readonly repo: string;
  /** Where GraphQL is asked. */
  readonly graphqlUrl: string;
  /** Takes the token out of text that the host sent back. */
  readonly scrub: (text: string) => string;
}

/** What goes into a request's path, query and body. */
export type Parameters = Readonly<Record<string, unknown>>;

/**
 * Whether a request may be sent again when its answer was lost. A `once` write may have happened all the same: see {@link writeOnce}.
 */
export type Repetition = 'repeatable' | 'once';

const PAGE = 100;
const WRITE_TRIES = 3;

/**
 * Sends one request of the REST API below `/repos/{owner}/{repo}`, or to an address of its own.
 * @param route - as in `GET /repos/{owner}/{repo}/pulls`
 * @returns the answer's JSON
 * @throws as {@link translate} says
 */
export async function send(
  place: Place,
  route: string,
  parameters: Parameters,
  purpose: Purpose,
  repetition: Repetition = 'repeatable',
): Promise<unknown> {
  return translated(place, purpose, async () => {
    const response: { readonly data: unknown } = await place.octokit.request(route, {
      ...repositoryIn(place, route),
      ...parameters,
      request: { ...retriesOf(repetition), ...optionsIn(parameters) },
    });
    return response.data;
  });
}

/** As {@link send}, for what may be missing: null when the host says 404. */
export async function sendOrNull(place: Place, route: string, parameters: Parameters, purpose: Purpose): Promise<unknown> {
  try {
    return await send(place, route, parameters, purpose);
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    return null;
  }
}

/**
 * Everything that a list of the REST API holds, page by page. An entry that moved to another page meanwhile comes once.
 * @param limit - reads no further pages once there are this many
 */
export async function sendForAll(
  place: Place,
  route: string,
  parameters: Parameters,
  purpose: Purpose,
  limit: number = Number.POSITIVE_INFINITY,
): Promise<readonly Answer[]> {
  return translated(place, purpose, async () => {
    const found = new Map<unknown, Answer>();
    const pages = place.octokit.paginate.iterator(route, { ...repositoryIn(place, route), per_page: PAGE, ...parameters });
    for await (const { data } of pages) {
      const page: unknown = data;
      if (!Array.isArray(page)) throw new CountersignError('io', purpose.what, 'expected a list, got another kind of answer');
      for (const one of page) {
        const answer = answerOf(one, purpose.what);
        const id = answer.members['id'] ?? answer.members['ref'] ?? answer;
        if (!found.has(id)) found.set(id, answer);
      }
      if (found.size >= limit) break;
    }
    return [...found.values()].slice(0, limit);
  });
}

/**
 * Asks GraphQL.
 * @param repetition - `once` for a mutation
 * @returns what is under `data`
 */
export async function query(
  place: Place,
  document: string,
  variables: Parameters,
  purpose: Purpose,
  repetition: Repetition,
): Promise<Answer> {
  return translated(place, purpose, async () => {
    const response = await ask(place, document, variables, repetition);
    const failure = graphqlFailure(response.data, response.headers);
    if (failure !== null) throw translate(failure, purpose, place.scrub);
    return answerOf(isRecord(response.data) ? response.data['data'] : null, purpose.what);
  });
}

/**
 * As {@link query}, for what may be missing: where GitHub says that it finds nothing, null stands in the answer.
 */
export async function queryFound(place: Place, document: string, variables: Parameters, purpose: Purpose): Promise<Answer> {
  return translated(place, purpose, async () => {
    const response = await ask(place, document, variables, 'repeatable');
    const failure = graphqlFailure(withoutMissing(response.data), response.headers);
    if (failure !== null) throw translate(failure, purpose, place.scrub);
    return answerOf(isRecord(response.data) ? response.data['data'] : null, purpose.what);
  });
}

function withoutMissing(data: unknown): unknown {
  if (!isRecord(data) || !Array.isArray(data['errors'])) return data;
  return { ...data, errors: data['errors'].filter((one) => !isRecord(one) || one['type'] !== 'NOT_FOUND' || !Array.isArray(one['path'])) };
}

interface GraphqlResponse {
  readonly data: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

async function ask(place: Place, document: string, variables: Parameters, repetition: Repetition): Promise<GraphqlResponse> {
  return place.octokit.request({
    method: 'POST',
    url: place.graphqlUrl,
    query: document,
    variables,
    request: retriesOf(repetition),
  });
}

/**
 * A write that must not happen twice. When its answer is lost, `look` finds out whether it has happened; only when it has not, it is tried again.
 * @param look - what the write would have given; null when it has not happened
 */
export async function writeOnce<T>(place: Place, write: () => Promise<T>, look: () => Promise<T | null>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await write();
    } catch (error) {
      if (!mayHaveHappened(error)) throw error;
      // The host's lists lag behind its writes.
      await pause(place, tries);
      const found = await look();
      if (found !== null) return found;
      if (tries === WRITE_TRIES) throw error;
    }
  }
}

/** Waits a number of seconds, or what stands for them here. */
export async function pause(place: Place, seconds: number): Promise<void> {
  await sleep(seconds * place.secondMs);
}

/** A request body for `send`'s `data`. */
export type { BodySource };

/** Only where the path has a place for it: it would end up in the query. */
function repositoryIn({ owner, repo }: Place, route: string): Parameters {
  return route.includes('{owner}/{repo}') ? { owner, repo } : {};
}

/** Never a number of retries: the plugin would take it for all statuses, also those that it must not retry. */
function retriesOf(repetition: Repetition): Parameters {
  return repetition === 'once' ? { retries: 0 } : {};
}

function optionsIn(parameters: Parameters): Parameters {
  return isRecord(parameters['request']) ? parameters['request'] : {};
}

async function translated<T>(place: Place, purpose: Purpose, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failure = error instanceof CountersignError ? null : failureOf(error);
    throw failure === null ? error : translate(failure, { ...purpose, what: `${place.owner}/${place.repo} ${purpose.what}` }, place.scrub);
  }
}
