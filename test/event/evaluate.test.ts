// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import type { EventFacts } from '../../src/event/facts.ts';
import { addSeconds, encodeInstant } from '../../src/tuf/instant.ts';
import { NEW_SNAPSHOT_KEY, withKey } from '../fakes/test-signer.ts';
import type { PlainObject } from '../fakes/plain-json.ts';
import {
  ALICE,
  answers,
  baseOf,
  BOB,
  CAROL,
  comment,
  DAVE,
  DAY,
  digestOf,
  entryOf,
  ERIN,
  evaluate,
  eventOf,
  FRANK,
  ignoredCodes,
  lineOf,
  MALLORY,
  NEXT,
  NOW,
  OLD_COMMIT,
  PERIODS,
  RELEASES,
  RELEASES_PATH,
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
  world,
  type EventSpec,
  type RootSpec,
} from './support.ts';

const releases = (version: number, files: Record<string, string>, more = {}): Uint8Array =>
  seal(targetsSigned({ version, files: { 'v1/app': 'one', ...files }, ...more }));
const propose = (file: Uint8Array, more: Partial<EventSpec> = {}): EventFacts => eventOf({ changes: { [RELEASES_PATH]: file }, ...more });

describe('states', () => {
  const rows: Readonly<Record<string, readonly [() => EventFacts, string]>> = {
    'nothing is proposed': [() => eventOf({ changes: {} }), 'invalid event-invalid'],
    'only notes': [() => eventOf({ changes: { 'event.json': new Uint8Array() } }), 'invalid event-invalid'],
    'nobody signed': [() => signedBy([]), 'waiting 0/2'],
    'one of two signed': [() => signedBy([CAROL]), 'waiting 1/2'],
    'two of two signed': [() => signedBy([CAROL, DAVE]), 'complete 2/2'],
    'all three signed': [() => signedBy([CAROL, DAVE, ERIN]), 'complete 3/2'],
    'two signed and an outsider': [() => signedBy([CAROL, DAVE, MALLORY]), 'complete 2/2'],
    'one signed and an outsider': [() => signedBy([CAROL, MALLORY]), 'waiting 1/2'],
    'the base gained a file that it lacks': [
      () =>
        signedBy([CAROL, DAVE], {
          changes: { [RELEASES_PATH]: seal(targetsSigned({ version: 2, files: { 'v2/app': 'two' } })) },
          forkedFrom: { releases: seal(targetsSigned({})) },
        }),
      'outdated 2/2',
    ],
    'it takes out itself what the base has': [
      () => signedBy([CAROL, DAVE], { changes: { [RELEASES_PATH]: seal(targetsSigned({ version: 2, files: { 'v2/app': 'two' } })) } }),
      'complete 2/2',
    ],
    'the branch lacks what the base has, the proposal does not': [
      () => signedBy([CAROL, DAVE], { forkedFrom: { releases: seal(targetsSigned({})) } }),
      'complete 2/2',
    ],
    'the branch had nothing': [() => signedBy([CAROL, DAVE], { forkedFrom: {} }), 'complete 2/2'],
    'the version of the base': [() => propose(releases(1, { 'v2/app': 'two' })), 'outdated 0/2'],
    'a version that was passed over': [() => propose(releases(9, {})), 'waiting 0/2'],
    'a version that leaves no room': [() => propose(releases(Number.MAX_SAFE_INTEGER, {})), 'invalid version-invalid'],
  };
  test.each(Object.entries(rows))('%s', (_name, [facts, expected]) => {
    expect(verdict(evaluate(facts()))).toBe(expected);
  });
  test('before the first root there is nothing to judge by', () => {
    expect(verdict(evaluate(signedBy([CAROL, DAVE]), null))).toBe('invalid base-missing');
  });
  test('only a complete event has files, with the signatures that count', () => {
    expect(evaluate(signedBy([CAROL])).files.size).toBe(0);
    const { files } = evaluate(signedBy([DAVE, MALLORY, CAROL]));
    expect([...files.keys()]).toEqual([RELEASES_PATH]);
    const expected = seal(targetsSigned({ version: 2, files: { 'v1/app': 'one', 'v2/app': 'two' } }), [CAROL, DAVE]);
    expect(Buffer.from(files.get(RELEASES_PATH) ?? []).toString()).toBe(Buffer.from(expected).toString());
  });
});

