// SPDX-License-Identifier: Apache-2.0
// Proposals that a writer made by hand, signed by enough people all the same, and that must not become the signed state. Beside them what a writer may do.
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { METADATA_BRANCH } from '../../src/event/layout.ts';
import { openGitHub } from '../../src/forge/github/index.ts';
import type { CommitSha, FileContent } from '../../src/ports.ts';
import { asObject, objectField } from '../../src/tuf/fields.ts';
import { parseJson, type JsonObject, type JsonValue } from '../../src/tuf/json.ts';
import { encodeMetadata } from '../../src/tuf/metadata.ts';
import { parseTargetsRoleName } from '../../src/tuf/names.ts';
import { parseTargets } from '../../src/tuf/targets.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';
import { GitHubGround, QUIET, STRANGER } from '../commands/github-ground.ts';
import { publicKeyOf } from '../commands/support.ts';
import { blockOf, judged, lineBy, openEvent, postComment, postReview, toldOn, type Said } from './support.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let github: FakeGitHub;
let ground: GitHubGround;

beforeAll(async () => {
  github = await startGitHub();
  ground = await GitHubGround.published(github);
  github.addCollaborator(ground.project, STRANGER, 'write');
});
afterAll(async () => {
  await ground.close();
  await github.close();
});

const text = (value: string): FileContent => ({ kind: 'bytes', bytes: new TextEncoder().encode(value) });

let versions = 0;

/** The signed part of a role as the base has it, changed, under a version that nobody has signed in another event. */
async function nextOf(role: string, change: (signed: Map<string, JsonValue>) => void): Promise<Uint8Array> {
  const file = (await ground.base()).roles.get(parseTargetsRoleName(role, 'test'))?.file.signed;
  if (file === undefined) throw new Error(`no role ${role}`);
  const signed = new Map(file.raw).set('version', file.version + ++versions);
  change(signed);
  return encodeMetadata(signed, []);
}

const target = (content: string): JsonObject =>
  new Map<string, JsonValue>([
    ['hashes', new Map([['sha256', content.repeat(64)]])],
    ['length', 1],
  ]);

const adding = (path: string) => (signed: Map<string, JsonValue>) => {
  signed.set('targets', new Map(objectField(signed, 'targets', 'test')).set(path, target('a')));
};

let made = 0;

/** Opens a proposal by hand, as mallory, with these files. */
async function openByHand(files: ReadonlyMap<string, FileContent | null>, as = STRANGER): Promise<number> {
  const { forge } = await ground.adapters({ person: as });
  const head = (await forge.branches(METADATA_BRANCH)).get(METADATA_BRANCH);
  if (head === undefined) throw new Error('no metadata branch');
  const branch = `sign/by-hand-${String(++made)}`;
  const commit = await forge.writeCommit({ base: head, parents: [head], changes: files, message: 'by hand' });
  await forge.moveBranch(branch, null, commit, 'fast-forward');
  return (await forge.openPull({ head: branch, base: METADATA_BRANCH, title: 'By hand', body: '' })).number;
}

/** Has alice and bob sign what the proposal has in releases, and gathers. */
async function signedByTwo(number: number, releases: Uint8Array): Promise<Said> {
  const { payload, signed } = parseTargets(releases);
  for (const person of ['alice', 'bob'])
    await postReview(ground, person, number, blockOf(await lineBy(ground, person, { payload, version: signed.version })));
  return judged(ground, number);
}

const HISTORY = 'metadata/root_history/1.root.json';

/** The ids of the metadata branch's files, by path. */
async function filesOf(place: GitHubGround): Promise<ReadonlyMap<string, string>> {
  const { forge } = await place.adapters('gather');
  const head = (await forge.branches(METADATA_BRANCH)).get(METADATA_BRANCH);
  if (head === undefined) throw new Error('no metadata branch');
  return new Map([...(await forge.tree(head))].map(([path, { id }]) => [path, id]));
}

