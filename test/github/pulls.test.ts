// SPDX-License-Identifier: Apache-2.0
import type { Octokit } from '@octokit/rest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { branchWith, clientOf, refusalOf, statusOf } from './client.ts';
import { startGitHub } from './server.ts';
import type { FakeGitHub } from './server.ts';

const FULL = 'alice/project';
const repo = { owner: 'alice', repo: 'project' };
let github: FakeGitHub;
let alice: Octokit;
let bob: Octokit;
let eve: Octokit;
let job: Octokit;

beforeAll(async () => {
  github = await startGitHub();
  alice = clientOf(github, github.addUser('alice').token);
  bob = clientOf(github, github.addUser('bob').token);
  eve = clientOf(github, github.addUser('eve').token);
  github.addRepository('alice', 'project');
  github.addCollaborator(FULL, 'bob', 'write');
  github.commit(FULL, 'main', { 'README.md': 'hello\n' });
  const permissions = { contents: 'write', 'pull-requests': 'write' } as const;
  job = clientOf(github, github.jobToken({ repository: FULL, permissions }));
});

afterAll(() => github.close());

let count = 0;
async function opened(
  octokit: Octokit,
  files: Readonly<Record<string, string>> = {},
): Promise<{ readonly number: number; readonly head: string; readonly sha: string }> {
  count += 1;
  const head = `topic/${count}`;
  const sha = await branchWith(octokit, repo, head, { [`file-${count}`]: 'x', ...files });
  const pull = await octokit.pulls.create({ ...repo, head, base: 'main', title: head, body: 'why' });
  return { number: pull.data.number, head, sha };
}

const get = async (number: number) => (await alice.pulls.get({ ...repo, pull_number: number })).data;

describe('opening', () => {
  test('the author is the account of the token', async () => {
    const { number } = await opened(job);
    expect((await get(number)).user).toMatchObject({ login: 'github-actions[bot]', id: 41_898_282, type: 'Bot' });
  });

  test('is refused where GitHub refuses it, and accepted beside', async () => {
    const { head } = await opened(alice);
    const create = (input: { head: string; base: string; title: string; body?: string }) =>
      refusalOf(alice.pulls.create({ ...repo, ...input }));
    const good = { head, base: 'main', title: 't' };
    expect(await create(good)).toMatchObject({ status: 422, message: expect.stringContaining('A pull request already exists') });
    expect(await create({ ...good, head: 'absent' })).toMatchObject({ status: 422, message: expect.stringContaining('"head"') });
    await alice.git.createRef({
      ...repo,
      ref: 'refs/heads/same',
      sha: (await alice.git.getRef({ ...repo, ref: 'heads/main' })).data.object.sha,
    });
    expect(await create({ ...good, head: 'same' })).toMatchObject({ status: 422, message: expect.stringContaining('No commits between') });
    await branchWith(alice, repo, 'long', { a: 'b' });
    expect(await create({ ...good, head: 'long', body: 'x'.repeat(65_537) })).toMatchObject({ status: 422 });
    expect(await statusOf(alice.pulls.create({ ...repo, ...good, head: 'long', body: 'x'.repeat(65_536) }))).toBe(201);
  });

  test('is refused to Actions when the setting is off', async () => {
    await branchWith(job, repo, 'by-job', { a: 'b' });
    github.repository(FULL).settings.actionsMayCreatePulls = false;
    const open = () => job.pulls.create({ ...repo, head: 'by-job', base: 'main', title: 't' });
    expect(await refusalOf(open())).toMatchObject({
      status: 403,
      message: expect.stringContaining('GitHub Actions is not permitted to create or approve pull requests.'),
    });
    await alice.actions.setGithubActionsDefaultWorkflowPermissionsRepository({ ...repo, can_approve_pull_request_reviews: true });
    expect(await statusOf(open())).toBe(201);
  });

  test('from a fork, by somebody without access', async () => {
    github.createFork(FULL, 'eve');
    const sha = await branchWith(eve, { owner: 'eve', repo: 'project' }, 'evil', { evil: 'x' });
    expect(await statusOf(eve.pulls.create({ ...repo, head: 'topic/1', base: 'main', title: 't' }))).toBe(403);
    const pull = await eve.pulls.create({ ...repo, head: 'eve:evil', base: 'main', title: 'please' });
    expect(pull.data.head.repo.full_name).toBe('eve/project');
    expect([pull.data.head.sha, pull.data.base.repo.full_name]).toEqual([sha, FULL]);
    const found = await alice.pulls.list({ ...repo, head: 'eve:evil' });
    expect(found.data.map((one) => one.number)).toEqual([pull.data.number]);
  });
});

