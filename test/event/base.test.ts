// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { Source } from '../../src/event/base.ts';
import { classifyPath } from '../../src/event/layout.ts';
import { readProposal, signersOf } from '../../src/event/proposal.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { parseTargetsRoleName, type RoleName } from '../../src/tuf/names.ts';
import {
  ALICE,
  answers,
  BASE,
  BOB,
  CAROL,
  compute,
  DAVE,
  digestOf,
  ERIN,
  FRANK,
  MALLORY,
  NEXT,
  RELEASES_PATH,
  rootChanges,
  rootSigned,
  seal,
  targetsSigned,
  TARGETS_PATH,
  topTargets,
  WORLD,
  type Found,
} from './support.ts';

const [ROOT = NEXT] = WORLD.roots;
const { targets: TOP = NEXT, releases: RELEASES_1 = NEXT } = WORLD.roles;
const JUNK = new TextEncoder().encode('{');
const v2 = seal(targetsSigned({ version: 2 }), [CAROL, DAVE]);
const root2 = seal(rootSigned({ version: 2, targets: { signers: [ALICE, CAROL], threshold: 2 } }), [ALICE, BOB]);
const root3 = seal(rootSigned({ version: 3 }), [ALICE, BOB]);

/** The versions of the base by role, then what was left out; or the code of what was thrown. */
function found(change: Found, anchor: Uint8Array | null = null): unknown {
  try {
    const all: Found = { root: [['live', ROOT]], targets: [['live', TOP]], releases: [['live', RELEASES_1]], ...change };
    const { base, findings } = compute(all, anchor === null ? null : digestOf(anchor));
    const versions =
      base === null
        ? []
        : [
            `root ${String(base.root.signed.version)}`,
            ...[...base.roles].map(([role, { file }]) => `${role} ${String(file.signed.version)}`),
          ];
    return [versions.join(', '), ...findings.map(({ source, code, where }) => `${source} ${code} ${where}`)];
  } catch (error) {
    if (error instanceof CountersignError) return error.code;
    throw error;
  }
}

const ALL = 'root 1, targets 1, releases 1';