describe('what a proposal may not bring', () => {
  const releases = async (): Promise<Uint8Array> => nextOf('releases', adding(`v7${String(made)}/app`));
  const with_ = async (path: string, content: FileContent | null): Promise<[Uint8Array, ReadonlyMap<string, FileContent | null>]> => {
    const bytes = await releases();
    return [
      bytes,
      new Map<string, FileContent | null>([
        ['metadata/releases.json', { kind: 'bytes', bytes }],
        [path, content],
      ]),
    ];
  };

  test.each<[string, string, () => Promise<[Uint8Array, ReadonlyMap<string, FileContent | null>]>]>([
    ['the policy', 'event-file-unclaimed', async () => with_('countersign.yaml', text('people: {}\n'))],
    ['the root history', 'event-file-unclaimed', async () => with_(HISTORY, text('{}'))],
    ['the wake workflow', 'event-file-unclaimed', async () => with_('.github/workflows/countersign-wake.yml', text('on: push\n'))],
    ['another workflow', 'event-file-unclaimed', async () => with_('.github/workflows/mine.yml', text('on: push\n'))],
    ['a file that nobody claims', 'event-file-unclaimed', async () => with_('metadata/notes.txt', text('hello'))],
    ['a deletion of the policy', 'event-file-unclaimed', async () => with_('countersign.yaml', null)],
    [
      'a role that nobody delegates to',
      'event-file-unclaimed',
      async () => {
        const mine = await nextOf('releases', (signed) => {
          signed.set('x-countersign', new Map(objectField(signed, 'x-countersign', 'test')).set('role', 'mine'));
        });
        return with_('metadata/mine.json', { kind: 'bytes', bytes: mine });
      },
    ],
    ['a file that can not be read', 'json-syntax', async () => with_('metadata/docs.json', text('{'))],
  ])('%s: %s, and nothing of it is merged', async (_, code, make) => {
    const [bytes, files] = await make();
    const before = await filesOf(ground);
    const number = await openByHand(files);
    const said = await judged(ground, number);
    expect([said.state, said.problems]).toEqual(['invalid', expect.arrayContaining([code])]);
    expect(await toldOn(ground, number)).toContain(code);
    // What people sign is the role alone. It is merged where the rest can be taken off it.
    const { state } = await signedByTwo(number, bytes);
    const after = await filesOf(ground);
    const others = (all: ReadonlyMap<string, string>): readonly string[] =>
      [...all].map(String).filter((one) => !one.startsWith('metadata/releases.json'));
    expect([state, others(after)]).toEqual([code === 'event-file-unclaimed' && !files.has(HISTORY) ? 'merged' : 'invalid', others(before)]);
    if (state !== 'merged') await ground.abandon(number);
  });

  test('the role alone is merged, whoever opened it', async () => {
    const bytes = await releases();
    const number = await openByHand(new Map([['metadata/releases.json', { kind: 'bytes', bytes }]]));
    expect((await signedByTwo(number, bytes)).state).toBe('merged');
  });
});

test("another role's file, which its own people have not signed, waits for them", async () => {
  const releases = await nextOf('releases', adding('v80/app'));
  const docs = await nextOf('docs', adding('docs/x'));
  const files = new Map<string, FileContent>([
    ['metadata/releases.json', { kind: 'bytes', bytes: releases }],
    ['metadata/docs.json', { kind: 'bytes', bytes: docs }],
  ]);
  const number = await openByHand(files);
  expect((await signedByTwo(number, releases)).state).toBe('waiting');
  const { payload, signed } = parseTargets(docs);
  const line = await lineBy(ground, 'dave', { payload, version: signed.version });
  await postReview(ground, 'dave', number, blockOf({ ...line, role: 'docs' }));
  expect((await judged(ground, number)).state).toBe('merged');
});

