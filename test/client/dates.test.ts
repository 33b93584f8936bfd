// SPDX-License-Identifier: Apache-2.0
// Dates of expiry, clocks, and versions of the specification, as a client meets them in each role.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { mapSource } from '../../src/client/source.ts';
import { memoryStore } from '../../src/client/store.ts';
import { bootstrap, refresh } from '../../src/client/updater.ts';
import { fetchCommand } from '../../src/cli/fetch-command.ts';
import { NO_STYLE } from '../../src/render/style.ts';
import { parseInstant } from '../../src/tuf/instant.ts';
import { FetchScene } from '../commands/fetch-setup.ts';
import {
  addTarget,
  build,
  bump,
  copyRepository,
  lastRoot,
  newRepository,
  NOW,
  roleFile,
  type RepositoryDraft,
  type SignedDraft,
} from '../fakes/repository-builder.ts';
import { hosting } from './http-server.ts';
import { codeOf } from './support.ts';
import { look, visit, type Served } from './visit.ts';

const ROLES = ['root', 'timestamp', 'snapshot', 'targets', 'releases'] as const;
type Role = (typeof ROLES)[number];

function signedOf(repository: RepositoryDraft, role: Role): SignedDraft {
  if (role === 'root') return lastRoot(repository).signed;
  return role === 'releases' ? roleFile(repository, role).signed : repository[role].signed;
}

/** What a client says when one member of a role has this value, for each role. */
async function verdicts(member: 'expires' | 'spec_version', value: unknown): Promise<Record<Role, string>> {
  const codes = { root: '', timestamp: '', snapshot: '', targets: '', releases: '' };
  for (const role of ROLES) {
    const repository = newRepository();
    Object.assign(signedOf(repository, role), { [member]: value });
    codes[role] = await codeOf(look(build(repository), 'v1/app.bin'));
  }
  return codes;
}
const everywhere = (code: string): Record<Role, string> => ({ root: code, timestamp: code, snapshot: code, targets: code, releases: code });
const EXPIRED: Record<Role, string> = { root: 'expired', timestamp: 'freeze', snapshot: 'freeze', targets: 'expired', releases: 'expired' };

describe('a date', () => {
  test.each([
    ['2031-01-01T00:00:00Z', 'none'],
    ['2032-02-29T23:59:59Z', 'none'],
    ['9999-12-31T23:59:59Z', 'none'],
    ['', 'expires-invalid'],
    ['never', 'expires-invalid'],
    ['2031-01-01', 'expires-invalid'],
    ['2031-01-01T00:00Z', 'expires-invalid'],
    ['2031-01-01T00:00:00', 'expires-invalid'],
    ['2031-01-01T00:00:00z', 'expires-invalid'],
    ['2031-01-01t00:00:00Z', 'expires-invalid'],
    ['2031-01-01 00:00:00Z', 'expires-invalid'],
    ['2031-01-01T00:00:00.000Z', 'expires-invalid'],
    ['2031-01-01T00:00:00+00:00', 'expires-invalid'],
    ['2031-01-01T01:00:00+01:00', 'expires-invalid'],
    ['20310101T000000Z', 'expires-invalid'],
    ['2031-W01-1T00:00:00Z', 'expires-invalid'],
    ['2031-02-29T00:00:00Z', 'expires-invalid'],
    ['2031-04-31T00:00:00Z', 'expires-invalid'],
    ['2031-13-01T00:00:00Z', 'expires-invalid'],
    ['2031-00-10T00:00:00Z', 'expires-invalid'],
    ['2031-01-00T00:00:00Z', 'expires-invalid'],
    ['2031-01-01T24:00:00Z', 'expires-invalid'],
    ['2031-01-01T23:60:00Z', 'expires-invalid'],
    ['2030-12-31T23:59:60Z', 'expires-invalid'],
    ['12031-01-01T00:00:00Z', 'expires-invalid'],
    ['+012031-01-01T00:00:00Z', 'expires-invalid'],
    ['-002031-01-01T00:00:00Z', 'expires-invalid'],
    [' 2031-01-01T00:00:00Z', 'expires-invalid'],
    ['2031-01-01T00:00:00Z ', 'expires-invalid'],
    ['2031-01-01T00:00:00Z\n', 'expires-invalid'],
    ['２０３１-01-01T00:00:00Z', 'expires-invalid'],
    ['1924992000', 'expires-invalid'],
    [1924992000, 'field-type'],
    [null, 'field-type'],
    [['2031-01-01T00:00:00Z'], 'field-type'],
    [undefined, 'field-missing'],
  ])('%j: %s', async (value, code) => {
    expect(await verdicts('expires', value)).toEqual(everywhere(code));
  });

  test.each(['2030-01-01T00:00:00Z', '2029-12-31T23:59:59Z', '1970-01-01T00:00:00Z', '0001-01-01T00:00:00Z'])(
    '%s has come',
    async (value) => {
      expect(await verdicts('expires', value)).toEqual(EXPIRED);
    },
  );

  test('a second from now has not', async () => {
    expect(await verdicts('expires', '2030-01-01T00:00:01Z')).toEqual(everywhere('none'));
  });
});

