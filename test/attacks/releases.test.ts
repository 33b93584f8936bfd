// SPDX-License-Identifier: Apache-2.0
// What somebody with write access can do to a draft release between the hashing and the publication, and what becomes of it.
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { draftBody } from '../../src/event/decide-releases.ts';
import { gather } from '../../src/commands/gather.ts';
import type { Release, Releases } from '../../src/ports.ts';
import { GitHubGround, STRANGER } from '../commands/github-ground.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let github: FakeGitHub;
let ground: GitHubGround;
let made = 0;

beforeAll(async () => {
  github = await startGitHub();
  ground = await GitHubGround.published(github);
  github.addCollaborator(ground.project, STRANGER, 'write');
});
afterAll(async () => {
  await ground.close();
  await github.close();
});

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** As mallory. */
async function releases(): Promise<Releases> {
  return (await ground.adapters({ person: STRANGER })).releases;
}

async function draftOf(tag: string): Promise<Release> {
  const found = (await (await releases()).list()).find((one) => one.tag === tag);
  if (found === undefined) throw new Error(`no release of ${tag}`);
  return found;
}

async function call(method: string, path: string, body: unknown): Promise<void> {
  const answer = await fetch(`${github.apiUrl}/repos/${ground.project}${path}`, {
    method,
    headers: { authorization: `Bearer ${github.tokenFor(STRANGER)}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)}`);
}

async function swap(tag: string, name: string, text: string): Promise<void> {
  const host = await releases();
  const { id } = await draftOf(tag);
  const asset = (await host.assets(id)).find((one) => one.name === name);
  if (asset !== undefined) await host.removeAsset(asset.id);
  await host.upload(id, name, { kind: 'bytes', bytes: new TextEncoder().encode(text) }, sha256(text));
}

interface Outcome {
  readonly released: readonly string[];
  readonly codes: readonly string[];
  readonly draft: boolean;
}

/** Proposes a release of one file, does something to it, has two people sign, and gathers. */
async function releaseAfter(attack: (tag: string) => Promise<void>): Promise<Outcome & { readonly tag: string; readonly told: string }> {
  const tag = `v${String(++made)}`;
  const { number } = await ground.proposeRelease(tag, { 'app.tgz': tag });
  await attack(tag);
  for (const person of ['alice', 'bob']) await ground.sign(person, number ?? 0);
  const { released, findings } = await ground.gather();
  const ours = findings.filter(({ where }) => where.endsWith(` ${tag}`));
  const { draft } = await draftOf(tag).catch(() => ({ draft: false }));
  return {
    tag,
    released: released.map((one) => one.tag),
    codes: ours.map(({ code }) => code),
    draft,
    told: ours.map(({ detail }) => detail).join('\n'),
  };
}

describe('a draft that was changed after it was hashed is not published', () => {
  test('the control: nothing was changed', async () => {
    const { tag, released, codes, draft } = await releaseAfter(async () => undefined);
    expect([released, codes, draft]).toEqual([[tag], [], false]);
    const { releases: host } = await ground.adapters('gather');
    expect(await host.tagCommit(tag)).toBe(ground.source);
  });

  test.each<[string, string, string, (tag: string) => Promise<void>]>([
    ['the file was swapped', 'release-mismatch', 'app.tgz', async (tag) => swap(tag, 'app.tgz', 'evil')],
    [
      'the file that clients ask for was swapped',
      'release-mismatch',
      'app.tgz',
      async (tag) => swap(tag, `${sha256(tag)}.app.tgz`, 'evil'),
    ],
    ['a file was added', 'release-mismatch', 'more.tgz', async (tag) => swap(tag, 'more.tgz', 'evil')],
    [
      'its commit was changed',
      'release-mismatch',
      'commit',
      async (tag) => call('PATCH', `/releases/${String((await draftOf(tag)).id)}`, { target_commitish: evilCommit() }),
    ],
    [
      'its tag was made at another commit',
      'tag-mismatch',
      'commit',
      async (tag) => call('POST', '/git/refs', { ref: `refs/tags/${tag}`, sha: evilCommit() }),
    ],
    ['it was deleted', 'release-missing', 'run the workflow', async (tag) => (await releases()).removeDraft((await draftOf(tag)).id)],
    [
      'it was renamed to another tag',
      'release-missing',
      'run the workflow',
      async (tag) => call('PATCH', `/releases/${String((await draftOf(tag)).id)}`, { tag_name: `${tag}-other` }),
    ],
  ])('%s: %s', async (_, code, words, attack) => {
    const { released, codes, told } = await releaseAfter(attack);
    expect([released, codes]).toEqual([[], [code]]);
    expect(told).toContain(words);
  });
});

describe('a release that somebody published by hand is never taken for ours in silence', () => {
  test('with other files, before the quorum was there', async () => {
    const { released, codes, told } = await releaseAfter(async (tag) => {
      await swap(tag, 'app.tgz', 'evil');
      await call('PATCH', `/releases/${String((await draftOf(tag)).id)}`, { draft: false });
    });
    expect([released, codes]).toEqual([[], ['release-mismatch']]);
    expect(told).toContain('public');
    expect((await ground.gather()).findings.map(({ code }) => code)).toContain('release-mismatch');
  });

  test('with the signed files: nothing is wrong', async () => {
    const { released, codes } = await releaseAfter(async (tag) =>
      call('PATCH', `/releases/${String((await draftOf(tag)).id)}`, { draft: false }),
    );
    expect([released, codes]).toEqual([[], []]);
  });

  test('a file that is swapped long after the release went out is told', async () => {
    const { tag, codes } = await releaseAfter(async () => undefined);
    expect(codes).toEqual([]);
    await swap(tag, 'app.tgz', 'evil');
    const { findings } = await ground.gather();
    expect(findings.filter(({ where }) => where === `release ${tag}`).map(({ code }) => code)).toEqual(['release-mismatch']);
    await swap(tag, 'app.tgz', tag);
    expect((await ground.gather()).findings.filter(({ where }) => where === `release ${tag}`)).toEqual([]);
  });
});

function evilCommit(): string {
  return github.commit(ground.project, 'evil', { 'README.md': `evil ${String(made)}\n` });
}

test('a draft that was mended is published by the next gather; a crash between merge and release is the same', async () => {
  const { tag, released } = await releaseAfter(async (name) => swap(name, 'app.tgz', 'evil'));
  expect(released).toEqual([]);
  await swap(tag, 'app.tgz', tag);
  expect((await ground.gather()).released.map((one) => one.tag)).toEqual([tag]);
});

test('a file that is swapped while the release is published is told, loudly', async () => {
  const place = await ground.open();
  const { releases: host } = place;
  if (host === null) throw new Error('no releases');
  const tag = `v${String(++made)}`;
  const { number } = await ground.proposeRelease(tag, { 'app.tgz': tag });
  for (const person of ['alice', 'bob']) await ground.sign(person, number ?? 0);
  const swapping: Releases = {
    list: () => host.list(),
    describe: (...args) => host.describe(...args),
    get: (id) => host.get(id),
    createDraft: (draft) => host.createDraft(draft),
    assets: (id) => host.assets(id),
    upload: (...args) => host.upload(...args),
    removeAsset: (id) => host.removeAsset(id),
    download: (...args) => host.download(...args),
    removeDraft: (id) => host.removeDraft(id),
    tagCommit: (name) => host.tagCommit(name),
    publish: async (...args) => {
      await swap(tag, 'app.tgz', 'evil');
      return host.publish(...args);
    },
  };
  const { findings } = await gather({ ...place, releases: swapping });
  expect(findings.filter(({ where }) => where.endsWith(tag)).map(({ detail }) => detail)).toEqual([
    expect.stringContaining('take it back'),
  ]);
});

test('a build that came out different is proposed again: the release is of the later bytes, and goes out', async () => {
  const tag = `v${String(++made)}`;
  const { number } = await ground.proposeRelease(tag, { 'app.tgz': 'first' });
  await expect(ground.proposeRelease(tag, { 'app.tgz': 'second' })).rejects.toMatchObject({ code: 'target-exists' });
  expect((await ground.proposeRelease(tag, { 'app.tgz': 'second' }, { existing: 'replace' })).outcome).toBe('added');
  for (const person of ['alice', 'bob']) await ground.sign(person, number ?? 0);
  expect((await ground.gather()).released.map((one) => one.tag)).toEqual([tag]);
});

test('a draft whose event went on under another number goes when that one is closed', async () => {
  const tag = `v${String(++made)}`;
  const first = await ground.propose({ app: tag }, { targetPrefix: `v${String(++made)}/` });
  await ground.sign('alice', first.number ?? 0);
  // As a propose leaves it that was overtaken between its draft and its branch.
  const host = (await ground.adapters('propose')).releases;
  const { forge } = await ground.adapters('gather');
  const commit = (await forge.branches('main')).get('main');
  if (commit === undefined) throw new Error('no main branch');
  ground.source = commit;
  await host.createDraft({ tag, commit, name: tag, body: draftBody(first.number), prerelease: false });
  const second = await ground.proposeRelease(tag, { 'app.tgz': tag });
  expect(second.outcome).toBe('queued');
  await ground.sign('bob', first.number ?? 0);
  expect((await ground.gather()).completed).toEqual([first.number]);
  expect((await draftOf(tag)).draft).toBe(true);
  const [open] = (await ground.gather()).events;
  await ground.abandon(open?.pull.number ?? 0);
  await expect(draftOf(tag)).rejects.toThrow('no release');
});

test('a tag that exists already: the release is of it, or the propose says what to do', async () => {
  const here = `v${String(++made)}`;
  github.commit(ground.project, 'main', {});
  await call('POST', '/git/refs', { ref: `refs/tags/${here}`, sha: ground.source });
  const tagged = { tag: here, createTag: false, releaseId: null, prerelease: false };
  expect((await ground.proposeRelease(here, { 'app.tgz': here }, { release: tagged })).outcome).toBe('opened');
  const there = `v${String(++made)}`;
  await call('POST', '/git/refs', { ref: `refs/tags/${there}`, sha: evilCommit() });
  const other = { tag: there, createTag: true, releaseId: null, prerelease: false };
  await expect(ground.proposeRelease(there, { 'app.tgz': there }, { release: other })).rejects.toMatchObject({ code: 'tag-mismatch' });
  const none = { tag: `v${String(++made)}`, createTag: false, releaseId: null, prerelease: false };
  await expect(ground.proposeRelease(none.tag, { 'app.tgz': 'x' }, { release: none })).rejects.toMatchObject({ code: 'tag-missing' });
  const [open] = (await ground.gather()).events;
  await ground.abandon(open?.pull.number ?? 0);
});

test('a draft of another tool is used only when it is named', async () => {
  const tag = `v${String(++made)}`;
  const { releases: host } = await ground.adapters({ person: STRANGER });
  const draft = await host.createDraft({ tag, commit: await commitOf(), name: 'Notes', body: 'by a tool', prerelease: false });
  await host.upload(draft.id, 'app.tgz', { kind: 'bytes', bytes: new TextEncoder().encode(tag) }, sha256(tag));
  await expect(ground.proposeRelease(tag, { 'app.tgz': tag })).rejects.toMatchObject({ code: 'already-exists' });
  const named = { tag, createTag: true, releaseId: draft.id, prerelease: false };
  await expect(ground.proposeRelease(tag, { 'app.tgz': 'other' }, { release: named })).rejects.toMatchObject({ code: 'release-mismatch' });
  const { number, release } = await ground.proposeRelease(tag, { 'app.tgz': tag }, { release: named });
  expect(release?.id).toBe(draft.id);
  for (const person of ['alice', 'bob']) await ground.sign(person, number ?? 0);
  expect((await ground.gather()).released.map((one) => one.tag)).toEqual([tag]);
  expect((await draftOf(tag)).body).toBe('by a tool');
});

async function commitOf(): Promise<Parameters<Releases['publish']>[1]['commit']> {
  const { forge } = await ground.adapters('gather');
  const head = (await forge.branches('main')).get('main');
  if (head === undefined) throw new Error('no main branch');
  ground.source = head;
  return head;
}
