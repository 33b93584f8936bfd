// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { propose } from '../../src/commands/propose.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';
import { GitHubGround } from './github-ground.ts';

let github: FakeGitHub;
let ground: GitHubGround;

beforeAll(async () => {
  github = await startGitHub();
  ground = await GitHubGround.published(github);
}, 60_000);
afterAll(async () => {
  await ground.close();
  await github.close();
});

test('a release for Pages: proposed, signed by two, merged, published, served', async () => {
  const proposed = await ground.propose({ app: 'one' });
  expect(proposed.outcome).toBe('opened');
  const number = proposed.number ?? 0;
  await ground.sign('alice', number);
  expect((await ground.gather()).completed).toEqual([]);
  await ground.sign('bob', number);
  expect((await ground.gather()).completed).toEqual([number]);
  const published = await ground.publish();
  expect([published.outcome, published.site.outcome, published.findings]).toEqual(['published', 'behind', []]);
  await ground.deploy();
  expect((await ground.publish()).site.outcome).toBe('unchanged');
});

test('a release with a custody signer: her approval, her key in a job of its own, and the others', async () => {
  const { number } = await ground.propose({ app: 'two' }, { targetPrefix: 'v2/' });
  if (number === null) throw new Error('nothing was proposed');
  await ground.approve('carol', number);
  const waiting = await ground.gather();
  expect(waiting.custody).toEqual([{ person: 'carol', environment: 'countersign-carol' }]);
  const carried = await ground.custody();
  expect(carried.map(({ files }) => files.map(({ role }) => role))).toEqual([['releases']]);
  expect((await ground.settle(carried)).completed).toEqual([]);
  expect((await ground.gather()).custody).toEqual([]);
  await ground.sign('alice', number);
  expect((await ground.gather()).completed).toEqual([number]);
});

test('files in a release: a draft until enough have signed, then published at the signed commit', async () => {
  const { number, release } = await ground.proposeRelease('v3', { 'app.tgz': 'three' });
  if (number === null) throw new Error('nothing was proposed');
  expect(release?.state).toBe('draft');
  await ground.sign('alice', number);
  expect((await ground.gather()).released).toEqual([]);
  await ground.sign('bob', number);
  const done = await ground.gather();
  expect([done.completed, done.released.map(({ tag }) => tag), done.findings]).toEqual([[number], ['v3'], []]);
  const again = await ground.proposeRelease('v3', { 'app.tgz': 'three' });
  expect([again.outcome, again.release?.state]).toEqual(['nothing-new', 'published']);
  expect((await ground.gather()).released).toEqual([]);
});

test('an abandoned event takes its draft with it', async () => {
  const { number } = await ground.proposeRelease('v4', { 'app.tgz': 'four' });
  await ground.sign('alice', number ?? 0);
  const { live } = await ground.abandon(number ?? 0);
  expect(live.map(({ by }) => by)).toEqual(['alice']);
  // Drafts are the automation's: it takes this one away in its next run.
  await ground.gather();
  const { releases } = await ground.open();
  expect((await releases?.list())?.map(({ tag }) => tag)).toEqual(['v3']);
});

test('a file that the published branch could not hold is refused before anybody signs it', async () => {
  const place = await ground.open({ as: 'propose' });
  const file = join(ground.directory, 'large');
  await writeFile(file, 'xxxx');
  const input = {
    role: 'releases',
    files: [file],
    targetPrefix: 'v9/',
    remove: [],
    existing: 'refuse',
    whenOpen: 'queue',
    nextVersion: false,
    custom: null,
    sourceCommit: null,
    hosting: 'site',
    release: null,
    origin: null,
    staging: 'hosted',
    mode: 'dry-run',
  } as const;
  await expect(propose({ ...place, maxHostedBytes: 3 }, input)).rejects.toMatchObject({ code: 'too-large' });
  expect((await propose({ ...place, maxHostedBytes: 4 }, input)).outcome).toBe('opened');
});
