// SPDX-License-Identifier: Apache-2.0
// Whatever is wrong with one role, file, branch or byte: a timestamp is signed for what clients can verify, the rest is left out and told.
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { filesSource } from '../../src/client/source.ts';
import { verifyRepository } from '../../src/client/verify-repository.ts';
import { publish, type PublishResult } from '../../src/commands/publish.ts';
import { METADATA_BRANCH, PUBLISHED_BRANCH } from '../../src/event/layout.ts';
import type { CommitSha, FileContent } from '../../src/ports.ts';
import { encodeCanonicalJson } from '../../src/tuf/canonical.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { keyIdOf, parseKeyId } from '../../src/tuf/key.ts';
import { encodeMetadata } from '../../src/tuf/metadata.ts';
import { parseSnapshot, parseTimestamp } from '../../src/tuf/online.ts';
import { parseTargets } from '../../src/tuf/targets.ts';
import { TIMESTAMP_PATH } from '../../src/tuf/published-tree.ts';
import { asArray, asObject, objectField } from '../../src/tuf/fields.ts';
import type { JsonObject } from '../../src/tuf/json.ts';
import {
  day,
  DAY,
  makeScratch,
  NEXT_ONLINE,
  ONLINE,
  publicKeyOf,
  published,
  removeScratch,
  rotateOnline,
  setIn,
  shared,
  signerOf,
  swapPerson,
  type Ground,
} from './support.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
beforeAll(makeScratch);
afterAll(removeScratch);

const KEYS = [ONLINE, NEXT_ONLINE];
const text = (value: string): FileContent => ({ kind: 'bytes', bytes: new TextEncoder().encode(value) });

/** A release with one hosted file, published. */
const released: () => Promise<Ground> = shared(async () => {
  const ground = await (await published()).copy();
  await ground.release('v1/app', 'four');
  await publish(await ground.open());
  return ground;
});

async function headOf(ground: Ground, branch: string): Promise<CommitSha> {
  const head = (await (await ground.open()).forge.branches(branch)).get(branch);
  if (head === undefined) throw new Error(`no ${branch}`);
  return head;
}

/** Pushes a commit as somebody with write access. */
async function push(ground: Ground, branch: string, changes: Readonly<Record<string, FileContent | null>>): Promise<void> {
  const { forge } = await ground.open();
  const head = await headOf(ground, branch);
  const commit = await forge.writeCommit({ base: head, parents: [head], changes: new Map(Object.entries(changes)), message: 'push\n' });
  await forge.moveBranch(branch, head, commit, 'fast-forward');
}

async function read(ground: Ground, branch: string, path: string): Promise<Uint8Array> {
  const { forge } = await ground.open();
  const entry = (await forge.tree(await headOf(ground, branch))).get(path);
  const bytes = entry === undefined ? undefined : (await forge.blobs([entry.id])).get(entry.id);
  if (bytes === undefined) throw new Error(`no ${path} on ${branch}`);
  return bytes;
}

async function run(ground: Ground, days: number): Promise<PublishResult> {
  return publish(await ground.open({ now: day(days), keys: KEYS }));
}

const told = ({ findings }: PublishResult): readonly string[] => [...new Set(findings.map(({ code }) => code))];

/** What clients find wrong on the site. */
async function wrongFor(ground: Ground, days: number): Promise<readonly string[]> {
  const { site } = await ground.open();
  const report = await verifyRepository(filesSource(site), { time: day(days), targets: 'hosted' });
  return report.problems.map(({ code, where }) => `${code} ${where}`);
}

async function listed(ground: Ground): Promise<Readonly<Record<string, number>>> {
  const { site } = await ground.open();
  const timestamp = parseTimestamp((await site.read(TIMESTAMP_PATH, 1e6)) ?? new Uint8Array()).signed;
  const snapshot = parseSnapshot(
    (await site.read(`metadata/${String(timestamp.snapshot.version)}.snapshot.json`, 1e6)) ?? new Uint8Array(),
  );
  return Object.fromEntries([...snapshot.signed.meta].map(([role, { version }]) => [role, version]));
}

