// SPDX-License-Identifier: Apache-2.0
import { writePullRef } from './moves.ts';
import { RefStore } from './refs.ts';
import type { Pull, Repository, Review } from './state.ts';
import type { World } from './world.ts';

/** Many pull requests of a fork, each from a branch of its own, all of them at one commit. */
export interface ForkPulls {
  readonly count: number;
  /** Who owns the fork, which is made when there is none. */
  readonly login: string;
  /** The branch that they ask to be merged into. */
  readonly base: string;
  /** What is put before the number in a branch's name; `sign/junk-v` when not said. */
  readonly headPrefix?: string;
  readonly state?: 'open' | 'closed';
}

/** Opens them without a request for each. */
export function addForkPulls(world: World, repository: Repository, fork: Repository, head: string, options: ForkPulls): readonly Pull[] {
  const base = repository.refs.get(`refs/heads/${options.base}`);
  if (base === null || !(fork.refs instanceof RefStore)) throw new Error(`no branch ${options.base}`);
  const author = world.addUser(options.login).id;
  const prefix = options.headPrefix ?? 'sign/junk-v';
  const first = repository.nextNumber;
  const numbers = Array.from({ length: options.count }, (_, at) => first + at);
  fork.refs.update(numbers.map((number) => ({ name: `refs/heads/${prefix}${number}`, before: undefined, after: head })));
  const now = world.now();
  const state = options.state ?? 'open';
  return numbers.map((number) => {
    const pull: Pull = {
      id: world.nextId(),
      number,
      author,
      title: `Junk ${number}`,
      body: null,
      state,
      draft: false,
      headRepository: fork.id,
      headRef: `${prefix}${number}`,
      headSha: head,
      baseRef: options.base,
      baseSha: base,
      requested: [],
      mergedAt: null,
      mergedBy: null,
      mergeCommit: null,
      closedAt: state === 'open' ? null : now,
      createdAt: now,
      updatedAt: now,
      reviews: [],
    };
    repository.pulls.set(number, pull);
    repository.nextNumber = number + 1;
    writePullRef(repository, pull);
    return pull;
  });
}

/** What many people, or one, say at once. */
export interface Words {
  readonly count: number;
  readonly login: string;
  /** The text of each; its number is put behind it when it is a string. */
  readonly body: string | ((at: number) => string);
}

function bodyAt({ body }: Words, at: number): string {
  return typeof body === 'string' ? `${body} ${at}` : body(at);
}

/** Comments on a pull request, past the bound of a conversation too. */
export function addComments(world: World, repository: Repository, number: number, words: Words): void {
  const user = world.addUser(words.login).id;
  const now = world.now();
  for (let at = 0; at < words.count; at++) {
    const id = world.nextId();
    repository.comments.set(id, { id, user, pull: number, body: bodyAt(words, at), createdAt: now, updatedAt: now });
  }
}

/** Reviews of a pull request at its head, by somebody who may be anybody. */
export function addReviews(
  world: World,
  repository: Repository,
  number: number,
  words: Words & { readonly state?: Review['state'] },
): void {
  const pull = world.pull(repository, number);
  const user = world.addUser(words.login).id;
  const [submittedAt, commit] = [world.now(), pull.headSha];
  for (let at = 0; at < words.count; at++) {
    pull.reviews.push({ id: world.nextId(), user, body: bodyAt(words, at), state: words.state ?? 'COMMENTED', commit, submittedAt });
  }
}
