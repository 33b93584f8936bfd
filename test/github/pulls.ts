// SPDX-License-Identifier: Apache-2.0
import { HttpFailure, NO_CONTENT, checkBody, created, notFound, ok, unprocessable, validationFailed } from './reply.ts';
import { reads } from './call.ts';
import type { Call, Need, Route } from './call.ts';
import { commitShape } from './git-shapes.ts';
import { contains, log, mergeBase, mergedTree } from './history.ts';
import { MoveFailure, afterMoves, markMerged, moveRefs, restFailure, writePullRef } from './moves.ts';
import { filesOf, pullShape, pullSimple } from './pull-shapes.ts';
import { checkRules } from './rule-check.ts';
import type { Pull, Repository } from './state.ts';

const PULLS = '/repos/{owner}/{repo}/pulls';

/** Anybody who sees a public repository may open a pull request of their fork. */
const OPEN: Need = { job: ['pull-requests:write'], person: 'signed-in' };
const WRITE: Need = { job: ['pull-requests:write'], person: 'write' };

/** Pull requests and their merging. */
export const pullRoutes: readonly Route[] = [
  { method: 'GET', path: PULLS, need: reads('pull-requests'), handle: list },
  { method: 'POST', path: PULLS, need: OPEN, handle: create },
  { method: 'GET', path: `${PULLS}/{pull_number}`, need: reads('pull-requests'), handle: get },
  { method: 'PATCH', path: `${PULLS}/{pull_number}`, need: OPEN, handle: edit },
  { method: 'GET', path: `${PULLS}/{pull_number}/commits`, need: reads('pull-requests'), handle: commits },
  { method: 'GET', path: `${PULLS}/{pull_number}/files`, need: reads('pull-requests'), handle: files },
  { method: 'GET', path: `${PULLS}/{pull_number}/merge`, need: reads('contents'), handle: isMerged },
  { method: 'PUT', path: `${PULLS}/{pull_number}/merge`, need: { job: ['contents:write'], person: 'write' }, handle: merge },
  { method: 'GET', path: `${PULLS}/{pull_number}/requested_reviewers`, need: reads('pull-requests'), handle: requested },
  { method: 'POST', path: `${PULLS}/{pull_number}/requested_reviewers`, need: WRITE, handle: request },
  { method: 'DELETE', path: `${PULLS}/{pull_number}/requested_reviewers`, need: WRITE, handle: unrequest },
];

/** The pull request that the path names. @throws 404 */
export function pullOf(call: Call): Pull {
  return call.world.pull(call.repository, call.number('pull_number'));
}

function list(call: Call) {
  const { world, repository, query } = call;
  const state = query.get('state') ?? 'open';
  const [head, base] = [query.get('head'), query.get('base')];
  const sort = query.get('sort') ?? 'created';
  const direction = query.get('direction') ?? (sort === 'created' ? 'desc' : 'asc');
  const label = (pull: Pull): string => `${world.userById(world.repositoryById(pull.headRepository).owner).login}:${pull.headRef}`;
  const found = [...repository.pulls.values()]
    .filter((pull) => state === 'all' || pull.state === state)
    // GitHub ignores a `head` without an owner.
    .filter((pull) => head?.includes(':') !== true || label(pull).toLowerCase() === head.toLowerCase())
    .filter((pull) => base === null || pull.baseRef === base)
    .sort((a, b) => (sort === 'updated' ? Date.parse(a.updatedAt) - Date.parse(b.updatedAt) || a.number - b.number : a.number - b.number));
  return call.page(direction === 'desc' ? found.toReversed() : found, (pull) => pullSimple(world, repository, pull));
}

/** Where a head is: `branch`, or `owner:branch` of a fork. */
function headOf(call: Call): { readonly repository: Repository; readonly ref: string } {
  const head = call.text('head') ?? '';
  const colon = head.indexOf(':');
  if (colon === -1) return { repository: call.repository, ref: head };
  const owner = head.slice(0, colon).toLowerCase();
  const { world } = call;
  const found = [...world.repositories.values()].find(
    (one) =>
      world.userById(one.owner).login.toLowerCase() === owner && (one.id === call.repository.id || one.parent === call.repository.id),
  );
  if (found === undefined) throw validationFailed('PullRequest', 'invalid', 'head');
  return { repository: found, ref: head.slice(colon + 1) };
}