/** A role's file signed by these. */
async function signedBy(raw: JsonObject, names: readonly string[]): Promise<Uint8Array> {
  const payload = encodeCanonicalJson(raw);
  const signatures = await Promise.all(
    names.map(async (name) => {
      const signer = signerOf(name);
      return { keyId: parseKeyId(keyIdOf(await signer.publicKey()), 'test'), sig: await signer.sign(payload) };
    }),
  );
  return encodeMetadata(raw, signatures);
}

async function signedRole(
  ground: Ground,
  role: string,
  change: (raw: JsonObject) => JsonObject,
  names = ['alice', 'bob'],
): Promise<Uint8Array> {
  const { signed } = parseTargets(await read(ground, METADATA_BRANCH, `metadata/${role}.json`));
  return signedBy(change(signed.raw), names);
}

const HOSTED = /^targets\/v1\/[0-9a-f]{64}\.app$/;

async function hostedPath(ground: Ground): Promise<string> {
  const { forge } = await ground.open();
  const path = [...(await forge.tree(await headOf(ground, PUBLISHED_BRANCH))).keys()].find((one) => HOSTED.test(one));
  if (path === undefined) throw new Error('nothing is hosted');
  return path;
}

/** Loses all bytes that wait, as an artifact expires. */
async function loseStaged(ground: Ground): Promise<void> {
  await rm(join(ground.directory, 'forge', 'staging'), { recursive: true, force: true });
  await mkdir(join(ground.directory, 'forge', 'staging'), { recursive: true });
}

