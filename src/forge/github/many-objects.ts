// SPDX-License-Identifier: Apache-2.0
import { childOf, childOrNull } from './answer.ts';
import type { Answer } from './answer.ts';
import { mayHaveHappened } from './errors.ts';
import type { Purpose } from './errors.ts';
import { query } from './place.ts';
import type { Place } from './place.ts';

/** How many objects one request asks for: ten trees of thousands of roles, or ten texts, are five megabytes at most. */
const AT_ONCE = 10;

/** What is asked of each object. */
export interface Wanted {
  /** The query's name. */
  readonly name: string;
  /** GraphQL's selection of an object. */
  readonly selection: string;
  readonly purpose: Purpose;
}

/**
 * Asks for many git objects, ten in a request.
 * @param ids - each once
 * @returns what came of each, request by request: null for one that is not there, `refused` for all of a request over which the host broke
 */
export async function* queryObjects<T extends string>(
  place: Place,
  ids: readonly T[],
  wanted: Wanted,
): AsyncGenerator<readonly [T, Answer | null | 'refused']> {
  for (let at = 0; at < ids.length; at += AT_ONCE) {
    const some = ids.slice(at, at + AT_ONCE);
    const repository = await askFor(place, some, wanted);
    for (const [index, id] of some.entries()) yield [id, repository === null ? 'refused' : childOrNull(repository, `o${String(index)}`)];
  }
}

/** Null where the host breaks over it. */
async function askFor(place: Place, ids: readonly string[], { name, selection, purpose }: Wanted): Promise<Answer | null> {
  const names = ids.map((_, at) => `o${String(at)}`);
  const objects = names.map((one) => `${one}: object(oid: $${one}) { ${selection} }`);
  const document = `query ${name}($owner: String!, $name: String!, ${names.map((one) => `$${one}: GitObjectID!`).join(', ')}) {
    repository(owner: $owner, name: $name) { ${objects.join(' ')} }
  }`;
  const variables = Object.fromEntries(ids.map((id, at) => [`o${String(at)}`, id]));
  try {
    return childOf(
      await query(place, document, { owner: place.owner, name: place.repo, ...variables }, purpose, 'repeatable'),
      'repository',
    );
  } catch (error) {
    if (!mayHaveHappened(error)) throw error;
    return null;
  }
}