describe('the base', () => {
  test('is the highest version that verifies, of each role', () => {
    const from = (source: Source): unknown =>
      found({
        releases: [
          ['live', RELEASES_1],
          [source, v2],
        ],
      });
    expect(
      answers({
        'version 1 everywhere': () => found({}),
        'version 2 on the site': () => from('live'),
        'version 2 on the published branch': () => from('published'),
        'version 2 on the metadata branch': () => from('metadata-branch'),
        'version 2 in its history': () => from('history'),
        'version 2 with too few signatures': () =>
          found({
            releases: [
              ['live', RELEASES_1],
              ['metadata-branch', seal(targetsSigned({ version: 2 }), [CAROL])],
            ],
          }),
        'the same in its history only': () =>
          found({
            releases: [
              ['live', RELEASES_1],
              ['history', seal(targetsSigned({ version: 2 }), [CAROL])],
            ],
          }),
        'version 2 signed by others': () =>
          found({
            releases: [
              ['live', RELEASES_1],
              ['published', seal(targetsSigned({ version: 2 }), [MALLORY, ALICE])],
            ],
          }),
        'nothing of a role': () => found({ releases: [] }),
        'nothing that parses of a role': () => found({ releases: [['live', JUNK]] }),
        'no targets': () => found({ targets: [] }),
        'no root': () => found({ root: [] }),
        'a role that nobody delegates': () => found({ nightly: [['published', v2]] }),
      }),
    ).toEqual({
      'version 1 everywhere': [ALL],
      'version 2 on the site': ['root 1, targets 1, releases 2'],
      'version 2 on the published branch': ['root 1, targets 1, releases 2'],
      'version 2 on the metadata branch': ['root 1, targets 1, releases 2'],
      'version 2 in its history': ['root 1, targets 1, releases 2'],
      'version 2 with too few signatures': [ALL, 'metadata-branch threshold releases@2'],
      'the same in its history only': [ALL],
      'version 2 signed by others': [ALL, 'published threshold releases@2'],
      'nothing of a role': ['root 1, targets 1', 'metadata-branch role-missing releases'],
      'nothing that parses of a role': ['root 1, targets 1', 'live json-syntax $', 'metadata-branch role-missing releases'],
      'no targets': ['root 1', 'metadata-branch role-missing targets'],
      'no root': [''],
      'a role that nobody delegates': [ALL],
    });
  });

  test('follows roots one by one', () => {
    const roots = (...list: readonly Uint8Array[]): unknown => found({ root: [ROOT, ...list].map((bytes) => ['metadata-branch', bytes]) });
    const newTop = seal(topTargets({ version: 2 }), [ALICE, CAROL]);
    expect(
      answers({
        'one root': () => roots(),
        'a second, which changes who signs targets': () => roots(root2),
        'the same with targets of the new signers': () =>
          found({
            root: [
              ['live', ROOT],
              ['live', root2],
            ],
            targets: [
              ['live', TOP],
              ['live', newTop],
            ],
          }),
        'a third without the second': () => roots(root3),
        'a second signed by its new keys only': () =>
          roots(seal(rootSigned({ version: 2, root: { signers: [ALICE, CAROL], threshold: 2 } }), [ALICE, CAROL])),
        'a second signed by its old keys only': () =>
          roots(seal(rootSigned({ version: 2, root: { signers: [ALICE, CAROL], threshold: 2 } }), [ALICE, BOB])),
        'a second by both': () =>
          roots(seal(rootSigned({ version: 2, root: { signers: [ALICE, CAROL], threshold: 2 } }), [ALICE, BOB, CAROL])),
        'a second of another repository': () =>
          roots(seal(rootSigned({ version: 2, binding: { repository: '00000000-0000-4000-8000-000000000000' } }), [ALICE, BOB])),
        'a first that is not ours': () =>
          found({ root: [['live', seal(rootSigned({ extra: { 'x-countersign': undefined } }), [ALICE, BOB])]] }),
      }),
    ).toEqual({
      'one root': [ALL],
      'a second, which changes who signs targets': ['root 2', 'live threshold targets@1', 'metadata-branch role-missing targets'],
      'the same with targets of the new signers': ['root 2, targets 2, releases 1'],
      'a third without the second': [ALL, 'metadata-branch rollback root@3'],
      'a second signed by its new keys only': [ALL, 'metadata-branch threshold root@2'],
      'a second signed by its old keys only': [ALL, 'metadata-branch threshold root@2'],
      'a second by both': ['root 2, targets 1, releases 1'],
      'a second of another repository': [ALL, 'metadata-branch binding-mismatch root@2'],
      'a first that is not ours': 'base-missing',
    });
  });

  test('begins with the root that is pinned', () => {
    const other = seal(rootSigned({ root: { signers: [ALICE, BOB, MALLORY], threshold: 2 } }), [ALICE, BOB]);
    const whole = seal(rootSigned({ root: { signers: [ALICE, BOB, MALLORY], threshold: 2 } }), [ALICE, BOB, MALLORY]);
    const roots = (root: Uint8Array, anchor: Uint8Array | null): unknown => found({ root: [['live', root]] }, anchor);
    expect(
      answers({
        'not pinned, all keys': () => roots(whole, null),
        'not pinned, its threshold': () => roots(other, null),
        'pinned, its threshold': () => roots(other, other),
        'pinned, one signature': () => roots(seal(rootSigned(), [ALICE]), ROOT),
        'another is pinned': () => roots(whole, ROOT),
      }),
    ).toEqual({
      'not pinned, all keys': [ALL],
      'not pinned, its threshold': ['', 'live threshold root@1'],
      'pinned, its threshold': [ALL],
      'pinned, one signature': ['', 'live threshold root@1'],
      'another is pinned': ['', 'live anchor-mismatch root@1'],
    });
  });

  test('goes as deep as delegations do, each by its own delegator', () => {
    const team = { name: 'team', signers: [CAROL, DAVE], threshold: 2, paths: ['t/*'] };
    const below = { name: 'below', signers: [ERIN, FRANK], threshold: 2, paths: ['t/b'] };
    const top = seal(topTargets({ delegations: [team] }), [ALICE, BOB]);
    const mid = seal(targetsSigned({ role: 'team', delegations: [below] }), [CAROL, DAVE]);
    const leaf = (signers: readonly (typeof ERIN)[]): Uint8Array => seal(targetsSigned({ role: 'below' }), signers);
    const deep = (signers: readonly (typeof ERIN)[]): unknown =>
      found({ targets: [['live', top]], team: [['live', mid]], below: [['live', leaf(signers)]], releases: [] });
    expect([deep([ERIN, FRANK]), deep([CAROL, DAVE])]).toEqual([
      ['root 1, targets 1, team 1, below 1'],
      ['root 1, targets 1, team 1', 'live threshold below@1', 'metadata-branch role-missing below'],
    ]);
  });

  test('says who signs what', () => {
    const who = (role: string): unknown =>
      signersOf(BASE, role)?.roleKeys.keyIds.map((id) => signersOf(BASE, role)?.people.byKey.get(id)?.name);
    expect(['root', 'targets', 'releases', 'nightly', '__proto__'].map(who)).toEqual([
      ['alice', 'bob'],
      ['alice', 'bob'],
      ['carol', 'dave', 'erin'],
      undefined,
      undefined,
    ]);
  });
});

