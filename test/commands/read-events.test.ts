// SPDX-License-Identifier: Apache-2.0
// What an event changes, when the metadata branch below it is not what it was built on any more.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { abandon } from '../../src/commands/abandon.ts';
import { readMergedPolicies } from '../../src/commands/read-ended.ts';
import { readEvent } from '../../src/commands/read-event.ts';
import { adoptOrphans, readProposalPulls } from '../../src/commands/read-events.ts';
import { METADATA_BRANCH } from '../../src/event/layout.ts';
import { git } from '../../src/forge/local/git.ts';
import type { CommitSha, FileContent } from '../../src/ports.ts';
import { parseCommitSha } from '../../src/trust/accounts.ts';
import { parseTargetsRoleName } from '../../src/tuf/names.ts';
import { Faults, Killed } from '../fakes/faults.ts';
import { makeScratch, published, removeScratch, shared, unsigned, type Ground } from './support.ts';
import { allReviews } from '../fakes/all-reviews.ts';

vi.setConfig({ testTimeout: 60_000 });
beforeAll(makeScratch);
afterAll(removeScratch);

const DOCS = 'metadata/docs.json';
const RELEASES = 'metadata/releases.json';

async function headOf(ground: Ground, branch: string): Promise<CommitSha> {
  const head = (await (await ground.open()).forge.branches(branch)).get(branch);
  if (head === undefined) throw new Error(`no branch ${branch}`);
  return head;
}

/** Makes a branch have one file more, less, or another. */
async function push(ground: Ground, branch: string, path: string, content: FileContent | null): Promise<void> {
  const { forge } = await ground.open();
  const head = await headOf(ground, branch);
  const commit = await forge.writeCommit({ base: head, parents: [head], changes: new Map([[path, content]]), message: 'push' });
  await forge.moveBranch(branch, head, commit, 'fast-forward');
}

async function bytesAt(ground: Ground, branch: string, path: string): Promise<Uint8Array> {
  const { forge } = await ground.open();
  const entry = (await forge.tree(await headOf(ground, branch))).get(path);
  const bytes = entry === undefined ? undefined : (await forge.blobs([entry.id])).get(entry.id);
  if (bytes === undefined) throw new Error(`no ${path} on ${branch}`);
  return bytes;
}

/** What the one open event changes, as it is read. */
async function changesOf(ground: Ground): Promise<readonly string[]> {
  const { forge } = await ground.open();
  const { open, ended } = await readProposalPulls(forge);
  const [pull] = open;
  if (pull === undefined) throw new Error('nothing is open');
  const mergedPolicies = await readMergedPolicies(forge, ended);
  const context = { forge, metadataHead: await headOf(ground, METADATA_BRANCH), base: await ground.base(), automation: [], mergedPolicies };
  const facts = await readEvent(context, pull);
  return [...facts.changes.keys()].filter((path) => path !== 'event.json').sort();
}

const EVENT = 'sign/releases-v2';
const text = (value: string): FileContent => ({ kind: 'bytes', bytes: new TextEncoder().encode(value) });

/** A page of docs is signed, and an event of releases, #3, is built on that. */
const built = shared(async () => {
  const ground = await (await published()).copy();
  await ground.release('docs/page', 'page');
  await ground.propose('v1/a', 'a');
  return ground;
});

/** As {@link built}, after a writer has taken the metadata branch back to before the page. */
const lost = shared(async () => {
  const ground = await (await built()).copy();
  const { forge } = await ground.open();
  const head = await headOf(ground, METADATA_BRANCH);
  const first = await forge.mergeBase(head, await headOf(ground, 'sign/root-v1'));
  if (first === null || first === head) throw new Error('expected the page to be merged after the root');
  await forge.moveBranch(METADATA_BRANCH, head, first, 'replace');
  return ground;
});