function create(call: Call) {
  const { world, repository, actor } = call;
  if (actor.kind === 'job' && !repository.settings.actionsMayCreatePulls) {
    throw new HttpFailure(403, 'GitHub Actions is not permitted to create or approve pull requests.');
  }
  const title = call.text('title');
  if (title === undefined || title.trim() === '') throw validationFailed('PullRequest', 'missing_field', 'title');
  const body = call.text('body') ?? null;
  checkBody('PullRequest', body);
  const head = headOf(call);
  const headSha = head.repository.refs.get(`refs/heads/${head.ref}`);
  const baseRef = call.text('base') ?? '';
  const baseSha = repository.refs.get(`refs/heads/${baseRef}`);
  if (headSha === null) throw validationFailed('PullRequest', 'invalid', 'head');
  if (baseSha === null) throw validationFailed('PullRequest', 'invalid', 'base');
  if (call.user.type !== 'Bot' && head.repository === repository && !call.mayWrite) throw new HttpFailure(403, 'must be a collaborator');
  const label = `${world.userById(head.repository.owner).login}:${head.ref}`;
  const same = [...repository.pulls.values()].some(
    (pull) => pull.state === 'open' && pull.headRepository === head.repository.id && pull.headRef === head.ref && pull.baseRef === baseRef,
  );
  if (same) throw validationFailed('PullRequest', 'custom', 'head', `A pull request already exists for ${label}.`);
  if (contains(repository.objects, baseSha, headSha)) {
    throw validationFailed('PullRequest', 'custom', 'base', `No commits between ${baseRef} and ${head.ref}`);
  }
  if (mergeBase(repository.objects, baseSha, headSha) === null) {
    throw validationFailed('PullRequest', 'custom', 'base', `The ${head.ref} branch has no history in common with ${baseRef}`);
  }
  const now = world.now();
  const pull: Pull = {
    id: world.nextId(),
    number: repository.nextNumber,
    author: call.user.id,
    title,
    body,
    state: 'open',
    draft: call.flag('draft') ?? false,
    headRepository: head.repository.id,
    headRef: head.ref,
    headSha,
    baseRef,
    baseSha,
    requested: [],
    mergedAt: null,
    mergedBy: null,
    mergeCommit: null,
    closedAt: null,
    createdAt: now,
    updatedAt: now,
    reviews: [],
  };
  repository.nextNumber += 1;
  repository.pulls.set(pull.number, pull);
  writePullRef(repository, pull);
  return created(pullShape(world, repository, pull));
}

function get(call: Call) {
  return ok(pullShape(call.world, call.repository, pullOf(call)));
}

function edit(call: Call) {
  const { world, repository } = call;
  const pull = pullOf(call);
  if (!(call.actor.kind === 'job' || call.mayWrite || pull.author === call.user.id))
    throw new HttpFailure(403, 'Must have admin rights to Repository.');
  const body = call.text('body');
  checkBody('PullRequest', body ?? null);
  if (call.text('title') === '') throw validationFailed('PullRequest', 'missing_field', 'title');
  const state = call.text('state');
  if (state === 'open' && pull.state === 'closed') reopen(call, pull);
  pull.title = call.text('title') ?? pull.title;
  if (body !== undefined || call.body['body'] === null) pull.body = body ?? null;
  const base = call.text('base');
  if (base !== undefined && base !== pull.baseRef) {
    const sha = repository.refs.get(`refs/heads/${base}`);
    if (sha === null) throw validationFailed('PullRequest', 'invalid', 'base');
    pull.baseRef = base;
    pull.baseSha = sha;
  }
  if (state === 'closed' && pull.state === 'open') {
    pull.state = 'closed';
    pull.closedAt = world.now();
  }
  pull.updatedAt = world.now();
  return ok(pullShape(world, repository, pull));
}