describe('people that a delegation names', () => {
  const people = (change: (all: Map<string, JsonValue>) => void) => (signed: Map<string, JsonValue>) => {
    const ours = new Map(objectField(signed, 'x-countersign', 'test'));
    const all = new Map(objectField(ours, 'people', 'test'));
    change(all);
    signed.set('x-countersign', ours.set('people', all));
  };
  const keyOf = async (name: string): Promise<string> => (await publicKeyOf(name)).keyId;

  test.each<[string, string, () => Promise<Uint8Array>]>([
    ['nothing but a new version', 'merged', async () => nextOf('targets', () => undefined)],
    [
      'a key that is bound to nobody',
      'invalid',
      async () => {
        const alice = await keyOf('alice');
        return nextOf(
          'targets',
          people((all) => all.delete(alice)),
        );
      },
    ],
    [
      'two people of one account',
      'invalid',
      async () => {
        const [alice, bob] = [await keyOf('alice'), await keyOf('bob')];
        return nextOf(
          'targets',
          people((all) => {
            const github = objectField(asObject(all.get(alice), 'alice'), 'github', 'test');
            all.set(bob, new Map(asObject(all.get(bob), 'bob')).set('github', github));
          }),
        );
      },
    ],
    [
      'an account that is bound to two keys of one role',
      'invalid',
      async () => {
        const [alice, bob] = [await keyOf('alice'), await keyOf('bob')];
        return nextOf(
          'targets',
          people((all) => all.set(bob, asObject(all.get(alice), 'alice'))),
        );
      },
    ],
  ])('%s: %s', async (_, expected, make) => {
    const bytes = await make();
    const number = await openByHand(new Map([['metadata/targets.json', { kind: 'bytes', bytes }]]));
    const { payload, signed } = parseTargets(bytes);
    for (const person of ['alice', 'bob']) {
      const line = await lineBy(ground, person, { payload, version: signed.version });
      await postReview(ground, person, number, blockOf({ ...line, role: 'targets' }));
    }
    const said = await judged(ground, number);
    expect(said.state).toBe(expected);
    if (expected === 'merged') return;
    expect(said.problems).toContain('people-invalid');
    expect(await toldOn(ground, number)).toContain('people-invalid');
    await ground.abandon(number);
  });
});

test('a proposal from a fork is neither read nor answered, and nobody can sign it; the same from a branch completes', async () => {
  github.createFork(ground.project, STRANGER);
  const bytes = await nextOf('releases', adding('v90/app'));
  const { apiUrl, graphqlUrl } = github;
  const token = github.tokenFor(STRANGER);
  const { forge } = await openGitHub({ owner: STRANGER, repo: 'app', token, apiUrl, graphqlUrl, log: QUIET });
  const head = (await forge.branches(METADATA_BRANCH)).get(METADATA_BRANCH);
  if (head === undefined) throw new Error('the fork has no metadata branch');
  const changes = new Map<string, FileContent>([['metadata/releases.json', { kind: 'bytes', bytes }]]);
  const commit = await forge.writeCommit({ base: head, parents: [head], changes, message: 'from a fork' });
  await forge.moveBranch('sign/releases-v90', null, commit, 'fast-forward');
  const number = await openFromFork('sign/releases-v90');
  expect((await ground.gather()).events).toEqual([]);
  expect(await toldOn(ground, number)).toBe('');
  await expect(ground.sign('alice', number)).rejects.toMatchObject({ code: 'event-fork' });
  const here = await openByHand(new Map([['metadata/releases.json', { kind: 'bytes', bytes }]]));
  expect((await signedByTwo(here, bytes)).state).toBe('merged');
});

async function openFromFork(head: string): Promise<number> {
  const answer = await fetch(`${github.apiUrl}/repos/${ground.project}/pulls`, {
    method: 'POST',
    headers: { authorization: `Bearer ${github.tokenFor(STRANGER)}`, 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'From a fork', head: `${STRANGER}:${head}`, base: METADATA_BRANCH, body: '' }),
  });
  const reply = asObject(parseJson(new Uint8Array(await answer.arrayBuffer())), 'reply');
  const number = reply.get('number');
  if (typeof number !== 'number') throw new Error(`no pull request: ${String(answer.status)}`);
  return number;
}