describe('merging', () => {
  test('a base that contains the head merges the pull request', async () => {
    const { number, sha } = await opened(job);
    await job.git.updateRef({ ...repo, ref: 'heads/main', sha, force: false });
    expect(await get(number)).toMatchObject({ merged: true, state: 'closed', merged_by: { login: 'github-actions[bot]' } });
    expect(await statusOf(alice.pulls.checkIfMerged({ ...repo, pull_number: number }))).toBe(204);
  });

  test('a deleted head branch closes it', async () => {
    const { number, head } = await opened(alice);
    await alice.git.deleteRef({ ...repo, ref: `heads/${head}` });
    expect(await get(number)).toMatchObject({ merged: false, state: 'closed' });
  });

  test('by the API: another head is 409, a conflict 405, a good one makes a merge commit', async () => {
    const { number, sha } = await opened(alice, { 'README.md': 'ours\n' });
    const other = await opened(alice, { 'README.md': 'theirs\n' });
    const before = (await alice.git.getRef({ ...repo, ref: 'heads/main' })).data.object.sha;
    github.commit(FULL, 'main', { beside: 'x' });
    expect(await statusOf(alice.pulls.merge({ ...repo, pull_number: number, sha: before }))).toBe(409);
    const merged = await alice.pulls.merge({ ...repo, pull_number: number, sha });
    const commit = await alice.git.getCommit({ ...repo, commit_sha: merged.data.sha });
    expect(commit.data.parents[1]?.sha).toBe(sha);
    expect((await get(other.number)).mergeable).toBe(false);
    expect(await statusOf(alice.pulls.merge({ ...repo, pull_number: other.number }))).toBe(405);
  });

  test('a rule that requires pull requests refuses the ref and GraphQL, and admits the merge once it is approved', async () => {
    github.commit(FULL, 'guarded', { a: '1' });
    const rules = [
      {
        type: 'pull_request' as const,
        parameters: {
          required_approving_review_count: 1,
          dismiss_stale_reviews_on_push: false,
          require_code_owner_review: false,
          require_last_push_approval: false,
          required_review_thread_resolution: false,
        },
      },
      { type: 'non_fast_forward' as const },
      { type: 'deletion' as const },
    ];
    const conditions = { ref_name: { include: ['refs/heads/guarded'], exclude: [] } };
    await alice.repos.createRepoRuleset({ ...repo, name: 'guard', enforcement: 'active', conditions, rules });
    const sha = await branchWith(job, repo, 'to-guarded', { a: '2' }, 'guarded');
    const direct = await refusalOf(job.git.updateRef({ ...repo, ref: 'heads/guarded', sha, force: false }));
    expect(direct).toMatchObject({ status: 422, message: expect.stringContaining('Repository rule violations found') });
    expect(await statusOf(job.git.deleteRef({ ...repo, ref: 'heads/guarded' }))).toBe(422);
    const pull = await job.pulls.create({ ...repo, head: 'to-guarded', base: 'guarded', title: 'g' });
    const merge = () => job.pulls.merge({ ...repo, pull_number: pull.data.number, sha });
    expect(await statusOf(merge())).toBe(405);
    await bob.pulls.createReview({ ...repo, pull_number: pull.data.number, event: 'APPROVE' });
    expect(await statusOf(merge())).toBe(200);
    const found = await job.repos.getBranchRules({ ...repo, branch: 'guarded' });
    expect(found.data.map((rule) => rule.type)).toEqual(['pull_request', 'non_fast_forward', 'deletion']);
    const { data: all } = await job.repos.getRepoRulesets(repo);
    expect((await job.repos.getRepoRuleset({ ...repo, ruleset_id: all[0]?.id ?? 0 })).data.name).toBe('guard');
  });
});

