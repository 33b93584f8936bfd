// SPDX-License-Identifier: Apache-2.0
// Who owns a custody key is read from signed metadata. A proposal that nobody has signed can say what it likes: it must not lend the key to whoever wrote it.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { METADATA_BRANCH } from '../../src/event/layout.ts';
import type { FileContent } from '../../src/ports.ts';
import { parseCountersignatures } from '../../src/trust/countersignature.ts';
import { asObject, objectField } from '../../src/tuf/fields.ts';
import type { JsonValue } from '../../src/tuf/json.ts';
import { encodeMetadata, type NewSignature } from '../../src/tuf/metadata.ts';
import { parseTargetsRoleName } from '../../src/tuf/names.ts';
import { parseTargets } from '../../src/tuf/targets.ts';
import { GitHubGround, STRANGER } from '../commands/github-ground.ts';
import { publicKeyOf } from '../commands/support.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';
import { lineBy } from './support.ts';

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

/** The signed part of a role as the base has it, one version on, changed. */
async function nextOf(role: string, change: (signed: Map<string, JsonValue>) => void): Promise<Uint8Array> {
  const file = (await ground.base()).roles.get(parseTargetsRoleName(role, 'test'))?.file.signed;
  if (file === undefined) throw new Error(`no role ${role}`);
  const signed = new Map(file.raw).set('version', file.version + 1);
  change(signed);
  return encodeMetadata(signed, []);
}

/** Releases with a file of nobody's, and a targets role, which nobody has signed, that says whose account carol's key belongs to. */
async function proposalFor(login: string): Promise<{ readonly releases: Uint8Array; readonly targets: Uint8Array }> {
  const carol = await publicKeyOf('carol');
  const { id } = github.addUser(login);
  const releases = await nextOf('releases', (signed) => {
    const entry = new Map<string, JsonValue>([
      ['hashes', new Map([['sha256', 'e'.repeat(64)]])],
      ['length', 1],
    ]);
    signed.set('targets', new Map(objectField(signed, 'targets', 'test')).set('v666/app', entry));
  });
  const targets = await nextOf('targets', (signed) => {
    const ours = new Map(objectField(signed, 'x-countersign', 'test'));
    const people = new Map(objectField(ours, 'people', 'test'));
    const github = new Map<string, JsonValue>([
      ['id', id],
      ['login', login],
    ]);
    people.set(carol.keyId, new Map(asObject(people.get(carol.keyId), 'carol')).set('github', github));
    signed.set('x-countersign', ours.set('people', people));
  });
  return { releases, targets };
}

let made = 0;

async function openByHand(files: Readonly<Record<string, Uint8Array>>): Promise<number> {
  const { forge } = await ground.adapters({ person: STRANGER });
  const head = (await forge.branches(METADATA_BRANCH)).get(METADATA_BRANCH);
  if (head === undefined) throw new Error('no metadata branch');
  const branch = `sign/by-hand-${String(++made)}`;
  const changes = new Map<string, FileContent>(Object.entries(files).map(([path, bytes]) => [path, { kind: 'bytes', bytes }]));
  const commit = await forge.writeCommit({ base: head, parents: [head], changes, message: 'by hand' });
  await forge.moveBranch(branch, null, commit, 'fast-forward');
  // As gather does with a branch that somebody has pushed: the bot is the author, so that mallory may approve.
  const bot = (await ground.adapters('gather')).forge;
  return (await bot.openPull({ head: branch, base: METADATA_BRANCH, title: 'By hand', body: '' })).number;
}

test("carol's own approval lets her key sign", async () => {
  const { releases } = await proposalFor('carol');
  const number = await openByHand({ 'metadata/releases.json': releases });
  await ground.approve('carol', number);
  expect((await ground.gather()).custody.map(({ person }) => person)).toEqual(['carol']);
  expect((await ground.custody()).map((one) => one.number)).toEqual([number]);
  await ground.abandon(number);
});

test("mallory's approval does not, whatever a proposal of mallory's says of whose key it is", async () => {
  const { releases, targets } = await proposalFor(STRANGER);
  const number = await openByHand({ 'metadata/targets.json': targets, 'metadata/releases.json': releases });
  await ground.approve(STRANGER, number);
  const orders = (await ground.gather()).custody;
  const carried = await ground.custody();
  await ground.abandon(number);
  expect([orders, carried]).toEqual([[], []]);
});

test('nor is one of two keys then enough for what is published', async () => {
  const { releases, targets } = await proposalFor(STRANGER);
  const number = await openByHand({ 'metadata/targets.json': targets, 'metadata/releases.json': releases });
  await ground.approve(STRANGER, number);
  const blocks = (await ground.custody()).map(({ block }) => parseCountersignatures(block));
  const lines = blocks.flatMap((parsed) => (parsed.kind === 'accepted' ? parsed.value : [])).filter(({ role }) => role === 'releases');
  const { payload, signed } = parseTargets(releases);
  // The one key that mallory has stolen.
  const stolen = await lineBy(ground, 'bob', { payload, version: signed.version });
  const signatures = [stolen, ...lines].map(({ keyId, sig }): NewSignature => ({ keyId, sig }));
  const { forge } = await ground.adapters({ person: STRANGER });
  const head = (await forge.branches(METADATA_BRANCH)).get(METADATA_BRANCH);
  if (head === undefined) throw new Error('no metadata branch');
  const bytes = encodeMetadata(signed.raw, signatures);
  const changes = new Map<string, FileContent>([['metadata/releases.json', { kind: 'bytes', bytes }]]);
  const pushed = await forge.writeCommit({ base: head, parents: [head], changes, message: 'push' });
  await forge.moveBranch(METADATA_BRANCH, head, pushed, 'fast-forward');
  await ground.publish();
  const { forge: reader } = await ground.adapters('deploy');
  const published = (await reader.branches('tuf-published')).get('tuf-published');
  const tree = published === undefined ? new Map<string, unknown>() : await reader.tree(published);
  expect([...tree.keys()]).not.toContain(`metadata/${String(signed.version)}.releases.json`);
});
