// SPDX-License-Identifier: Apache-2.0
// How far a client goes: new roots, delegations, sizes and depth, each at its limit and one beyond.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openHttpSource } from '../../src/client/http-source.ts';
import { DEFAULT_LIMITS, type ClientLimits } from '../../src/client/limits.ts';
import { findTarget } from '../../src/client/roles.ts';
import { mapSource } from '../../src/client/source.ts';
import { memoryStore } from '../../src/client/store.ts';
import { bootstrap, MAX_ROOT_ROTATIONS, refresh, type RefreshOptions } from '../../src/client/updater.ts';
import { parseInstant } from '../../src/tuf/instant.ts';
import { parseTargetPath } from '../../src/tuf/names.ts';
import { FetchScene } from '../commands/fetch-setup.ts';
import type { PlainObject } from '../fakes/plain-json.ts';
import {
  addDelegation,
  addRoot,
  addTarget,
  build,
  delegationNamed,
  lastRoot,
  newRepository,
  NOW,
  roleFile,
  type RepositoryDraft,
} from '../fakes/repository-builder.ts';
import { CAROL } from '../fakes/test-signer.ts';
import { hosting } from './http-server.ts';
import { codeOf } from './support.ts';
import { look, visit, type Served } from './visit.ts';

const TIME = parseInstant(NOW, 'test');

/** Updates in memory, one after the other with one client. */
async function update(files: Served, options: Partial<RefreshOptions> = {}) {
  const store = memoryStore();
  await bootstrap(store, files.get('metadata/1.root.json') ?? new Uint8Array(), TIME);
  return {
    run: () => refresh(mapSource(files), store, { time: TIME, ...options }),
    code: () => codeOf(refresh(mapSource(files), store, { time: TIME, ...options })),
  };
}

describe('new roots', () => {
  function chain(length: number): Served {
    const repository = newRepository();
    for (let version = 2; version <= length; version++) addRoot(repository);
    return build(repository);
  }

  test('of one update are 256 at most; the next update goes on', async () => {
    expect(MAX_ROOT_ROTATIONS).toBe(256);
    const most = await update(chain(257));
    expect((await most.run()).set.root.signed.version).toBe(257);
    const more = await update(chain(258));
    expect(await more.code()).toBe('root-limit');
    expect((await more.run()).set.root.signed.version).toBe(258);
  });

  test.each([
    ['the same root again and again', 'rollback', (files: Map<string, Uint8Array>) => files.get('metadata/1.root.json')],
    ['a root that skips one', 'rollback', (files: Map<string, Uint8Array>) => files.get('metadata/3.root.json')],
    ['the next root', 'none', (files: Map<string, Uint8Array>) => files.get('metadata/2.root.json')],
  ])('%s: %s', async (_, code, served) => {
    const files = new Map(chain(3));
    files.set('metadata/2.root.json', served(files) ?? new Uint8Array());
    expect(await (await update(files)).code()).toBe(code);
  });
});

/** A repository whose `releases` lists nothing and delegates `v1/deep` on, by a chain that is this long in all. */
function deep(roles: number): RepositoryDraft {
  const repository = newRepository();
  let delegator = 'releases';
  for (let count = 2; count <= roles; count++) {
    const name = `role-${String(count)}`;
    addDelegation(repository, delegator, { name, signers: [CAROL], paths: ['v1/*'], terminating: count % 2 === 0 });
    delegator = name;
  }
  addTarget(repository, delegator, 'v1/deep', 'deep');
  return repository;
}

/** A repository of which `targets` delegates `v1/*` to so many roles; the last one lists the target. */
function wide(roles: number): RepositoryDraft {
  const repository = newRepository();
  delegationNamed(repository, 'releases').terminating = false;
  for (let count = 2; count <= roles; count++) {
    addDelegation(repository, 'targets', { name: `role-${String(count)}`, signers: [CAROL], paths: ['v1/*'], terminating: false });
  }
  addTarget(repository, `role-${String(roles)}`, 'v1/deep', 'deep');
  return repository;
}

describe('delegated roles', () => {
  test.each<[string, string, RepositoryDraft]>([
    ['32 in depth', 'none', deep(32)],
    ['33 in depth', 'search-bounds', deep(33)],
    ['32 side by side', 'none', wide(32)],
    ['33 side by side', 'search-bounds', wide(33)],
  ])('%s: %s', async (_, code, repository) => {
    expect(await codeOf(look(build(repository), 'v1/deep'))).toBe(code);
  });

  test('are not visited beyond, nor loaded', async () => {
    const files = build(wide(40));
    const asked: string[] = [];
    const source = mapSource(files);
    const counting = {
      ...source,
      metadata: (path: string, maxBytes: number) => {
        asked.push(path);
        return source.metadata(path, maxBytes);
      },
    };
    const store = memoryStore();
    await bootstrap(store, files.get('metadata/1.root.json') ?? new Uint8Array(), TIME);
    const found = await findTarget(await refresh(counting, store, { time: TIME }), parseTargetPath('v1/deep', 'test'));
    expect(found.result.kind).toBe('bounds');
    expect(asked.filter((path) => /role-|releases/.test(path))).toHaveLength(32);
  });

  test('that go in a circle end', async () => {
    const repository = newRepository();
    delegationNamed(repository, 'releases').terminating = false;
    const circle = { signers: [CAROL], paths: ['v1/*'], terminating: false };
    addDelegation(repository, 'releases', { name: 'a', ...circle });
    addDelegation(repository, 'a', { name: 'b', ...circle });
    addDelegation(repository, 'b', { name: 'a', ...circle });
    addDelegation(repository, 'b', { name: 'b', ...circle });
    expect(await codeOf(look(build(repository), 'v1/nowhere'))).toBe('target-unknown');
    expect(await look(build(repository), 'v1/app.bin')).toBe('releases');
  });
});

