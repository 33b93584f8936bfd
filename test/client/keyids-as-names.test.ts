// SPDX-License-Identifier: Apache-2.0
// A client takes a keyid for the name that it is in its file (TAP 12), and counts by what a key is. Who writes, signs or gathers does not.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mapSource } from '../../src/client/source.ts';
import { verifyRepository } from '../../src/client/verify-repository.ts';
import { misnamedKeyNotes } from '../../src/client/misnamed-keys.ts';
import { computeBase } from '../../src/event/base.ts';
import { requireOnlineKeys, type People } from '../../src/trust/people.ts';
import { unwrap } from '../../src/tuf/errors.ts';
import { parseInstant } from '../../src/tuf/instant.ts';
import { misnamedKeys } from '../../src/tuf/key.ts';
import { parseRoot, parseRootAs } from '../../src/tuf/root.ts';
import { countSignatures } from '../../src/tuf/threshold.ts';
import { trustInitialRoot } from '../../src/tuf/trusted-set.ts';
import { FetchScene } from '../commands/fetch-setup.ts';
import { addRoot, build, lastRoot, newRepository, NOW, roleOf, setRole, type RepositoryDraft } from '../fakes/repository-builder.ts';
import { ALICE, BOB, CAROL, MALLORY, withKey, type TestSigner } from '../fakes/test-signer.ts';
import { ONLINE, PEOPLE, tufOnCiRepository } from '../fakes/tuf-on-ci-2024.ts';
import { codeOf } from './support.ts';
import { look, visit } from './visit.ts';

const TIME = parseInstant(NOW, 'test');
const under = (signer: TestSigner, keyId: string): TestSigner => ({ ...signer, keyId });
const firstRoot = (repository: RepositoryDraft): Uint8Array => build(repository).get('metadata/1.root.json') ?? new Uint8Array();

describe("a repository in the shape of GitHub's own", () => {
  const files = build(tufOnCiRepository());

  test('is read: its root is accepted, and a target of a delegated role is found', async () => {
    expect(trustInitialRoot(firstRoot(tufOnCiRepository()), TIME).kind).toBe('accepted');
    expect(await look(files, 'v1/app.bin')).toBe('releases');
  });

  test('two of three signatures are not enough', async () => {
    const repository = tufOnCiRepository();
    repository.targets.signers = PEOPLE.slice(0, 2);
    expect(await codeOf(look(build(repository), 'v1/app.bin'))).toBe('threshold');
  });

  test('verify finds no problem, and names each keyid that is not the sha256 of its key', async () => {
    const report = await verifyRepository(mapSource(files), { time: TIME, targets: 'hosted' });
    expect(report.problems).toEqual([]);
    const named = report.warnings.flatMap((one) =>
      one.kind === 'compatibility' && one.finding.detail.includes('not the sha256 of its key') ? [[one.where, one.finding.subject]] : [],
    );
    const ids = [...PEOPLE, ONLINE].map(({ keyId }) => keyId).sort();
    expect(named).toEqual([...ids.map((id) => ['root@1', id]), ...ids.map((id) => ['targets@1', id])]);
  });

  test('verify names no keyid of a repository of ours', async () => {
    const { warnings } = await verifyRepository(mapSource(build(newRepository())), { time: TIME, targets: 'all' });
    expect(JSON.stringify(warnings)).not.toContain('sha256 of its key');
  });

  test('the notes of the log name the file, its keyids, and how many more there are', () => {
    const set = unwrap(trustInitialRoot(firstRoot(tufOnCiRepository()), TIME));
    const sorted = [...PEOPLE, ONLINE].map(({ keyId }) => keyId).sort();
    const ids = sorted
      .slice(0, 8)
      .map((id) => `"${id.slice(0, 12)}…"`)
      .join(', ');
    expect(misnamedKeyNotes(set)).toEqual([`root@1: taken for names: keyids that are not the sha256 of their key: ${ids} and 1 more`]);
    expect(misnamedKeyNotes(unwrap(trustInitialRoot(firstRoot(newRepository()), TIME)))).toEqual([]);
  });
});

describe('fetch', () => {
  let scene: FetchScene;
  beforeEach(async () => {
    scene = await FetchScene.open();
  });
  afterEach(async () => scene.close());

  test('reads it and says in the log which keyids are not the sha256 of their key', async () => {
    const said: string[] = [];
    const result = await visit(scene, build(tufOnCiRepository()), ['v1/app.bin'], { onInfo: (text) => said.push(text) });
    expect(result.files.map(({ path }) => path)).toEqual(['v1/app.bin']);
    const files = said.filter((text) => text.includes('not the sha256 of their key')).map((text) => text.split(': taken')[0]);
    expect(files).toEqual(['main: root@1', 'main: targets@1']);
  });
});

