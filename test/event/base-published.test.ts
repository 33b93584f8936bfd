// SPDX-License-Identifier: Apache-2.0
// What the published snapshot says of the roles, and what becomes of one role of which something is wrong.
import { describe, expect, test } from 'vitest';
import { computeBase, type Base, type Candidate, type Source } from '../../src/event/base.ts';
import { decideSnapshot, heldOnline } from '../../src/event/decide-publish.ts';
import { encodeCanonicalJson, encodeJsonFile } from '../../src/tuf/canonical.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { asObject } from '../../src/tuf/fields.ts';
import { parseJson } from '../../src/tuf/json.ts';
import { parseKeyId } from '../../src/tuf/key.ts';
import { encodeMetadata, payloadDigest } from '../../src/tuf/metadata.ts';
import { parseTargetsRoleName } from '../../src/tuf/names.ts';
import { NEW_SNAPSHOT_KEY, SNAPSHOT_KEY, type TestSigner } from '../fakes/test-signer.ts';
import {
  ALICE,
  answers,
  baseOf,
  BOB,
  CAROL,
  DAVE,
  ERIN,
  MALLORY,
  NOW,
  RELEASES,
  rootSigned,
  seal,
  targetsSigned,
  topTargets,
  WORLD,
  type Found,
  type World,
} from './support.ts';

const [ROOT = new Uint8Array()] = WORLD.roots;
const { targets: TOP = ROOT, releases: ONE = ROOT } = WORLD.roles;
const NEWLINE = new Uint8Array([10]);

function snapshotOf(world: World, signer: TestSigner = SNAPSHOT_KEY): Uint8Array {
  const base = baseOf(world);
  const plan = decideSnapshot(base, heldOnline(base, { snapshots: [], timestamps: [] }), NOW);
  if (plan.kind === 'keep') return plan.bytes;
  return encodeMetadata(plan.signed, [{ keyId: parseKeyId(signer.keyId, 'test'), sig: signer.sign(encodeCanonicalJson(plan.signed)) }]);
}

const PUBLISHED = snapshotOf(WORLD);
const releases = (version: number, files: Record<string, string> = {}, signers = [CAROL, DAVE]): Uint8Array =>
  seal(targetsSigned({ version, files }), signers);

/** The base where {@link WORLD} is published, with other files beside it. */
function compute(change: Found, snapshots: readonly Uint8Array[] = [PUBLISHED]): ReturnType<typeof computeBase> {
  const all: Found = { root: [['live', ROOT]], targets: [['live', TOP]], releases: [['live', ONE]], ...change };
  const { root = [], ...roles } = all;
  const candidates = (found: readonly (readonly [Source, Uint8Array])[]): readonly Candidate[] =>
    found.map(([source, bytes]) => ({ source, bytes }));
  return computeBase(
    {
      roots: candidates(root),
      roles: new Map(Object.entries(roles).map(([name, found]) => [parseTargetsRoleName(name, 'role'), candidates(found)])),
      snapshots,
    },
    null,
  );
}

function found(change: Found, snapshots?: readonly Uint8Array[]): unknown {
  try {
    const { base, findings } = compute(change, snapshots);
    const versions = [...(base?.roles ?? [])].map(([role, { file }]) => `${role} ${String(file.signed.version)}`);
    return [
      [`root ${String(base?.root.signed.version)}`, ...versions].join(', '),
      ...findings.map(({ source, code, where }) => `${source} ${code} ${where}`),
    ];
  } catch (error) {
    if (error instanceof CountersignError) return error.code;
    throw error;
  }
}

const ALL = 'root 1, targets 1, releases 1';
const both = (first: Uint8Array, second: Uint8Array): Found => ({
  releases: [
    ['published', first],
    ['metadata-branch', second],
  ],
});

