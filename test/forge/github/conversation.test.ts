// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GitHubForge } from '../../../src/forge/github/forge.ts';
import { requestTable } from '../../github/request-count.ts';
import { FULL, Scratch } from './scratch.ts';
import { user } from './shapes.ts';
import { refusalOf, startStub } from './stub.ts';

const MARKER = '<!-- countersign -->';
const LIST = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments';
const ADD = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments';
const ONE = 'GET /repos/{owner}/{repo}/issues/comments/{comment_id}';
const EDIT = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}';

let scratch: Scratch;
let job: GitHubForge;
let number = 0;
beforeEach(async () => {
  scratch = await Scratch.start();
  job = await scratch.open();
  await job.viewer();
  number = await scratch.pull('sign/r-v1');
});
afterEach(() => scratch.fake.close());

const bodies = async (): Promise<readonly string[]> => (await (await scratch.open()).comments(number)).map(({ body }) => body);
const junk = (count: number): void => scratch.fake.addComments(FULL, number, { count, login: 'eve', body: 'junk' });

describe('a conversation that is full', () => {
  beforeEach(() => junk(2500));

  test('is read whole, a hundred a page', async () => {
    const table = await requestTable(scratch.fake, async () => expect(await job.comments(number)).toHaveLength(2500));
    expect([...table]).toEqual([[LIST, 25]]);
  });

  test('takes no comment, ours neither, and says so by its own code', async () => {
    expect((await refusalOf(() => job.comment(number, 'hello'))).code).toBe('conversation-full');
    expect((await refusalOf(() => job.stickyComment(number, MARKER, `${MARKER} one`))).code).toBe('conversation-full');
  });

  test('takes one again when one was deleted', async () => {
    const [first] = await job.comments(number);
    scratch.fake.repository(FULL).comments.delete(first?.id ?? 0);
    expect((await job.comment(number, 'hello')).body).toBe('hello');
  });

  test('still takes reviews and changes of what is there', async () => {
    const [first] = scratch.fake.repository(FULL).comments.values();
    if (first !== undefined) scratch.fake.repository(FULL).comments.delete(first.id);
    await job.stickyComment(number, MARKER, `${MARKER} one`);
    await job.stickyComment(number, MARKER, `${MARKER} two`);
    await job.submitReview(number, { state: 'COMMENTED', body: 'fine', commitSha: scratch.head('sign/r-v1') });
    expect((await bodies()).at(-1)).toBe(`${MARKER} two`);
  });
});

describe('what GitHub says when it takes no comment', () => {
  test.each<[number, string, string]>([
    [403, 'Commenting is disabled on issues with more than 2500 comments', 'conversation-full'],
    [422, 'Validation Failed: commenting has been limited', 'conversation-full'],
    [422, 'This issue has more than 2,500 comments', 'conversation-full'],
    [403, 'Unable to create comment because issue is locked.', 'permission-missing'],
    [410, 'Issues are disabled for this repo', 'io'],
    [404, 'Not Found', 'event-unknown'],
  ])('%d %s', async (status, message, code) => {
    const stub = await startStub(() => ({ status, json: { message } }));
    try {
      expect((await refusalOf(() => stub.github.forge.comment(1, 'b'))).code).toBe(code);
      expect(stub.seen).toHaveLength(1);
    } finally {
      await stub.stop();
    }
  });
});

describe('our one comment', () => {
  test.each([
    ['a hundred before it', 99, { [LIST]: 1, [EDIT]: 1 }],
    ['nobody else', 0, { [LIST]: 1, [EDIT]: 1 }],
  ])('is found in one request with %s, whatever comes after', async (_, before, expected) => {
    junk(before);
    await job.stickyComment(number, MARKER, `${MARKER} one`);
    junk(2000);
    const other = await scratch.open();
    await other.viewer();
    const table = await requestTable(scratch.fake, () => other.stickyComment(number, MARKER, `${MARKER} two`));
    expect(Object.fromEntries(table)).toEqual(expected);
  });

  test.each([
    [
      'is asked for by number when the conversation was read',
      async () => job.stickyComment(number, MARKER, `${MARKER} one`),
      { [ONE]: 1, [EDIT]: 1 },
    ],
    ['is looked for on the last page only when there was none', async () => undefined, { [LIST]: 1, [ADD]: 1 }],
  ])('%s', async (_, prepare, expected) => {
    await prepare();
    junk(1250);
    await job.comments(number);
    const table = await requestTable(scratch.fake, () => job.stickyComment(number, MARKER, `${MARKER} two`));
    expect(Object.fromEntries(table)).toEqual(expected);
    expect((await bodies()).filter((body) => body.includes(MARKER))).toEqual([`${MARKER} two`]);
  });

  test.each([
    ['deleted', 'delete'],
    ['rewritten by a writer', 'edit'],
  ])('that was %s since it was read is made anew', async (_, how) => {
    await job.stickyComment(number, MARKER, `${MARKER} one`);
    const [mine] = await job.comments(number);
    const comments = scratch.fake.repository(FULL).comments;
    const found = comments.get(mine?.id ?? 0);
    if (how === 'delete') comments.delete(mine?.id ?? 0);
    else if (found !== undefined) found.body = 'a trap';
    await job.stickyComment(number, MARKER, `${MARKER} two`);
    expect(await bodies()).toEqual(how === 'delete' ? [`${MARKER} two`] : ['a trap', `${MARKER} two`]);
  });

  test("of a person is found among people's, also when the conversation was read", async () => {
    const ann = await scratch.open(scratch.ann.token);
    await ann.stickyComment(number, MARKER, `${MARKER} one`);
    junk(150);
    await ann.comments(number);
    await ann.stickyComment(number, MARKER, `${MARKER} two`);
    expect((await bodies()).filter((body) => body.includes(MARKER))).toEqual([`${MARKER} two`]);
  });

  test('that another run has made meanwhile is kept', async () => {
    junk(5);
    await job.comments(number);
    await (await scratch.open()).stickyComment(number, MARKER, `${MARKER} theirs`);
    await job.stickyComment(number, MARKER, `${MARKER} ours`);
    expect((await bodies()).filter((body) => body.includes(MARKER))).toEqual([`${MARKER} ours`]);
  });
});

test.each<[string, unknown, string]>([
  ['as much as GitHub takes', 'x'.repeat(65_536), 'x'.repeat(65_536)],
  ['more', 'x'.repeat(65_537), ''],
  ['nothing', null, ''],
])('a comment of %s', async (_, body, expected) => {
  const stub = await startStub(() => ({ status: 200, json: [{ id: 1, user: user(3), body }] }));
  try {
    expect((await stub.github.forge.comments(1)).map((one) => one.body)).toEqual([expected]);
  } finally {
    await stub.stop();
  }
});
