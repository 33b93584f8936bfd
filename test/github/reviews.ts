// SPDX-License-Identifier: Apache-2.0
import { HttpFailure, NO_CONTENT, checkBody, created, notFound, ok, unprocessable } from './reply.ts';
import { reads } from './call.ts';
import { isShown } from './graphql-pulls.ts';
import type { Call, Need, Route } from './call.ts';
import { commentShape, reviewShape } from './pull-shapes.ts';
import { pullOf } from './pulls.ts';
import type { Comment, Review } from './state.ts';

const REVIEWS = '/repos/{owner}/{repo}/pulls/{pull_number}/reviews';
const ISSUES = '/repos/{owner}/{repo}/issues';

/** Anybody who sees the pull request may review it and comment on it. */
const REVIEW: Need = { job: ['pull-requests:write'], person: 'signed-in' };
const COMMENT: Need = { job: ['issues:write', 'pull-requests:write'], person: 'signed-in' };
const READ_COMMENTS: Need = {
  job: ['issues:read', 'issues:write', 'pull-requests:read', 'pull-requests:write'],
  person: 'anyone',
};

/** A conversation takes no more. */
const MAX_COMMENTS = 2500;

/** Reviews and comments. */
export const reviewRoutes: readonly Route[] = [
  { method: 'GET', path: REVIEWS, need: reads('pull-requests'), handle: list },
  { method: 'POST', path: REVIEWS, need: REVIEW, handle: create },
  { method: 'GET', path: `${REVIEWS}/{review_id}`, need: reads('pull-requests'), handle: get },
  { method: 'PUT', path: `${REVIEWS}/{review_id}`, need: REVIEW, handle: edit },
  { method: 'PUT', path: `${REVIEWS}/{review_id}/dismissals`, need: { job: ['pull-requests:write'], person: 'write' }, handle: dismiss },
  { method: 'GET', path: `${ISSUES}/{issue_number}/comments`, need: READ_COMMENTS, handle: listComments },
  { method: 'POST', path: `${ISSUES}/{issue_number}/comments`, need: COMMENT, handle: comment },
  { method: 'GET', path: `${ISSUES}/comments/{comment_id}`, need: READ_COMMENTS, handle: getComment },
  { method: 'PATCH', path: `${ISSUES}/comments/{comment_id}`, need: COMMENT, handle: editComment },
  { method: 'DELETE', path: `${ISSUES}/comments/{comment_id}`, need: COMMENT, handle: removeComment },
];

const STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;

function list(call: Call) {
  const pull = pullOf(call);
  const { actor } = call;
  const shown = pull.reviews.filter((review) => (actor.kind === 'anonymous' ? review.state !== 'PENDING' : isShown({ actor }, review)));
  return call.page(shown, (review) => reviewShape(call.world, call.repository, pull, review));
}

function create(call: Call) {
  const { world, repository, user } = call;
  const pull = pullOf(call);
  const event = call.text('event');
  const state = event === undefined ? 'PENDING' : STATES[event as keyof typeof STATES];
  const body = call.text('body') ?? '';
  checkBody('PullRequestReview', body);
  if ((state === 'COMMENTED' || state === 'CHANGES_REQUESTED') && body === '') throw unprocessable('Unprocessable Entity');
  if (state === 'APPROVED' && call.actor.kind === 'job' && !repository.settings.actionsMayCreatePulls) {
    throw new HttpFailure(422, 'Unprocessable Entity', { errors: ['GitHub Actions is not permitted to approve pull requests.'] });
  }
  if (user.id === pull.author && state === 'APPROVED') throw ownPull('Can not approve your own pull request');
  if (user.id === pull.author && state === 'CHANGES_REQUESTED') throw ownPull('Can not request changes on your own pull request');
  const commit = call.text('commit_id') ?? pull.headSha;
  if (repository.objects.commit(commit) === null) throw unprocessable('Unprocessable Entity: commit_id is not part of the pull request');
  const review: Review = { id: world.nextId(), user: user.id, body, state, commit, submittedAt: world.now() };
  pull.reviews.push(review);
  pull.updatedAt = world.now();
  pull.requested = pull.requested.filter((id) => id !== user.id);
  return ok(reviewShape(world, repository, pull, review));
}

