// SPDX-License-Identifier: Apache-2.0
// What somebody with write access can do to branches and deployments, and what becomes of it.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { gather } from '../../src/commands/gather.ts';
import { readState } from '../../src/commands/read-base.ts';
import { METADATA_BRANCH, PUBLISHED_BRANCH } from '../../src/event/layout.ts';
import type { CommitSha, FileContent } from '../../src/ports.ts';
import { parseTargetsRoleName } from '../../src/tuf/names.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';
import { GitHubGround, STRANGER } from '../commands/github-ground.ts';
import { day } from '../commands/support.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let github: FakeGitHub;
let ground: GitHubGround;
let made = 0;

beforeAll(async () => {
  github = await startGitHub();
});
afterAll(async () => {
  await github.close();
});

beforeEach(async () => {
  ground = await GitHubGround.published(github, `app${String(++made)}`);
  ground.github.addCollaborator(ground.project, STRANGER, 'write');
});
afterEach(async () => {
  await ground.close();
});

const RELEASES = parseTargetsRoleName('releases', 'test');
const text = (value: string): FileContent => ({ kind: 'bytes', bytes: new TextEncoder().encode(value) });

async function headOf(branch: string): Promise<CommitSha> {
  const { forge } = await ground.adapters('gather');
  const head = (await forge.branches(branch)).get(branch);
  if (head === undefined) throw new Error(`no branch ${branch}`);
  return head;
}

/** Pushes a change as a writer. */
async function push(branch: string, path: string, content: FileContent | null): Promise<void> {
  const { forge } = await ground.adapters({ person: STRANGER });
  const head = await headOf(branch);
  const commit = await forge.writeCommit({ base: head, parents: [head], changes: new Map([[path, content]]), message: 'push' });
  await forge.moveBranch(branch, head, commit, 'fast-forward');
}

async function reset(branch: string, to: CommitSha): Promise<void> {
  const { forge } = await ground.adapters({ person: STRANGER });
  await forge.moveBranch(branch, await headOf(branch), to, 'replace');
}

async function release(prefix: string, content: string): Promise<number> {
  const { number } = await ground.propose({ app: content }, { targetPrefix: prefix });
  for (const person of ['alice', 'bob']) await ground.sign(person, number ?? 0);
  expect((await ground.gather()).completed).toEqual([number]);
  return number ?? 0;
}

async function releasesVersion(): Promise<number | undefined> {
  return (await ground.base()).roles.get(RELEASES)?.file.signed.version;
}

/** The version of releases that the branches and what is served come to, without the pull requests. */
async function onBranches(): Promise<number | undefined> {
  const { base } = await readState(await ground.open(), 'branches-only');
  return base?.roles.get(RELEASES)?.file.signed.version;
}

describe('an unsigned change on the metadata branch', () => {
  test.each<[string, string, string]>([
    ['a role that nobody signed', 'metadata/releases.json', 'json-syntax'],
    ['a root that nobody signed', 'metadata/root.json', 'json-syntax'],
    ['a file that nobody claims', 'metadata/extra.txt', 'event-file-unclaimed'],
  ])('%s is ignored and told; the last verified state stays fresh, and the next event mends it', async (_, path, code) => {
    await release('v1/', 'one');
    await ground.publish();
    await ground.deploy();
    expect((await ground.gather()).findings).toEqual([]);
    await push(METADATA_BRANCH, path, text('unsigned'));
    const gathered = await ground.gather();
    expect(gathered.findings.map((one) => one.code)).toContain(code);
    expect(gathered.findings.map(({ where }) => where.split(' ')[0])).toContain(path);
    expect(await releasesVersion()).toBe(2);
    const published = await ground.publish({ now: day(3) });
    expect([published.outcome, published.reasons.length]).toEqual(['published', 1]);
    await ground.deploy({ now: day(3) });
    await release('v2/', 'two');
    expect((await ground.gather()).findings).toEqual([]);
  });

  test('a role that was deleted is told and built upon as if it were there', async () => {
    await release('v1/', 'one');
    await push(METADATA_BRANCH, 'metadata/releases.json', null);
    expect((await ground.gather()).findings.map((one) => one.code)).toContain('role-missing');
    expect(await releasesVersion()).toBe(2);
  });
});

test('both branches reset to a time before a change: what clients are served is the floor', async () => {
  const before = { tuf: await headOf(METADATA_BRANCH), published: await headOf(PUBLISHED_BRANCH) };
  await release('v1/', 'one');
  await ground.publish();
  await ground.deploy();
  await reset(METADATA_BRANCH, before.tuf);
  await reset(PUBLISHED_BRANCH, before.published);
  expect(await onBranches()).toBe(2);
  const { outcome, timestamp } = await ground.publish({ now: day(3) });
  expect([outcome, timestamp]).toEqual(['published', 3]);
  await ground.deploy({ now: day(3) });
  // Without what is served the branches are all that the deployment sees; every other job also looks at what was merged lately.
  ground.deployed = null;
  await reset(METADATA_BRANCH, before.tuf);
  await reset(PUBLISHED_BRANCH, before.published);
  expect([await onBranches(), await releasesVersion()]).toEqual([1, 2]);
});

