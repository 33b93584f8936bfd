// SPDX-License-Identifier: Apache-2.0
// How much is read of what a host serves, before anything of it is verified.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DEFAULT_LIMITS, MAX_PUBLISHED_ROOT_BYTES, MAX_PUBLISHED_ROOTS } from '../../src/client/limits.ts';
import { mapSource, type RepositorySource } from '../../src/client/source.ts';
import { readClientView, type ClientView } from '../../src/commands/client-view.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { asObject, objectField } from '../../src/tuf/fields.ts';
import { parseJson, type JsonObject, type JsonValue } from '../../src/tuf/json.ts';
import { encodeMetadata } from '../../src/tuf/metadata.ts';
import { parseTargetsRoleName } from '../../src/tuf/names.ts';
import { jsonObject } from '../../src/tuf/signed-part.ts';
import { makeScratch, published, removeScratch } from './support.ts';

const RELEASES = parseTargetsRoleName('releases', 'test');
const SNAPSHOT = 'metadata/1.snapshot.json';
const ROLE = 'metadata/1.releases.json';
const TIMESTAMP = 'metadata/timestamp.json';
const { maxRootBytes, maxTimestampBytes, maxSnapshotBytes, maxTargetsBytes } = DEFAULT_LIMITS;

let files: ReadonlyMap<string, Uint8Array>;

beforeAll(async () => {
  await makeScratch();
  const { site } = await (await published()).open();
  const read = async (path: string): Promise<[string, Uint8Array]> => [path, (await site.read(path, maxTargetsBytes)) ?? new Uint8Array()];
  files = new Map(await Promise.all([...(await site.list()).keys()].filter((path) => path.startsWith('metadata/')).map(read)));
});
afterAll(removeScratch);

/** What of a view is there. */
function partsOf({ roots, timestamp, snapshot, roles }: ClientView): readonly unknown[] {
  return [roots.length, timestamp !== null, snapshot !== null, roles.has(RELEASES)];
}

function padded(path: string, length: number): Uint8Array {
  const bytes = new Uint8Array(length).fill(0x20);
  bytes.set(files.get(path) ?? new Uint8Array());
  return bytes;
}

/** The online files, with one member of an entry replaced; nobody has signed that. */
function listing(path: string, name: string, change: JsonObject): Uint8Array {
  const signed = objectField(asObject(parseJson(files.get(path) ?? new Uint8Array()), 'test'), 'signed', 'test');
  const meta = objectField(signed, 'meta', 'test');
  const entry = new Map<string, JsonValue>([...objectField(meta, name, 'test'), ...change]);
  for (const [key, value] of change) if (value === null) entry.delete(key);
  return encodeMetadata(new Map<string, JsonValue>(signed).set('meta', new Map<string, JsonValue>(meta).set(name, entry)), []);
}

const unlistedSnapshot = (): Uint8Array => listing(TIMESTAMP, 'snapshot.json', jsonObject({ length: null, hashes: null }));
const unlistedRole = (): Uint8Array => listing(SNAPSHOT, 'releases.json', jsonObject({ length: null, hashes: null }));
const ofSnapshot = (length: number): Uint8Array => listing(TIMESTAMP, 'snapshot.json', jsonObject({ length }));
const ofRole = (length: number): Uint8Array => listing(SNAPSHOT, 'releases.json', jsonObject({ length }));

const ALL = [1, true, true, true];

