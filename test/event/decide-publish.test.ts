// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { Base } from '../../src/event/base.ts';
import {
  decideSnapshot,
  decideTimestamp,
  heldOnline,
  hostedTargets,
  listedRoles,
  onlineUris,
  type OnlinePlan,
} from '../../src/event/decide-publish.ts';
import { addSeconds, type Instant } from '../../src/tuf/instant.ts';
import { parseKeyId } from '../../src/tuf/key.ts';
import { encodeMetadata } from '../../src/tuf/metadata.ts';
import { parseSnapshot } from '../../src/tuf/online.ts';
import { asObject } from '../../src/tuf/fields.ts';
import { parseJson } from '../../src/tuf/json.ts';
import { encodeCanonicalJson } from '../../src/tuf/canonical.ts';
import { objectFromPlain, type PlainObject } from '../fakes/plain-json.ts';
import { NEW_SNAPSHOT_KEY, NEW_TIMESTAMP_KEY, SNAPSHOT_KEY, TIMESTAMP_KEY, type TestSigner } from '../fakes/test-signer.ts';
import {
  ALICE,
  answers,
  BASE,
  baseOf,
  BOB,
  CAROL,
  DAVE,
  DAY,
  entryOf,
  NOW,
  OTHER_REPOSITORY,
  PERIODS,
  rootSigned,
  seal,
  targetsSigned,
  topTargets,
  WORLD,
  world,
  type RootSpec,
} from './support.ts';

const NOTHING = { snapshots: [], timestamps: [] };

function signed(plan: OnlinePlan, signer: TestSigner): Uint8Array {
  if (plan.kind === 'keep') return plan.bytes;
  return encodeMetadata(plan.signed, [{ keyId: parseKeyId(signer.keyId, 'keyid'), sig: signer.sign(encodeCanonicalJson(plan.signed)) }]);
}

/** What {@link BASE} published at {@link NOW}. */
const SNAPSHOT = signed(decideSnapshot(BASE, heldOnline(BASE, NOTHING), NOW), SNAPSHOT_KEY);
const TIMESTAMP = signed(decideTimestamp(BASE, heldOnline(BASE, NOTHING), SNAPSHOT, NOW), TIMESTAMP_KEY);

/** A file of someone who holds an online key, with members of its signed part replaced. */
function forged(file: Uint8Array, change: PlainObject, signer: TestSigner): Uint8Array {
  const value = asObject(asObject(parseJson(file), '$').get('signed'), '$');
  const all = new Map(value);
  for (const [key, item] of objectFromPlain(change)) all.set(key, item);
  const plan: OnlinePlan = { kind: 'sign', signed: all, why: '' };
  return signed(plan, signer);
}

const word = (plan: OnlinePlan): string =>
  plan.kind === 'keep' ? 'keep' : `sign v${JSON.stringify(plan.signed.get('version'))}: ${plan.why}`;

function snapshot(base: Base, snapshots: readonly Uint8Array[] = [SNAPSHOT], now: Instant = NOW): string {
  return word(decideSnapshot(base, heldOnline(base, { snapshots, timestamps: [] }), now));
}

function timestamp(base: Base, of: Uint8Array = SNAPSHOT, now: Instant = NOW, timestamps: readonly Uint8Array[] = [TIMESTAMP]): string {
  return word(decideTimestamp(base, heldOnline(base, { snapshots: [], timestamps }), of, now));
}

/** The world after a next root. */
function rotated(spec: RootSpec): Base {
  return baseOf({ ...WORLD, roots: [...WORLD.roots, seal(rootSigned({ version: 2, ...spec }), [ALICE, BOB])] });
}

const FIRST_DUE = 15 * DAY;

