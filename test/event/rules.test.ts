// SPDX-License-Identifier: Apache-2.0
// The rules of the design, by name; those about people are in rules-of-people.test.ts. Each row differs in one thing from the one before it.
import { expect, test } from 'vitest';
import { decideGather } from '../../src/event/decide-gather.ts';
import { decidePropose } from '../../src/event/decide-propose.ts';
import { decideSnapshot, decideTimestamp, heldOnline } from '../../src/event/decide-publish.ts';
import type { Base } from '../../src/event/base.ts';
import type { EventFacts } from '../../src/event/facts.ts';
import { addSeconds, encodeInstant } from '../../src/tuf/instant.ts';
import { parseTargetPath, parseSha256 } from '../../src/tuf/names.ts';
import {
  ALICE,
  answers,
  BASE,
  baseOf,
  BOB,
  CAROL,
  comment,
  compute,
  DAVE,
  DAY,
  digestOf,
  ERIN,
  evaluate,
  eventOf,
  FRANK,
  handOver,
  ignoredCodes,
  judged,
  lineOf,
  MALLORY,
  next,
  NEXT,
  NOW,
  OTHER_REPOSITORY,
  RELEASES,
  releases,
  RELEASES_PATH,
  RELEASES_ROLE,
  review,
  rootChanges,
  rootSigned,
  seal,
  signedBy,
  TARGETS_PATH,
  targetsSigned,
  topTargets,
  verdict,
  WORLD,
} from './support.ts';

test('a version shown and signed is never reused', () => {
  const earlier = releases(2, { 'v2/app': 'earlier' });
  const shown = { earlier: [earlier] };
  const rebuilt = (facts: EventFacts): unknown => {
    const [effect] = decideGather({ base: BASE, events: [facts], closed: [], signed: new Map(), now: NOW }).effects;
    return effect?.kind === 'rebuild' ? effect.proposal.branch : effect?.kind;
  };
  const proposed = (signed: readonly number[]): unknown => {
    const add = new Map([[parseTargetPath('v3/app', 'path'), { length: 1, sha256: parseSha256('0'.repeat(64), 'sha256'), custom: null }]]);
    const edit = { add, remove: new Set<never>(), existing: 'refuse' as const };
    const facts = { base: BASE, role: RELEASES_ROLE, edit, whenOpen: 'fail' as const, nextVersion: false, open: [], now: NOW };
    const decision = decidePropose({ ...facts, signedVersions: new Set(signed) });
    return decision.kind === 'open' ? decision.proposal.branch : decision.kind;
  };
  const base = baseOf({ ...WORLD, roots: [seal(rootSigned({ root: { signers: [ALICE, DAVE], threshold: 2 } }), [ALICE, DAVE])] });
  const rootOf = (expires: string): Uint8Array =>
    seal(rootSigned({ version: 2, root: { signers: [ALICE, CAROL], threshold: 2 }, expires }));
  const [newRoot, otherRoot] = [rootOf('2031-01-01T00:00:00Z'), rootOf('2031-01-02T00:00:00Z')];
  // Dave signs the root that is trusted and not the one that is proposed.
  const rotation = (signed: Uint8Array): string =>
    verdict(evaluate(eventOf({ changes: rootChanges(newRoot, 2), reviews: [review(DAVE, [lineOf(DAVE, 'root', signed)])] }), base));
  expect(
    answers({
      'other bytes were shown, nobody signed them': () => judged(next({ ...shown })),
      'a signer signed them': () => judged(next({ ...shown, reviews: [review(CAROL, [lineOf(CAROL, 'releases', earlier)])] })),
      'somebody else brings that signature': () =>
        judged(next({ ...shown, comments: [comment(MALLORY, [lineOf(CAROL, 'releases', earlier)])] })),
      'somebody else claims it without a signature': () =>
        judged(next({ ...shown, comments: [comment(MALLORY, [lineOf(CAROL, 'releases', earlier, { sig: '00' })])] })),
      'the signer claims it of bytes that are gone': () => judged(next({ reviews: [review(CAROL, [lineOf(CAROL, 'releases', earlier)])] })),
      'it is built again under the next version': () =>
        rebuilt(next({ ...shown, reviews: [review(CAROL, [lineOf(CAROL, 'releases', earlier)])] })),
      'a propose takes the next version': () => proposed([]),
      'a propose passes over a version that was signed and abandoned': () => proposed([2, 3]),
      'a root was signed by an old signer as it is': () => rotation(newRoot),
      'an old signer has signed other bytes of that root': () => rotation(otherRoot),
    }),
  ).toEqual({
    'other bytes were shown, nobody signed them': 'waiting 0/2',
    'a signer signed them': 'outdated 0/2',
    'somebody else brings that signature': 'waiting 0/2',
    'somebody else claims it without a signature': 'waiting 0/2',
    'the signer claims it of bytes that are gone': 'waiting 0/2',
    'it is built again under the next version': 'sign/releases-v3',
    'a propose takes the next version': 'sign/releases-v2',
    'a propose passes over a version that was signed and abandoned': 'sign/releases-v4',
    'a root was signed by an old signer as it is': 'waiting 1/2 0/2',
    'an old signer has signed other bytes of that root': 'waiting 0/2 0/2',
  });
});