describe('a proposed file, whatever its signatures', () => {
  const targets = (entries: PlainObject): string =>
    verdict(evaluate(propose(seal(targetsSigned({ version: 2, extra: { targets: entries } })))));
  const rows: Readonly<Record<string, readonly [PlainObject, string]>> = {
    'a path that leads here': [{ 'v2/app': entryOf('x') }, 'waiting 0/2'],
    'a path that leads elsewhere': [{ 'w2/app': entryOf('x') }, 'invalid target-unreachable'],
    'a path with dots': [{ 'v2/..': entryOf('x') }, 'invalid unwritable'],
    'a path that was listed before': [{ 'v1/app': entryOf('one') }, 'waiting 0/2'],
    'a file with another hash besides': [
      { 'v2/app': { ...entryOf('x'), hashes: { ...(entryOf('x')['hashes'] as PlainObject), sha512: 'ab'.repeat(64) } } },
      'waiting 0/2',
    ],
    'a file without sha256': [{ 'v2/app': { length: 1, hashes: { sha512: 'ab'.repeat(64) } } }, 'invalid hashes-missing'],
    'a path named like a property of objects': [{ ['__proto__']: entryOf('x') }, 'invalid target-unreachable'],
  };
  test.each(Object.entries(rows))('%s', (_name, [entries, expected]) => {
    expect(targets(entries)).toBe(expected);
  });
  test('a path that a role before it lists', () => {
    const listed = baseOf(world({ targets: { files: { 'v2/app': 'first' } } }));
    expect(verdict(evaluate(propose(NEXT, { forkedFrom: {} }), listed))).toBe('invalid target-unreachable');
  });
});

describe('a proposal that can not be read', () => {
  const text = new TextDecoder().decode(NEXT);
  const rows: Readonly<Record<string, readonly [string | Uint8Array, string]>> = {
    'as it should be': [NEXT, 'waiting 0/2'],
    'no JSON': ['x', 'invalid json-syntax'],
    'a key twice': [text.replace('"signed":', '"signed": {}, "signed":'), 'invalid json-duplicate-key'],
    'a root': [seal(rootSigned()), 'invalid type-mismatch'],
    'no binding': [text.replace('x-countersign', 'y-countersign'), 'invalid binding-mismatch'],
    'a binding of a wrong type': [seal(targetsSigned({ version: 2, extra: { 'x-countersign': [] } })), 'invalid field-type'],
    'a date that does not exist': [seal(targetsSigned({ version: 2, expires: '2031-02-30T00:00:00Z' })), 'invalid expires-invalid'],
    'the same signature twice': [seal(targetsSigned({ version: 2 }), [CAROL, CAROL]), 'invalid keyid-repeated'],
    'an unknown field': [seal(targetsSigned({ version: 2, extra: { surprise: 1 } })), 'waiting 0/2'],
  };
  test.each(Object.entries(rows))('%s', (_name, [file, expected]) => {
    expect(verdict(evaluate(propose(typeof file === 'string' ? new TextEncoder().encode(file) : file)))).toBe(expected);
  });
  test('the problem names the file', () => {
    const [problem] = evaluate(propose(new TextEncoder().encode('x'))).problems;
    expect(problem?.where).toMatch(/^metadata\/releases\.json /);
  });
});