describe('a file on the published branch in other bytes of the same payload (attack 4)', () => {
  const encodings: readonly (readonly [string, (bytes: Uint8Array, ground: Ground) => Promise<Uint8Array>])[] = [
    ['two blank lines', async (bytes) => Buffer.concat([bytes, new Uint8Array([10, 10])])],
    ['one more genuine signature', async (bytes) => signedBy(parseTargets(bytes).signed.raw, ['alice', 'bob', 'carol'])],
    ['a blank within', async (bytes) => new TextEncoder().encode(new TextDecoder().decode(bytes).replace(/^\{/, '{ '))],
    ['no bytes at all', async () => new Uint8Array()],
  ];
  test.each(encodings)('%s: it is put back, told once, and the timestamp is signed', async (_, change) => {
    const ground = await (await released()).copy();
    const path = 'metadata/2.releases.json';
    const right = await read(ground, PUBLISHED_BRANCH, path);
    await push(ground, PUBLISHED_BRANCH, { [path]: { kind: 'bytes', bytes: await change(right, ground) } });
    const result = await run(ground, 2);
    expect([result.outcome, told(result)]).toEqual(['published', expect.arrayContaining(['hash-mismatch'])]);
    expect(Buffer.compare(await read(ground, PUBLISHED_BRANCH, path), right)).toBe(0);
    expect(await wrongFor(ground, 2)).toEqual([]);
    const again = await run(ground, 2);
    expect([again.outcome, again.findings]).toEqual(['fresh', []]);
  });
});

describe('one role of which something is wrong on the metadata branch (attacks 5, 18; R16)', () => {
  test.each<[string, string, (ground: Ground) => Promise<Uint8Array>, string]>([
    [
      'a second validly signed content of the published version',
      'releases',
      (ground) => signedRole(ground, 'releases', (raw) => setIn(raw, ['targets'], new Map())),
      'equivocation',
    ],
    [
      'a version raised by a million',
      'releases',
      (ground) => signedRole(ground, 'releases', (raw) => setIn(raw, ['version'], 1_000_002)),
      'fast-forward',
    ],
    [
      'another role raised to the largest number',
      'docs',
      (ground) => signedRole(ground, 'docs', (raw) => setIn(raw, ['version'], Number.MAX_SAFE_INTEGER)),
      'fast-forward',
    ],
    ['too few signatures', 'docs', (ground) => signedRole(ground, 'docs', (raw) => setIn(raw, ['version'], 2), ['alice']), 'threshold'],
    [
      'a member of x-countersign that can not be read',
      'targets',
      (ground) =>
        signedRole(ground, 'targets', (raw) => setIn(setIn(raw, ['version'], 2), ['x-countersign', 'from'], new Map([['docs', 'four']]))),
      'field-type',
    ],
  ])('%s: %s stays as it is, everything stays fresh', async (_, role, make, code) => {
    const ground = await (await released()).copy();
    const before = await listed(ground);
    await push(ground, METADATA_BRANCH, { [`metadata/${role}.json`]: { kind: 'bytes', bytes: await make(ground) } });
    const result = await run(ground, 2);
    expect([result.outcome, told(result)]).toEqual(['published', expect.arrayContaining([code])]);
    expect([await listed(ground), await wrongFor(ground, 2)]).toEqual([before, []]);
    const next = await run(ground, 4);
    expect([next.outcome, await wrongFor(ground, 4)]).toEqual(['published', []]);
  });

  test('a version that no merged event brought is told, and a file beside the metadata too (attacks 12, 21)', async () => {
    const ground = await (await released()).copy();
    const bytes = await signedRole(ground, 'docs', (raw) => setIn(raw, ['version'], 2));
    await push(ground, METADATA_BRANCH, { 'metadata/docs.json': { kind: 'bytes', bytes }, 'NOTES.md': text('read this') });
    const result = await run(ground, 0);
    expect(result.findings.map(({ code, where }) => `${code} ${where}`)).toEqual(['event-unknown docs@2', 'event-file-unclaimed NOTES.md']);
    // It is signed, so it counts.
    expect((await listed(ground))['docs']).toBe(2);
    await push(ground, METADATA_BRANCH, { 'NOTES.md': null, 'countersign.yaml': text('people: {}\n') });
    expect((await ground.gather()).findings.map(({ code, where }) => `${code} ${where}`)).toEqual([
      'event-file-unclaimed countersign.yaml',
    ]);
    await push(ground, METADATA_BRANCH, { 'countersign.yaml': null });
    expect((await ground.gather()).findings.map(({ where }) => where)).toEqual(['countersign.yaml']);
  });
});

describe('bytes of hosted files that can not be had (attack 5, R11)', () => {
  /** docs v2 with a hosted page whose bytes are gone, and releases v3 whose bytes are there. */
  async function missing(): Promise<Ground> {
    const ground = await (await released()).copy();
    await ground.release('docs/page', 'page');
    await loseStaged(ground);
    await ground.release('v2/app', 'two');
    return ground;
  }

  test('hold back the new version of that role alone', async () => {
    const ground = await missing();
    const result = await run(ground, 2);
    expect([result.outcome, told(result)]).toEqual(['published', ['staged-missing']]);
    expect([await listed(ground), await wrongFor(ground, 2)]).toEqual([{ targets: 1, releases: 3, docs: 1 }, []]);
    // Proposed again, the bytes are back.
    await ground.propose('docs/page', 'page', { existing: 'replace' });
    const later = await run(ground, 2);
    expect([told(later), (await listed(ground))['docs']]).toEqual([[], 2]);
  });

  test('never hold back a root, nor what must change with it', async () => {
    const ground = await missing();
    const swap = await swapPerson(ground, 'carol', 'dave');
    await ground.complete(await ground.proposeNext(swap, 'with targets'), ['alice', 'bob']);
    const result = await run(ground, 2);
    expect(told(result)).toEqual(['staged-missing']);
    expect([await listed(ground), await wrongFor(ground, 2)]).toEqual([{ targets: 2, releases: 3, docs: 1 }, []]);
    const { site } = await ground.open();
    expect((await site.list()).has('metadata/2.root.json')).toBe(true);
    // Also on the day when the timestamp would have run out.
    expect((await run(ground, 6)).outcome).toBe('published');
    expect(await wrongFor(ground, 6)).toEqual([]);
  });

  test('go out as missing where the version that clients have does not verify any more', async () => {
    const ground = await missing();
    const bytes = await signedRole(ground, 'targets', await handOver());
    const docs = await signedRole(ground, 'docs', (raw) => setIn(raw, ['version'], 3), ['bob', 'dave']);
    await push(ground, METADATA_BRANCH, {
      'metadata/targets.json': { kind: 'bytes', bytes },
      'metadata/docs.json': { kind: 'bytes', bytes: docs },
    });
    const result = await run(ground, 2);
    expect(told(result)).toEqual(expect.arrayContaining(['staged-missing', 'event-unknown']));
    expect(told(result)).not.toContain('revocation-unpublished');
    const digest = '3660315a9af3df255d8f19ab077e4797822b41488a0e2a04bc6af71213c23274';
    expect([await listed(ground), await wrongFor(ground, 2)]).toEqual([
      { targets: 2, releases: 3, docs: 3 },
      [`not-found targets/docs/${digest}.page`, `not-found targets/${digest}.docs/page`],
    ]);
  });

  test('a delegation that takes a key away and leaves a role without a file is held back, and that is the first thing told', async () => {
    const ground = await missing();
    const bytes = await signedRole(ground, 'targets', await handOver());
    await push(ground, METADATA_BRANCH, { 'metadata/targets.json': { kind: 'bytes', bytes } });
    const result = await run(ground, 2);
    expect(result.findings[0]).toMatchObject({ code: 'revocation-unpublished', where: 'targets@2' });
    expect([await listed(ground), await wrongFor(ground, 2)]).toEqual([{ targets: 1, releases: 3, docs: 1 }, []]);
  });
});

/** Targets v2, by which bob and dave sign docs: what alice, bob and carol have signed of it is worth nothing then. */
async function handOver(): Promise<(raw: JsonObject) => JsonObject> {
  const [bob, dave] = [await publicKeyOf('bob'), await publicKeyOf('dave')];
  return (raw) => {
    const withKey = setIn(setIn(raw, ['version'], 2), ['delegations', 'keys', dave.keyId], dave.key);
    const roles = asArray(objectField(withKey, 'delegations', 'test').get('roles'), 'roles').map((one) => {
      const role = asObject(one, 'role');
      return role.get('name') === 'docs' ? new Map(role).set('keyids', [bob.keyId, dave.keyId]) : role;
    });
    return setIn(withKey, ['delegations', 'roles'], roles);
  };
}

describe('a hosted file in other bytes than were signed (attack 8)', () => {
  const same = text('evil');
  test.each<[string, 'branch' | 'site', FileContent | null]>([
    ['of the same length', 'branch', same],
    ['of another length', 'branch', text('evil twin')],
    ['deleted', 'branch', null],
    ['of the same length', 'site', same],
  ])('%s, on the %s: it is put back and told', async (_, where, content) => {
    const ground = await (await released()).copy();
    await loseStaged(ground);
    const path = await hostedPath(ground);
    if (where === 'branch') await push(ground, PUBLISHED_BRANCH, { [path]: content });
    else if (content?.kind === 'bytes') await (await ground.open()).site.write(path, content.bytes);
    const result = await run(ground, 0);
    expect(told(result)).toEqual(['hash-mismatch']);
    expect(new TextDecoder().decode(await read(ground, PUBLISHED_BRANCH, path))).toBe('four');
    expect(new TextDecoder().decode((await (await ground.open()).site.read(path, 100)) ?? new Uint8Array())).toBe('four');
    expect((await run(ground, 0)).findings).toEqual([]);
  });

  test('what nobody signed for is taken away below metadata/ and targets/, on the branch and on the site', async () => {
    const ground = await (await released()).copy();
    const strays = { 'targets/evil.html': text('<script>'), 'targets/v1/app': text('four'), 'metadata/notes.txt': text('x') };
    await push(ground, PUBLISHED_BRANCH, { ...strays, [`targets/v9/${'0'.repeat(64)}.app`]: text('y') });
    const { site } = await ground.open();
    await site.write('targets/late.html', new TextEncoder().encode('z'));
    const result = await run(ground, 0);
    expect(result.findings.map(({ source, code }) => `${source} ${code}`)).toEqual([
      'published event-file-unclaimed',
      'live event-file-unclaimed',
    ]);
    const files = [...(await site.list()).keys()];
    expect(files.filter((path) => /evil|late|notes|v9|\/v1\/app$/.test(path))).toEqual([]);
    expect((await run(ground, 0)).findings).toEqual([]);
  });

  test('the list of published files that somebody changes is found in the history, and put back', async () => {
    const ground = await (await released()).copy();
    const path = await hostedPath(ground);
    const list = new TextDecoder().decode(await read(ground, PUBLISHED_BRANCH, 'files.txt'));
    await push(ground, PUBLISHED_BRANCH, { [path]: same, 'files.txt': text(`${list}${'0'.repeat(40)} 4 targets/evil.html\n`) });
    const result = await run(ground, 0);
    expect(told(result)).toEqual(['hash-mismatch']);
    expect(new TextDecoder().decode(await read(ground, PUBLISHED_BRANCH, path))).toBe('four');
    expect(new TextDecoder().decode(await read(ground, PUBLISHED_BRANCH, 'files.txt'))).toBe(list);
  });

  test('that the site can not write holds back nothing else (first-use B5)', async () => {
    const ground = await (await released()).copy();
    await ground.release('v2/app', 'two');
    const place = await ground.open({ now: day(2), keys: KEYS });
    const site: typeof place.site = {
      ...bound(place.site),
      copyIn: async (path) => Promise.reject(new CountersignError('io', path, 'no room')),
      writeStream: async (path) => Promise.reject(new CountersignError('io', path, 'no room')),
    };
    const result = await publish({ ...place, site });
    expect([result.outcome, told(result)]).toEqual(['published', ['io']]);
    expect((await listed(ground))['releases']).toBe(3);
    expect((await run(ground, 2)).findings).toEqual([]);
  });

  test('that the branch can not take holds back its role alone', async () => {
    const ground = await (await released()).copy();
    await ground.release('v2/app', 'two');
    await ground.release('docs/page', 'page');
    const place = await ground.open({ now: day(2), keys: KEYS });
    const forge: typeof place.forge = {
      ...place.forge,
      writeCommit: async (input) => {
        const tooLarge = [...input.changes].find(([path, content]) => path.includes('v2/') && content?.kind === 'file');
        if (tooLarge !== undefined) throw new CountersignError('too-large', tooLarge[0], 'the host refuses it');
        return place.forge.writeCommit(input);
      },
    };
    const result = await publish({ ...place, forge });
    expect([result.outcome, told(result)]).toEqual(['published', expect.arrayContaining(['staged-missing', 'too-large'])]);
    expect(await listed(ground)).toEqual({ targets: 1, releases: 2, docs: 2 });
    expect(await wrongFor(ground, 2)).toEqual([]);
  });
});

function bound<T extends object>(object: T): T {
  return new Proxy(object, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      return typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
    ownKeys: (target) => [...new Set([...Reflect.ownKeys(target), ...Reflect.ownKeys(Object.getPrototypeOf(target) as object)])],
    getOwnPropertyDescriptor: (target, name) => ({ value: Reflect.get(target, name) as unknown, enumerable: true, configurable: true }),
  });
}

