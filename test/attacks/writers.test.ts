// SPDX-License-Identifier: Apache-2.0
// What somebody with write access and no key can do by plain pushes and edits, each beside the same without it.
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { gather } from '../../src/commands/gather.ts';
import { sign } from '../../src/commands/sign.ts';
import { openDirectory } from '../../src/hosting/directory.ts';
import { METADATA_BRANCH } from '../../src/event/layout.ts';
import type { FileContent } from '../../src/ports.ts';
import { encodeCanonicalJson } from '../../src/tuf/canonical.ts';
import { objectField } from '../../src/tuf/fields.ts';
import type { JsonValue } from '../../src/tuf/json.ts';
import { keyIdOf } from '../../src/tuf/key.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { encodeMetadata, payloadDigest, type PayloadDigest } from '../../src/tuf/metadata.ts';
import { parseTargetsRoleName } from '../../src/tuf/names.ts';
import { parseTargets } from '../../src/tuf/targets.ts';
import { GitHubGround, STRANGER } from '../commands/github-ground.ts';
import { publicKeyOf, signerOf } from '../commands/support.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';
import { blockOf, lineBy, openEvent, postReview } from './support.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let github: FakeGitHub;
let ground: GitHubGround;
let made = 0;

beforeAll(async () => {
  github = await startGitHub();
});
afterAll(async () => github.close());
beforeEach(async () => {
  ground = await GitHubGround.published(github, `app${String(++made)}`);
  github.addCollaborator(ground.project, STRANGER, 'write');
});
afterEach(async () => ground.close());

/** A commit of mallory's on a branch, on top of the metadata branch. */
async function push(branch: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const { forge } = await ground.adapters({ person: STRANGER });
  const head = (await forge.branches(METADATA_BRANCH)).get(METADATA_BRANCH);
  if (head === undefined) throw new Error('no metadata branch');
  const changes = new Map<string, FileContent>(Object.entries(files).map(([path, bytes]) => [path, { kind: 'bytes', bytes }]));
  const commit = await forge.writeCommit({ base: head, parents: [head], changes, message: 'by hand' });
  await forge.moveBranch(branch, branch === METADATA_BRANCH ? head : null, commit, 'fast-forward');
}

async function edit(number: number, change: { readonly title?: string; readonly body?: string }): Promise<void> {
  const answer = await fetch(`${github.apiUrl}/repos/${ground.project}/pulls/${String(number)}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${github.tokenFor(STRANGER)}`, 'content-type': 'application/json' },
    body: JSON.stringify(change),
  });
  if (!answer.ok) throw new Error(`${String(answer.status)} ${await answer.text()}`);
}

async function releasesOfTwo(): Promise<Uint8Array> {
  const file = (await ground.base()).roles.get(parseTargetsRoleName('releases', 'test'))?.file.signed;
  if (file === undefined) throw new Error('no releases');
  const entry = new Map<string, JsonValue>([
    ['hashes', new Map([['sha256', 'e'.repeat(64)]])],
    ['length', 1],
  ]);
  const targets = new Map(objectField(file.raw, 'targets', 'test')).set('v666/app', entry);
  return encodeMetadata(new Map<string, JsonValue>(file.raw).set('version', file.version + 1).set('targets', targets), []);
}

test.each([
  ['nobody has signed another content of it', false],
  ['an abandoned event of it has signatures', true],
])('a version is merged with one content only: %s', async (_, isSigned) => {
  const first = await openEvent(ground);
  if (isSigned) {
    await ground.sign('alice', first.number);
    await ground.approve('carol', first.number);
    await ground.settle((await ground.custody()).map((one) => ({ ...one, number: 0 })));
  }
  await ground.abandon(first.number);
  const bytes = await releasesOfTwo();
  await push('sign/by-hand', { 'metadata/releases.json': bytes });
  const [event] = (await ground.gather()).events;
  const number = event?.pull.number ?? 0;
  const { payload, signed } = parseTargets(bytes);
  expect(signed.version).toBe(first.version);
  await postReview(ground, 'bob', number, blockOf(await lineBy(ground, 'bob', { payload, version: signed.version })));
  await ground.approve('carol', number);
  const { completed } = await ground.settle(await ground.custody());
  expect(completed).toEqual(isSigned ? [] : [number]);
});