describe('delegations of a proposal', () => {
  const top = (signed: PlainObject): string => {
    const file = seal(signed);
    const reviews = [ALICE, BOB].map((one) => review(one, [lineOf(one, 'targets', file)]));
    return verdict(evaluate(eventOf({ changes: { [TARGETS_PATH]: file }, reviews })));
  };
  const bound = (binding: PlainObject): string => top(topTargets({ version: 2, binding }));
  const delegate = (change: Partial<typeof RELEASES>): string => top(topTargets({ version: 2, delegations: [{ ...RELEASES, ...change }] }));
  test('table', () => {
    expect(
      answers({
        'as they are': () => delegate({}),
        'other paths': () => delegate({ paths: ['w*/*'] }),
        'paths that clients read differently': () => delegate({ paths: ['v*/**'] }),
        'a threshold above the signers': () => delegate({ threshold: 4 }),
        'no period': () => bound({ periods: {} }),
        'a period of another role': () => bound({ periods: { targets: { expires: 2, renew: 1 } } }),
        'no people': () => bound({ people: {} }),
        'people of a wrong type': () => bound({ people: [] }),
        'people named like properties of objects': () => bound({ people: { ['__proto__']: { name: 'x', custody: false, github: null } } }),
        'an unknown field beside the people': () => bound({ surprise: 1 }),
        'two roles of one name': () => top(topTargets({ version: 2, delegations: [RELEASES, RELEASES] })),
        'a role that is its own delegator': () => {
          const file = seal(targetsSigned({ version: 2, delegations: [{ ...RELEASES, paths: ['v*/x'] }] }));
          return verdict(evaluate(propose(file)));
        },
        'bins without files': () => {
          const bins = { keyids: RELEASES.signers.map(({ signer }) => signer.keyId), threshold: 2, bit_length: 1, name_prefix: 'bin' };
          const { delegations, ...rest } = topTargets({ version: 2, binding: { periods: { bin: { expires: 2, renew: 1 } } } });
          const keys = (delegations as PlainObject)['keys'] as PlainObject;
          return top({ ...rest, delegations: { keys, succinct_roles: bins } });
        },
      }),
    ).toEqual({
      'as they are': 'complete 2/2',
      'other paths': 'complete 2/2',
      'paths that clients read differently': 'invalid unwritable',
      'a threshold above the signers': 'invalid people-invalid',
      'no period': 'invalid policy-invalid',
      'a period of another role': 'invalid policy-invalid',
      'no people': 'invalid people-invalid',
      'people of a wrong type': 'invalid field-type',
      'people named like properties of objects': 'invalid people-invalid',
      'an unknown field beside the people': 'complete 2/2',
      'two roles of one name': 'invalid role-name-repeated',
      'a role that is its own delegator': 'invalid delegations-invalid',
      'bins without files': 'invalid role-missing',
    });
  });
  test('bins are complete when each has a file', () => {
    const signers = [CAROL, DAVE];
    const bins = { keyids: signers.map(({ signer }) => signer.keyId), threshold: 2, bit_length: 1, name_prefix: 'bin' };
    const draft = topTargets({
      version: 2,
      delegations: [{ ...RELEASES, signers }],
      binding: { periods: { bin: { expires: 9 * DAY, renew: DAY } } },
    });
    const file = seal({ ...draft, delegations: { keys: (draft['delegations'] as PlainObject)['keys'], succinct_roles: bins } });
    const event = (names: readonly string[], expires?: string): string => {
      const files = names.map((role) => [role, seal(targetsSigned({ role, ...(expires === undefined ? {} : { expires }) }))] as const);
      const changes = { [TARGETS_PATH]: file, ...Object.fromEntries(files.map(([role, bytes]) => [`metadata/${role}.json`, bytes])) };
      const reviews = [
        ...[ALICE, BOB].map((one) => review(one, [lineOf(one, 'targets', file)])),
        ...signers.map((one) =>
          review(
            one,
            files.map(([role, bytes]) => lineOf(one, role, bytes)),
          ),
        ),
      ];
      return verdict(evaluate(eventOf({ changes, reviews })));
    };
    expect(
      answers({
        'both bins': () => event(['bin-0', 'bin-1']),
        'one bin': () => event(['bin-0']),
        'both bins, inside the period that all bins have': () => event(['bin-0', 'bin-1'], encodeInstant(addSeconds(NOW, DAY))),
      }),
    ).toEqual({
      'both bins': 'complete 2/2 2/2 2/2',
      'one bin': 'invalid role-missing',
      'both bins, inside the period that all bins have': 'invalid expired',
    });
  });
});

describe('roots', () => {
  const root = (spec: RootSpec, signers: readonly (typeof ALICE)[] = [ALICE, BOB], path = 2): string => {
    const file = seal(rootSigned({ version: 2, ...spec }));
    return verdict(
      evaluate(eventOf({ changes: rootChanges(file, path), reviews: signers.map((one) => review(one, [lineOf(one, 'root', file)])) })),
    );
  };
  const replaced = { root: { signers: [ALICE, DAVE], threshold: 2 } };
  const stolen = withKey(ALICE.signer, { comment: 'x' });
  test('table', () => {
    expect(
      answers({
        'the next root': () => root({}),
        'signed by one': () => root({}, [ALICE]),
        'by old and new signers': () => root(replaced, [ALICE, BOB, DAVE]),
        'by the new signers only': () => root(replaced, [ALICE, DAVE]),
        'by the old signers only': () => root(replaced, [ALICE, BOB]),
        'a version is skipped': () => root({ version: 3 }, [ALICE, BOB], 3),
        'a copy under another name': () => root({}, [ALICE, BOB], 3),
        'another repository': () => root({ binding: { repository: '00000000-0000-4000-8000-000000000000' } }),
        'no people': () => root({ binding: { people: {} } }),
        'no period for an online role': () => root({ binding: { periods: { ...PERIODS, timestamp: undefined } } }),
        'no consistent snapshots': () => root({ extra: { consistent_snapshot: false } }),
        'another online key': () => root({ snapshot: [NEW_SNAPSHOT_KEY] }),
        "a person's key online": () => root({ snapshot: [stolen] }),
        'inside its renewal period': () => root({ expires: encodeInstant(addSeconds(NOW, 60 * DAY)) }),
      }),
    ).toEqual({
      'the next root': 'complete 2/2 2/2',
      'signed by one': 'waiting 1/2 1/2',
      'by old and new signers': 'complete 2/2 2/2',
      'by the new signers only': 'waiting 1/2 2/2',
      'by the old signers only': 'waiting 2/2 1/2',
      'a version is skipped': 'invalid rollback',
      'a copy under another name': 'invalid event-invalid event-file-unclaimed',
      'another repository': 'invalid binding-mismatch',
      'no people': 'invalid people-invalid',
      'no period for an online role': 'invalid policy-invalid',
      'no consistent snapshots': 'invalid event-invalid',
      'another online key': 'complete 2/2 2/2',
      "a person's key online": 'invalid people-invalid',
      'inside its renewal period': 'invalid expired',
    });
  });
});