describe('the snapshot', () => {
  test('table', () => {
    expect(
      answers({
        'the first': () => snapshot(BASE, []),
        'nothing changed': () => snapshot(BASE),
        'a role changed': () => snapshot(baseOf(world({ releases: { version: 2, files: {} } }))),
        'a second before it is due': () => snapshot(BASE, [SNAPSHOT], addSeconds(NOW, FIRST_DUE - 1)),
        'the moment it is due': () => snapshot(BASE, [SNAPSHOT], addSeconds(NOW, FIRST_DUE)),
        'it has expired': () => snapshot(BASE, [SNAPSHOT], addSeconds(NOW, 31 * DAY)),
        'another root with the same key': () => snapshot(rotated({})),
        'another key': () => snapshot(rotated({ snapshot: [NEW_SNAPSHOT_KEY] })),
        'one more key': () => snapshot(rotated({ snapshot: [SNAPSHOT_KEY, NEW_SNAPSHOT_KEY] })),
        'what is held is not signed': () => snapshot(BASE, [forged(SNAPSHOT, { version: 9 }, NEW_SNAPSHOT_KEY)]),
        'what is held is of another repository with the same key': () =>
          snapshot(BASE, [
            forged(SNAPSHOT, { version: 9, 'x-countersign': { repository: OTHER_REPOSITORY, role: 'snapshot' } }, SNAPSHOT_KEY),
          ]),
        'what is held is no JSON': () => snapshot(BASE, [new TextEncoder().encode('x'), SNAPSHOT]),
        'the highest of what is held': () =>
          snapshot(BASE, [SNAPSHOT, forged(SNAPSHOT, { version: 5 }, SNAPSHOT_KEY)], addSeconds(NOW, FIRST_DUE)),
      }),
    ).toEqual({
      'the first': 'sign v1: first publication',
      'nothing changed': 'keep',
      'a role changed': 'sign v2: roles changed',
      'a second before it is due': 'keep',
      'the moment it is due': 'sign v2: it expires 2030-07-31T00:00:00Z',
      'it has expired': 'sign v2: it expires 2030-07-31T00:00:00Z',
      'another root with the same key': 'keep',
      'another key': 'sign v2: the snapshot key changed',
      'one more key': 'keep',
      'what is held is not signed': 'sign v1: first publication',
      'what is held is of another repository with the same key': 'sign v1: first publication',
      'what is held is no JSON': 'keep',
      'the highest of what is held': 'sign v6: it expires 2030-07-31T00:00:00Z',
    });
  });
  test('goes above the one that the timestamp names, where that one can not be had', () => {
    const held = (snapshots: readonly Uint8Array[], change: PlainObject, base: Base = BASE): string =>
      word(decideSnapshot(base, heldOnline(base, { snapshots, timestamps: [forged(TIMESTAMP, change, TIMESTAMP_KEY)] }), NOW));
    const naming = (version: number): PlainObject => ({ version: 9, meta: { 'snapshot.json': { version } } });
    expect(
      answers({
        'it is what is held': () => held([SNAPSHOT], naming(1)),
        'an older one is held': () => held([SNAPSHOT], naming(2)),
        'none is held': () => held([], naming(7)),
        'a later one is held': () => held([forged(SNAPSHOT, { version: 5 }, SNAPSHOT_KEY)], naming(2)),
        'the timestamp key has changed': () => held([SNAPSHOT], naming(7), rotated({ timestamp: [NEW_TIMESTAMP_KEY] })),
      }),
    ).toEqual({
      'it is what is held': 'keep',
      'an older one is held': 'sign v3: snapshot v2, which the timestamp names, can not be had',
      'none is held': 'sign v8: first publication',
      'a later one is held': 'keep',
      'the timestamp key has changed': 'keep',
    });
  });

  test('a role that expired is still listed: the others stay fresh', () => {
    const expired = baseOf(world({ releases: { expires: '2030-06-01T00:00:00Z' } }));
    const plan = decideSnapshot(expired, heldOnline(expired, NOTHING), NOW);
    expect([...parseSnapshot(signed(plan, SNAPSHOT_KEY)).signed.meta.keys()].sort()).toEqual(['releases', 'targets']);
  });
  test('a role never goes back and never has two contents', () => {
    const later = baseOf(world({ releases: { version: 2, files: {} } }));
    const held = signed(decideSnapshot(later, heldOnline(BASE, NOTHING), NOW), SNAPSHOT_KEY);
    expect(() => snapshot(BASE, [held])).toThrow(expect.objectContaining({ code: 'rollback' }));
    const other = baseOf({
      ...WORLD,
      roles: { ...WORLD.roles, releases: seal(targetsSigned({ files: { 'v1/app': 'one' } }), [CAROL, DAVE, ALICE].slice(0, 2)) },
    });
    expect(snapshot(other)).toBe('keep');
    const late = baseOf({
      ...WORLD,
      roles: { ...WORLD.roles, releases: seal(targetsSigned({ files: { 'v1/x': 'one' } }), [CAROL, DAVE]) },
    });
    expect(() => snapshot(late)).toThrow(expect.objectContaining({ code: 'equivocation' }));
  });
});

