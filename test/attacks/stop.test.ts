// SPDX-License-Identifier: Apache-2.0
// Who can stop what: attacks on events by people who have no vote, or one, each by name beside its siblings.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { METADATA_BRANCH } from '../../src/event/layout.ts';
import type { CommitSha, FileContent } from '../../src/ports.ts';
import { parsePayloadDigest } from '../../src/trust/countersignature.ts';
import type { JsonObject, JsonValue } from '../../src/tuf/json.ts';
import { encodeMetadata, payloadDigest } from '../../src/tuf/metadata.ts';
import { parseVersion } from '../../src/tuf/names.ts';
import { parseRoot } from '../../src/tuf/root.ts';
import { allPulls } from '../fakes/all-pulls.ts';
import { GitHubGround, STRANGER } from '../commands/github-ground.ts';
import { signerOf } from '../commands/support.ts';
import { requestTable, sumOf } from '../github/request-count.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';
import { blockOf, judged, lineBy, openEvent, postComment, postReview, votesOf, type OpenEvent } from './support.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 });

let github: FakeGitHub;
let ground: GitHubGround;
let made = 0;

beforeAll(async () => {
  github = await startGitHub();
});
afterAll(async () => github.close());
beforeEach(async () => {
  ground = await GitHubGround.published(github, `app${String(++made)}`);
});
afterEach(async () => ground.close());

const text = (value: string): FileContent => ({ kind: 'bytes', bytes: new TextEncoder().encode(value) });

async function headOf(branch: string): Promise<CommitSha> {
  const { forge } = await ground.adapters('gather');
  const head = (await forge.branches(branch)).get(branch);
  if (head === undefined) throw new Error(`no branch ${branch}`);
  return head;
}

/** Pushes files onto a branch as somebody who may write and has no key; a new branch begins at the metadata branch. */
async function push(branch: string, files: Readonly<Record<string, FileContent | null>>): Promise<void> {
  github.addCollaborator(ground.project, STRANGER, 'write');
  const { forge } = await ground.adapters({ person: STRANGER });
  const there = (await forge.branches(branch)).get(branch) ?? null;
  const base = there ?? (await headOf(METADATA_BRANCH));
  const changes = new Map(Object.entries(files));
  const commit = await forge.writeCommit({ base, parents: [base], changes, message: 'by hand' });
  await forge.moveBranch(branch, there, commit, 'fast-forward');
}