describe('what is ignored is said, once for each line', () => {
  test('a line that one of two thresholds takes is not ignored', () => {
    const file = seal(rootSigned({ version: 2, root: { signers: [ALICE, DAVE], threshold: 2 } }));
    const reviews = [ALICE, DAVE, BOB].map((one) => review(one, [lineOf(one, 'root', file)]));
    const status = evaluate(eventOf({ changes: rootChanges(file, 2), reviews }));
    expect(status.roles[0]?.ignored.map(({ who, code }) => `${who} ${code}`)).toEqual([]);
    const newOnly = evaluate(eventOf({ changes: rootChanges(file, 2), reviews: [review(ALICE, [lineOf(MALLORY, 'root', file)])] }));
    expect(newOnly.roles[0]?.ignored.map(({ who, code }) => `${who} ${code}`)).toEqual(['alice not-a-signer']);
  });
  test('an outsider is not read, and so not reported', () => {
    expect(ignoredCodes(evaluate(signedBy([CAROL, DAVE, MALLORY])))).toEqual([]);
  });
  test('table', () => {
    const said = (more: Partial<EventSpec>): readonly string[] => ignoredCodes(evaluate(propose(NEXT, more)));
    const mine = lineOf(CAROL, 'releases', NEXT);
    expect(
      answers({
        'a block that can not be read': () => said({ comments: [{ ...comment(DAVE, [mine]), body: '```countersign\nx\n```' }] }),
        'a bad block beside a good one costs only itself': () =>
          said({ comments: [{ ...comment(DAVE, [mine]), body: '```countersign\nx\n```' }], reviews: [review(CAROL, [mine])] }),
        'a dismissed review': () => said({ reviews: [review(CAROL, [mine], 'DISMISSED')] }),
        'signed, then asked for changes': () => said({ reviews: [review(CAROL, [mine]), review(CAROL, [], 'CHANGES_REQUESTED')] }),
        'asked for changes, then signed': () => said({ reviews: [review(CAROL, [], 'CHANGES_REQUESTED'), review(CAROL, [mine])] }),
        'another version': () =>
          said({ reviews: [review(CAROL, [{ ...mine, version: lineOf(CAROL, 'releases', releases(3, {})).version }])] }),
        'a signature in capitals': () => said({ reviews: [review(CAROL, [{ ...mine, sig: mine.sig.toUpperCase() }])] }),
        'a signature by another key': () => said({ reviews: [review(CAROL, [{ ...mine, sig: lineOf(DAVE, 'releases', NEXT).sig }])] }),
        'the same line twice': () => said({ reviews: [review(CAROL, [mine])], comments: [comment(CAROL, [mine])] }),
        'a wrong line before a right one': () =>
          said({ reviews: [review(CAROL, [{ ...mine, sig: 'ab'.repeat(64) }]), review(CAROL, [mine])] }),
        'a role that the event does not have': () => said({ reviews: [review(CAROL, [{ ...mine, role: 'constructor' }])] }),
      }),
    ).toEqual({
      'a block that can not be read': ['unreadable'],
      'a bad block beside a good one costs only itself': ['unreadable'],
      'a dismissed review': ['withdrawn'],
      'signed, then asked for changes': ['withdrawn'],
      'asked for changes, then signed': [],
      'another version': ['other-payload'],
      'a signature in capitals': ['invalid-signature'],
      'a signature by another key': ['invalid-signature'],
      'the same line twice': [],
      'a wrong line before a right one': ['invalid-signature'],
      'a role that the event does not have': [],
    });
  });
});

