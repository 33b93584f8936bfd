// SPDX-License-Identifier: Apache-2.0
import type { Fields } from './reply.ts';
import { contains, log, mergeBase, mergedTree } from './history.ts';
import { changedFiles } from './git-shapes.ts';
import { nodeId, repositoryShape, repositoryUrl, simpleUser, webUrl } from './shapes.ts';
import type { Comment, Pull, Repository, Review } from './state.ts';
import type { World } from './world.ts';

/** How the author of something stands to the repository. */
export function association(world: World, repository: Repository, user: number): string {
  if (repository.owner === user) return 'OWNER';
  if (repository.collaborators.has(user)) return 'COLLABORATOR';
  return world.userById(user).type === 'Bot' ? 'CONTRIBUTOR' : 'NONE';
}

function end(world: World, repository: Repository, ref: string, sha: string): Fields {
  const owner = world.userById(repository.owner);
  return {
    label: `${owner.login}:${ref}`,
    ref,
    sha,
    user: simpleUser(world, owner),
    repo: repositoryShape(world, repository),
  };
}

/** A pull request as lists give it. */
export function pullSimple(world: World, repository: Repository, pull: Pull): Fields {
  const url = `${repositoryUrl(world, repository)}/pulls/${pull.number}`;
  const issue = `${repositoryUrl(world, repository)}/issues/${pull.number}`;
  const html = `${webUrl(world, repository)}/pull/${pull.number}`;
  const statuses = `${repositoryUrl(world, repository)}/statuses/${pull.headSha}`;
  return {
    url,
    id: pull.id,
    node_id: nodeId('PullRequest', pull.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${repositoryUrl(world, repository)}/pulls/comments{/number}`,
    comments_url: `${issue}/comments`,
    statuses_url: statuses,
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    user: simpleUser(world, world.userById(pull.author)),
    body: pull.body,
    labels: [],
    milestone: null,
    active_lock_reason: null,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.mergedAt,
    merge_commit_sha: pull.mergeCommit,
    assignee: null,
    assignees: [],
    requested_reviewers: pull.requested.map((id) => simpleUser(world, world.userById(id))),
    requested_teams: [],
    head: end(world, world.repositoryById(pull.headRepository), pull.headRef, pull.headSha),
    base: end(world, repository, pull.baseRef, pull.baseSha),
    _links: {
      self: { href: url },
      html: { href: html },
      issue: { href: issue },
      comments: { href: `${issue}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${repositoryUrl(world, repository)}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: statuses },
    },
    author_association: association(world, repository, pull.author),
    auto_merge: null,
    draft: pull.draft,
  };
}

/** Whether the head merges into the base: null when it is closed. */
export function isMergeable(repository: Repository, pull: Pull): boolean {
  const { objects } = repository;
  const base = mergeBase(objects, pull.baseSha, pull.headSha);
  if (contains(objects, pull.headSha, pull.baseSha)) return true;
  return base !== null && mergedTree(objects, base, pull.baseSha, pull.headSha) !== null;
}

/** A pull request as itself. */
export function pullShape(world: World, repository: Repository, pull: Pull): Fields {
  const { objects } = repository;
  const merged = pull.mergedAt !== null;
  const mergeable = pull.state === 'open' ? isMergeable(repository, pull) : null;
  const files = pull.state === 'open' ? filesOf(world, repository, pull) : [];
  const sum = (name: string): number => files.reduce((total, file) => total + Number(file[name]), 0);
  const state = mergeable === null ? 'unknown' : pull.draft ? 'draft' : mergeable ? 'clean' : 'dirty';
  return {
    ...pullSimple(world, repository, pull),
    merged,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: state,
    merged_by: pull.mergedBy === null ? null : simpleUser(world, world.userById(pull.mergedBy)),
    comments: [...repository.comments.values()].filter((one) => one.pull === pull.number).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: pull.state === 'open' ? log(objects, pull.headSha, pull.baseSha).length : 1,
    additions: sum('additions'),
    deletions: sum('deletions'),
    changed_files: files.length,
  };
}

/** Files that a pull request changes. */
export function filesOf(world: World, repository: Repository, pull: Pull): readonly Fields[] {
  return changedFiles(world, repository, mergeBase(repository.objects, pull.baseSha, pull.headSha), pull.headSha);
}

/** A review. */
export function reviewShape(world: World, repository: Repository, pull: Pull, review: Review): Fields {
  const html = `${webUrl(world, repository)}/pull/${pull.number}#pullrequestreview-${review.id}`;
  const url = `${repositoryUrl(world, repository)}/pulls/${pull.number}`;
  return {
    id: review.id,
    node_id: nodeId('PullRequestReview', review.id),
    user: simpleUser(world, world.userById(review.user)),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: url,
    author_association: association(world, repository, review.user),
    _links: { html: { href: html }, pull_request: { href: url } },
    submitted_at: review.submittedAt,
    commit_id: review.commit,
  };
}

/** A comment on a pull request. */
export function commentShape(world: World, repository: Repository, comment: Comment): Fields {
  const url = `${repositoryUrl(world, repository)}/issues`;
  return {
    id: comment.id,
    node_id: nodeId('IssueComment', comment.id),
    url: `${url}/comments/${comment.id}`,
    html_url: `${webUrl(world, repository)}/pull/${comment.pull}#issuecomment-${comment.id}`,
    issue_url: `${url}/${comment.pull}`,
    user: simpleUser(world, world.userById(comment.user)),
    body: comment.body,
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: association(world, repository, comment.user),
    performed_via_github_app: null,
  };
}