describe('a version of the specification', () => {
  test.each([
    ['1.0', 'none'],
    ['1.0.0', 'none'],
    ['1.0.34', 'none'],
    ['1.99.0', 'none'],
    ['2.0.0', 'spec-version'],
    ['0.9.0', 'spec-version'],
    ['10.0.0', 'spec-version'],
    ['1', 'spec-version'],
    ['1.', 'spec-version'],
    ['1.0.', 'spec-version'],
    ['1.0.0.0', 'spec-version'],
    ['1.0.0-rc1', 'spec-version'],
    ['1.x', 'spec-version'],
    ['v1.0.0', 'spec-version'],
    [' 1.0.0', 'spec-version'],
    ['', 'spec-version'],
    [1, 'field-type'],
    [null, 'field-type'],
    [undefined, 'field-missing'],
  ])('%j: %s', async (value, code) => {
    expect(await verdicts('spec_version', value)).toEqual(everywhere(code));
  });
});

/** A client that lives on, in memory. */
async function newClient(files: Served) {
  const store = memoryStore();
  await bootstrap(store, files.get('metadata/1.root.json') ?? new Uint8Array(), parseInstant(NOW, 'test'));
  return (served: Served, time: string) => codeOf(refresh(mapSource(served), store, { time: parseInstant(time, 'test') }));
}

/** A repository, and the same one later: all of the first runs out in January, of the second in March. */
function twoStates(): { readonly old: Served; readonly now: Served } {
  const repository = newRepository();
  for (const role of ['timestamp', 'snapshot', 'targets'] as const) repository[role].signed.expires = '2030-02-01T00:00:00Z';
  const old = build(repository);
  const later = copyRepository(repository);
  for (const role of ['timestamp', 'snapshot', 'targets'] as const) later[role].signed.expires = '2030-04-01T00:00:00Z';
  bump(later.timestamp, later.snapshot, later.targets);
  return { old, now: build(later) };
}

describe('a clock', () => {
  afterEach(() => vi.useRealTimers());

  test('that goes back does not bring old files back', async () => {
    const { old, now } = twoStates();
    const update = await newClient(old);
    expect(await update(old, '2030-01-15T00:00:00Z')).toBe('none');
    expect(await update(old, '2030-03-15T00:00:00Z')).toBe('freeze');
    expect(await update(now, '2030-03-15T00:00:00Z')).toBe('none');
    // At that time the old files had not run out: their versions stand in the way.
    expect(await update(old, '2030-01-15T00:00:00Z')).toBe('rollback');
    expect(await update(now, '2030-01-15T00:00:00Z')).toBe('none');
  });

  test('that was ahead and is set right leaves a client that works', async () => {
    const { old, now } = twoStates();
    const update = await newClient(old);
    expect(await update(old, '2030-01-15T00:00:00Z')).toBe('none');
    expect(await update(now, '2040-01-01T00:00:00Z')).toBe('expired');
    expect(await update(old, '2030-01-16T00:00:00Z')).toBe('none');
    expect(await update(now, '2030-01-16T00:00:00Z')).toBe('none');
  });

  test('goes on during an update, which began when everything was fresh', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2030-01-31T23:59:59Z') });
    const { old } = twoStates();
    const source = mapSource(old);
    const slow = {
      ...source,
      metadata: async (path: string, maxBytes: number) => {
        vi.setSystemTime(Date.now() + 86_400_000);
        return source.metadata(path, maxBytes);
      },
    };
    const store = memoryStore();
    const time = parseInstant('2030-01-31T23:59:59Z', 'test');
    await bootstrap(store, old.get('metadata/1.root.json') ?? new Uint8Array(), time);
    expect(await codeOf(refresh(slow, store, { time }))).toBe('none');
    expect(new Date().toISOString() > '2030-02-02').toBe(true);
    expect(await codeOf(refresh(slow, store, { time: parseInstant('2030-02-01T00:00:00Z', 'test') }))).toBe('freeze');
  });

  describe('of the machine', () => {
    let scene: FetchScene;
    beforeEach(async () => {
      scene = await FetchScene.open();
    });
    afterEach(() => scene.close());

    test.each<[string, string | undefined, string]>([
      ['2030-01-15T00:00:00Z', undefined, 'none'],
      ['2030-03-15T00:00:00Z', undefined, 'freeze'],
      ['2030-03-15T00:00:00Z', '2030-01-15T00:00:00Z', 'none'],
      ['2030-01-15T00:00:00Z', '2030-03-15T00:00:00Z', 'freeze'],
      ['2030-01-15T00:00:00Z', 'tomorrow', 'usage'],
    ])('%s, with --at %s: %s', async (clock, at, code) => {
      const files = twoStates().old;
      const { url } = await scene.serve(hosting(files));
      await scene.write(Buffer.from(files.get('metadata/1.root.json') ?? []).toString(), 'root.json');
      vi.useFakeTimers({ toFake: ['Date'], now: new Date(clock) });
      const console = {
        style: NO_STYLE,
        log: { info: () => undefined, warn: () => undefined, progress: () => undefined },
        result: () => undefined,
        error: () => undefined,
      };
      const options = {
        url,
        root: scene.path('root.json'),
        out: scene.path('out'),
        cache: scene.path('cache'),
        offline: false,
        json: true,
      };
      const run = fetchCommand({ ...options, metadataUrl: [], targetsUrl: [], ...(at === undefined ? {} : { at }) }, console, [
        'v1/app.bin',
      ]);
      expect(await codeOf(run)).toBe(code);
    });
  });
});