/** As {@link built}, after a writer has taken the metadata branch back to its first commit. */
const emptied = shared(async () => {
  const ground = await (await built()).copy();
  const { forge } = await ground.open();
  const head = await headOf(ground, METADATA_BRANCH);
  const first = (await git(ground.repository, ['rev-list', '--max-parents=0', head])).toString('utf8').trim();
  await forge.moveBranch(METADATA_BRANCH, head, parseCommitSha(first, 'first'), 'replace');
  return ground;
});

describe('an event below which the metadata branch was reset', () => {
  test.each([
    ['not at all', built],
    ['to before what was signed', lost],
    ['to before the first root, with its policy', emptied],
  ])('%s changes its own file only, is signed and completes', async (_, start) => {
    const ground = await (await start()).copy();
    expect(await changesOf(ground)).toEqual([RELEASES]);
    expect((await ground.gather()).events.map(({ state, roles }) => [state, roles.map(({ role }) => role)])).toEqual([
      ['waiting', ['releases']],
    ]);
    const page = await bytesAt(ground, EVENT, DOCS);
    await ground.complete(3, ['alice', 'bob']);
    // And the branch has again what was lost, with its signatures.
    expect(await bytesAt(ground, METADATA_BRANCH, DOCS)).toEqual(page);
    expect((await ground.gather()).findings).toEqual([]);
  });

  test.each<[string, (ground: Ground) => Promise<FileContent | null>, string]>([
    [
      'without its signatures',
      async (ground) =>
        text(
          Buffer.from(await bytesAt(ground, EVENT, DOCS))
            .toString()
            .replace(/"signatures": ?\[[^\]]*\]/, '"signatures":[]'),
        ),
      'outdated',
    ],
    ['with one byte more', async (ground) => text(`${Buffer.from(await bytesAt(ground, EVENT, DOCS)).toString()} `), 'outdated'],
    [
      'with another target',
      async (ground) =>
        text(
          Buffer.from(await bytesAt(ground, EVENT, DOCS))
            .toString()
            .replace('docs/page', 'docs/evil'),
        ),
      'outdated',
    ],
    ['that is no metadata', async () => text('evil'), 'invalid'],
    ['that is deleted', async () => null, 'invalid'],
  ])('and that has a file of the base %s keeps it as its change', async (_, content, state) => {
    const ground = await (await lost()).copy();
    await push(ground, EVENT, DOCS, await content(ground));
    expect(await changesOf(ground)).toEqual([DOCS, RELEASES]);
    expect((await ground.gather()).events.map((one) => one.state)).toEqual([state]);
  });

  test.each([
    ['metadata/other.json', 'invalid'],
    ['metadata/root_history/2.root.json', 'invalid'],
    ['metadata/root_history/1.root.json', 'invalid'],
    ['countersign.yaml', 'invalid'],
    ['junk.txt', 'invalid'],
  ])('and that brings bytes of the base as %s keeps that as its change', async (path, state) => {
    const ground = await (await lost()).copy();
    await push(ground, EVENT, path, { kind: 'bytes', bytes: await bytesAt(ground, EVENT, DOCS) });
    expect(await changesOf(ground)).toEqual([path, RELEASES].sort());
    expect((await ground.gather()).events.map((one) => one.state)).toEqual([state]);
  });
});

test('a file of another role in the bytes of the base is no change, and whoever signs the event signs nothing of it', async () => {
  const ground = await (await lost()).copy();
  await ground.sign('alice', 3);
  await ground.sign('bob', 3);
  const [, first] = await allReviews((await ground.open()).forge, 3);
  expect(first?.body).toContain('"role":"releases"');
  expect(first?.body).not.toContain('"role":"docs"');
});

test('an event of which the base has everything is closed', async () => {
  const ground = await (await lost()).copy();
  await push(ground, EVENT, RELEASES, { kind: 'bytes', bytes: await bytesAt(ground, METADATA_BRANCH, RELEASES) });
  await push(ground, EVENT, 'event.json', null);
  expect(await changesOf(ground)).toEqual([]);
  await ground.gather();
  expect((await ground.pulls()).find(({ number }) => number === 3)?.state).toBe('closed');
});

