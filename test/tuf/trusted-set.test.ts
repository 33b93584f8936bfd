// SPDX-License-Identifier: Apache-2.0
// The order of an update, and the refusals that need no attack to be told. Attacks are vectors: test/vectors.
import { describe, expect, test } from 'vitest';
import { CountersignError, outcomeOf, unwrap, type Outcome } from '../../src/tuf/errors.ts';
import { parseInstant } from '../../src/tuf/instant.ts';
import { parseTargetsRoleName, TARGETS } from '../../src/tuf/names.ts';
import {
  finishRoot,
  finishTimestamp,
  requireFinalSnapshot,
  trustInitialRoot,
  updateRoot,
  updateSnapshot,
  updateTargets,
  updateTimestamp,
  type TrustedSet,
} from '../../src/tuf/trusted-set.ts';
import {
  codeOf,
  ed25519Key,
  keysObject,
  object,
  rootSigned,
  signedFile,
  snapshotSigned,
  targetsSigned,
  timestampSigned,
  withMembers,
} from './support.ts';

const key = ed25519Key('all roles');
const NOW = parseInstant('2029-01-01T00:00:00Z', '$');
const root = signedFile(rootSigned([key]), key);
const root2 = signedFile(rootSigned([key], { version: 2 }), key);
const delegation = { name: 'release', keyids: [key.keyId], threshold: 1, terminating: false, paths: ['*'] };
const delegations = withMembers(object({ roles: [delegation] }), { keys: keysObject(key) });
const targets = signedFile(targetsSigned({ delegations }), key);
const release = signedFile(targetsSigned(), key);
const META = { 'targets.json': { version: 1 }, 'release.json': { version: 1 } };
const snapshot = signedFile(snapshotSigned({ meta: META }), key);
const timestamp = signedFile(timestampSigned(), key);
const RELEASE = parseTargetsRoleName('release', '$');

const refusedWith = (outcome: Outcome<unknown>): string => (outcome.kind === 'refused' ? outcome.refusal.code : outcome.kind);

const initial = unwrap(trustInitialRoot(root, NOW));
const final = unwrap(finishRoot(initial));
const timed = unwrap(updateTimestamp(final, timestamp)).set;
const snapped = unwrap(updateSnapshot(timed, snapshot, 'remote'));
const complete = unwrap(updateTargets(snapped, TARGETS, 'root', targets));

describe('the order of an update (TUF §5.3 to §5.6)', () => {
  type Step = (set: TrustedSet) => Outcome<unknown>;
  const steps: Readonly<Record<string, Step>> = {
    root: (set) => updateRoot(set, root2),
    timestamp: (set) => updateTimestamp(set, timestamp),
    'timestamp is fresh': finishTimestamp,
    'snapshot from the store': (set) => updateSnapshot(set, snapshot, 'local'),
    snapshot: (set) => updateSnapshot(set, snapshot, 'remote'),
    targets: (set) => updateTargets(set, TARGETS, 'root', targets),
    'a delegated role': (set) => updateTargets(set, RELEASE, TARGETS, release),
  };
  test.each<[where: string, set: TrustedSet, allowed: readonly string[], refused: readonly string[]]>([
    [
      'before the root is final',
      initial,
      ['root'],
      ['timestamp', 'timestamp is fresh', 'snapshot from the store', 'snapshot', 'targets', 'a delegated role'],
    ],
    [
      'with the final root',
      final,
      ['timestamp'],
      ['root', 'timestamp is fresh', 'snapshot from the store', 'snapshot', 'targets', 'a delegated role'],
    ],
    [
      'with a timestamp',
      timed,
      ['timestamp', 'timestamp is fresh', 'snapshot from the store', 'snapshot'],
      ['root', 'targets', 'a delegated role'],
    ],
    ['with a snapshot', snapped, ['snapshot', 'targets', 'timestamp is fresh'], ['root', 'timestamp']],
    ['with targets', complete, ['targets', 'a delegated role'], ['root', 'timestamp', 'snapshot', 'snapshot from the store']],
  ])('%s', (_, set, allowed, refused) => {
    for (const name of allowed) expect([name, refusedWith(steps[name]?.(set) ?? outcomeOf(() => null))]).toEqual([name, 'accepted']);
    for (const name of refused) expect([name, refusedWith(steps[name]?.(set) ?? outcomeOf(() => null))]).toEqual([name, 'order']);
  });

  test('a delegated role needs its delegator first, and a delegation', () => {
    expect(refusedWith(updateTargets(snapped, RELEASE, TARGETS, release))).toBe('role-unknown');
    expect(refusedWith(updateTargets(complete, RELEASE, 'root', release))).toBe('role-unknown');
    expect(refusedWith(updateTargets(complete, RELEASE, RELEASE, release))).toBe('role-unknown');
    expect(refusedWith(updateTargets(complete, parseTargetsRoleName('other', '$'), TARGETS, release))).toBe('not-in-snapshot');
  });

  test('the snapshot that targets are checked against is final', () => {
    expect(codeOf(() => requireFinalSnapshot(final))).toBe('order');
    expect(codeOf(() => requireFinalSnapshot(timed))).toBe('order');
    expect(codeOf(() => requireFinalSnapshot(snapped))).toBe('accepted');
  });

  test('a step changes nothing in the set it was given', () => {
    expect(final.timestamp).toBeNull();
    expect(timed.snapshot).toBeNull();
    expect(snapped.targets.size).toBe(0);
    expect(initial.rootIsFinal).toBe(false);
  });
});