describe('a delegated role', () => {
  let scene: FetchScene;
  beforeEach(async () => {
    scene = await FetchScene.open();
  });
  afterEach(() => scene.close());

  const flipped = (bytes: Uint8Array): Uint8Array => bytes.map((byte, index) => (index === 20 ? byte ^ 1 : byte));
  test.each<[string, string, (all: RepositoryDraft) => unknown]>([
    ['as it is', 'none', () => null],
    ['that has run out', 'expired', (all) => (roleFile(all, 'releases').signed.expires = NOW)],
    ['with other bytes of that length', 'hash-mismatch', (all) => (roleFile(all, 'releases').served = flipped)],
    [
      'with a byte more',
      'length-mismatch',
      (all) => (roleFile(all, 'releases').served = (bytes) => Buffer.concat([bytes, Buffer.from(' ')])),
    ],
    ['with a byte less', 'length-mismatch', (all) => (roleFile(all, 'releases').served = (bytes) => bytes.subarray(1))],
    ['that says another version', 'mix-and-match', (all) => (roleFile(all, 'releases').beforeSigning = (signed) => signed.version++)],
    [
      'that says another type',
      'type-mismatch',
      (all) => (roleFile(all, 'releases').beforeSigning = (signed) => (signed._type = 'snapshot')),
    ],
    ['that the snapshot lists with another hash', 'hash-mismatch', (all) => list(all, { hashes: { sha256: '0'.repeat(64) } })],
    ['that the snapshot lists without hash and length', 'none', (all) => list(all, {})],
    ['that the snapshot lists at another version', 'not-found', (all) => list(all, { version: 2 })],
  ])('%s: %s, and what other roles sign is had all the same', async (_, code, change) => {
    const repository = newRepository();
    addTarget(repository, 'targets', 'top.txt', 'top');
    change(repository);
    const files = build(repository);
    expect(await codeOf(visit(scene, files, ['v1/app.bin'], { client: 'one' }))).toBe(code);
    expect((await scene.list('one').catch(() => [])).length).toBe(code === 'none' ? 1 : 0);
    expect((await scene.list('cache/one')).includes('releases.json')).toBe(code === 'none');
    expect(await codeOf(visit(scene, files, ['top.txt'], { client: 'one' }))).toBe('none');
  });

  function list(repository: RepositoryDraft, entry: object): void {
    repository.snapshot.signed.meta['releases.json'] = { version: 1, ...entry };
  }

  test('that was fetched when it was fresh is no longer taken from the cache', async () => {
    const repository = newRepository();
    roleFile(repository, 'releases').signed.expires = '2030-02-01T00:00:00Z';
    const files = build(repository);
    const at = (time: string) => codeOf(visit(scene, files, ['v1/app.bin'], { client: 'one', time }));
    expect(await at('2030-01-31T23:59:59Z')).toBe('none');
    expect(await at('2030-02-01T00:00:00Z')).toBe('expired');
  });
});
