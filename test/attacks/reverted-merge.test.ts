// SPDX-License-Identifier: Apache-2.0
// A writer takes back what was signed and merged, before it is published, by a commit like any other: no branch is reset, and no file is missing.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { METADATA_BRANCH } from '../../src/event/layout.ts';
import type { BlobId } from '../../src/ports.ts';
import { parseTargetsRoleName } from '../../src/tuf/names.ts';
import { GitHubGround, STRANGER } from '../commands/github-ground.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';
import { openEvent, type OpenEvent } from './support.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const FILE = 'metadata/releases.json';
let github: FakeGitHub;
let ground: GitHubGround;
let event: OpenEvent;
let before: BlobId;
let made = 0;

async function blobNow(): Promise<BlobId> {
  const { forge } = await ground.adapters('gather');
  const head = (await forge.branches(METADATA_BRANCH)).get(METADATA_BRANCH);
  const entry = head === undefined ? undefined : (await forge.tree(head)).get(FILE);
  if (entry === undefined) throw new Error('no releases');
  return entry.id;
}

/** A plain push, as the rules of the branch allow it. */
async function takeBack(): Promise<void> {
  const { forge } = await ground.adapters({ person: STRANGER });
  const head = (await forge.branches(METADATA_BRANCH)).get(METADATA_BRANCH);
  if (head === undefined) throw new Error('no metadata branch');
  const changes = new Map([[FILE, { kind: 'blob' as const, id: before }]]);
  const commit = await forge.writeCommit({ base: head, parents: [head], changes, message: 'Revert' });
  await forge.moveBranch(METADATA_BRANCH, head, commit, 'fast-forward');
}

beforeAll(async () => {
  github = await startGitHub();
});
afterAll(async () => github.close());
beforeEach(async () => {
  ground = await GitHubGround.published(github, `app${String(++made)}`);
  github.addCollaborator(ground.project, STRANGER, 'write');
  before = await blobNow();
  event = await openEvent(ground);
  for (const person of ['alice', 'bob']) await ground.sign(person, event.number);
  expect((await ground.gather()).completed).toEqual([event.number]);
});
afterEach(async () => ground.close());

test.each([
  ['left as it is', false],
  ['taken back by a commit', true],
])('what was merged and is not published yet, %s, is published', async (_, isTakenBack) => {
  if (isTakenBack) await takeBack();
  await ground.publish();
  const { forge } = await ground.adapters('deploy');
  const head = (await forge.branches('tuf-published')).get('tuf-published');
  expect([...(head === undefined ? [] : (await forge.tree(head)).keys())]).toContain(`metadata/${String(event.version)}.releases.json`);
});

test.each([
  ['left as it is', false],
  ['taken back by a commit', true],
])('what was merged and is not published yet, %s, keeps its version', async (_, isTakenBack) => {
  if (isTakenBack) await takeBack();
  const base = (await ground.base()).roles.get(parseTargetsRoleName('releases', 'test'))?.file.signed.version;
  expect([base, (await openEvent(ground)).version]).toEqual([event.version, event.version + 1]);
});

test('and it is told', async () => {
  await takeBack();
  const { findings } = await ground.gather();
  expect(findings.map(({ code, where }) => [code, where])).toEqual([['rollback', `releases@${String(event.version - 1)}`]]);
});