test('what a path of the metadata branch holds', () => {
  const kinds = (...paths: readonly string[]): readonly string[] => paths.map((path) => classifyPath(path).kind);
  expect(kinds('metadata/root.json', 'countersign.yaml', 'event.json', 'metadata/root_history/12.root.json')).toEqual([
    'root',
    'policy',
    'event',
    'root-history',
  ]);
  expect(kinds('metadata/targets.json', 'metadata/a b.json', 'metadata/__proto__.json', 'metadata/root_history.json')).toEqual(
    Array(4).fill('role'),
  );
  const unclaimed = [
    ...[
      'metadata/snapshot.json',
      'metadata/timestamp.json',
      'metadata/mirrors.json',
      'metadata/a/b.json',
      'metadata/.json',
      'metadata/a.JSON',
    ],
    ...[
      'metadata/root_history/0.root.json',
      'metadata/root_history/01.root.json',
      'metadata/root_history/1.targets.json',
      'Metadata/root.json',
    ],
    ...['metadata/a\u0007.json', `metadata/${'x'.repeat(201)}.json`, 'root.json', './metadata/root.json', 'a/countersign.yaml', ''],
  ];
  expect(kinds(...unclaimed)).toEqual(unclaimed.map(() => 'unclaimed'));
});

test('a proposal, read', () => {
  const read = (changes: Readonly<Record<string, Uint8Array | null>>, base: typeof BASE | null = BASE): unknown => {
    const { root, roles, policy, problems } = readProposal(new Map(Object.entries(changes)), base);
    return [
      root === null ? 'no root' : 'root',
      [...roles.keys()].join(' '),
      policy === null ? '' : 'policy',
      ...problems.map(({ code, where }) => `${code} ${where}`),
    ];
  };
  const all = { ...rootChanges(ROOT, 1), [RELEASES_PATH]: RELEASES_1, [TARGETS_PATH]: TOP };
  expect(
    answers({
      'the first files, targets before the roles below': () => read(all, null),
      'with a policy': () => read({ ...all, 'countersign.yaml': JUNK }, null),
      'a root without its copy': () => read({ 'metadata/root.json': root2 }),
      'a root with another copy': () => read({ 'metadata/root.json': root2, 'metadata/root_history/2.root.json': ROOT }),
      'a copy without a root': () => read({ 'metadata/root_history/2.root.json': root2 }),
      'a bad root, named once': () => read(rootChanges(seal(rootSigned({ version: 2, binding: { people: {} } })), 2)),
      'roles before there is a root': () => read({ [RELEASES_PATH]: RELEASES_1 }, null),
      'notes only': () => read({ 'event.json': JUNK }),
      'several bad files, each named': () => read({ [RELEASES_PATH]: JUNK, [TARGETS_PATH]: ROOT, x: null }),
    }),
  ).toEqual({
    'the first files, targets before the roles below': ['root', 'targets releases', ''],
    'with a policy': ['root', 'targets releases', 'policy'],
    'a root without its copy': ['no root', '', '', 'event-invalid metadata/root.json metadata/root_history/2.root.json'],
    'a root with another copy': ['no root', '', '', 'event-invalid metadata/root.json metadata/root_history/2.root.json'],
    'a copy without a root': ['no root', '', '', 'event-file-unclaimed metadata/root_history/2.root.json'],
    'a bad root, named once': ['no root', '', '', 'people-invalid metadata/root.json root'],
    'roles before there is a root': ['no root', '', '', 'base-missing metadata/releases.json releases'],
    'notes only': ['no root', '', '', 'event-invalid proposal'],
    'several bad files, each named': [
      'no root',
      '',
      '',
      'event-file-unclaimed x',
      'json-syntax metadata/releases.json $',
      'type-mismatch metadata/targets.json $.signed._type',
    ],
  });
  const name: RoleName = parseTargetsRoleName('targets', 'x');
  expect(BASE.roles.has(name)).toBe(true);
});
