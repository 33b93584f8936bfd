// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { completed, startedBy, type EventPull, type HubEvent } from './events.ts';
import type { Hub } from './hub.ts';
import { parseWorkflow } from './workflow-file.ts';

const MAIN = '1'.repeat(40);
const MERGE = '2'.repeat(40);
const OTHER = '3'.repeat(40);

/** A repository whose three commits hold one workflow each, named after the commit. */
function hubWith(on: string): Hub {
  return {
    apiUrl: '',
    graphqlUrl: '',
    serverUrl: '',
    controlUrl: '',
    fullName: 'acme/app',
    defaultBranch: 'main',
    file: (commit) => `name: of-${commit.slice(0, 1)}\non: ${on}\njobs: {}\n`,
    list: () => ['a.yml'],
    ref: (name) => ({ 'refs/heads/main': MAIN, 'refs/heads/other': OTHER, 'refs/tags/v1': OTHER })[name] ?? null,
    secrets: () => new Map(),
    environment: () => null,
    defaultPermissions: () => new Map(),
    jobToken: () => '',
    runnerToken: () => '',
    beginRun: () => 1,
    endRun: () => undefined,
  };
}

const PULL: EventPull = { number: 7, headRef: 'sign/x', headSha: OTHER, headRepository: 'acme/app', baseRef: 'tuf', mergeSha: MERGE };
const PLAIN: HubEvent = {
  name: 'push',
  action: null,
  payload: {},
  actor: 'alice',
  by: 'person',
  code: { kind: 'default' },
  outsider: false,
};
const REVIEW: HubEvent = { ...PLAIN, name: 'pull_request_review', action: 'submitted', code: { kind: 'pull', pull: PULL } };
const COMMENT: HubEvent = { ...PLAIN, name: 'issue_comment', action: 'created' };
const push = (ref: string): HubEvent => ({ ...PLAIN, code: { kind: 'ref', ref } });

function told(on: string, event: HubEvent): readonly string[] {
  return startedBy(hubWith(on), event).map(({ start, held }) => `${start.file.name} ${start.ref} ${start.from}${held ? ' held' : ''}`);
}

describe('which file an event starts, and of which commit', () => {
  test.each<readonly [string, string, HubEvent, readonly string[]]>([
    ['a review runs the file of the merge', 'pull_request_review', REVIEW, ['of-2 refs/pull/7/merge repository']],
    ['a comment runs that of the default branch', 'issue_comment', COMMENT, ['of-1 refs/heads/main repository']],
    ['a push runs that of the branch', 'push', push('refs/heads/other'), ['of-3 refs/heads/other repository']],
    ['a push of a tag too', 'push', push('refs/tags/v1'), ['of-3 refs/tags/v1 repository']],
    ['a branch that is not asked for starts nothing', '{push: {branches: [main]}}', push('refs/heads/other'), []],
    ['one that is asked for does', '{push: {branches: ["o*"]}}', push('refs/heads/other'), ['of-3 refs/heads/other repository']],
    ['a filter of tags leaves branches out', '{push: {tags: ["v*"]}}', push('refs/heads/other'), []],
    ['and lets tags in', '{push: {tags: ["v*"]}}', push('refs/tags/v1'), ['of-3 refs/tags/v1 repository']],
    ['an action that is not asked for starts nothing', '{issue_comment: {types: [edited]}}', COMMENT, []],
    ['one that is asked for does', '{issue_comment: {types: [created]}}', COMMENT, ['of-1 refs/heads/main repository']],
    ['another event starts nothing', 'schedule', COMMENT, []],
  ])('%s', (_name, on, event, expected) => {
    expect(told(on, event)).toEqual(expected);
  });
});

describe('what starts nothing, or waits', () => {
  const conflict: HubEvent = { ...REVIEW, code: { kind: 'pull', pull: { ...PULL, mergeSha: null } } };
  const fork: HubEvent = { ...REVIEW, code: { kind: 'pull', pull: { ...PULL, headRepository: 'eve/app' } } };
  const opened: HubEvent = { ...REVIEW, name: 'pull_request', action: 'opened' };
  test.each<readonly [string, string, HubEvent, readonly string[]]>([
    ['what a job does starts nothing', 'issue_comment', { ...COMMENT, by: 'job' }, []],
    ['but what a person does', 'issue_comment', COMMENT, ['of-1 refs/heads/main repository']],
    ['a pull request that a job opens waits', 'pull_request', { ...opened, by: 'job' }, ['of-2 refs/pull/7/merge repository held']],
    ['one that a person opens runs', 'pull_request', opened, ['of-2 refs/pull/7/merge repository']],
    ['a review by an outsider waits', 'pull_request_review', { ...REVIEW, outsider: true }, ['of-2 refs/pull/7/merge repository held']],
    ['a pull request with conflicts runs nothing', 'pull_request_review', conflict, []],
    ['a fork reads only', 'pull_request_review', fork, ['of-2 refs/pull/7/merge fork']],
  ])('%s', (_name, on, event, expected) => {
    expect(told(on, event)).toEqual(expected);
  });

  test('a run that was held is over all the same, and wakes what waits for it', () => {
    const hub = hubWith('{workflow_run: {workflows: [of-2], types: [completed]}}');
    const file = parseWorkflow('.github/workflows/a.yml', 'name: of-2\non: pull_request_review\njobs: {}\n');
    const [waiting] = startedBy(hubWith('pull_request_review'), { ...REVIEW, outsider: true });
    if (waiting === undefined) throw new Error('nothing was held');
    const run = { id: 5, start: { ...waiting.start, file }, conclusion: 'action_required' as const, jobs: [], problem: null };
    expect(startedBy(hub, completed(hub, run)).map(({ start }) => start.ref)).toEqual(['refs/heads/main']);
    const other = { ...run, start: { ...run.start, file: { ...file, name: 'another' } } };
    expect(startedBy(hub, completed(hub, other))).toEqual([]);
  });
});