function reopen(call: Call, pull: Pull): void {
  const head = call.world.repositoryById(pull.headRepository).refs.get(`refs/heads/${pull.headRef}`);
  if (pull.mergedAt !== null) throw unprocessable('Validation Failed: state cannot be changed. The pull request cannot be reopened.');
  // What was pushed on top since is taken in; another history is not.
  if (head === null || !contains(call.repository.objects, head, pull.headSha))
    throw validationFailed(
      'PullRequest',
      'custom',
      'state',
      `state cannot be changed. The ${pull.headRef} branch was force-pushed or recreated.`,
    );
  pull.state = 'open';
  pull.closedAt = null;
  pull.headSha = head;
  afterMoves(call.world, call.repository, call.user.id);
}

function commits(call: Call) {
  const { world, repository } = call;
  const pull = pullOf(call);
  const found = log(repository.objects, pull.headSha, pull.baseSha).toReversed();
  return call.page(found.slice(0, 250), (commit) => commitShape(world, repository, commit));
}

function files(call: Call) {
  return call.page(filesOf(call.world, call.repository, pullOf(call)), (file) => file);
}

function isMerged(call: Call) {
  if (pullOf(call).mergedAt === null) throw notFound();
  return NO_CONTENT;
}

function merge(call: Call) {
  const { world, repository, actor } = call;
  const { objects } = repository;
  const pull = pullOf(call);
  if (pull.state !== 'open' || pull.draft) throw new HttpFailure(405, 'Pull Request is not mergeable');
  const sha = call.text('sha');
  if (sha !== undefined && sha !== pull.headSha) throw new HttpFailure(409, 'Head branch was modified. Review and try the merge again.');
  const base = mergeBase(objects, pull.baseSha, pull.headSha);
  const tree = base === null ? null : mergedTree(objects, base, pull.baseSha, pull.headSha);
  if (tree === null) throw new HttpFailure(405, 'Pull Request is not mergeable');
  const now = { name: call.user.login, email: `${call.user.id}+${call.user.login}@users.noreply.github.com`, date: world.now() };
  const owner = world.userById(world.repositoryById(pull.headRepository).owner).login;
  const title = call.text('commit_title') ?? `Merge pull request #${pull.number} from ${owner}/${pull.headRef}`;
  const message = `${title}\n\n${call.text('commit_message') ?? pull.title}`;
  const method = call.text('merge_method') ?? 'merge';
  const parents = method === 'merge' ? [pull.baseSha, pull.headSha] : [pull.baseSha];
  const next = objects.putCommit({ tree, parents, author: now, committer: now, message });
  const name = `refs/heads/${pull.baseRef}`;
  const refused = checkRules(world, repository, actor, { name, before: pull.baseSha, after: next, forward: true }, pull.number);
  if (refused.length > 0) throw new HttpFailure(405, `Repository rule violations found\n\n${refused.join('\n\n')}\n\n`);
  try {
    moveRefs(world, repository, actor, [{ name, before: pull.baseSha, after: next, force: false }], pull.number);
  } catch (error) {
    if (error instanceof MoveFailure && error.reason === 'workflows') throw restFailure(error);
    if (error instanceof MoveFailure) throw new HttpFailure(405, 'Base branch was modified. Review and try the merge again.');
    throw error;
  }
  if (pull.mergedAt === null) markMerged(world, pull, call.user.id);
  pull.mergeCommit = next;
  return ok({ sha: next, merged: true, message: 'Pull Request successfully merged' });
}

function requested(call: Call) {
  const shape = pullSimple(call.world, call.repository, pullOf(call));
  return ok({ users: shape['requested_reviewers'], teams: [] });
}

function request(call: Call) {
  const { world, repository } = call;
  const pull = pullOf(call);
  const users = logins(call).map((login) => {
    const user = world.user(login);
    if (user?.id === pull.author) throw unprocessable('Review cannot be requested from pull request author.');
    if (user === null || !repository.collaborators.has(user.id)) {
      throw unprocessable(
        'Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the repository.',
      );
    }
    return user.id;
  });
  pull.requested = [...new Set([...pull.requested, ...users])];
  return created(pullSimple(world, repository, pull));
}

function unrequest(call: Call) {
  const pull = pullOf(call);
  const ids = new Set(logins(call).map((login) => call.world.user(login)?.id));
  pull.requested = pull.requested.filter((id) => !ids.has(id));
  return ok(pullSimple(call.world, call.repository, pull));
}

function logins(call: Call): readonly string[] {
  const value = call.body['reviewers'];
  return Array.isArray(value) ? value.map(String) : [];
}