test('a gather that is ended before the metadata branch moves is completed, whatever a writer had put there', async () => {
  for (const stray of ['metadata/stray.json', 'metadata/stray.txt']) {
    const ground = await (await built()).copy();
    await push(ground, METADATA_BRANCH, stray, text('{}'));
    await ground.sign('alice', 3);
    await ground.sign('bob', 3);
    const faults = new Faults();
    faults.beforeEach = async ({ name, args }) => {
      if (name === 'moveBranch' && args[0] === METADATA_BRANCH) throw new Killed('before the last move');
    };
    await expect(ground.gather({ faults })).rejects.toThrow(Killed);
    expect(await changesOf(ground)).toEqual([RELEASES]);
    expect((await ground.gather()).completed).toEqual([3]);
    expect((await ground.gather()).findings).toEqual([]);
  }
});

describe('a proposal branch', () => {
  const open = async (ground: Ground): Promise<readonly number[]> =>
    (await ground.pulls()).flatMap(({ number, state }) => (state === 'open' ? [number] : []));

  test('without a pull request is given one', async () => {
    const ground = await (await unsigned()).copy();
    const { forge } = await ground.open();
    await forge.moveBranch('sign/releases-v3', null, await headOf(ground, EVENT), 'fast-forward');
    await adoptOrphans(forge, await readProposalPulls(forge));
    expect(await open(ground)).toEqual([2, 3]);
  });

  test('whose event is abandoned while a run looks is not given another', async () => {
    const ground = await (await unsigned()).copy();
    const faults = new Faults();
    let looks = 0;
    faults.beforeEach = async ({ name }) => {
      if (name === 'endedPulls' && ++looks === 1) await abandon(await ground.open(), 2);
    };
    const { forge } = await ground.open({ faults });
    await adoptOrphans(forge, await readProposalPulls(forge));
    expect([looks, await open(ground)]).toEqual([1, []]);
  });
});

/** Takes the metadata branch back to its first commit, which has no metadata. */
async function empty(ground: Ground): Promise<void> {
  const { forge } = await ground.open();
  const head = await headOf(ground, METADATA_BRANCH);
  const first = (await git(ground.repository, ['rev-list', '--max-parents=0', head])).toString('utf8').trim();
  await forge.moveBranch(METADATA_BRANCH, head, parseCommitSha(first, 'test'), 'replace');
}

describe('an event that is queued while the metadata branch has', () => {
  test.each<[string, ((ground: Ground) => Promise<FileContent | null>) | 'reset' | null]>([
    ['the signed file of its role', null],
    ['nothing but its first commit', 'reset'],
    ['no file of its role', async () => null],
    ['no metadata in its place', async () => text('unsigned')],
    [
      'what nobody signed in its place',
      async (ground) => {
        // What the first event is about to add: the second one would seem to take it away.
        const proposed = Buffer.from(await bytesAt(ground, EVENT, RELEASES)).toString();
        return text(proposed.replace('"version": 2', '"version": 1'));
      },
    ],
  ])('%s holds what is signed before it comes first', async (_, content) => {
    const ground = await (await published()).copy();
    if (content === 'reset') await empty(ground);
    await ground.propose('v1/a', 'a');
    await ground.sign('alice', 2);
    if (content !== null && content !== 'reset') await push(ground, METADATA_BRANCH, RELEASES, await content(ground));
    expect((await ground.propose('v1/b', 'b')).outcome).toBe('queued');
    await ground.sign('bob', 2);
    expect(await ground.gather()).toMatchObject({ completed: [2], rebuilt: [3] });
    await ground.complete(3, ['alice', 'bob']);
    const signed = (await ground.base()).roles.get(parseTargetsRoleName('releases', 'test'))?.file.signed;
    expect([signed?.version, [...(signed?.targets.keys() ?? [])]]).toEqual([3, ['v1/a', 'v1/b']]);
  });
});