test('the text of a proposal says what it proposes, whatever somebody has made of it', async () => {
  const event = await openEvent(ground);
  const { title, body, url } = await ground.pull(event.number);
  const lies = [
    { body: 'Nothing of ours' },
    { body: `Adds a README. ${url} ${(body.match(/[0-9a-f]{64}/g) ?? []).join(' ')}` },
    { body: `${body}\n\nPlease sign another one instead.` },
    { title: 'Adds a README' },
  ];
  for (const lie of lies) {
    await edit(event.number, lie);
    await ground.gather();
    expect(await ground.pull(event.number)).toMatchObject({ title, body });
  }
});

test('the text of a proposal is not written again where only its line ends are others', async () => {
  const event = await openEvent(ground);
  const { body } = await ground.pull(event.number);
  const asEdited = `${body.trimEnd().replaceAll('\n', '\r\n')}\r\n\r\n`;
  await edit(event.number, { body: asEdited });
  await ground.gather();
  expect((await ground.pull(event.number)).body).toBe(asEdited);
});

describe('another root v1 on the metadata branch, which lists keys of its own', () => {
  async function otherRoot(): Promise<Uint8Array> {
    const { root } = await ground.base();
    const { key } = await publicKeyOf(STRANGER);
    const keyId = keyIdOf(key);
    const roles = new Map(objectField(root.signed.raw, 'roles', 'root'));
    for (const role of ['root', 'targets'])
      roles.set(
        role,
        new Map<string, JsonValue>([
          ['keyids', [keyId]],
          ['threshold', 1],
        ]),
      );
    const raw = new Map<string, JsonValue>(root.signed.raw).set('roles', roles);
    raw.set('keys', new Map(objectField(raw, 'keys', 'root')).set(keyId, key));
    return encodeMetadata(raw, [{ keyId, sig: await signerOf(STRANGER).sign(encodeCanonicalJson(raw)) }]);
  }

  type Knows = 'remembers' | 'was told' | 'knows nothing';

  /** Signs as bob, whose machine remembers root v1 from the first event, or whose machine is new. */
  async function signAs(knows: Knows, number: number, root: PayloadDigest): Promise<string> {
    if (knows === 'remembers') return (await ground.sign('bob', number)).person;
    const place = { ...(await ground.open({ as: { person: 'bob' } })), anchor: knows === 'was told' ? root : null };
    const memory = openDirectory(join(ground.directory, `new-${knows}`));
    const input = {
      number,
      signer: signerOf('bob'),
      memory,
      confirm: async () => true,
      confirmReplacement: async () => true,
      carrier: 'submit',
    } as const;
    return (await sign(place, input)).person;
  }

  test.each<[Knows, boolean, string]>([
    ['remembers', true, 'bob'],
    ['was told', true, 'bob'],
    // What clients are served decides: a push must not stop everyone.
    ['knows nothing', true, 'bob'],
    ['knows nothing', false, 'bob'],
  ])('does not keep those from signing who know the right one: a machine that %s, another there: %s', async (knows, isThere, expected) => {
    const event = await openEvent(ground);
    const [first] = (await ground.base()).roots;
    if (first === undefined) throw new Error('no root');
    if (isThere) await push(METADATA_BRANCH, { 'metadata/root_history/1.root.json': await otherRoot() });
    const signed = signAs(knows, event.number, payloadDigest(first.file.payload));
    expect(await signed.catch((error: unknown) => (error instanceof CountersignError ? error.code : error))).toBe(expected);
  });
});

test.each([
  ['as many roots as there are', 1],
  ['a root for every version that is asked for', Number.POSITIVE_INFINITY],
])('a host that serves %s does not keep gather from its end', async (_, count) => {
  const place = await ground.open();
  const [first] = (await ground.base()).roots;
  let asked = 0;
  const live = {
    ...place.live,
    metadata: async (path: string, maxBytes: number): Promise<Uint8Array | null> => {
      const version = /^metadata\/([0-9]+)\.root\.json$/.exec(path)?.[1];
      if (version === undefined || Number(version) > count) return place.live.metadata(path, maxBytes);
      if (++asked > 5_000) throw new Error('asked without end');
      return first?.bytes ?? null;
    },
  };
  await expect(gather({ ...place, live })).resolves.toMatchObject({ completed: [] });
});