test('above what clients may hold, nothing that is held is kept', () => {
  const held = heldOnline(BASE, { snapshots: [SNAPSHOT], timestamps: [TIMESTAMP] });
  const files = listedRoles(BASE);
  expect(
    answers({
      'a snapshot that is the last': () => word(decideSnapshot(BASE, held, NOW, files, 1)),
      'a snapshot that may not be': () => word(decideSnapshot(BASE, held, NOW, files, 9)),
      'a timestamp that is the last': () => word(decideTimestamp(BASE, held, SNAPSHOT, NOW, { above: 1 })),
      'a timestamp that may not be': () => word(decideTimestamp(BASE, held, SNAPSHOT, NOW, { above: 9 })),
    }),
  ).toEqual({
    'a snapshot that is the last': 'keep',
    'a snapshot that may not be': 'sign v10: clients may hold a later one than v1',
    'a timestamp that is the last': 'keep',
    'a timestamp that may not be': 'sign v10: clients may hold a later one than v1',
  });
});

describe('whoever has a stolen online key', () => {
  const last = forged(SNAPSHOT, { version: Number.MAX_SAFE_INTEGER }, SNAPSHOT_KEY);
  const lastTimestamp = forged(TIMESTAMP, { version: Number.MAX_SAFE_INTEGER }, TIMESTAMP_KEY);
  const fresh = rotated({ snapshot: [NEW_SNAPSHOT_KEY], timestamp: [NEW_TIMESTAMP_KEY] });
  const good = forged(SNAPSHOT, { version: 8 }, NEW_SNAPSHOT_KEY);
  test('can stop versions while the key is trusted', () => {
    expect(() => snapshot(BASE, [last], addSeconds(NOW, FIRST_DUE))).toThrow(expect.objectContaining({ code: 'version-exhausted' }));
  });
  test('stops nothing once it is not', () => {
    expect(
      answers({
        'the snapshot begins again': () => snapshot(fresh, [last]),
        'the timestamp begins again': () => timestamp(fresh, SNAPSHOT, NOW, [lastTimestamp]),
        'a snapshot by the new key comes first': () => snapshot(fresh, [last, good]),
        'whatever the order': () => snapshot(fresh, [good, last]),
        'versions go on after an ordinary rotation': () => snapshot(fresh, [forged(SNAPSHOT, { version: 41 }, SNAPSHOT_KEY)]),
      }),
    ).toEqual({
      'the snapshot begins again': 'sign v1: the snapshot key changed',
      'the timestamp begins again': 'sign v1: the timestamp key changed',
      'a snapshot by the new key comes first': 'keep',
      'whatever the order': 'keep',
      'versions go on after an ordinary rotation': 'sign v42: the snapshot key changed',
    });
  });
});