test('the base is a floor when both branches are reset', () => {
  const v2 = seal(targetsSigned({ version: 2 }), [CAROL, DAVE]);
  const { releases: v1 = new Uint8Array(), targets: top = new Uint8Array() } = WORLD.roles;
  const [root = new Uint8Array()] = WORLD.roots;
  const root2 = seal(rootSigned({ version: 2 }), [ALICE, BOB]);
  const found = (live: Uint8Array, roots: readonly Uint8Array[]): unknown => {
    const { base, findings } = compute({
      root: [...roots.map((bytes) => ['live', bytes] as const), ['published', root], ['metadata-branch', root]],
      targets: [
        ['live', top],
        ['published', top],
        ['metadata-branch', top],
      ],
      releases: [
        ['live', live],
        ['published', v1],
        ['metadata-branch', v1],
      ],
    });
    return [
      base?.root.signed.version,
      base?.roles.get(RELEASES_ROLE)?.file.signed.version,
      ...findings.map(({ code, where }) => `${code} ${where}`),
    ];
  };
  expect(
    answers({
      'all say version 1': () => found(v1, [root]),
      'the site has version 2 of a role': () => found(v2, [root]),
      'the site has version 2 of the root': () => found(v1, [root, root2]),
    }),
  ).toEqual({
    'all say version 1': [1, 1],
    'the site has version 2 of a role': [1, 2, 'rollback releases@1'],
    'the site has version 2 of the root': [2, 1, 'rollback root@1'],
  });
});

test('a file signed for another repository or role counts for nothing', () => {
  const found = (binding: Record<string, string>): unknown => {
    const file = seal(targetsSigned({ version: 2, binding }), [CAROL, DAVE]);
    const { base, findings } = compute({
      root: WORLD.roots.map((bytes) => ['live', bytes]),
      targets: [['live', WORLD.roles['targets'] ?? file]],
      releases: [
        ['live', WORLD.roles['releases'] ?? file],
        ['published', file],
      ],
    });
    return [
      base?.roles.get(RELEASES_ROLE)?.file.signed.version,
      ...findings.filter(({ source }) => source === 'published').map(({ code }) => code),
    ];
  };
  const proposed = (binding: Record<string, string>): string =>
    judged(signedBy([CAROL, DAVE], { changes: { [RELEASES_PATH]: releases(2, {}, { binding }) } }));
  const line = (change: Parameters<typeof lineOf>[3]): unknown => {
    const status = evaluate(next({ reviews: [review(CAROL, [lineOf(CAROL, 'releases', NEXT, change)])] }));
    return [verdict(status), ...ignoredCodes(status)];
  };
  const otherRepository = lineOf(CAROL, 'releases', releases(2, {}, { binding: { repository: OTHER_REPOSITORY } }));
  expect(
    answers({
      'a file on a branch, for this repository and role': () => found({}),
      'for another repository': () => found({ repository: OTHER_REPOSITORY }),
      'for another role': () => found({ role: 'nightly' }),
      'a proposal for this repository and role': () => proposed({}),
      'a proposal for another repository': () => proposed({ repository: OTHER_REPOSITORY }),
      'a proposal for another role': () => proposed({ role: 'targets' }),
      'a line for this repository and role': () => line({}),
      'a line for another repository': () =>
        line({ repository: otherRepository.repository, payload: otherRepository.payload, sig: otherRepository.sig }),
      'a line that says another repository': () =>
        line({ repository: lineOf(CAROL, 'releases', NEXT).repository.replace('7', '8') as never }),
      'a line for another role': () => line({ role: 'targets' }),
    }),
  ).toEqual({
    'a file on a branch, for this repository and role': [2],
    'for another repository': [1, 'binding-mismatch'],
    'for another role': [1, 'binding-mismatch'],
    'a proposal for this repository and role': 'complete 2/2',
    'a proposal for another repository': 'invalid binding-mismatch',
    'a proposal for another role': 'invalid binding-mismatch',
    'a line for this repository and role': ['waiting 1/2'],
    // Its owner did sign something for this version, which is therefore not used again.
    'a line for another repository': ['waiting 0/2', 'other-payload'],
    'a line that says another repository': ['waiting 0/2', 'wrong-repository'],
    'a line for another role': ['waiting 0/2'],
  });
});

