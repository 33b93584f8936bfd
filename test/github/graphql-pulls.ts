// SPDX-License-Identifier: Apache-2.0
import { connection, failure } from './graphql-connection.ts';
import type { Paging } from './graphql-connection.ts';
import type { Fields } from './reply.ts';
import { nodeId, webUrl } from './shapes.ts';
import type { Actor, Comment, Pull, Repository, Review, User } from './state.ts';
import type { World } from './world.ts';

const BOT = '[bot]';

/** Who looks at whose repository. */
interface View {
  readonly world: World;
  readonly actor: Exclude<Actor, { readonly kind: 'anonymous' }>;
  readonly repository: Repository;
}

/** A person by login, as `user(login:)` finds them: no bots, no organizations. @throws `NOT_FOUND` */
export function userNode(world: World, login: string): Fields {
  const user = world.user(login);
  if (user?.type !== 'User') throw failure('NOT_FOUND', `Could not resolve to a User with the login of '${login}'.`);
  return actorNode(user);
}

/** An account as an author. GraphQL writes a bot's login without what REST puts behind it. */
export function actorNode(user: User): Fields {
  const login = user.type === 'Bot' && user.login.endsWith(BOT) ? user.login.slice(0, -BOT.length) : user.login;
  return { __typename: user.type, id: nodeId('User', user.id), login, databaseId: user.id };
}

/** The accounts that an argument names: people by their login, and bots in the form of it that the world takes, in no other. */
function authorsNamed(world: World, login: string): ReadonlySet<number> {
  const isFull = login.toLowerCase().endsWith(BOT);
  const bot = isFull === (world.botFilter === 'full') ? world.user(isFull ? login : login + BOT) : null;
  const person = isFull ? null : world.user(login);
  return new Set([bot, person].flatMap((user) => (user === null ? [] : [user.id])));
}

interface PullFilter extends Paging {
  readonly states?: readonly string[] | null;
  readonly baseRefName?: string | null;
  readonly headRefName?: string | null;
  readonly orderBy?: { readonly field: string; readonly direction: 'ASC' | 'DESC' } | null;
}

/** Pull requests whose head is a branch of the repository. */
export function associatedPulls(view: View, branch: string, args: PullFilter): Fields {
  const found = [...view.repository.pulls.values()]
    .filter((pull) => pull.headRepository === view.repository.id && pull.headRef === branch)
    .filter((pull) => args.states === undefined || args.states === null || args.states.includes(stateOf(pull)))
    .filter((pull) => (args.baseRefName ?? pull.baseRef) === pull.baseRef)
    .filter((pull) => (args.headRefName ?? pull.headRef) === pull.headRef)
    .sort((a, b) => a.number - b.number);
  return connection(args.orderBy?.direction === 'DESC' ? found.toReversed() : found, args, (pull) => pullNode(view, pull));
}

/** @throws `NOT_FOUND` */
export function pullNumbered(view: View, number: number): Fields {
  const pull = view.repository.pulls.get(number);
  if (pull === undefined) throw failure('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`);
  return pullNode(view, pull);
}

function checkPulls({ actor, repository }: View): void {
  if (actor.kind === 'job' && actor.repository === repository.id && !actor.permissions.has('pull-requests'))
    throw failure('FORBIDDEN', 'Resource not accessible by integration');
}

function stateOf(pull: Pull): string {
  if (pull.mergedAt !== null) return 'MERGED';
  return pull.state === 'open' ? 'OPEN' : 'CLOSED';
}

function pullNode(view: View, pull: Pull): Fields {
  const { world, repository } = view;
  checkPulls(view);
  return {
    __typename: 'PullRequest',
    id: nodeId('PullRequest', pull.id),
    fullDatabaseId: String(pull.id),
    number: pull.number,
    title: pull.title,
    body: pull.body ?? '',
    state: stateOf(pull),
    isDraft: pull.draft,
    url: `${webUrl(world, repository)}/pull/${pull.number}`,
    createdAt: pull.createdAt,
    updatedAt: pull.updatedAt,
    closedAt: pull.closedAt,
    mergedAt: pull.mergedAt,
    isCrossRepository: pull.headRepository !== repository.id,
    headRefName: pull.headRef,
    headRefOid: pull.headSha,
    baseRefName: pull.baseRef,
    baseRefOid: pull.baseSha,
    repository: { __typename: 'Repository', id: nodeId('Repository', repository.id), databaseId: repository.id },
    author: actorNode(world.userById(pull.author)),
    reviewRequests: (args: Paging) => connection(pull.requested, args, (id) => ({ requestedReviewer: actorNode(world.userById(id)) })),
    reviews: (args: Paging & { readonly author?: string | null; readonly states?: readonly string[] | null }) => {
      const authors = typeof args.author === 'string' ? authorsNamed(world, args.author) : null;
      const found = pull.reviews.filter((one) => authors?.has(one.user) ?? true);
      const asked = found.filter((one) => args.states?.includes(one.state) ?? true).filter((one) => isShown(view, one));
      return connection(asked, args, (review) => reviewNode(view, pull, review));
    },
    comments: (args: Paging) => {
      const found = [...repository.comments.values()].filter((one) => one.pull === pull.number);
      return connection(found, args, (comment) => commentNode(view, pull, comment));
    },
  };
}

/** A review that is not submitted is its author's alone. */
export function isShown(view: Pick<View, 'actor'>, review: Review): boolean {
  return review.state !== 'PENDING' || view.actor.user.id === review.user;
}

function reviewNode({ world, repository }: View, pull: Pull, review: Review): Fields {
  return {
    __typename: 'PullRequestReview',
    id: nodeId('PullRequestReview', review.id),
    databaseId: review.id,
    fullDatabaseId: String(review.id),
    state: review.state,
    body: review.body,
    author: actorNode(world.userById(review.user)),
    commit: review.commit === null ? null : { __typename: 'Commit', oid: review.commit },
    submittedAt: review.submittedAt,
    createdAt: review.submittedAt,
    url: `${webUrl(world, repository)}/pull/${pull.number}#pullrequestreview-${review.id}`,
  };
}

function commentNode({ world, repository }: View, pull: Pull, comment: Comment): Fields {
  return {
    __typename: 'IssueComment',
    id: nodeId('IssueComment', comment.id),
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    author: actorNode(world.userById(comment.user)),
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    url: `${webUrl(world, repository)}/pull/${pull.number}#issuecomment-${comment.id}`,
  };
}