describe('whether anybody has signed', () => {
  const signed = (more: Partial<EventSpec>): boolean => evaluate(propose(NEXT, more)).signed;
  const mine = lineOf(CAROL, 'releases', NEXT);
  test('a valid signature is one even where it does not count', () => {
    expect(
      answers({
        nobody: () => signed({}),
        'a signature that counts': () => signed({ reviews: [review(CAROL, [mine])] }),
        'one that was withdrawn': () => signed({ reviews: [review(CAROL, [mine], 'DISMISSED')] }),
        'one in the wrong hands': () => signed({ comments: [comment(MALLORY, [mine])] }),
        'one in custody without an approval': () => signed({ comments: [comment(MALLORY, [lineOf(ERIN, 'releases', NEXT)])] }),
        'one of an outsider': () => signed({ comments: [comment(MALLORY, [lineOf(MALLORY, 'releases', NEXT)])] }),
        'one that is invalid': () => signed({ comments: [comment(MALLORY, [{ ...mine, sig: 'ab'.repeat(64) }])] }),
        'other bytes under this version': () =>
          signed({ reviews: [review(CAROL, [lineOf(CAROL, 'releases', releases(2, {}))])], earlier: [releases(2, {})] }),
        'an approval alone': () => signed({ reviews: [review(CAROL), review(ERIN)] }),
      }),
    ).toEqual({
      nobody: false,
      'a signature that counts': true,
      'one that was withdrawn': true,
      'one in the wrong hands': false,
      'one in custody without an approval': true,
      'one of an outsider': false,
      'one that is invalid': false,
      'other bytes under this version': true,
      'an approval alone': false,
    });
  });
});

test('delegations that the base has changed are not taken back', () => {
  const moved = { ...RELEASES, paths: ['v*/*', 'w/*'] };
  const base = baseOf({
    ...WORLD,
    roles: { ...WORLD.roles, targets: seal(topTargets({ version: 2, delegations: [moved] }), [ALICE, BOB]) },
  });
  const event = (delegation: typeof RELEASES): string => {
    const file = seal(topTargets({ version: 3, delegations: [delegation], files: { readme: 'x' } }));
    return verdict(evaluate(eventOf({ changes: { [TARGETS_PATH]: file } }), base));
  };
  expect([event(moved), event(RELEASES)]).toEqual(['waiting 0/2', 'outdated 0/2']);
});

test('an approval of what a commit had counts for that role only', () => {
  const top = seal(topTargets({ version: 2, delegations: [RELEASES] }));
  const file = seal(targetsSigned({ version: 2 }));
  const facts = eventOf({
    changes: { [TARGETS_PATH]: top, [RELEASES_PATH]: file },
    before: { [TARGETS_PATH]: top, [RELEASES_PATH]: NEXT },
    reviews: [review(ERIN, [], 'APPROVED', OLD_COMMIT)],
    comments: [comment(MALLORY, [lineOf(ERIN, 'releases', file)])],
  });
  expect(ignoredCodes(evaluate(facts))).toEqual(['approval-stale']);
  expect(digestOf(file)).not.toBe(digestOf(NEXT));
});

test('a key in two roles counts in each by its own lines', () => {
  const base = baseOf({
    ...WORLD,
    roles: { ...WORLD.roles, targets: seal(topTargets({ delegations: [{ ...RELEASES, signers: [ALICE, CAROL, DAVE] }] }), [ALICE, BOB]) },
  });
  const top = seal(topTargets({ version: 2, delegations: [{ ...RELEASES, signers: [ALICE, CAROL, DAVE, FRANK] }] }));
  const facts = (line: ReturnType<typeof lineOf>): EventFacts =>
    eventOf({ changes: { [TARGETS_PATH]: top, [RELEASES_PATH]: NEXT }, reviews: [review(ALICE, [line])], forkedFrom: {} });
  expect(verdict(evaluate(facts(lineOf(ALICE, 'targets', top)), base))).toBe('waiting 1/2 0/2');
  expect(verdict(evaluate(facts(lineOf(ALICE, 'releases', NEXT)), base))).toBe('waiting 0/2 1/2');
  expect(verdict(evaluate(facts({ ...lineOf(ALICE, 'targets', top), role: 'releases' }), base))).toBe('waiting 0/2 0/2');
});