describe('reviews', () => {
  test('an author can comment on their own pull request, and not approve or refuse it', async () => {
    const { number, sha } = await opened(alice);
    const review = (octokit: Octokit, event: 'APPROVE' | 'COMMENT' | 'REQUEST_CHANGES') =>
      statusOf(octokit.pulls.createReview({ ...repo, pull_number: number, event, body: 'b', commit_id: sha }));
    expect([await review(alice, 'APPROVE'), await review(alice, 'REQUEST_CHANGES'), await review(alice, 'COMMENT')]).toEqual([
      422, 422, 200,
    ]);
    expect([await review(bob, 'APPROVE'), await review(eve, 'APPROVE')]).toEqual([200, 200]);
  });

  test('are listed in time order, edited by their author, and dismissed', async () => {
    const { number } = await opened(alice);
    const at = { ...repo, pull_number: number };
    const first = await bob.pulls.createReview({ ...at, event: 'APPROVE', body: 'one' });
    await eve.pulls.createReview({ ...at, event: 'COMMENT', body: 'two' });
    const edit = (octokit: Octokit) => statusOf(octokit.pulls.updateReview({ ...at, review_id: first.data.id, body: 'uno' }));
    expect([await edit(eve), await edit(bob)]).toEqual([403, 200]);
    await alice.pulls.dismissReview({ ...at, review_id: first.data.id, message: 'stale' });
    const reviews = await alice.paginate(alice.pulls.listReviews, { ...at, per_page: 1 });
    expect(reviews.map((one) => [one.state, one.body])).toEqual([
      ['DISMISSED', 'uno'],
      ['COMMENTED', 'two'],
    ]);
  });

  test('one who is no collaborator fails the whole request; a review takes the request away', async () => {
    const { number } = await opened(alice);
    const ask = (...reviewers: string[]) => statusOf(alice.pulls.requestReviewers({ ...repo, pull_number: number, reviewers }));
    expect([await ask('bob', 'eve'), await ask('alice')]).toEqual([422, 422]);
    const requested = async () =>
      (await alice.pulls.listRequestedReviewers({ ...repo, pull_number: number })).data.users.map((one) => one.login);
    expect(await requested()).toEqual([]);
    expect([await ask('bob'), await requested()]).toEqual([201, ['bob']]);
    await bob.pulls.createReview({ ...repo, pull_number: number, event: 'COMMENT', body: 'b' });
    expect(await requested()).toEqual([]);
  });
});

describe('comments and statuses', () => {
  test('are made, changed, listed and removed', async () => {
    const { number, sha } = await opened(alice);
    const made = await eve.issues.createComment({ ...repo, issue_number: number, body: 'hi' });
    expect(await statusOf(eve.issues.createComment({ ...repo, issue_number: number, body: 'x'.repeat(65_537) }))).toBe(422);
    await job.issues.updateComment({ ...repo, comment_id: made.data.id, body: 'ho' });
    expect((await alice.issues.listComments({ ...repo, issue_number: number })).data.map((one) => one.body)).toEqual(['ho']);
    await eve.issues.deleteComment({ ...repo, comment_id: made.data.id });
    expect((await alice.issues.listComments({ ...repo, issue_number: number })).data).toEqual([]);
    for (const state of ['pending', 'success'] as const) await bob.repos.createCommitStatus({ ...repo, sha, state, context: 'c' });
    const combined = await alice.repos.getCombinedStatusForRef({ ...repo, ref: sha });
    expect([combined.data.state, combined.data.statuses.length]).toEqual(['success', 1]);
    expect((await alice.repos.listCommitStatusesForRef({ ...repo, ref: sha })).data.map((one) => one.state)).toEqual([
      'success',
      'pending',
    ]);
  });

  test('lists come in pages with links', async () => {
    const all = await alice.paginate(alice.pulls.list, { ...repo, state: 'all', sort: 'created', direction: 'asc', per_page: 3 });
    expect(all.map((one) => one.number)).toEqual(all.map((_, index) => index + 1));
    expect((await alice.pulls.listCommits({ ...repo, pull_number: 1 })).data.length).toBeGreaterThan(0);
    expect((await alice.pulls.listFiles({ ...repo, pull_number: 1 })).data.length).toBeGreaterThan(0);
  });
});
