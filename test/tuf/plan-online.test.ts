// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { parseInstant } from '../../src/tuf/instant.ts';
import { parseTargetsRoleName, parseVersion, type RoleName } from '../../src/tuf/names.ts';
import { parseSnapshot, parseTimestamp } from '../../src/tuf/online.ts';
import {
  isDiscardedUnder,
  isDue,
  listFile,
  nextVersion,
  planSnapshot,
  planTimestamp,
  sameMeta,
  type ListedFile,
} from '../../src/tuf/plan-online.ts';
import { parseRootSigned, type Root } from '../../src/tuf/root.ts';
import { bytes, codeOf, ed25519Key, json, rootSigned, signedFile, snapshotSigned, timestampSigned, type TestKey } from './support.ts';

const online = ed25519Key('online');
const second = ed25519Key('second');
const fresh = ed25519Key('fresh');
const version = (value: number) => parseVersion(value, '$');
const root = (...keys: readonly TestKey[]): Root => parseRootSigned(rootSigned(keys), '$');

/** `targets@3=x` is version 3 with the content `x`. */
function files(text: string): ReadonlyMap<RoleName, ListedFile> {
  return new Map(
    text.split(' ').map((part) => {
      const [, name = '', at = '', content = ''] = /^(.*)@(\d+)=(.*)$/.exec(part) ?? [];
      return [parseTargetsRoleName(name, '$'), listFile(version(Number(at)), bytes(content))];
    }),
  );
}

function snapshotOf(text: string, signers: readonly TestKey[] = [online], ownVersion = 7) {
  const meta = new Map(
    [...files(text)].map(([role, file]) => [
      `${role}.json`,
      json({ version: file.version, length: file.length, hashes: { sha256: file.sha256 } }),
    ]),
  );
  return parseSnapshot(signedFile(snapshotSigned({ meta, version: ownVersion }), ...signers));
}

describe('the next snapshot: entries never vanish, versions never drop, one version never has two contents', () => {
  test.each([
    ['nothing changes', 'targets@1=a', 'targets@1=a', 'targets@1'],
    ['a role grows', 'targets@1=a', 'targets@2=b', 'targets@2'],
    ['a role is new', 'targets@1=a', 'targets@2=b release@1=c', 'release@1 targets@2'],
    ['a role drops', 'targets@2=b', 'targets@1=a', 'rollback'],
    ['other bytes under the same version', 'targets@1=a', 'targets@1=b', 'equivocation'],
    ['a role is delegated no longer', 'targets@1=a release@3=c', 'targets@2=b', 'release@3 targets@2'],
    ['a delegated role drops', 'targets@1=a release@3=c', 'targets@2=b release@2=c', 'rollback'],
  ])('%s', (_, before, now, expected) => {
    const step = () => planSnapshot(snapshotOf(before), root(online), files(now));
    const code = codeOf(step);
    if (code !== 'accepted') {
      expect(code).toBe(expected);
      return;
    }
    const { meta, version: next } = step();
    const listed = [...meta].map(
      ([file, entry]) => `${file.replace(/\.json$/, '')}@${String(entry instanceof Map ? entry.get('version') : '')}`,
    );
    expect(listed.join(' ')).toBe(expected);
    expect(next).toBe(8);
  });

  test.each([
    ['the same key', [online], 'rollback'],
    ['a key was added: clients keep the old file', [online, fresh], 'rollback'],
    ['the key was replaced: clients discard it', [fresh], 'accepted'],
  ])('taking back a version: %s', (_, keys, code) => {
    expect(codeOf(() => planSnapshot(snapshotOf('targets@9=a'), root(...keys), files('targets@2=b')))).toBe(code);
  });

  test('after a rotation an entry may go, but the version of the snapshot goes on', () => {
    const plan = planSnapshot(snapshotOf('targets@9=a release@1=b'), root(fresh), files('targets@2=c'));
    expect([...plan.meta.keys()]).toEqual(['targets.json']);
    expect(plan.version).toBe(8);
  });

  test('one of two old signatures that still counts keeps the old file alive', () => {
    const old = snapshotOf('targets@9=a', [online, second]);
    expect(isDiscardedUnder(root(second), 'snapshot', old)).toBe(false);
    expect(isDiscardedUnder(root(fresh), 'snapshot', old)).toBe(true);
  });

  test('an entry without a version below it is refused when its bytes are unknown', () => {
    const old = parseSnapshot(
      signedFile(snapshotSigned({ meta: { 'targets.json': { version: 1 }, 'gone.json': { version: 1 } } }), online),
    );
    expect(codeOf(() => planSnapshot(old, root(online), files('targets@1=a')))).toBe('rollback');
    expect(codeOf(() => planSnapshot(old, root(online), files('targets@1=a gone@1=b')))).toBe('accepted');
  });

  test('the first snapshot has version 1', () => {
    expect(planSnapshot(null, root(online), files('targets@1=a')).version).toBe(1);
  });
});