test('an event is judged top down', () => {
  expect(
    answers({
      'the delegator and the signers that it names': () => judged(handOver([ALICE, BOB], [DAVE, MALLORY])),
      'the delegator and the signers that it had before': () => judged(handOver([ALICE, BOB], [DAVE, CAROL])),
      'the order of files and reviews changes nothing': () => {
        const facts = handOver([ALICE, BOB], [DAVE, MALLORY]);
        return judged({ ...facts, changes: new Map([...facts.changes].reverse()), reviews: [...facts.reviews].reverse() });
      },
      'a role that only an unreachable file delegates': () => {
        const island = (name: string, child: string): Uint8Array =>
          seal(targetsSigned({ role: name, delegations: [{ name: child, signers: [MALLORY], threshold: 1 }] }));
        const [a, b] = [island('a', 'b'), island('b', 'a')];
        const reviews = [review(MALLORY, [lineOf(MALLORY, 'a', a), lineOf(MALLORY, 'b', b)])];
        return judged(eventOf({ changes: { 'metadata/a.json': a, 'metadata/b.json': b }, reviews }));
      },
      'a role that a second file delegates to others': () => {
        const team = { name: 'team', signers: [MALLORY], threshold: 1 };
        const base = baseOf({
          roots: WORLD.roots,
          roles: {
            targets: seal(topTargets({ delegations: [team, RELEASES] }), [ALICE, BOB]),
            team: seal(targetsSigned({ role: 'team' }), [MALLORY]),
            releases: WORLD.roles['releases'] ?? NEXT,
          },
        });
        const file = seal(targetsSigned({ role: 'team', version: 2, delegations: [{ ...RELEASES, signers: [MALLORY], threshold: 1 }] }));
        const reviews = [review(MALLORY, [lineOf(MALLORY, 'team', file), lineOf(MALLORY, 'releases', NEXT)])];
        return verdict(
          evaluate(eventOf({ changes: { 'metadata/team.json': file, [RELEASES_PATH]: NEXT }, reviews, forkedFrom: {} }), base),
        );
      },
    }),
  ).toEqual({
    'the delegator and the signers that it names': 'complete 2/2 2/2',
    'the delegator and the signers that it had before': 'waiting 2/2 1/2',
    'the order of files and reviews changes nothing': 'complete 2/2 2/2',
    'a role that only an unreachable file delegates': 'invalid role-unknown',
    'a role that a second file delegates to others': 'invalid delegations-invalid',
  });
});

test('a delegator that is incomplete completes nothing below it', () => {
  const state = (facts: EventFacts): unknown => {
    const status = evaluate(facts);
    return [status.state, ...status.roles.map(({ role, complete }) => `${role} ${complete ? 'complete' : 'open'}`)];
  };
  expect(
    answers({
      'both sign the delegator': () => state(handOver([ALICE, BOB], [DAVE, MALLORY])),
      'one signs the delegator': () => state(handOver([ALICE], [DAVE, MALLORY])),
    }),
  ).toEqual({
    'both sign the delegator': ['complete', 'targets complete', 'releases complete'],
    'one signs the delegator': ['waiting', 'targets open', 'releases open'],
  });
});

/** The first event of a repository: root v1, targets and releases. */
function firstEvent(signers: readonly (typeof ALICE)[], threshold = 2): EventFacts {
  const root = seal(rootSigned({ root: { signers: [ALICE, BOB, CAROL], threshold } }));
  const { targets: top = NEXT, releases: role = NEXT } = WORLD.roles;
  return eventOf({
    changes: { ...rootChanges(root, 1), [TARGETS_PATH]: top, [RELEASES_PATH]: role },
    forkedFrom: {},
    reviews: [
      ...signers.map((one) => review(one, [lineOf(one, 'root', root)])),
      ...[ALICE, BOB].map((one) => review(one, [lineOf(one, 'targets', top)])),
      ...[CAROL, DAVE].map((one) => review(one, [lineOf(one, 'releases', role)])),
    ],
  });
}