test('the metadata branch reset before what it had was published: what was merged is still the floor', async () => {
  const before = await headOf(METADATA_BRANCH);
  await release('v1/', 'one');
  expect(await releasesVersion()).toBe(2);
  await reset(METADATA_BRANCH, before);
  // It is published all the same, and a number that people have signed is never shown to them for other bytes.
  const { outcome } = await ground.publish();
  const { forge } = await ground.adapters('gather');
  expect([outcome, (await forge.tree(await headOf(PUBLISHED_BRANCH))).has('metadata/2.releases.json')]).toEqual(['published', true]);
  const { version } = await ground.propose({ app: 'other' }, { targetPrefix: 'v2/' });
  expect(version).toBe(3);
});

test('a writer who pushes junk over a signed event costs nobody their content, their vote or the number', async () => {
  const first = await ground.propose({ app: 'one' });
  const number = first.number ?? 0;
  await ground.sign('alice', number);
  await push(first.branch ?? '', 'junk.txt', text('junk'));
  const { events, findings } = await ground.gather();
  expect(events.map(({ state, roles }) => [state, roles.map(({ payload }) => payload)])).toEqual([['waiting', [first.payload]]]);
  expect(findings.map(({ code, where }) => `${code} ${where}`)).toEqual([`event-rewritten #${String(number)}`]);
  const second = await ground.propose({ app: 'two' }, { targetPrefix: 'v2/' });
  expect([second.outcome, second.version]).toEqual(['queued', 3]);
  await ground.sign('bob', number);
  expect((await ground.gather()).completed).toEqual([number]);
});

test('an older deployment does not overtake: it deploys what the branch has now, or nothing', async () => {
  const older = await headOf(PUBLISHED_BRANCH);
  await release('v1/', 'one');
  await ground.publish();
  await ground.deploy();
  expect(ground.deployed).not.toBe(older);
  // The older run's job comes last; it checks out the branch as it is by then.
  await ground.deploy();
  expect(ground.deployed).toBe(await headOf(PUBLISHED_BRANCH));
  // And a branch that was reset in between is refused.
  await reset(PUBLISHED_BRANCH, older);
  await expect(ground.deploy()).rejects.toMatchObject({ code: 'rollback' });
});

test('a signature from a second repository with the same keys, and from a second role, is worth nothing here', async () => {
  const other = await GitHubGround.published(github, 'other', '00000000-0000-4000-8000-0000000000bb');
  try {
    const [here, there] = [await ground.propose({ app: 'x' }), await other.propose({ app: 'x' })];
    const theirs = (await other.sign('alice', there.number ?? 0, { carrier: 'print' })).block;
    const { forge } = await ground.adapters({ person: 'alice' });
    await forge.comment(here.number ?? 0, theirs);
    const [status] = (await ground.gather()).events;
    expect(status?.roles[0]?.ignored.map(({ code }) => code)).toEqual(['wrong-repository']);
    await ground.sign('alice', here.number ?? 0);
    const [signed] = (await ground.gather()).events;
    expect(signed?.roles[0]?.requirements[0]?.votes.map(({ person }) => person)).toEqual(['alice']);
    const docs = await ground.propose({ page: 'x' }, { role: 'docs', targetPrefix: 'docs/' });
    const line = (await ground.sign('alice', here.number ?? 0, { carrier: 'print' })).block;
    await forge.comment(docs.number ?? 0, line.replace('"role":"releases"', '"role":"docs"'));
    const gathered = await ground.gather();
    const docsEvent = gathered.events.find(({ roles }) => roles[0]?.role === 'docs');
    expect([gathered.completed, docsEvent?.roles[0]?.requirements[0]?.votes]).toEqual([[], []]);
    await ground.sign('alice', docsEvent?.pull.number ?? 0);
    expect((await ground.gather()).completed).toEqual([docsEvent?.pull.number]);
  } finally {
    await other.close();
  }
});

test("a workflow on a writer's own branch gets no environment's key, and may not merge", async () => {
  github.protect(ground.project, METADATA_BRANCH, { allowForcePushes: false });
  const job = github.jobToken({ repository: ground.project, permissions: { contents: 'read' }, workflowBranch: 'mine' });
  const answer = await fetch(`${github.apiUrl}/repos/${ground.project}/git/refs`, {
    method: 'POST',
    headers: { authorization: `Bearer ${job}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ref: 'refs/heads/x', sha: ground.source }),
  });
  expect(answer.status).toBe(403);
  expect((await gather(await ground.open())).findings).toEqual([]);
});

test('a pull request that is pointed at another branch is pointed back, and its signatures count', async () => {
  const proposed = await ground.propose({ app: 'x' });
  const number = proposed.number ?? 0;
  for (const person of ['alice', 'bob']) await ground.sign(person, number);
  const answer = await fetch(`${github.apiUrl}/repos/${ground.project}/pulls/${String(number)}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${github.tokenFor(STRANGER)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ base: 'main' }),
  });
  expect(answer.status).toBe(200);
  expect((await ground.gather()).completed).toEqual([number]);
});