describe('the timestamp', () => {
  test('table', () => {
    const other = forged(SNAPSHOT, { version: 2 }, SNAPSHOT_KEY);
    const resigned = forged(SNAPSHOT, { expires: '2030-07-30T00:00:00Z' }, SNAPSHOT_KEY);
    expect(
      answers({
        'the first': () => timestamp(BASE, SNAPSHOT, NOW, []),
        'nothing changed': () => timestamp(BASE),
        'another snapshot': () => timestamp(BASE, other),
        'a snapshot of the same version with other bytes': () => timestamp(BASE, resigned),
        'a second before it is due': () => timestamp(BASE, SNAPSHOT, addSeconds(NOW, DAY - 1)),
        'the moment it is due': () => timestamp(BASE, SNAPSHOT, addSeconds(NOW, DAY)),
        'another key': () => timestamp(rotated({ timestamp: [NEW_TIMESTAMP_KEY] })),
        'what is held is not signed': () => timestamp(BASE, SNAPSHOT, NOW, [forged(TIMESTAMP, {}, SNAPSHOT_KEY)]),
      }),
    ).toEqual({
      'the first': 'sign v1: first publication',
      'nothing changed': 'keep',
      'another snapshot': 'sign v2: the snapshot changed',
      'a snapshot of the same version with other bytes': 'sign v2: the snapshot changed',
      'a second before it is due': 'keep',
      'the moment it is due': 'sign v2: it expires 2030-07-08T00:00:00Z',
      'another key': 'sign v2: the timestamp key changed',
      'what is held is not signed': 'sign v1: first publication',
    });
  });
  test('a snapshot that clients are past is refused', () => {
    const held = forged(TIMESTAMP, { version: 9 }, TIMESTAMP_KEY);
    const ahead = signed(
      decideTimestamp(BASE, heldOnline(BASE, { snapshots: [], timestamps: [held] }), forged(SNAPSHOT, { version: 5 }, SNAPSHOT_KEY), NOW),
      TIMESTAMP_KEY,
    );
    expect(() => timestamp(BASE, SNAPSHOT, NOW, [ahead])).toThrow(expect.objectContaining({ code: 'rollback' }));
  });
  test('a root that says no period is an error that names the role', () => {
    const { snapshot: _, ...periods } = PERIODS;
    const unsaid = baseOf({ ...WORLD, roots: [seal(rootSigned({ binding: { periods } }), [ALICE, BOB])] });
    expect(() => snapshot(unsaid)).toThrow(expect.objectContaining({ code: 'policy-invalid', where: 'snapshot' }));
  });
});

test('targets are hosted that say so', () => {
  const entry = (custom: PlainObject | undefined, more: PlainObject = {}): PlainObject => ({ ...entryOf('x'), custom, ...more });
  const ours = (hosting: string): PlainObject => ({ 'x-countersign': { hosting } });
  const targets = {
    'v1/site': entry(ours('site')),
    'v1/none': entry(ours('none')),
    'v1/plain': entry(undefined),
    'v1/theirs': entry({ hosting: 'site' }),
    'v1/odd': entry({ 'x-countersign': 'site' }),
    'v1/no-sha256': entry(ours('site'), { hashes: { sha512: 'ab'.repeat(64) } }),
  };
  const base = baseOf({
    ...WORLD,
    roles: {
      targets: seal(topTargets({ files: {}, extra: { targets: { top: entry(ours('site')) } } }), [ALICE, BOB]),
      releases: seal(targetsSigned({ extra: { targets } }), [CAROL, DAVE]),
    },
  });
  const { sha256 } = entryOf('x')['hashes'] as { sha256: string };
  expect(hostedTargets(base)).toEqual([
    { path: 'top', length: 1, sha256 },
    { path: 'v1/site', length: 1, sha256 },
  ]);
});

test('the root says where the online keys are', () => {
  const online = { [SNAPSHOT_KEY.keyId]: 'env:ONLINE' };
  const uris = (binding: PlainObject): unknown => [
    ...onlineUris(baseOf({ ...WORLD, roots: [seal(rootSigned({ binding }), [ALICE, BOB])] }).root.signed),
  ];
  expect(uris({ online })).toEqual([[SNAPSHOT_KEY.keyId, 'env:ONLINE']]);
  expect(uris({})).toEqual([]);
  expect(() => uris({ online: { x: 1 } })).toThrow(expect.objectContaining({ code: 'field-type' }));
});