describe('whether the published snapshot already says it', () => {
  test.each([
    ['the same', 'targets@1=a release@2=b', true],
    ['another order', 'release@2=b targets@1=a', true],
    ['another version', 'targets@2=a release@2=b', false],
    ['other bytes', 'targets@2=c release@2=b', false],
    ['one role more', 'targets@1=a release@2=b more@1=c', false],
  ])('%s: %s', (_, now, expected) => {
    const published = snapshotOf('targets@1=a release@2=b');
    expect(sameMeta(published.signed, planSnapshot(published, root(online), files(now)))).toBe(expected);
  });

  test('one role less is not the same', () => {
    const published = snapshotOf('targets@1=a release@2=b');
    expect(sameMeta(published.signed, planSnapshot(null, root(online), files('targets@1=a')))).toBe(false);
  });
});

describe('the next timestamp', () => {
  const old = parseTimestamp(signedFile(timestampSigned({ version: 4, meta: { 'snapshot.json': { version: 5 } } }), online));
  test.each([
    ['a later snapshot', 6, [online], 'accepted'],
    ['the same snapshot', 5, [online], 'accepted'],
    ['an earlier snapshot', 4, [online], 'rollback'],
    ['an earlier snapshot, a key added', 4, [online, fresh], 'rollback'],
    ['an earlier snapshot, the key replaced', 4, [fresh], 'accepted'],
  ])('%s', (_, snapshotVersion, keys, code) => {
    const step = () => planTimestamp(old, root(...keys), listFile(version(snapshotVersion), bytes('x')));
    expect(codeOf(step)).toBe(code);
    if (code === 'accepted') expect(step().version).toBe(5);
  });

  test('the first has version 1, and lists length and sha256 of the snapshot', () => {
    const plan = planTimestamp(null, root(online), listFile(version(1), bytes('x')));
    expect(plan.version).toBe(1);
    expect(plan.snapshot).toEqual(
      json({ version: 1, length: 1, hashes: { sha256: '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881' } }),
    );
  });
});

describe('versions and expiry', () => {
  test.each([
    [null, 1],
    [1, 2],
    [Number.MAX_SAFE_INTEGER - 1, Number.MAX_SAFE_INTEGER],
  ])('after %s comes %i', (current, next) => {
    expect(nextVersion(current === null ? null : version(current))).toBe(next);
  });

  test('after the largest comes none', () => {
    expect(codeOf(() => nextVersion(version(Number.MAX_SAFE_INTEGER)))).toBe('version-exhausted');
  });

  test.each([
    ['2030-01-01T00:01:01Z', false],
    ['2030-01-01T00:01:00Z', true],
    ['2030-01-01T00:00:00Z', true],
    ['2029-01-01T00:00:00Z', true],
  ])('a file that expires at %s is due a minute before: %s', (expires, due) => {
    expect(isDue(parseInstant(expires, '$'), parseInstant('2030-01-01T00:00:00Z', '$'), 60)).toBe(due);
  });
});