describe('clocks and resets (attacks 15, B5; R33)', () => {
  test.each([30, 400, 2])('a timestamp of a clock that was %i days ahead is due at once, and told', async (days) => {
    const ground = await (await released()).copy();
    await run(ground, days);
    const result = await run(ground, 0);
    expect([result.outcome, result.findings.length > 0]).toEqual(['published', true]);
    expect(told(result)).toEqual(['expires-invalid']);
    expect(result.expires - day(0)).toBe(7 * DAY);
    expect((await run(ground, 0)).findings).toEqual([]);
  });

  async function resetAll(ground: Ground, to: { readonly tuf: CommitSha; readonly published: CommitSha }): Promise<void> {
    const { forge } = await ground.open();
    await forge.moveBranch(METADATA_BRANCH, await headOf(ground, METADATA_BRANCH), to.tuf, 'replace');
    await forge.moveBranch(PUBLISHED_BRANCH, await headOf(ground, PUBLISHED_BRANCH), to.published, 'replace');
  }

  test('both branches reset and the site gone: nothing is signed until a person says what was served', async () => {
    const ground = await (await published()).copy();
    const before = { tuf: await headOf(ground, METADATA_BRANCH), published: await headOf(ground, PUBLISHED_BRANCH) };
    await ground.release('v1/app', 'four', { now: day(1) });
    await run(ground, 1);
    await run(ground, 2);
    await resetAll(ground, before);
    await rm(ground.site, { recursive: true });
    const place = async () => ground.open({ now: day(3), keys: KEYS });
    await expect(publish(await place())).rejects.toMatchObject({ code: 'served-unknown' });
    // The branch is behind what was served: the snapshot's version is needed as well.
    await expect(publish(await place(), null, { timestamp: 3, snapshot: null })).rejects.toMatchObject({ code: 'served-unknown' });
    const result = await publish(await place(), null, { timestamp: 3, snapshot: 2 });
    expect([result.outcome, result.timestamp, result.snapshot]).toEqual(['published', 4, 3]);
  });

  test('the site gone, the branches as they were: it goes on as long as runs come daily, and says so', async () => {
    const ground = await (await released()).copy();
    for (const days of [1, 2, 3]) {
      await rm(ground.site, { recursive: true, force: true });
      const result = await run(ground, days);
      expect([result.outcome, told(result)]).toEqual(['published', ['served-unknown']]);
    }
    // It was built again, so there is something to go on from.
    expect((await run(ground, 4)).findings).toEqual([]);
  });

  test('a site that does not answer stops nothing', async () => {
    const ground = await (await released()).copy();
    const place = await ground.open({ now: day(1), keys: KEYS });
    const down = async (): Promise<never> => Promise.reject(new CountersignError('io', 'site', 'down'));
    const result = await publish({ ...place, site: null, live: { metadata: down, target: down, list: down } });
    expect([result.outcome, told(result)]).toEqual(['published', ['io', 'served-unknown']]);
  });

  test('a published branch that was reset below what is served is told', async () => {
    const ground = await (await published()).copy();
    const before = await headOf(ground, PUBLISHED_BRANCH);
    await run(ground, 1);
    const { forge } = await ground.open();
    await forge.moveBranch(PUBLISHED_BRANCH, await headOf(ground, PUBLISHED_BRANCH), before, 'replace');
    const result = await run(ground, 1);
    expect(result.findings.map(({ source, code, where }) => `${source} ${code} ${where}`)).toEqual([
      `published rollback ${TIMESTAMP_PATH}`,
    ]);
    expect((await run(ground, 1)).findings).toEqual([]);
  });
});