describe('two files that give one keyid to two keys', () => {
  const swap = (repository: RepositoryDraft, signers: TestSigner[], threshold: number): void => {
    addRoot(repository);
    setRole(repository, 'root', signers, threshold);
    const { keys, roles } = lastRoot(repository).signed;
    keys[ALICE.keyId] = MALLORY.key;
    roles.targets = roleOf([CAROL]);
    keys[CAROL.keyId] = CAROL.key;
    repository.targets.signers = [CAROL];
  };

  test("a new root's key does not count for the old root under an id of it", async () => {
    const repository = newRepository();
    swap(repository, [under(MALLORY, ALICE.keyId), BOB], 2);
    lastRoot(repository).signers = [under(MALLORY, ALICE.keyId), BOB];
    expect(await codeOf(look(build(repository), 'v1/app.bin'))).toBe('threshold');
  });

  test('the old key does not count for the new root under its id', async () => {
    const repository = newRepository();
    swap(repository, [under(MALLORY, ALICE.keyId), BOB], 2);
    lastRoot(repository).signers = [ALICE, BOB];
    expect(await codeOf(look(build(repository), 'v1/app.bin'))).toBe('threshold');
  });

  test('each counts in its own file', async () => {
    const repository = newRepository();
    const [first] = repository.roots;
    if (first !== undefined) first.signed.roles.root.threshold = 1;
    swap(repository, [under(MALLORY, ALICE.keyId), BOB], 2);
    lastRoot(repository).signers = [under(MALLORY, ALICE.keyId), BOB];
    expect(await codeOf(look(build(repository), 'v1/app.bin'))).toBe('none');
  });

  test("a delegation's key does not count for the root that has its id", async () => {
    const repository = newRepository();
    const { delegations } = repository.targets.signed;
    if (delegations !== undefined) delegations.keys[ALICE.keyId] = MALLORY.key;
    expect(await codeOf(look(build(repository), 'v1/app.bin'))).toBe('none');
    repository.targets.signers = [under(MALLORY, ALICE.keyId), BOB];
    expect(await codeOf(look(build(repository), 'v1/app.bin'))).toBe('threshold');
  });
});

describe('who writes, signs or gathers reads as strictly as ever', () => {
  const bytes = firstRoot(tufOnCiRepository());
  const asMaker = parseRoot(bytes);
  const asClient = parseRootAs('client', bytes);

  test('such a key has no vote', () => {
    const { payload, signatures } = asMaker;
    const votes = (root: typeof asMaker.signed | typeof asClient.signed): number =>
      countSignatures({ payload, signatures, keys: root.keys, role: root.roles.root }).votes.size;
    expect(votes(asMaker.signed)).toBe(0);
    expect(votes(asClient.signed)).toBe(3);
    expect(misnamedKeys(asMaker.signed.keys).size).toBe(9);
  });

  test('no base begins with such a root, and the finding says what the keyid should be', () => {
    const { base, findings } = computeBase({ roots: [{ source: 'published', bytes }], roles: new Map() }, null);
    expect(base).toBe(null);
    expect(findings.map(({ code }) => code)).toContain('threshold');
    expect(findings.map(({ detail }) => detail).join()).toContain('key-unusable: its keyid is ');
  });

  test('such a key is no online key', () => {
    const people: People = { byKey: new Map(), custodyQuorum: new Map() };
    const { keys, roles } = asMaker.signed;
    expect(() => requireOnlineKeys('timestamp', roles.timestamp, keys, people)).toThrow(/usable online key, got its keyid is/);
  });

  test('a root of ours in which one key has another name is refused by the base, and read by clients', () => {
    const repository = newRepository();
    setRole(repository, 'root', [ALICE, under(BOB, 'bob')]);
    repository.targets.signers = [ALICE, BOB];
    lastRoot(repository).signed.keys[BOB.keyId] = BOB.key;
    const root = firstRoot(repository);
    expect(trustInitialRoot(root, TIME).kind).toBe('accepted');
    expect(computeBase({ roots: [{ source: 'published', bytes: root }], roles: new Map() }, null).base).toBe(null);
  });
});

describe('one key has one vote, whatever its ids', () => {
  const ALIAS = under(withKey(ALICE, { 'x-note': 'again' }), 'again');
  test.each<[string, TestSigner[], number, string]>([
    ['its own id and a name', [ALICE, under(ALICE, 'alice')], 2, 'threshold'],
    ['two names', [under(ALICE, 'a'), under(ALICE, 'b')], 2, 'threshold'],
    ['a name, with a note in the key', [ALICE, ALIAS], 2, 'threshold'],
    ['two names beside another key', [under(ALICE, 'a'), under(ALICE, 'b'), BOB], 2, 'none'],
    ['two names, of which one is needed', [under(ALICE, 'a'), under(ALICE, 'b')], 1, 'none'],
  ])('%s', async (_, signers, threshold, code) => {
    const repository = newRepository();
    setRole(repository, 'timestamp', signers);
    lastRoot(repository).signed.roles.timestamp.threshold = threshold;
    expect(await codeOf(look(build(repository), 'v1/app.bin'))).toBe(code);
  });
});