describe('one rule at a time', () => {
  test.each([
    ['the next root', { version: 2 }, 'accepted'],
    ['the same version', { version: 1 }, 'rollback'],
    ['a version skipped', { version: 3 }, 'rollback'],
    ['an expired root on the way', { version: 2, expires: '2000-01-01T00:00:00Z' }, 'accepted'],
  ])('%s', (_, members, expected) => {
    expect(refusedWith(updateRoot(initial, signedFile(rootSigned([key], members), key)))).toBe(expected);
  });

  const next = ed25519Key('the next root');
  test.each([
    ['old and new keys', [key, next], 'accepted'],
    ['old keys alone', [key], 'threshold'],
    ['new keys alone', [next], 'threshold'],
    ['nobody', [], 'threshold'],
  ])('a root that rotates its key is signed by %s', (_, signers, expected) => {
    expect(refusedWith(updateRoot(initial, signedFile(rootSigned([next], { version: 2 }), ...signers)))).toBe(expected);
  });

  test.each([
    ['2029-01-01T00:00:01Z', 'accepted', 'accepted', 'accepted'],
    ['2029-01-01T00:00:00Z', 'expired', 'freeze', 'expired'],
    ['2028-12-31T23:59:59Z', 'expired', 'freeze', 'expired'],
  ])('files that expire at %s', (expires, ofRoot, ofOnline, ofTargets) => {
    expect(refusedWith(finishRoot(unwrap(trustInitialRoot(signedFile(rootSigned([key], { expires }), key), NOW))))).toBe(ofRoot);
    const late = unwrap(updateTimestamp(final, signedFile(timestampSigned({ expires }), key))).set;
    expect(refusedWith(finishTimestamp(late))).toBe(ofOnline);
    expect(refusedWith(updateSnapshot(late, snapshot, 'remote'))).toBe(ofOnline);
    expect(refusedWith(updateSnapshot(timed, signedFile(snapshotSigned({ meta: META, expires }), key), 'remote'))).toBe(ofOnline);
    expect(refusedWith(updateTargets(snapped, TARGETS, 'root', signedFile(targetsSigned({ expires }), key)))).toBe(ofTargets);
  });

  test('a timestamp of the same version is kept as it was', () => {
    const again = unwrap(updateTimestamp(timed, signedFile(timestampSigned({ 'x-other': 1 }), key)));
    expect(again).toEqual({ set: timed, unchanged: true });
    expect(unwrap(updateTimestamp(timed, signedFile(timestampSigned({ version: 2 }), key))).unchanged).toBe(false);
  });

  test('a file of another type is refused in every place', () => {
    expect(refusedWith(trustInitialRoot(targets, NOW))).toBe('type-mismatch');
    expect(refusedWith(updateRoot(initial, snapshot))).toBe('type-mismatch');
    expect(refusedWith(updateTimestamp(final, snapshot))).toBe('type-mismatch');
    expect(refusedWith(updateSnapshot(timed, timestamp, 'remote'))).toBe('type-mismatch');
    expect(refusedWith(updateTargets(snapped, TARGETS, 'root', root))).toBe('type-mismatch');
  });
});

describe('outcomes', () => {
  test('turn our errors into values and back, and let others through', () => {
    const refusal = { code: 'order', where: 'here', detail: 'expected a, got b' } as const;
    const failing = (): never => {
      throw new CountersignError(refusal.code, refusal.where, refusal.detail);
    };
    expect(outcomeOf(failing)).toEqual({ kind: 'refused', refusal });
    expect(codeOf(() => unwrap(outcomeOf(failing)))).toBe('order');
    expect(unwrap(outcomeOf(() => 1))).toBe(1);
    expect(() => outcomeOf((): unknown => JSON.parse('{'))).toThrow(SyntaxError);
  });
});