test('a head that moves while gather runs: what was judged is what is merged, or nothing', async () => {
  const event = await openEvent(ground);
  for (const person of ['alice', 'bob']) await postReview(ground, person, event.number, blockOf(await lineBy(ground, person, event)));
  let moved: CommitSha | null = null;
  const { forge } = await ground.adapters({ person: STRANGER });
  github.onRequest = async (method, path) => {
    // Just before gather writes its first commit.
    if (moved !== null || method !== 'POST' || !path.endsWith('/git/trees')) return;
    github.onRequest = null;
    const head = (await forge.branches(event.branch)).get(event.branch);
    if (head === undefined) return;
    moved = await forge.writeCommit({ base: head, parents: [head], changes: new Map([['metadata/evil.txt', text('x')]]), message: 'evil' });
    await forge.moveBranch(event.branch, head, moved, 'fast-forward');
  };
  const said = await judged(ground, event.number);
  expect(moved).not.toBeNull();
  // What was pushed is taken back, and what was signed goes in.
  expect(said.state).toBe('merged');
  const tuf = (await forge.branches(METADATA_BRANCH)).get(METADATA_BRANCH);
  if (tuf === undefined) throw new Error('no metadata branch');
  expect([...(await forge.tree(tuf)).keys()]).not.toContain('metadata/evil.txt');
});

test('an abandoned payload is not completed by whoever copies its public reviews', async () => {
  const event = await openEvent(ground);
  const lines = [await lineBy(ground, 'alice', event), await lineBy(ground, 'bob', event)];
  await postReview(ground, 'alice', event.number, blockOf(lines[0] ?? never()));
  await ground.abandon(event.number);
  const bytes = await fileAt(event.number);
  const number = await openByHand(new Map([['metadata/releases.json', { kind: 'bytes', bytes }]]));
  for (const line of lines) await postComment(ground, STRANGER, number, blockOf(line));
  const said = await judged(ground, number);
  // Alice took hers back where she gave it; what strangers bring is not read.
  expect([said.votes, said.ignored]).toEqual([[], ['withdrawn']]);
  // The owners may sign it again: the signatures that they gave stay what they were.
  for (const [index, person] of ['alice', 'bob'].entries()) await postReview(ground, person, number, blockOf(lines[index] ?? never()));
  expect((await judged(ground, number)).state).toBe('merged');
});

async function fileAt(number: number): Promise<Uint8Array> {
  const { forge } = await ground.adapters('gather');
  const entry = (await forge.tree((await ground.pull(number)).headSha)).get('metadata/releases.json');
  return (entry === undefined ? undefined : (await forge.blobs([entry.id])).get(entry.id)) ?? new Uint8Array();
}

function never(): never {
  throw new Error('not reached');
}

test('two events that are valid apart and not together: the second is judged by what the first has left', async () => {
  const event = await openEvent(ground);
  const dave = await publicKeyOf('dave');
  // The first event takes bob's place in releases and gives it to dave.
  const bob = await publicKeyOf('bob');
  const bytes = await nextOf('targets', (signed) => {
    const delegations = new Map(objectField(signed, 'delegations', 'test'));
    const roles = delegations.get('roles');
    if (!Array.isArray(roles)) throw new Error('no roles');
    const changed = roles.map((role: JsonValue) => {
      const object = asObject(role, 'role');
      if (object.get('name') !== 'releases') return role;
      const ids = object.get('keyids');
      if (!Array.isArray(ids)) throw new Error('no keyids');
      return new Map(object).set(
        'keyids',
        ids.map((id) => (id === bob.keyId ? dave.keyId : id)),
      );
    });
    signed.set('delegations', delegations.set('roles', changed));
  });
  const first = await openByHand(new Map([['metadata/targets.json', { kind: 'bytes', bytes }]]));
  const { payload, signed } = parseTargets(bytes);
  // Complete under the old delegation.
  for (const person of ['alice', 'bob']) {
    await postReview(ground, person, event.number, blockOf(await lineBy(ground, person, event)));
    const line = await lineBy(ground, person, { payload, version: signed.version });
    await postReview(ground, person, first, blockOf({ ...line, role: 'targets' }));
  }
  await ground.gather();
  const base = await ground.base();
  const states = [(await ground.pull(first)).state, (await ground.pull(event.number)).state];
  // In whatever order: a releases file is only part of the base if its delegator, as it is then, has its people sign it.
  expect(states).toContain('merged');
  const delegated = base.roles.get(parseTargetsRoleName('targets', 'test'))?.file.signed.version;
  expect([delegated === signed.version, states[0] === 'merged']).toEqual([states[0] === 'merged', states[0] === 'merged']);
  expect((await ground.publish()).findings).toEqual([]);
});
