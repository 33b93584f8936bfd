// SPDX-License-Identifier: Apache-2.0
import { parseBlobId, parseCommitSha } from '../../../src/forge/local/ids.ts';
import type { BlobId, CommitSha } from '../../../src/ports.ts';

/** A commit id that is `n`. */
export function commit(n: number): CommitSha {
  return parseCommitSha(n.toString(16).padStart(40, '0'), 'test');
}

/** A blob or tree id that is `n`. */
export function blob(n: number): BlobId {
  return parseBlobId(n.toString(16).padStart(40, 'b'), 'test');
}

/** A user of the REST API. */
export function user(id: number, login = `user-${String(id)}`): object {
  return { id, login, type: 'User' };
}

/** A pull request of the REST API. */
export function pull(number: number, change: object = {}): object {
  return {
    id: 1000 + number,
    number,
    title: `title ${String(number)}`,
    body: null,
    state: 'open',
    merged_at: null,
    user: user(1),
    head: { ref: `sign/r-v${String(number)}`, sha: commit(number), repo: { id: 7 } },
    base: { ref: 'tuf', sha: commit(0), repo: { id: 7 } },
    requested_reviewers: [user(2)],
    html_url: `https://github.test/o/r/pull/${String(number)}`,
    ...change,
  };
}

/** A review of the REST API. */
export function review(id: number, change: object = {}): object {
  return { id, user: user(3), state: 'APPROVED', body: `review ${String(id)}`, commit_id: commit(1), ...change };
}

/** An actor of GraphQL; a bot where its number is that of GITHUB_TOKEN. */
export function actor(id: number, login = `user-${String(id)}`): object {
  return { __typename: id === 41898282 ? 'Bot' : 'User', login, databaseId: id };
}

/** A review of GraphQL. */
export function graphReview(id: number, change: object = {}): object {
  return {
    fullDatabaseId: String(id),
    state: 'APPROVED',
    body: `review ${String(id)}`,
    commit: { oid: commit(1) },
    author: actor(3),
    ...change,
  };
}

/** What GraphQL answers to the question for reviews: lists of nodes by alias, and the numbers of the people whose logins were asked. */
export function reviewsAnswer(
  lists: Readonly<Record<string, readonly object[]>>,
  people: Readonly<Record<string, number | null>> = {},
): object {
  const pageInfo = { hasPreviousPage: false, startCursor: null };
  const pullRequest = Object.fromEntries(Object.entries(lists).map(([alias, nodes]) => [alias, { pageInfo, nodes }]));
  const users = Object.entries(people).map(([alias, id]) => [alias, id === null ? null : { databaseId: id }]);
  return { data: { repository: { pullRequest }, ...Object.fromEntries(users) } };
}

/** A release of the REST API. */
export function release(id: number, change: object = {}): object {
  return {
    id,
    tag_name: `v${String(id)}`,
    target_commitish: commit(1),
    name: null,
    body: null,
    draft: true,
    prerelease: false,
    immutable: false,
    author: user(4),
    html_url: `https://github.test/o/r/releases/${String(id)}`,
    ...change,
  };
}

/** A release asset of the REST API. */
export function asset(id: number, change: object = {}): object {
  return { id, name: `file-${String(id)}`, size: 3, state: 'uploaded', digest: null, ...change };
}

/** A workflow artifact of the REST API. */
export function artifact(id: number, change: object = {}): object {
  const run = { id: 5, repository_id: 7, head_repository_id: 7, head_branch: 'main', head_sha: commit(1) };
  return { id, name: `dist-${String(id)}`, size_in_bytes: 10, expired: false, digest: null, workflow_run: run, ...change };
}

/** A workflow run of the REST API. */
export function run(change: object = {}): object {
  return {
    id: 5,
    path: '.github/workflows/release.yml@main',
    head_sha: commit(1),
    event: 'push',
    status: 'completed',
    conclusion: 'success',
    repository: { id: 7 },
    head_repository: { id: 7 },
    actor: user(6),
    html_url: 'https://github.test/o/r/actions/runs/5',
    ...change,
  };
}

/** What GraphQL answers to the question who asks. */
export const IDENTITY = { data: { viewer: { login: 'github-actions[bot]', databaseId: 41898282 }, repository: { id: 'R_1' } } };