test('root v1 needs every listed key', () => {
  const found = (signers: readonly (typeof ALICE)[]): unknown => {
    const root = seal(rootSigned({ root: { signers: [ALICE, BOB, CAROL], threshold: 2 } }), signers);
    const { targets: top = NEXT, releases: role = NEXT } = WORLD.roles;
    return compute({ root: [['live', root]], targets: [['live', top]], releases: [['live', role]] }).base !== null;
  };
  expect(
    answers({
      'all three of two': () => verdict(evaluate(firstEvent([ALICE, BOB, CAROL]), null)),
      'two of two': () => verdict(evaluate(firstEvent([ALICE, BOB]), null)),
      'a root v1 with all signatures': () => found([ALICE, BOB, CAROL]),
      'a root v1 with its threshold': () => found([ALICE, BOB]),
    }),
  ).toEqual({
    'all three of two': 'complete 3/3 2/2 2/2',
    'two of two': 'waiting 2/3 2/2 2/2',
    'a root v1 with all signatures': true,
    'a root v1 with its threshold': false,
  });
});

test('once root exists the way root v1 is made is closed', () => {
  expect(
    answers({
      'before there is a root': () => verdict(evaluate(firstEvent([ALICE, BOB, CAROL]), null)),
      'once there is one': () => evaluate(firstEvent([ALICE, BOB, CAROL]), BASE).state,
      'and all files of it': () => {
        const [root = NEXT] = WORLD.roots;
        const line = (one: typeof ALICE) => review(one, [lineOf(one, 'root', root)]);
        return verdict(evaluate(eventOf({ changes: rootChanges(root, 1), reviews: [ALICE, BOB].map(line) }), BASE));
      },
    }),
  ).toEqual({
    'before there is a root': 'complete 3/3 2/2 2/2',
    'once there is one': 'invalid',
    'and all files of it': 'invalid rollback',
  });
});

test('a bad head never blocks a refresh', () => {
  const junk = new TextEncoder().encode('{"signed":');
  const unsigned = seal(targetsSigned({ version: 9 }));
  const [root = junk] = WORLD.roots;
  const refresh = (heads: Record<string, Uint8Array>): unknown => {
    const { base, findings } = compute(
      Object.fromEntries(
        Object.entries({ ...WORLD.roles, root }).map(([role, bytes]) => [
          role,
          [
            ['live', bytes],
            ['metadata-branch', heads[role] ?? bytes],
          ],
        ]),
      ),
    );
    if (base === null) return 'no base';
    const held = heldOnline(base, { snapshots: [], timestamps: [] });
    const plan = decideSnapshot(base, held, NOW);
    return [
      plan.kind,
      [...base.roles].map(([role, { file }]) => `${role} ${String(file.signed.version)}`),
      findings.map(({ code }) => code),
    ];
  };
  const roles = ['targets 1', 'releases 1'];
  expect(
    answers({
      'good heads': () => refresh({}),
      'a role that is no JSON': () => refresh({ releases: junk }),
      'a role that nobody signed': () => refresh({ releases: unsigned }),
      'a root that is no JSON': () => refresh({ root: junk }),
      'a next root that the old keys did not sign': () =>
        refresh({ root: seal(rootSigned({ version: 2, root: { signers: [MALLORY], threshold: 1 } }), [MALLORY]) }),
      'a later root that nothing leads to': () =>
        refresh({ root: seal(rootSigned({ version: 9, root: { signers: [MALLORY], threshold: 1 } }), [MALLORY]) }),
      'a top-level role of the wrong type': () => refresh({ targets: root }),
    }),
  ).toEqual({
    'good heads': ['sign', roles, []],
    'a role that is no JSON': ['sign', roles, ['json-syntax']],
    'a role that nobody signed': ['sign', roles, ['threshold']],
    'a root that is no JSON': ['sign', roles, ['json-syntax']],
    'a next root that the old keys did not sign': ['sign', roles, ['threshold']],
    'a later root that nothing leads to': ['sign', roles, ['rollback']],
    'a top-level role of the wrong type': ['sign', roles, ['type-mismatch']],
  });
  // A branch whose head was exchanged or reset is built upon as if it were the floor: an event on top of it does not become outdated.
  const onto = (fork: Uint8Array): string => judged(signedBy([CAROL, DAVE], { forkedFrom: { releases: fork } }));
  const late = seal(targetsSigned({ files: { 'v1/app': 'one' } }), [CAROL, DAVE, ERIN]);
  expect([onto(WORLD.roles['releases'] ?? junk), onto(junk), onto(late)]).toEqual(['complete 2/2', 'complete 2/2', 'complete 2/2']);
});