describe('the bytes that the published snapshot names win over others of the same payload', () => {
  const again = Buffer.concat([ONE, NEWLINE, NEWLINE]);
  const late = releases(1, { 'v1/app': 'one' }, [CAROL, DAVE, ERIN]);
  const member = (name: string): string => {
    const value = asObject(parseJson(ONE), '$').get(name) ?? null;
    return new TextDecoder().decode(encodeJsonFile(new Map([[name, value]]))).replace(/^\s*\{|\}\s*$/g, '');
  };
  const turned = new TextEncoder().encode(`{${member('signed')},${member('signatures')}}`);
  const bytesOf = (change: Found): boolean => {
    const bytes = compute(change).base?.roles.get(parseTargetsRoleName('releases', 'role'))?.bytes;
    return bytes !== undefined && Buffer.compare(bytes, ONE) === 0;
  };
  test.each<[string, Uint8Array]>([
    ['two blank lines', again],
    ['one more genuine signature', late],
    ['members in another order', turned],
    ['a blank within', new TextEncoder().encode(new TextDecoder().decode(ONE).replace(/^\{/, '{ '))],
  ])('%s', (_, other) => {
    expect(bytesOf(both(other, ONE))).toBe(true);
    expect(found(both(other, ONE))).toEqual([ALL, 'published hash-mismatch releases@1']);
    // The metadata branch may have it as it likes.
    expect(found(both(ONE, other))).toEqual([ALL]);
    expect(bytesOf(both(ONE, other))).toBe(true);
  });

  test('where the named bytes are nowhere, the content is the base all the same', () => {
    expect(found({ releases: [['published', again]] })).toEqual([ALL]);
  });

  test('of a root, which no snapshot names, the shortest', () => {
    const long = Buffer.concat([ROOT, NEWLINE]);
    const roots = (first: Source, second: Source): Found => ({
      root: [
        [first, long],
        [second, ROOT],
      ],
    });
    expect(
      answers({
        'longer on the published branch': () => found(roots('published', 'metadata-branch')),
        'longer on the site': () => found(roots('live', 'published')),
        'longer on the metadata branch': () => found(roots('metadata-branch', 'published')),
      }),
    ).toEqual({
      'longer on the published branch': [ALL, 'published hash-mismatch root@1'],
      'longer on the site': [ALL, 'live hash-mismatch root@1'],
      'longer on the metadata branch': [ALL],
    });
  });
});

describe('a second validly signed content', () => {
  const other = releases(1, { 'v1/app': 'other' });
  const [two, deux] = [releases(2, { 'v2/a': 'a' }), releases(2, { 'v2/b': 'b' })];
  test('stops that role where it is, and no other', () => {
    expect(
      answers({
        'of the published version, on the metadata branch': () => found(both(ONE, other)),
        'of the published version, on the published branch': () => found(both(other, ONE)),
        'of a version that is not published': () => found({ releases: [['live', ONE], ...(both(two, deux)['releases'] ?? [])] }),
        'with one version more below it': () =>
          found({
            releases: [
              ['live', ONE],
              ['metadata-branch', two],
              ['metadata-branch', releases(3, { 'v3/a': 'a' })],
              ['published', releases(3, { 'v3/b': 'b' })],
            ],
          }),
        'followed by a version that is one': () =>
          found({ releases: [['live', ONE], ...(both(two, deux)['releases'] ?? []), ['metadata-branch', releases(3)]] }),
        'before anything is published': () => found(both(two, deux), []),
        'of targets, before anything is published': () =>
          found(
            {
              targets: [
                ['metadata-branch', TOP],
                ['published', seal(topTargets({ expires: '2032-01-01T00:00:00Z' }), [ALICE, BOB])],
              ],
            },
            [],
          ),
      }),
    ).toEqual({
      'of the published version, on the metadata branch': [ALL, 'metadata-branch equivocation releases@1'],
      'of the published version, on the published branch': [ALL, 'published equivocation releases@1'],
      'of a version that is not published': [ALL, 'published equivocation releases@2', 'metadata-branch equivocation releases@2'],
      'with one version more below it': [ALL, 'metadata-branch equivocation releases@3', 'published equivocation releases@3'],
      'followed by a version that is one': ['root 1, targets 1, releases 3', 'metadata-branch equivocation releases@2'],
      'before anything is published': [
        'root 1, targets 1',
        'published equivocation releases@2',
        'metadata-branch equivocation releases@2',
        'metadata-branch role-missing releases',
      ],
      'of targets, before anything is published': [
        'root 1',
        'metadata-branch equivocation targets@1',
        'published equivocation targets@1',
        'metadata-branch role-missing targets',
      ],
    });
    // Its version is spent: whoever builds the next must not use it again.
    const left = compute({ releases: [['live', ONE], ...(both(two, deux)['releases'] ?? [])] }).base?.leftOut;
    expect([...(left ?? [])].map(([role, files]) => [role, files.map(({ signed }) => signed.version)])).toEqual([['releases', [2, 2]]]);
  });

  test('of a root: what clients have wins, and what nobody can tell apart stops everything', () => {
    const second = (day: number): Uint8Array =>
      seal(rootSigned({ version: 2, expires: `2031-01-0${String(day)}T00:00:00Z` }), [ALICE, BOB]);
    const [one, uno] = [second(1), second(2)];
    const stranger = seal(rootSigned({ root: { signers: [MALLORY], threshold: 1 }, targets: { signers: [MALLORY], threshold: 1 } }), [
      MALLORY,
    ]);
    const roots = (first: Source, other: Source): Found => ({
      root: [
        ['live', ROOT],
        [first, one],
        [other, uno],
      ],
    });
    const taken = (change: Found): unknown => {
      const { base } = compute(change);
      return base === null
        ? null
        : payloadDigest(base.root.payload) === payloadDigest(computeRoot(one).payload)
          ? 'the first'
          : 'the other';
    };
    const computeRoot = (bytes: Uint8Array): Base['root'] => {
      const { base } = compute({
        root: [
          ['live', ROOT],
          ['live', bytes],
        ],
      });
      if (base === null) throw new Error('expected a base');
      return base.root;
    };
    expect(
      answers({
        'the first is served': () => taken(roots('live', 'metadata-branch')),
        'the other is served': () => taken(roots('published', 'live')),
        'the first is on the published branch, nothing is served': () => taken(roots('published', 'history')),
        'none is published': () => found(roots('metadata-branch', 'history')),
        'both are on the published branch': () => found(roots('published', 'published')),
        'another root v1 by keys of its own, beside the served one': () =>
          found({
            root: [
              ['live', ROOT],
              ['metadata-branch', stranger],
            ],
          }),
        'the same, where nothing is served': () =>
          found({
            root: [
              ['published', ROOT],
              ['metadata-branch', stranger],
            ],
          }),
      }),
    ).toEqual({
      'the first is served': 'the first',
      'the other is served': 'the other',
      'the first is on the published branch, nothing is served': 'the first',
      'none is published': 'equivocation',
      'both are on the published branch': 'equivocation',
      'another root v1 by keys of its own, beside the served one': [ALL, 'metadata-branch equivocation root@1'],
      'the same, where nothing is served': 'equivocation',
    });
  });
});

describe('a version that is far above the published one', () => {
  const at = (version: number, source: Source = 'metadata-branch'): Found => ({
    releases: [
      ['live', ONE],
      [source, releases(version)],
    ],
  });
  test('is left out wherever it is found', () => {
    const raised = [ALL, 'metadata-branch fast-forward releases@1000001'];
    expect(
      answers({
        '10,000 above': () => found(at(10_001)),
        '10,001 above': () => found(at(10_002)),
        'a million above': () => found(at(1_000_001)),
        'a million above, on the published branch': () => found(at(1_000_001, 'published')),
        'a million above, on the site': () => found(at(1_000_001, 'live')),
        'a million above, in the history': () => found(at(1_000_001, 'history')),
        'the largest that can be written': () => found(at(Number.MAX_SAFE_INTEGER)),
        'with the next one beside it': () => found({ releases: [...(at(1_000_001)['releases'] ?? []), ['history', releases(2)]] }),
        'a role that was never published': () =>
          found({
            targets: [['live', seal(topTargets({ version: 2, delegations: [RELEASES, { ...RELEASES, name: 'docs' }] }), [ALICE, BOB])]],
            docs: [['metadata-branch', seal(targetsSigned({ role: 'docs', version: 10_002 }), [CAROL, DAVE])]],
          }),
        'by too few signatures, which is none of it': () =>
          found({
            releases: [
              ['live', ONE],
              ['published', releases(1_000_001, {}, [CAROL])],
            ],
          }),
      }),
    ).toEqual({
      '10,000 above': ['root 1, targets 1, releases 10001'],
      '10,001 above': [ALL, 'metadata-branch fast-forward releases@10002'],
      'a million above': raised,
      'a million above, on the published branch': [ALL, 'published fast-forward releases@1000001'],
      'a million above, on the site': [ALL, 'live fast-forward releases@1000001'],
      'a million above, in the history': [ALL],
      'the largest that can be written': [ALL, 'metadata-branch fast-forward releases@9007199254740991'],
      'with the next one beside it': ['root 1, targets 1, releases 2', 'metadata-branch fast-forward releases@1000001'],
      'a role that was never published': [
        'root 1, targets 2, releases 1',
        'metadata-branch fast-forward docs@10002',
        'metadata-branch role-missing docs',
      ],
      'by too few signatures, which is none of it': [ALL, 'published threshold releases@1000001'],
    });
  });

  test('that no number can hold is left out too', () => {
    const text = new TextDecoder().decode(releases(2)).replace(/"version": ?2/, '"version":9007199254740993');
    expect(
      found({
        releases: [
          ['live', ONE],
          ['metadata-branch', new TextEncoder().encode(text)],
        ],
      }),
    ).toEqual([ALL, expect.stringMatching(/^metadata-branch (json-number|fast-forward) /)]);
  });
});

describe('a name that was taken out and is delegated again', () => {
  const DOCS = { name: 'docs', signers: [CAROL, DAVE], threshold: 2, paths: ['docs/*'] };
  const docs = (version: number): Uint8Array => seal(targetsSigned({ role: 'docs', version }), [CAROL, DAVE]);
  const top = (version: number, delegations: readonly (typeof RELEASES)[], from?: Readonly<Record<string, number>>): Uint8Array =>
    seal(topTargets({ version, delegations, ...(from === undefined ? {} : { binding: { from } }) }), [ALICE, BOB]);
  const withDocs: World = { roots: WORLD.roots, roles: { targets: top(1, [RELEASES, DOCS]), releases: ONE, docs: docs(2) } };
  const without = top(2, [RELEASES]);
  // What is published when docs has been taken out: the entry of docs stays.
  const held = ((): Uint8Array => {
    const base = baseOf({ roots: WORLD.roots, roles: { targets: without, releases: ONE } });
    const before = heldOnline(base, { snapshots: [snapshotOf(withDocs)], timestamps: [] });
    const plan = decideSnapshot(base, before, NOW);
    if (plan.kind === 'keep') throw new Error('expected a new snapshot');
    const sig = SNAPSHOT_KEY.sign(encodeCanonicalJson(plan.signed));
    return encodeMetadata(plan.signed, [{ keyId: parseKeyId(SNAPSHOT_KEY.keyId, 'test'), sig }]);
  })();
  const again = (from: Readonly<Record<string, number>> | undefined, files: readonly Uint8Array[], snapshots = [held]): unknown =>
    found(
      {
        targets: [
          ['live', without],
          ['metadata-branch', top(3, [RELEASES, DOCS], from)],
        ],
        docs: [['published', docs(2)], ...files.map((bytes): readonly [Source, Uint8Array] => ['metadata-branch', bytes])],
      },
      snapshots,
    );

  test('counts only above all that was published of it', () => {
    const none = 'root 1, targets 3, releases 1';
    expect(
      answers({
        'as it was': () => again(undefined, []),
        'again from version 1': () => again(undefined, [docs(1)]),
        'above what was published': () => again(undefined, [docs(3)]),
        'with a version from which it counts, and no file': () => again({ docs: 3 }, []),
        'with that version': () => again({ docs: 3 }, [docs(3)]),
        'below the version from which it counts': () => again({ docs: 5 }, [docs(4)]),
        'far above, as the delegator says': () => again({ docs: 50_000 }, [docs(50_001)]),
        'while what delegated it is still published': () => again(undefined, [], [snapshotOf(withDocs)]),
      }),
    ).toEqual({
      'as it was': [none, 'published rollback docs@2', 'metadata-branch role-missing docs'],
      'again from version 1': [none, 'published rollback docs@2', 'metadata-branch role-missing docs'],
      'above what was published': ['root 1, targets 3, releases 1, docs 3'],
      'with a version from which it counts, and no file': [none, 'published rollback docs@2', 'metadata-branch role-missing docs'],
      'with that version': ['root 1, targets 3, releases 1, docs 3'],
      'below the version from which it counts': [
        none,
        'published rollback docs@2',
        'metadata-branch rollback docs@4',
        'metadata-branch role-missing docs',
      ],
      'far above, as the delegator says': ['root 1, targets 3, releases 1, docs 50001'],
      // The published targets can't be read here: then nothing counts as taken out, and the version stays the floor.
      'while what delegated it is still published': ['root 1, targets 3, releases 1, docs 2'],
    });
  });

  test('its floor is what the snapshots say that the newest root vouches for', () => {
    const floors = (world: World, snapshots: readonly Uint8Array[]): unknown => {
      const { roots, roles } = world;
      const { base } = compute(
        {
          root: roots.map((bytes): readonly [Source, Uint8Array] => ['live', bytes]),
          ...Object.fromEntries(Object.entries(roles).map(([name, bytes]) => [name, [['live', bytes] as const]])),
        },
        snapshots,
      );
      return Object.fromEntries(base?.floors ?? []);
    };
    const next = seal(rootSigned({ version: 2, snapshot: [NEW_SNAPSHOT_KEY] }), [ALICE, BOB]);
    const rotated: World = { ...withDocs, roots: [ROOT, next] };
    expect(
      answers({
        'nothing is published': () => floors(withDocs, []),
        'one snapshot': () => floors(withDocs, [snapshotOf(withDocs)]),
        'one that is junk': () => floors(withDocs, [NEWLINE]),
        'after the snapshot key was replaced': () => floors(rotated, [snapshotOf(withDocs)]),
        'and one by the new key': () => floors(rotated, [snapshotOf(withDocs), snapshotOf(rotated, NEW_SNAPSHOT_KEY)]),
        'signed by a key of nobody': () => floors(withDocs, [snapshotOf(withDocs, NEW_SNAPSHOT_KEY)]),
      }),
    ).toEqual({
      'nothing is published': {},
      'one snapshot': { targets: 1, releases: 1, docs: 2 },
      'one that is junk': {},
      'after the snapshot key was replaced': {},
      'and one by the new key': { targets: 1, releases: 1, docs: 2 },
      'signed by a key of nobody': {},
    });
  });

  test('below its floor a role that clients hold is not taken, whatever verifies', () => {
    expect(
      found({ releases: [['metadata-branch', releases(1)]] }, [snapshotOf({ ...WORLD, roles: { ...WORLD.roles, releases: releases(2) } })]),
    ).toEqual(['root 1, targets 1', 'metadata-branch rollback releases@1', 'metadata-branch role-missing releases']);
  });
});

describe('no false alarm after a change of keys', () => {
  const top2 = seal(topTargets({ version: 2, delegations: [{ ...RELEASES, signers: [DAVE, ERIN], threshold: 2 }] }), [ALICE, BOB]);
  const two = releases(2, {}, [DAVE, ERIN]);
  test.each<[string, Source]>([
    ['the published branch', 'published'],
    ['the site', 'live'],
  ])('an older version on %s that no longer verifies is told to nobody', (_, source) => {
    expect(
      found({
        targets: [
          [source, TOP],
          ['metadata-branch', top2],
        ],
        releases: [
          [source, ONE],
          ['metadata-branch', two],
        ],
      }),
    ).toEqual(['root 1, targets 2, releases 2']);
  });

  test('one on the metadata branch is, and so is a version that nothing follows', () => {
    expect([
      found({
        targets: [['live', top2]],
        releases: [
          ['live', two],
          ['metadata-branch', ONE],
        ],
      }),
      found({ targets: [['live', top2]], releases: [['live', ONE]] }),
    ]).toEqual([
      ['root 1, targets 2, releases 2', 'metadata-branch threshold releases@1'],
      ['root 1, targets 2', 'live threshold releases@1', 'metadata-branch role-missing releases'],
    ]);
  });
});