describe('no false alarm (attack 11, first-use H2)', () => {
  test.each<[string, (ground: Ground) => Promise<void>]>([
    [
      'who signs root and targets',
      async (ground) => {
        const swap = await swapPerson(ground, 'alice', 'dave');
        await ground.complete(await ground.proposeNext(swap, 'with targets'), ['alice', 'bob', 'dave']);
      },
    ],
    [
      'the online key',
      async (ground) => ground.complete(await ground.proposeNext(await rotateOnline(), 'without targets'), ['alice', 'bob']),
    ],
    ['nothing but a version', async (ground) => ground.complete(await ground.proposeNext(null, 'with targets'), ['alice', 'bob'])],
  ])('after a change of %s all runs are green on days 0, 1 and 2', async (_, change) => {
    const ground = await (await released()).copy();
    await change(ground);
    for (const days of [0, 1, 2]) {
      expect((await ground.gather({ now: day(days) })).findings).toEqual([]);
      expect((await run(ground, days)).findings).toEqual([]);
      expect((await ground.gather({ now: day(days) })).findings).toEqual([]);
      expect(await wrongFor(ground, days)).toEqual([]);
    }
  });

  test('three gathers and three publishes at once tell nothing', async () => {
    const ground = await (await released()).copy();
    const { number } = await ground.propose('v2/app', 'two');
    for (const person of ['alice', 'bob']) await ground.sign(person, number ?? 0);
    const all = await Promise.all([
      ...Array.from({ length: 3 }, () => ground.gather()),
      ...Array.from({ length: 3 }, () => run(ground, 0)),
    ]);
    expect(all.flatMap(({ findings }) => findings)).toEqual([]);
  });
});