test('two valid contents of one version stop that role, and of a root everything', () => {
  const [a, b] = [
    seal(targetsSigned({ version: 2 }), [CAROL, DAVE]),
    seal(targetsSigned({ version: 2, files: { 'v2/x': 'x' } }), [CAROL, DAVE]),
  ];
  const [root = a] = WORLD.roots;
  const code = (role: readonly Uint8Array[], roots: readonly Uint8Array[] = [root], anchor: Uint8Array | null = null): unknown => {
    try {
      const found = {
        root: roots.map((bytes) => ['live', bytes] as const),
        targets: [['live', WORLD.roles['targets'] ?? a]] as const,
        releases: role.map((bytes) => ['history', bytes] as const),
      };
      return compute(found, anchor === null ? null : digestOf(anchor)).base?.roles.get(RELEASES_ROLE)?.file.signed.version;
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error;
    }
  };
  const other = seal(rootSigned({ root: { signers: [MALLORY], threshold: 1 }, targets: { signers: [MALLORY], threshold: 1 } }), [MALLORY]);
  expect(
    answers({
      'one content, twice': () => code([a, a]),
      'two contents': () => code([a, b]),
      'two contents, one of them not signed': () => code([a, seal(targetsSigned({ version: 2, files: { 'v2/x': 'x' } }))]),
      'two contents below the highest version': () => code([a, b, seal(targetsSigned({ version: 3 }), [CAROL, DAVE])]),
      'two first roots': () => code([a], [root, other]),
      'two first roots, one of them pinned': () => code([a], [root, other], root),
    }),
  ).toEqual({
    'one content, twice': 2,
    'two contents': undefined,
    'two contents, one of them not signed': 2,
    'two contents below the highest version': 3,
    'two first roots': 'equivocation',
    'two first roots, one of them pinned': 2,
  });
});

test('no file may be left without a version that verifies', () => {
  const event = (delegations: readonly (typeof RELEASES)[], base: Base = BASE): string => {
    const file = seal(topTargets({ version: 2, delegations }));
    const reviews = [ALICE, BOB].map((one) => review(one, [lineOf(one, 'targets', file)]));
    return verdict(evaluate(eventOf({ changes: { [TARGETS_PATH]: file }, reviews }), base));
  };
  const { targets = NEXT } = WORLD.roles;
  /** With two contents of releases that have their signatures, so that it has neither. */
  const forked = compute({
    root: WORLD.roots.map((bytes) => ['published', bytes] as const),
    targets: [['published', targets]],
    releases: ['one', 'two'].map((text) => ['metadata-branch', seal(targetsSigned({ files: { 'v1/app': text } }), [CAROL, DAVE])] as const),
  }).base;
  const rotate = (signers: readonly (typeof ALICE)[]): string => {
    const file = seal(rootSigned({ version: 2, targets: { signers, threshold: 2 } }));
    return judged(eventOf({ changes: rootChanges(file, 2), reviews: [ALICE, BOB].map((one) => review(one, [lineOf(one, 'root', file)])) }));
  };
  expect(
    answers({
      'a signer is added; those who signed remain': () => event([{ ...RELEASES, signers: [CAROL, DAVE, FRANK], threshold: 2 }]),
      'one of those who signed goes': () => event([{ ...RELEASES, signers: [CAROL, FRANK], threshold: 2 }]),
      'the threshold rises above those who signed': () => event([{ ...RELEASES, signers: [CAROL, DAVE, FRANK], threshold: 3 }]),
      'a role is added without its file': () => event([RELEASES, { ...RELEASES, name: 'nightly', paths: ['nightly/*'] }]),
      'a role is removed': () => event([]),
      'a signer goes from a role that has no file, since its key signed two': () =>
        event([{ ...RELEASES, signers: [CAROL, FRANK] }], forked ?? BASE),
      'a role is added beside it without its file': () =>
        event([RELEASES, { ...RELEASES, name: 'nightly', paths: ['nightly/*'] }], forked ?? BASE),
      'the root keeps the keys of targets': () => rotate([ALICE, BOB]),
      'the root changes a key of targets': () => rotate([ALICE, CAROL]),
    }),
  ).toEqual({
    'a signer is added; those who signed remain': 'complete 2/2',
    'one of those who signed goes': 'invalid role-missing',
    'the threshold rises above those who signed': 'invalid role-missing',
    'a role is added without its file': 'invalid role-missing',
    'a role is removed': 'complete 2/2',
    'a signer goes from a role that has no file, since its key signed two': 'complete 2/2',
    'a role is added beside it without its file': 'invalid role-missing',
    'the root keeps the keys of targets': 'complete 2/2 2/2',
    'the root changes a key of targets': 'invalid role-missing',
  });
});