function ownPull(message: string): HttpFailure {
  return new HttpFailure(422, 'Unprocessable Entity', { errors: [message] });
}

function reviewOf(call: Call): Review {
  const review = pullOf(call).reviews.find((one) => one.id === call.number('review_id'));
  if (review === undefined) throw notFound();
  return review;
}

function get(call: Call) {
  return ok(reviewShape(call.world, call.repository, pullOf(call), reviewOf(call)));
}

function edit(call: Call) {
  const review = reviewOf(call);
  // As the web page does, which lets whoever may write change anybody's text.
  if (review.user !== call.user.id && !call.mayWrite) throw new HttpFailure(403, 'Must be the author of the review.');
  const body = call.text('body') ?? '';
  checkBody('PullRequestReview', body);
  review.body = body;
  return ok(reviewShape(call.world, call.repository, pullOf(call), review));
}

function dismiss(call: Call) {
  const review = reviewOf(call);
  if (review.state !== 'APPROVED' && review.state !== 'CHANGES_REQUESTED') {
    throw new HttpFailure(422, 'Validation Failed', { errors: [`Can not dismiss a ${review.state.toLowerCase()} pull request review`] });
  }
  review.state = 'DISMISSED';
  return ok(reviewShape(call.world, call.repository, pullOf(call), review));
}

function listComments(call: Call) {
  const { world, repository } = call;
  const pull = world.pull(repository, call.number('issue_number'));
  const since = Date.parse(call.query.get('since') ?? '');
  const found = [...repository.comments.values()].filter((one) => one.pull === pull.number && !(Date.parse(one.updatedAt) < since));
  return call.page(found, (one) => commentShape(world, repository, one));
}

function comment(call: Call) {
  const { world, repository } = call;
  const pull = world.pull(repository, call.number('issue_number'));
  const body = call.text('body') ?? '';
  if (body.trim() === '') throw unprocessable('Validation Failed: body cannot be blank');
  checkBody('IssueComment', body);
  const taken = [...repository.comments.values()].reduce((sum, one) => sum + (one.pull === pull.number ? 1 : 0), 0);
  // Ids are taken whether or not there is room, so that those of others do not tell of it.
  const id = world.nextId();
  if (taken >= MAX_COMMENTS) throw new HttpFailure(403, `Commenting is disabled on issues with more than ${MAX_COMMENTS} comments`);
  const now = world.now();
  const made: Comment = { id, user: call.user.id, pull: pull.number, body, createdAt: now, updatedAt: now };
  repository.comments.set(made.id, made);
  pull.updatedAt = now;
  return created(commentShape(world, repository, made));
}

function commentOf(call: Call): Comment {
  const found = call.repository.comments.get(call.number('comment_id'));
  if (found === undefined) throw notFound();
  return found;
}

function getComment(call: Call) {
  return ok(commentShape(call.world, call.repository, commentOf(call)));
}

/** A comment is changed by its author or by who may write; a job changes any. */
function changeable(call: Call): Comment {
  const found = commentOf(call);
  if (found.user !== call.user.id && call.actor.kind !== 'job' && !call.mayWrite)
    throw new HttpFailure(403, 'Must have admin rights to Repository.');
  return found;
}

function editComment(call: Call) {
  const found = changeable(call);
  const body = call.text('body') ?? '';
  checkBody('IssueComment', body);
  found.body = body;
  found.updatedAt = call.world.now();
  return ok(commentShape(call.world, call.repository, found));
}

function removeComment(call: Call) {
  call.repository.comments.delete(changeable(call).id);
  return NO_CONTENT;
}