/** What a person with an account asks GitHub for. */
async function ask(method: string, path: string, body: Readonly<Record<string, string>>, as = STRANGER): Promise<void> {
  const answer = await fetch(`${github.apiUrl}/repos/${ground.project}${path}`, {
    method,
    headers: { authorization: `Bearer ${github.tokenFor(as)}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${String(answer.status)} ${await answer.text()}`);
}

/** The next root, changed, as its files on a branch. */
async function nextRoot(change: (signed: Map<string, JsonValue>) => void = () => undefined): Promise<{
  readonly files: Readonly<Record<string, FileContent>>;
  readonly payload: Uint8Array;
  readonly version: number;
}> {
  const { root } = await ground.base();
  const version = root.signed.version + 1;
  const signed = new Map<string, JsonValue>(root.signed.raw).set('version', version);
  change(signed);
  const bytes = encodeMetadata(signed, []);
  const content: FileContent = { kind: 'bytes', bytes };
  return {
    files: { 'metadata/root.json': content, [`metadata/root_history/${String(version)}.root.json`]: content },
    payload: parseRoot(bytes).payload,
    version,
  };
}

async function openRoot(branch: string, change?: (signed: Map<string, JsonValue>) => void): Promise<OpenEvent> {
  const root = await nextRoot(change);
  await push(branch, root.files);
  await ground.gather();
  const { forge } = await ground.adapters('gather');
  const pull = (await forge.openPulls(branch)).find(({ head }) => head === branch);
  if (pull === undefined) throw new Error('nothing is open');
  return { number: pull.number, branch, payload: root.payload, version: root.version };
}

/** Alice's published signature of releases v2, put under other versions. */
async function published(): Promise<OpenEvent> {
  const event = await openEvent(ground);
  for (const person of ['alice', 'bob']) await ground.sign(person, event.number);
  await ground.gather();
  return event;
}

describe('attack 1: published signatures under another version', () => {
  const carriers: Readonly<Record<string, (number: number, block: string) => Promise<unknown>>> = {
    'a comment of a stranger': async (number, block) => postComment(ground, STRANGER, number, block),
    'a review of a stranger': async (number, block) => postReview(ground, STRANGER, number, block, 'COMMENTED'),
    'a review of their own owner, edited by a writer': async (number, block) => {
      const id = await postReview(ground, 'alice', number, 'Looks good.', 'COMMENTED');
      github.addCollaborator(ground.project, STRANGER, 'write');
      await ask('PUT', `/pulls/${String(number)}/reviews/${String(id)}`, { body: block }, 'alice');
    },
    'a comment of another signer': async (number, block) => postComment(ground, 'bob', number, block),
  };
  test.each(Object.entries(carriers))('in %s burn no version of a role', async (_, carry) => {
    const old = await published();
    const event = await openEvent(ground);
    for (let version = event.version; version < event.version + 4; version++) {
      await carry(event.number, blockOf(await lineBy(ground, 'alice', old, { version: parseVersion(version, 'test') })));
    }
    const said = await ground.gather();
    expect([said.rebuilt, said.events.map(({ state }) => state)]).toEqual([[], ['waiting']]);
    const again = await ground.propose({ more: 'more' }, { targetPrefix: 'v77/' });
    expect([again.outcome, again.version]).toEqual(['added', event.version]);
  });

  test('stop no root: a key can be revoked', async () => {
    const first = (await ground.base()).roots[0]?.file;
    if (first === undefined) throw new Error('no root');
    const root = await openRoot('sign/root-v2');
    const line = await lineBy(ground, 'alice', { payload: first.payload, version: 2 }, { role: 'root' });
    await postComment(
      ground,
      STRANGER,
      root.number,
      blockOf({ ...line, payload: parsePayloadDigest(payloadDigest(first.payload), 'test') }),
    );
    for (const person of ['alice', 'bob']) await ground.sign(person, root.number);
    expect((await ground.gather()).completed).toEqual([root.number]);
  });

  test('claims without a signature, of a signer whose comment a writer has edited, burn nothing', async () => {
    const event = await openEvent(ground);
    const line = await lineBy(ground, 'alice', event, { payload: parsePayloadDigest('a'.repeat(64), 'test') });
    await postComment(ground, 'alice', event.number, blockOf({ ...line, sig: '00' }));
    expect((await judged(ground, event.number)).state).toBe('waiting');
    expect((await ground.gather()).rebuilt).toEqual([]);
  });
});

test('attack 2: comments that took a quadratic time to read stop nothing', async () => {
  const event = await openEvent(ground);
  const blanks = `countersign\n\`\`\`a${' '.repeat(65_000)}b`;
  const fences = `countersign\n${'`'.repeat(60_000)}`;
  for (let count = 0; count < 10; count++) await postComment(ground, STRANGER, event.number, count % 2 === 0 ? blanks : fences);
  await postComment(ground, 'alice', event.number, blanks);
  const before = process.cpuUsage();
  await ground.gather();
  const { user } = process.cpuUsage(before);
  // Ten such comments took 46 seconds; reading them in a line takes a fraction of one.
  expect(user / 1_000_000).toBeLessThan(15);
});

describe('attack 3: a root version that was abandoned has a way on for those who signed it', () => {
  const later = (signed: Map<string, JsonValue>): void => void signed.set('x-second', 'content');
  test('another content is refused on the machine that signed the first', async () => {
    const first = await openRoot('sign/root-v2');
    await ground.sign('alice', first.number);
    await ground.abandon(first.number);
    const second = await openRoot('sign/root-v2-b', later);
    await expect(ground.sign('alice', second.number)).rejects.toMatchObject({ code: 'already-signed' });
  });

  test('one that names what it takes the place of is signed, once its digest was agreed to, and completes', async () => {
    const first = await openRoot('sign/root-v2');
    await ground.sign('alice', first.number);
    await ground.abandon(first.number);
    const digest = payloadDigest(first.payload);
    const second = await openRoot('sign/root-v2-b', (signed) => {
      const ours = signed.get('x-countersign') as JsonObject;
      signed.set('x-countersign', new Map<string, JsonValue>(ours).set('replaces', [`sha256:${digest}`]));
    });
    const asked: string[][] = [];
    const confirmReplacement = async (_: unknown, replaced: readonly string[]): Promise<boolean> => {
      asked.push([...replaced]);
      return asked.length > 1;
    };
    await expect(ground.sign('alice', second.number, { confirmReplacement })).rejects.toMatchObject({ code: 'declined' });
    await ground.sign('alice', second.number, { confirmReplacement });
    expect(asked).toEqual([[digest], [digest]]);
    await ground.sign('bob', second.number);
    expect((await ground.gather()).completed).toEqual([second.number]);
  });

  test('what was given up is not signed again', async () => {
    const first = await openRoot('sign/root-v2');
    await ground.sign('alice', first.number);
    const second = await openRoot('sign/root-v2-b', (signed) => {
      const ours = signed.get('x-countersign') as JsonObject;
      signed.set('x-countersign', new Map<string, JsonValue>(ours).set('replaces', [`sha256:${payloadDigest(first.payload)}`]));
    });
    await ground.sign('alice', second.number);
    await expect(ground.sign('alice', first.number)).rejects.toMatchObject({ code: 'already-signed' });
    const { events } = await ground.gather();
    expect(votesOf(events.find(({ pull }) => pull.number === first.number))).toEqual([]);
  });

  test('a version that `sign --print` has spent has a next one', async () => {
    const event = await openEvent(ground);
    await ground.sign('alice', event.number, { carrier: 'print' });
    await ground.propose({ more: 'more' }, { targetPrefix: 'v66/' });
    await expect(ground.sign('alice', event.number)).rejects.toMatchObject({ code: 'already-signed' });
    const next = await ground.propose({}, { nextVersion: true });
    expect([next.outcome, next.version]).toEqual(['replaced', event.version + 1]);
    await ground.sign('alice', next.number ?? 0);
    await ground.sign('bob', next.number ?? 0);
    expect((await ground.gather()).completed).toEqual([next.number]);
  });
});

describe('attack 10: no other event holds one back', () => {
  const junk = async (branch: string): Promise<void> =>
    push(branch, { 'metadata/targets.json': text((await targetsText()).replace('"version": 1', '"version": 2')) });
  const targetsText = async (): Promise<string> => {
    const { forge } = await ground.adapters('gather');
    const entry = (await forge.tree(await headOf(METADATA_BRANCH))).get('metadata/targets.json');
    return Buffer.from((entry === undefined ? undefined : (await forge.blobs([entry.id])).get(entry.id)) ?? new Uint8Array()).toString();
  };
  test.each<[string, (event: OpenEvent) => Promise<unknown>]>([
    ['an unsigned one that a writer opened', async () => junk('sign/junk')],
    [
      'one of the same role and version',
      async (event) => push('sign/other', (await nextRoot((signed) => void signed.set('x', String(event.number)))).files),
    ],
    [
      'one that a stolen key has signed',
      async () => {
        const other = await openRoot('sign/stolen', (signed) => void signed.set('x', 'stolen'));
        await postReview(ground, 'bob', other.number, blockOf(await lineBy(ground, 'bob', other, { role: 'root' })));
      },
    ],
  ])('%s', async (_, hinder) => {
    const root = await openRoot('sign/root-v2');
    await ground.sign('alice', root.number);
    await hinder(root);
    await ground.gather();
    await ground.sign('bob', root.number);
    expect((await ground.gather()).completed).toEqual([root.number]);
  });
});

describe('attack 17: what people have signed stays open, whatever a writer does', () => {
  const releasesPath = 'metadata/releases.json';
  const acts: Readonly<Record<string, (event: OpenEvent) => Promise<void>>> = {
    'pushes another hash over it': async (event) => {
      const { forge } = await ground.adapters('gather');
      const entry = (await forge.tree(await headOf(event.branch))).get(releasesPath);
      const bytes = Buffer.from((entry === undefined ? undefined : (await forge.blobs([entry.id])).get(entry.id)) ?? new Uint8Array());
      await push(event.branch, { [releasesPath]: text(bytes.toString().replace(/[0-9a-f]{64}/, 'e'.repeat(64))) });
    },
    'pushes what nobody can read over it': async (event) => push(event.branch, { [releasesPath]: text('{}') }),
    'pushes its file away': async (event) => push(event.branch, { [releasesPath]: null, 'metadata/x.json': text('{}') }),
    'closes it': async (event) => ask('PATCH', `/pulls/${String(event.number)}`, { state: 'closed' }),
    'points it at another branch': async (event) => ask('PATCH', `/pulls/${String(event.number)}`, { base: 'main' }),
    'deletes its branch': async (event) => ask('DELETE', `/git/refs/heads/${event.branch}`, {}),
    'closes it and writes its branch over': async (event) => {
      await ask('PATCH', `/pulls/${String(event.number)}`, { state: 'closed' });
      const { forge } = await ground.adapters({ person: STRANGER });
      await forge.moveBranch(event.branch, await headOf(event.branch), await headOf(METADATA_BRANCH), 'replace');
    },
    'points its branch at the metadata and deletes it': async (event) => {
      const { forge } = await ground.adapters({ person: STRANGER });
      await forge.moveBranch(event.branch, await headOf(event.branch), await headOf(METADATA_BRANCH), 'replace');
      await ask('DELETE', `/git/refs/heads/${event.branch}`, {});
    },
    'closes it, points its branch at the metadata and deletes it': async (event) => {
      await ask('PATCH', `/pulls/${String(event.number)}`, { state: 'closed' });
      const { forge } = await ground.adapters({ person: STRANGER });
      await forge.moveBranch(event.branch, await headOf(event.branch), await headOf(METADATA_BRANCH), 'replace');
      await ask('DELETE', `/git/refs/heads/${event.branch}`, {});
    },
    'pushes an older version over it and deletes its branch': async (event) => {
      await push(event.branch, { [releasesPath]: text('{"signed":{"version":1},"signatures":[]}') });
      await ask('DELETE', `/git/refs/heads/${event.branch}`, {});
    },
    'points its branch at the metadata, so that the next push there merges it': async (event) => {
      const { forge } = await ground.adapters({ person: STRANGER });
      await forge.moveBranch(event.branch, await headOf(event.branch), await headOf(METADATA_BRANCH), 'replace');
      await push(METADATA_BRANCH, { 'notes.txt': text('notes') });
      expect((await forge.pull(event.number))?.state).toBe('merged');
    },
    'points it at another branch and deletes its own': async (event) => {
      await ask('PATCH', `/pulls/${String(event.number)}`, { base: 'main' });
      await ask('DELETE', `/git/refs/heads/${event.branch}`, {});
    },
    'rewrites its text': async (event) => ask('PATCH', `/pulls/${String(event.number)}`, { title: 'Nothing', body: 'Do not sign.' }),
  };
  test.each(Object.entries(acts))('a writer who %s', async (_, act) => {
    github.addCollaborator(ground.project, STRANGER, 'write');
    const event = await openEvent(ground);
    await ground.sign('alice', event.number);
    await act(event);
    const { events } = await ground.gather();
    const [open] = events.filter(({ roles }) => roles.some(({ payload }) => payload === payloadDigest(event.payload)));
    expect(votesOf(open)).toEqual(['alice']);
    await ground.sign('bob', open?.pull.number ?? 0);
    expect((await ground.gather()).completed).toEqual([open?.pull.number]);
  });

  test('a writer who takes back what an event was built on', async () => {
    github.addCollaborator(ground.project, STRANGER, 'write');
    const before = await headOf(METADATA_BRANCH);
    await push(METADATA_BRANCH, { 'countersign.yaml': text('people: {}'), 'notes.txt': text('notes') });
    const event = await openEvent(ground);
    await ground.sign('alice', event.number);
    const { forge } = await ground.adapters({ person: STRANGER });
    await forge.moveBranch(METADATA_BRANCH, await headOf(METADATA_BRANCH), before, 'replace');
    await ground.gather();
    await ground.sign('bob', event.number);
    expect((await ground.gather()).completed).toEqual([event.number]);
    expect([...(await forge.tree(await headOf(METADATA_BRANCH))).keys()]).not.toContain('notes.txt');
  });

  test('what people have signed is not abandoned after somebody has written over it', async () => {
    github.addCollaborator(ground.project, STRANGER, 'write');
    const event = await openEvent(ground);
    await ground.sign('alice', event.number);
    const { forge } = await ground.adapters({ person: STRANGER });
    await forge.moveBranch(event.branch, await headOf(event.branch), await headOf(METADATA_BRANCH), 'replace');
    await expect(ground.abandon(event.number)).rejects.toMatchObject({ code: 'event-invalid' });
    const { events } = await ground.gather();
    expect(votesOf(events.find(({ pull }) => pull.number === event.number))).toEqual(['alice']);
  });

  test('only who signed an event ends it, each their own part', async () => {
    const event = await openEvent(ground);
    for (const person of ['alice']) await ground.sign(person, event.number);
    const { abandon } = await import('../../src/commands/abandon.ts');
    await expect(abandon(await ground.open(), event.number)).rejects.toMatchObject({ code: 'not-a-signer' });
    await expect(abandon(await ground.open({ as: { person: 'dave' } }), event.number, signerOf('dave'))).rejects.toMatchObject({
      code: 'not-a-signer',
    });
    expect(await abandon(await ground.open({ as: { person: 'alice' } }), event.number, signerOf('alice'))).toMatchObject({
      outcome: 'abandoned',
      left: [],
      live: [{ by: 'alice', role: 'releases' }],
    });
    await ground.gather();
    expect((await ground.pull(event.number)).state).toBe('closed');
  });
});

describe('attack 9: official files never land in what somebody else has opened', () => {
  test.each<[string, (bytes: FileContent) => Promise<void>]>([
    ['an event of the role, opened by hand', async (bytes) => push('sign/by-hand', { 'metadata/releases.json': bytes })],
    ['one on the branch that the next proposal would have', async (bytes) => push('sign/releases-v2', { 'metadata/releases.json': bytes })],
    ['one of another role on that branch', async () => push('sign/releases-v2', { 'metadata/docs.json': text('{}') })],
  ])('%s', async (_, make) => {
    github.addCollaborator(ground.project, STRANGER, 'write');
    const { forge } = await ground.adapters('gather');
    const entry = (await forge.tree(await headOf(METADATA_BRANCH))).get('metadata/releases.json');
    const old = Buffer.from(
      (entry === undefined ? undefined : (await forge.blobs([entry.id])).get(entry.id)) ?? new Uint8Array(),
    ).toString();
    await make(text(old.replace('"version": 1', '"version": 2')));
    const theirs = await ground.adapters({ person: STRANGER });
    const [branch] = [...(await forge.branches('sign/'))].map(([name]) => name).filter((name) => name !== 'sign/root-v1');
    const pull = await theirs.forge.openPull({ head: branch ?? '', base: METADATA_BRANCH, title: 'Sign releases v2', body: '' });
    const { number, outcome } = await ground.propose({ app: 'official' });
    expect([outcome, number === pull.number]).toEqual(['opened', false]);
    expect(await headOf(branch ?? '')).toBe(pull.headSha);
    // And gather's text stands on what was opened by hand, too.
    await ground.gather();
    expect((await allPulls(forge, 'sign/', METADATA_BRANCH)).find((one) => one.number === number)?.author.login).toContain('[bot]');
  });
});

test('attack 14: lines that nobody verified are not told as signatures', async () => {
  const event = await openEvent(ground);
  const line = await lineBy(ground, 'alice', event);
  await postComment(ground, STRANGER, event.number, blockOf({ ...line, sig: 'ab' }));
  await postComment(ground, 'alice', event.number, blockOf({ ...line, payload: parsePayloadDigest('a'.repeat(64), 'test'), sig: 'ab' }));
  expect((await ground.abandon(event.number)).live).toEqual([]);
});

describe('attacks 13 and 20: what a command asks the host', () => {
  const gathered = async (): Promise<number> => sumOf(await requestTable(github, async () => ground.gather()), 'all');
  test('files that nobody claims are named and never fetched', async () => {
    await openEvent(ground);
    await ground.gather();
    const before = await gathered();
    const files = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`metadata/junk${String(index)}.json`, text('{}')]));
    await push('sign/junk', files);
    await ground.gather();
    expect((await gathered()) - before).toBeLessThan(25);
  });

  test('comments of strangers on an event that is continued in another cost nothing', async () => {
    github.addCollaborator(ground.project, STRANGER, 'write');
    const event = await openEvent(ground);
    await ground.sign('alice', event.number);
    await ask('DELETE', `/git/refs/heads/${event.branch}`, {});
    const { events } = await ground.gather();
    expect(events.map(({ pull }) => pull.number)).not.toContain(event.number);
    const before = await gathered();
    github.addComments(ground.project, event.number, { count: 2_400, login: STRANGER, body: 'junk' });
    expect(await gathered()).toBe(before);
  });

  test('events that ended unsigned cost a request each above the signed state, below it one for the newest three, and two for ten of them', async () => {
    const requests = async (place: GitHubGround): Promise<number> => sumOf(await requestTable(github, async () => place.gather()), 'all');
    /** Requests of a gather while so many events have ended unsigned, and once the next one of their role is published. */
    const withEnded = async (count: number): Promise<{ readonly above: number; readonly below: number }> => {
      const place = await GitHubGround.published(github, `app${String(++made)}`);
      try {
        await openEvent(place);
        await place.gather();
        for (let index = 0; index < count; index++) await place.abandon((await openEvent(place, 'docs')).number);
        const above = await requests(place);
        const next = await openEvent(place, 'docs');
        await place.sign('alice', next.number);
        await place.gather();
        await place.publish();
        return { above, below: await requests(place) };
      } finally {
        await place.close();
      }
    };
    const [none, four] = [await withEnded(0), await withEnded(4)];
    expect([four.above - none.above, four.below - none.below]).toEqual([4 + 2, 3 + 2]);
  });
});

test('a conversation that is full stops no vote, and the status says where to look', async () => {
  const event = await openEvent(ground);
  github.addComments(ground.project, event.number, { count: 2_500, login: STRANGER, body: 'junk' });
  await ground.sign('alice', event.number);
  const { events } = await ground.gather();
  expect(votesOf(events.find(({ pull }) => pull.number === event.number))).toEqual(['alice']);
  await ground.sign('bob', event.number);
  expect((await ground.gather()).completed).toEqual([event.number]);
});

test('where few requests are left gather stops before it reads, and says so', async () => {
  await openEvent(ground);
  github.setBudget(299, { resource: 'core', resetInSeconds: 1_800 });
  const { events, stopped } = await ground.gather();
  expect([events, stopped?.left !== undefined && stopped.left < 300]).toEqual([[], true]);
});
