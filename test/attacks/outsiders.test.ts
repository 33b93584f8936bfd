// SPDX-License-Identifier: Apache-2.0
// What somebody with an account and a fork, and no access, can do to the events of others.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { METADATA_BRANCH } from '../../src/event/layout.ts';
import { openGitHub } from '../../src/forge/github/index.ts';
import type { FileContent } from '../../src/ports.ts';
import { asObject, objectField } from '../../src/tuf/fields.ts';
import { parseJson, type JsonValue } from '../../src/tuf/json.ts';
import { encodeMetadata } from '../../src/tuf/metadata.ts';
import { parseTargetsRoleName } from '../../src/tuf/names.ts';
import { GitHubGround, QUIET, STRANGER } from '../commands/github-ground.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';
import { judged, openEvent, postComment, votesOf } from './support.ts';
import { allReviews } from '../fakes/all-reviews.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let github: FakeGitHub;
let ground: GitHubGround;
let made = 0;

beforeAll(async () => {
  github = await startGitHub();
  ground = await GitHubGround.published(github);
  github.createFork(ground.project, STRANGER);
});
afterAll(async () => {
  await ground.close();
  await github.close();
});

// Beyond those that other events of these tests come to.
let versions = 100;

/** Releases with one more target, in the release of a tag, as nobody has signed it, under a version that nobody has signed in another event. */
async function releasesWith(tag: string): Promise<Uint8Array> {
  const file = (await ground.base()).roles.get(parseTargetsRoleName('releases', 'test'))?.file.signed;
  if (file === undefined) throw new Error('no releases');
  const ours = new Map<string, JsonValue>([
    ['commit', ground.source],
    ['hosting', 'release'],
  ]);
  const entry = new Map<string, JsonValue>([
    ['custom', new Map([['x-countersign', ours]])],
    ['hashes', new Map([['sha256', 'e'.repeat(64)]])],
    ['length', 1],
  ]);
  const targets = new Map(objectField(file.raw, 'targets', 'test')).set(`${tag}/evil`, entry);
  return encodeMetadata(new Map<string, JsonValue>(file.raw).set('version', file.version + ++versions).set('targets', targets), []);
}