describe('sizes over HTTP', () => {
  let scene: FetchScene;
  beforeEach(async () => {
    scene = await FetchScene.open();
  });
  afterEach(() => scene.close());

  const LISTED = newRepository();
  addRoot(LISTED);
  const UNLISTED = newRepository();
  addRoot(UNLISTED);
  for (const role of ['releases', 'targets']) UNLISTED.snapshot.signed.meta[`${role}.json`] = { version: 1 };
  UNLISTED.timestamp.signed.meta['snapshot.json'] = { version: 1 };

  /** Updates and searches with one limit changed. */
  async function run(repository: RepositoryDraft, limits: Partial<ClientLimits>): Promise<string> {
    const files = build(repository);
    const { url } = await scene.serve(hosting(files));
    const source = openHttpSource({ metadataUrls: [`${url}/metadata`], targetUrls: [`${url}/targets`] });
    const store = memoryStore();
    await bootstrap(store, files.get('metadata/1.root.json') ?? new Uint8Array(), TIME);
    const updating = refresh(source, store, { time: TIME, limits: { ...DEFAULT_LIMITS, ...limits } });
    const code = await codeOf(updating.then((session) => findTarget(session, parseTargetPath('v1/app.bin', 'test'))));
    await source.close();
    return code;
  }

  const sizeOf = (repository: RepositoryDraft, name: string): number => build(repository).get(`metadata/${name}`)?.length ?? 0;
  /** The larger of the two files that the limit is for. */
  const largestRole = (repository: RepositoryDraft): number =>
    Math.max(sizeOf(repository, '1.targets.json'), sizeOf(repository, '1.releases.json'));

  test.each<[keyof ClientLimits, string, RepositoryDraft, number]>([
    ['maxRootBytes', 'a root', LISTED, sizeOf(LISTED, '2.root.json')],
    ['maxTimestampBytes', 'a timestamp', LISTED, sizeOf(LISTED, 'timestamp.json')],
    ['maxSnapshotBytes', 'a snapshot of no listed length', UNLISTED, sizeOf(UNLISTED, '1.snapshot.json')],
    ['maxTargetsBytes', 'a role of no listed length', UNLISTED, largestRole(UNLISTED)],
    ['maxListedSnapshotBytes', 'a snapshot of a listed length', LISTED, sizeOf(LISTED, '1.snapshot.json')],
    ['maxListedBytes', 'a role of a listed length', LISTED, largestRole(LISTED)],
  ])('%s is the most that %s may have', async (limit, _, repository, size) => {
    expect(await run(repository, { [limit]: size })).toBe('none');
    expect(await run(repository, { [limit]: size - 1 })).toBe('too-large');
  });

  test.each<[string, string, PlainObject]>([
    ['the right length', 'none', {}],
    ['a length one too small', 'length-mismatch', { length: 14 }],
    ['a length one too large', 'length-mismatch', { length: 16 }],
    ['a length of 2^53 - 1', 'length-mismatch', { length: 2 ** 53 - 1 }],
    ['a length below nothing', 'length-invalid', { length: -1 }],
    ['a length as text', 'field-type', { length: '15' }],
    ['no length', 'field-missing', { length: undefined }],
  ])('a target with %s: %s', async (_, code, change) => {
    const repository = newRepository();
    Object.assign(roleFile(repository, 'releases').signed.targets['v1/app.bin'] ?? {}, change);
    expect(await codeOf(visit(scene, build(repository), ['v1/app.bin']))).toBe(code);
  });
});

describe('depth', () => {
  const nested = (levels: number): PlainObject => (levels === 0 ? {} : { a: nested(levels - 1) });

  test.each(['timestamp', 'snapshot', 'targets'] as const)('of 50 objects in each other in %s is read', async (role) => {
    const repository = newRepository();
    repository[role].signed['x-deep'] = nested(50);
    expect(await codeOf(look(build(repository), 'v1/app.bin'))).toBe('none');
  });

  // Nobody signed it; what matters is that the reader stops before anything else is done with it.
  test.each([
    [50, 'threshold'],
    [50_000, 'json-depth'],
  ])('of %i, without end or signature: %s', async (levels, code) => {
    const deepened = (bytes: Uint8Array): Uint8Array =>
      Buffer.from(
        Buffer.from(bytes)
          .toString()
          .replace(/"_type"/, `"x-deep":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)},"_type"`),
      );
    for (const file of ['timestamp', 'root'] as const) {
      const repository = newRepository();
      addRoot(repository);
      const draft = file === 'root' ? lastRoot(repository) : repository[file];
      draft.served = deepened;
      const files = build(repository);
      const limits = { ...DEFAULT_LIMITS, maxTimestampBytes: 512_000 };
      expect(await (await update(files, { limits })).code(), file).toBe(code);
    }
  });
});