test('publish begins no uploads that would leave it without requests: the metadata of the others goes first', async () => {
  const ground = await (await released()).copy();
  await ground.release('docs/page', 'page');
  await ground.release('v2/app', 'two');
  const withLeft = async (left: number): Promise<PublishResult> => {
    const place = await ground.open({ now: day(2), keys: KEYS });
    return publish({ ...place, forge: { ...place.forge, budget: async () => ({ left, resets: day(3) }) } });
  };
  const first = await withLeft(50);
  expect([first.outcome, told(first), await listed(ground)]).toEqual([
    'published',
    ['staged-missing'],
    { targets: 1, releases: 2, docs: 1 },
  ]);
  // Room for one more file beside what two publications need.
  const second = await withLeft(103);
  expect(told(second)).toEqual(['staged-missing']);
  const third = await withLeft(1000);
  expect([told(third), await listed(ground)]).toEqual([[], { targets: 1, releases: 3, docs: 2 }]);
  expect(await wrongFor(ground, 2)).toEqual([]);
});

describe('an online key that can not be used (first-use M8)', () => {
  /** A release under a root whose snapshot has a key of its own. */
  const twoKeys: () => Promise<Ground> = shared(async () => {
    const ground = await (await released()).copy();
    const { keyId, key } = await publicKeyOf(NEXT_ONLINE);
    const number = await ground.proposeNext((root) => {
      const edited = setIn(setIn(root, ['keys', keyId], key), ['x-countersign', 'online', keyId], `env:${NEXT_ONLINE}`);
      return setIn(edited, ['roles', 'snapshot', 'keyids'], [keyId]);
    }, 'with targets');
    await ground.complete(number, ['alice', 'bob']);
    await publish(await ground.open({ keys: KEYS }));
    return ground;
  });

  const withKeys = async (ground: Ground, days: number, keys: readonly string[]) => publish(await ground.open({ now: day(days), keys }));

  test('of the snapshot holds back no timestamp, and no file of what is not signed yet goes out', async () => {
    const ground = await (await twoKeys()).copy();
    const before = await listed(ground);
    await ground.release('v2/app', 'two');
    const result = await withKeys(ground, 2, [ONLINE]);
    expect([result.outcome, result.reasons.map((reason) => reason.split(':')[0])]).toEqual(['published', ['timestamp']]);
    expect(result.findings.map(({ code, where }) => `${code} ${where}`)).toEqual(['signer-key snapshot', `signer-key env:${NEXT_ONLINE}`]);
    expect(await listed(ground)).toEqual(before);
    expect([...(await (await ground.open()).site.list()).keys()].filter((path) => path.includes('v2/'))).toEqual([]);
    expect(await wrongFor(ground, 2)).toEqual([]);
    const mended = await withKeys(ground, 2, KEYS);
    expect([mended.findings, (await listed(ground))['releases']]).toEqual([[], 3]);
  });

  test('of the timestamp stops all that is new, and is named', async () => {
    const ground = await (await twoKeys()).copy();
    await ground.release('v2/app', 'two');
    const before = await headOf(ground, PUBLISHED_BRANCH);
    await expect(withKeys(ground, 2, [NEXT_ONLINE])).rejects.toMatchObject({ code: 'signer-key', where: `env:${ONLINE}` });
    expect(await headOf(ground, PUBLISHED_BRANCH)).toBe(before);
  });

  test.each([
    ['the timestamp', ONLINE, NEXT_ONLINE],
    ['the snapshot', NEXT_ONLINE, ONLINE],
  ])('of %s is told where nothing is due', async (_role, missing, there) => {
    const ground = await twoKeys();
    await expect(withKeys(ground, 0, [there])).rejects.toMatchObject({ code: 'signer-key', where: `env:${missing}` });
    expect((await withKeys(ground, 0, KEYS)).outcome).toBe('fresh');
  });

  test('that the published root does not name any more is not missed', async () => {
    const ground = await (await released()).copy();
    await ground.complete(await ground.proposeNext(await rotateOnline(), 'without targets'), ['alice', 'bob']);
    expect((await withKeys(ground, 0, [NEXT_ONLINE])).outcome).toBe('published');
    expect((await withKeys(ground, 0, [NEXT_ONLINE])).findings).toEqual([]);
  });
});