/** Opens a pull request from mallory's fork. */
async function openFromFork(files: Readonly<Record<string, string | Uint8Array>>, branch = `sign/fork-${String(++made)}`): Promise<number> {
  const { apiUrl, graphqlUrl } = github;
  const { forge } = await openGitHub({ owner: STRANGER, repo: 'app', token: github.tokenFor(STRANGER), apiUrl, graphqlUrl, log: QUIET });
  const head = (await forge.branches(METADATA_BRANCH)).get(METADATA_BRANCH);
  if (head === undefined) throw new Error('no metadata branch');
  const changes = new Map<string, FileContent>(
    Object.entries(files).map(([path, content]) => [
      path,
      { kind: 'bytes', bytes: typeof content === 'string' ? new TextEncoder().encode(content) : content },
    ]),
  );
  const commit = await forge.writeCommit({ base: head, parents: [head], changes, message: 'from a fork' });
  await forge.moveBranch(branch, null, commit, 'fast-forward');
  const answer = await fetch(`${apiUrl}/repos/${ground.project}/pulls`, {
    method: 'POST',
    headers: { authorization: `Bearer ${github.tokenFor(STRANGER)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'From a fork', head: `${STRANGER}:${branch}`, base: METADATA_BRANCH, body: '' }),
  });
  const number = asObject(parseJson(new Uint8Array(await answer.arrayBuffer())), 'reply').get('number');
  if (typeof number !== 'number') throw new Error(`no pull request: ${String(answer.status)}`);
  return number;
}

async function close(number: number): Promise<void> {
  const { forge } = await ground.adapters('gather');
  await forge.closePull(number);
}

test.each([
  ['no pull request of a fork', false],
  ['a pull request of a fork that speaks of its tag', true],
])('a release that is signed goes out: %s', async (_, hasFork) => {
  const tag = `v70${String(++made)}`;
  const { number } = await ground.proposeRelease(tag, { 'app.tgz': tag });
  for (const person of ['alice', 'bob']) await ground.sign(person, number ?? 0);
  const fork = hasFork ? await openFromFork({ 'metadata/releases.json': await releasesWith(tag) }) : null;
  const { released, completed } = await ground.gather();
  if (fork !== null) await close(fork);
  expect([completed, released.map((one) => one.tag)]).toEqual([[number], [tag]]);
});

describe('what gather costs does not grow with', () => {
  const requests = async (): Promise<number> => {
    // The first one comments; what comes after is the same each time.
    await ground.gather();
    const before = github.requests.length;
    await ground.gather();
    return github.requests.length - before;
  };

  test('what a fork proposes', async () => {
    const before = await requests();
    const files = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`x/${String(index)}`, String(index)]));
    const fork = await openFromFork(files);
    const after = await requests();
    await close(fork);
    expect(after - before).toBeLessThan(20);
  });

  test('how often forks have proposed', async () => {
    const event = await openEvent(ground);
    const before = await requests();
    for (let count = 0; count < 10; count++) await close(await openFromFork({ x: String(count) }));
    const after = await requests();
    await ground.abandon(event.number);
    expect(after - before).toBeLessThan(10);
  });
});

test.each<readonly [string, 'nobody' | 'a stranger' | 'the bot', (block: string) => string]>([
  ['nobody has commented', 'nobody', (block) => block],
  ['a stranger has posted it beside HTML', 'a stranger', (block) => `<i></i>\n\n${block}`],
  ['a stranger has posted it as it is', 'a stranger', (block) => block],
  ['the bot has posted it as it is', 'the bot', (block) => block],
  ["somebody has put HTML into the bot's review", 'the bot', (block) => `<i></i>\n\n${block}`],
  ["somebody has put a fence around it in the bot's review", 'the bot', (block) => `~~~\n${block}\n~~~`],
  ["somebody has added a line in the bot's review", 'the bot', (block) => `${block}\n\n${block}`],
])('a custody signature is posted once and counts: %s', async (_, who, textOf) => {
  const event = await openEvent(ground);
  await ground.approve('carol', event.number);
  const carried = await ground.custody();
  const text = textOf(carried[0]?.block ?? '');
  const { forge } = await ground.adapters('gather');
  if (who === 'a stranger') await postComment(ground, STRANGER, event.number, text);
  const { headSha } = await ground.pull(event.number);
  if (who === 'the bot') await forge.submitReview(event.number, { state: 'COMMENTED', body: text, commitSha: headSha });
  const { events } = await ground.settle(carried);
  const before = (await allReviews(forge, event.number)).length;
  await ground.settle(carried);
  const after = (await allReviews(forge, event.number)).length;
  const { votes } = await judged(ground, event.number);
  await ground.abandon(event.number);
  expect([votesOf(events.find(({ pull }) => pull.number === event.number)), votes, after - before]).toEqual([['carol'], ['carol'], 0]);
});

test.each([
  ['no pull request of a fork', false],
  ['one of a fork whose branch has the same name', true],
])('a proposal whose propose was ended before it opened its pull request gets one: %s', async (_, hasFork) => {
  const { forge } = await ground.adapters('propose');
  const head = (await forge.branches(METADATA_BRANCH)).get(METADATA_BRANCH);
  if (head === undefined) throw new Error('no metadata branch');
  const branch = `sign/orphan-${String(++made)}`;
  const fork = hasFork ? await openFromFork({ x: 'x' }, branch) : null;
  const changes = new Map<string, FileContent>([
    ['metadata/releases.json', { kind: 'bytes', bytes: await releasesWith(`v80${String(made)}`) }],
  ]);
  const commit = await forge.writeCommit({ base: head, parents: [head], changes, message: 'propose' });
  await forge.moveBranch(branch, null, commit, 'fast-forward');
  const { events } = await ground.gather();
  const found = events.filter(({ pull }) => pull.branch === branch);
  if (fork !== null) await close(fork);
  for (const { pull } of found) await close(pull.number);
  expect(found.length).toBe(1);
});