test('unclaimed files stop the event and are named', () => {
  const event = (path: string, bytes: Uint8Array | null = new Uint8Array()): unknown => {
    const status = evaluate(signedBy([CAROL, DAVE], { changes: { [RELEASES_PATH]: NEXT, [path]: bytes } }));
    return [status.state, ...status.problems.map(({ code, where }) => `${code} ${where}`)];
  };
  const [root = NEXT] = WORLD.roots;
  expect(
    answers({
      'the notes of the proposal': () => event('event.json'),
      'any other file': () => event('README.md'),
      'a workflow': () => event('.github/workflows/x.yml'),
      'the policy, once there is a root': () => event('countersign.yaml'),
      'a role that is deleted': () => event(TARGETS_PATH, null),
      'a snapshot': () => event('metadata/snapshot.json'),
      'an old root': () => event('metadata/root_history/1.root.json', root),
      'a role in a directory': () => event('metadata/a/b.json'),
      'another spelling of a directory': () => event('metadata//releases.json'),
    }),
  ).toEqual({
    'the notes of the proposal': ['complete'],
    'any other file': ['invalid', 'event-file-unclaimed README.md'],
    'a workflow': ['invalid', 'event-file-unclaimed .github/workflows/x.yml'],
    'the policy, once there is a root': ['invalid', 'event-file-unclaimed countersign.yaml'],
    'a role that is deleted': ['invalid', 'event-file-unclaimed metadata/targets.json'],
    'a snapshot': ['invalid', 'event-file-unclaimed metadata/snapshot.json'],
    'an old root': ['invalid', 'event-file-unclaimed metadata/root_history/1.root.json'],
    'a role in a directory': ['invalid', 'event-file-unclaimed metadata/a/b.json'],
    'another spelling of a directory': ['invalid', 'event-file-unclaimed metadata//releases.json'],
  });
});

test('renewal: an event does not complete with less than its renewal period left', () => {
  const event = (seconds: number): string =>
    judged(
      signedBy([CAROL, DAVE], { changes: { [RELEASES_PATH]: releases(2, {}, { expires: encodeInstant(addSeconds(NOW, seconds)) }) } }),
    );
  expect(
    answers({
      'a second more than the period of 30 days': () => event(30 * DAY + 1),
      'exactly the period': () => event(30 * DAY),
      'expired already': () => event(-1),
    }),
  ).toEqual({
    'a second more than the period of 30 days': 'complete 2/2',
    'exactly the period': 'invalid expired',
    'expired already': 'invalid expired',
  });
});

test('no published file gains a late signature', () => {
  const two = seal(targetsSigned({}), [CAROL, DAVE]);
  const three = seal(targetsSigned({}), [CAROL, DAVE, ERIN]);
  const chosen = (found: readonly (readonly ['live' | 'published' | 'metadata-branch', Uint8Array])[]): unknown => {
    const [root = two] = WORLD.roots;
    const { base } = compute({ root: [['live', root]], targets: [['live', WORLD.roles['targets'] ?? two]], releases: found });
    return base?.roles.get(RELEASES_ROLE)?.file.signatures.length;
  };
  expect(
    answers({
      'it is not published yet': () => chosen([['metadata-branch', three]]),
      'it is published with two, a branch has three': () =>
        chosen([
          ['live', two],
          ['metadata-branch', three],
        ]),
      'it is published with three, a branch has two': () =>
        chosen([
          ['published', three],
          ['metadata-branch', two],
        ]),
      'a proposal of the published version with one more': () => judged(signedBy([ERIN], { changes: { [RELEASES_PATH]: three } })),
    }),
  ).toEqual({
    'it is not published yet': 3,
    'it is published with two, a branch has three': 2,
    'it is published with three, a branch has two': 3,
    'a proposal of the published version with one more': 'outdated 1/2',
  });
  const held = heldOnline(BASE, { snapshots: [], timestamps: [] });
  expect(() => decideTimestamp(BASE, held, two, NOW)).toThrow(expect.objectContaining({ code: 'type-mismatch' }));
});