test.each<readonly [string, () => readonly (readonly [string, Uint8Array])[], readonly unknown[]]>([
  ['all as it was published', () => [], ALL],
  ['a root of as many bytes as clients take', () => [['metadata/1.root.json', padded('metadata/1.root.json', maxRootBytes)]], ALL],
  ['a root of one more', () => [['metadata/1.root.json', padded('metadata/1.root.json', maxRootBytes + 1)]], [0, true, true, true]],
  ['a second root of one more', () => [['metadata/2.root.json', new Uint8Array(maxRootBytes + 1)]], ALL],
  ['a timestamp of as many bytes as clients take', () => [[TIMESTAMP, padded(TIMESTAMP, maxTimestampBytes)]], ALL],
  ['a timestamp of one more', () => [[TIMESTAMP, padded(TIMESTAMP, maxTimestampBytes + 1)]], [1, false, false, false]],
  [
    'a snapshot of more than is listed, which somebody has encoded again',
    () => [[SNAPSHOT, padded(SNAPSHOT, (files.get(SNAPSHOT)?.length ?? 0) + 1)]],
    ALL,
  ],
  [
    'a large snapshot that is listed so',
    () => [
      [TIMESTAMP, ofSnapshot(maxSnapshotBytes + 1)],
      [SNAPSHOT, padded(SNAPSHOT, maxSnapshotBytes + 1)],
    ],
    ALL,
  ],
  [
    'a large snapshot of no listed length',
    () => [
      [TIMESTAMP, unlistedSnapshot()],
      [SNAPSHOT, padded(SNAPSHOT, maxSnapshotBytes + 1)],
    ],
    [1, true, false, false],
  ],
  [
    'a large role that is listed so',
    () => [
      [TIMESTAMP, unlistedSnapshot()],
      [SNAPSHOT, ofRole(maxTargetsBytes + 1)],
      [ROLE, padded(ROLE, maxTargetsBytes + 1)],
    ],
    ALL,
  ],
  [
    'a large role of no listed length',
    () => [
      [TIMESTAMP, unlistedSnapshot()],
      [SNAPSHOT, unlistedRole()],
      [ROLE, padded(ROLE, maxTargetsBytes + 1)],
    ],
    [1, true, true, false],
  ],
])('%s', async (_, changes, expected) => {
  expect(partsOf(await readClientView(mapSource(new Map([...files, ...changes()]))))).toEqual(expected);
});

/** A host that has something of `length` bytes under every name that `files` has not, and counts what it gives. */
function endless(length: number): {
  readonly source: RepositorySource;
  readonly given: () => { readonly files: number; readonly bytes: number };
} {
  const below = mapSource(files);
  const given = { files: 0, bytes: 0 };
  const metadata = async (path: string, maxBytes: number): Promise<Uint8Array | null> => {
    const there = await below.metadata(path, maxBytes);
    if (there !== null) return there;
    if (length > maxBytes) throw new CountersignError('too-large', path, 'expected less');
    given.files++;
    given.bytes += length;
    return new Uint8Array(length);
  };
  return { source: { ...below, metadata }, given: () => given };
}

test.each([
  ['small', 1, MAX_PUBLISHED_ROOTS - 1],
  ['as large as clients take', maxRootBytes, Math.floor(MAX_PUBLISHED_ROOT_BYTES / maxRootBytes)],
])('roots without end, each %s, have an end', async (_, length, most) => {
  const { source, given } = endless(length);
  const { timestamp, roles } = await readClientView(source);
  expect([timestamp !== null, roles.has(RELEASES)]).toEqual([true, true]);
  expect(given().files).toBeLessThanOrEqual(most);
  expect(given().files).toBeGreaterThan(most - 5);
});

test('roles without end, each of the length that is listed, have an end', async () => {
  const length = 48 * 1024 ** 2;
  const entries = Array.from({ length: 30 }, (_, index): [string, JsonValue] => [
    `r${String(index)}.json`,
    jsonObject({ version: 1, length }),
  ]);
  const signed = objectField(asObject(parseJson(files.get(SNAPSHOT) ?? new Uint8Array()), 'test'), 'signed', 'test');
  const meta = new Map<string, JsonValue>([...objectField(signed, 'meta', 'test'), ...entries]);
  const { source, given } = endless(length);
  const snapshot = encodeMetadata(new Map<string, JsonValue>(signed).set('meta', meta), []);
  const changed = new Map([
    [TIMESTAMP, unlistedSnapshot()],
    [SNAPSHOT, snapshot],
  ]);
  const { roles } = await readClientView({
    ...source,
    metadata: async (path, maxBytes) =>
      changed.get(path) ?? (path.endsWith('.root.json') ? mapSource(files) : source).metadata(path, maxBytes),
  });
  expect(roles.size).toBeGreaterThan(2);
  expect(given().bytes).toBeLessThanOrEqual(256 * 1024 ** 2);
});
