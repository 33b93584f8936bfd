// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { knownPayload, liveSignatures, type KnownPayload, type LiveInput, type LiveSignatures } from '../../src/event/live-signatures.ts';
import { signersOf, type RoleSigners } from '../../src/event/proposal.ts';
import type { Countersignature } from '../../src/trust/countersignature.ts';
import { parseRepositoryId } from '../../src/tuf/binding.ts';
import { parseVersion } from '../../src/tuf/names.ts';
import { REPOSITORY_ID } from '../fakes/repository-builder.ts';
import { ed25519Signer } from '../fakes/test-signer.ts';
import {
  ALICE,
  BASE,
  baseOf,
  BOB,
  CAROL,
  DAVE,
  digestOf,
  ERIN,
  FRANK,
  lineOf,
  MALLORY,
  member,
  OTHER_REPOSITORY,
  RELEASES,
  releases,
  rootSigned,
  seal,
  targetsSigned,
  topTargets,
  WORLD,
} from './support.ts';

const V2 = releases(2, { 'v2/app': 'two' });
const V2_OTHER = releases(2, { 'v2/app': 'evil' });
const V1 = releases(1, { 'v1/app': 'one' });

function known(file: Uint8Array): KnownPayload {
  const payload = knownPayload(file);
  if (payload === null) throw new Error('a payload of ours');
  return payload;
}

function signersIn(base: typeof BASE, role: string): RoleSigners {
  const signers = signersOf(base, role);
  if (signers === null) throw new Error(`there is a ${role}`);
  return signers;
}

/** The event's head has frank for carol. */
const HEAD_BASE = baseOf({
  roots: WORLD.roots,
  roles: {
    targets: seal(topTargets({ version: 2, delegations: [{ ...RELEASES, signers: [FRANK, DAVE, ERIN] }] }), [ALICE, BOB]),
    releases: seal(targetsSigned({}), [FRANK, DAVE]),
  },
});
const SIGNERS: LiveInput['signers'] = new Map([
  ['releases', [signersIn(BASE, 'releases'), signersIn(HEAD_BASE, 'releases')]],
  ['root', [signersIn(BASE, 'root')]],
]);

function live(lines: readonly Countersignature[], change: Partial<LiveInput> = {}): LiveSignatures {
  const repository = parseRepositoryId(REPOSITORY_ID, 'id');
  return liveSignatures({ repository, lines, payloads: [V1, V2, V2_OTHER].map(known), signers: SIGNERS, ...change });
}

/** `2 carol` for carol's signature of version 2; the number of other lines last. */
function told(lines: readonly Countersignature[], change: Partial<LiveInput> = {}): string {
  const { live: found, unverified } = live(lines, change);
  return [...found.map(({ version, person }) => `${String(version)} ${person}`), `+${String(unverified)}`].join(', ');
}

const NOTHING = { payload: digestOf(releases(9, {})), sig: 'ab' };

test.each<[string, readonly Countersignature[], string]>([
  ['nothing', [], '+0'],
  ['a signature of a key that the signed state names', [lineOf(CAROL, 'releases', V2)], '2 carol, +0'],
  ['one of a key that the head alone names', [lineOf(FRANK, 'releases', V2)], '2 frank, +0'],
  ['one of a key in custody, from any carrier', [lineOf(ERIN, 'releases', V2)], '2 erin, +0'],
  ['two people', [lineOf(DAVE, 'releases', V2), lineOf(CAROL, 'releases', V2)], '2 carol, 2 dave, +0'],
  ['two contents of one version', [lineOf(CAROL, 'releases', V2), lineOf(CAROL, 'releases', V2_OTHER)], '2 carol, 2 carol, +0'],
  ['an earlier version', [lineOf(CAROL, 'releases', V1), lineOf(CAROL, 'releases', V2)], '1 carol, 2 carol, +0'],
  ['one that is carried twice', [lineOf(CAROL, 'releases', V2), lineOf(CAROL, 'releases', V2)], '2 carol, +0'],
  ['a payload and a signature of nothing', [lineOf(CAROL, 'releases', V2, NOTHING)], '+1'],
  ['the same nonsense twice', [lineOf(CAROL, 'releases', V2, NOTHING), lineOf(CAROL, 'releases', V2, NOTHING)], '+1'],
  ['a damaged signature', [lineOf(CAROL, 'releases', V2, { sig: '00'.repeat(64) })], '+1'],
  ['a signature of other bytes', [lineOf(CAROL, 'releases', V2, { sig: CAROL.signer.sign(new Uint8Array()) })], '+1'],
  ['a key of nobody', [lineOf(MALLORY, 'releases', V2)], '+1'],
  ['a key of another role', [lineOf(ALICE, 'releases', V2)], '+1'],
  ["somebody's keyid over another's signature", [{ ...lineOf(MALLORY, 'releases', V2), keyId: lineOf(CAROL, 'releases', V2).keyId }], '+1'],
  ['a published signature under the open version', [lineOf(CAROL, 'releases', V1, { version: parseVersion(2, 'v') })], '+1'],
  ['a published signature under another role', [lineOf(CAROL, 'releases', V1, { role: 'root' })], '+1'],
  ['one for another repository', [lineOf(CAROL, 'releases', V2, { repository: parseRepositoryId(OTHER_REPOSITORY, 'id') })], '+1'],
  [
    'a real one among nonsense',
    [lineOf(CAROL, 'releases', V2, NOTHING), lineOf(DAVE, 'releases', V2), lineOf(MALLORY, 'releases', V2)],
    '2 dave, +2',
  ],
])('%s', (_name, lines, expected) => {
  expect(told(lines)).toBe(expected);
});

test('a payload that can not be had is none, whoever says so', () => {
  expect(told([lineOf(CAROL, 'releases', V2)], { payloads: [known(V1)] })).toBe('+1');
});

test('a payload of another repository is none of ours, though its key is known and its line says it is ours', () => {
  const foreign = seal(targetsSigned({ version: 2, binding: { repository: OTHER_REPOSITORY } }));
  expect(known(foreign).repository).toBe(OTHER_REPOSITORY);
  expect(told([lineOf(CAROL, 'releases', foreign)], { payloads: [known(foreign)] })).toBe('+1');
});

test('a person with a key in the signed state and another in the head is named once', () => {
  const second = member('carol', 3, { signer: ed25519Signer('second') });
  const head = baseOf({
    roots: WORLD.roots,
    roles: {
      targets: seal(topTargets({ version: 2, delegations: [{ ...RELEASES, signers: [second, DAVE, ERIN] }] }), [ALICE, BOB]),
      releases: seal(targetsSigned({}), [second, DAVE]),
    },
  });
  const signers = new Map([['releases', [signersIn(BASE, 'releases'), signersIn(head, 'releases')]]]);
  expect(told([lineOf(CAROL, 'releases', V2), lineOf(second, 'releases', V2)], { signers })).toBe('2 carol, +0');
});

test('a root is signed by its own name', () => {
  const root = seal(rootSigned({ version: 2 }));
  expect(live([lineOf(ALICE, 'root', root)], { payloads: [known(root)] })).toEqual({
    live: [{ person: 'alice', role: 'root', version: 2, payload: digestOf(root) }],
    unverified: 0,
  });
});

test('whose role nobody is asked about has no signatures', () => {
  expect(told([lineOf(CAROL, 'releases', V2)], { signers: new Map() })).toBe('+1');
});

test('control characters in a file, which canonical JSON leaves as they are, hide no signature', () => {
  const file = seal(targetsSigned({ version: 2, extra: { note: 'two\nlines' } }));
  expect(told([lineOf(CAROL, 'releases', file)], { payloads: [known(file)] })).toBe('2 carol, +0');
});

test.each<[string, string]>([
  ['no JSON', '{'],
  ['no signed part', '{}'],
  ['no repository', '{"signed":{"_type":"targets","version":1}}'],
  ['no version', `{"signed":{"_type":"targets","x-countersign":{"repository":"${REPOSITORY_ID}","role":"releases"}}}`],
  ['a snapshot', `{"signed":{"_type":"snapshot","version":1,"x-countersign":{"repository":"${REPOSITORY_ID}","role":"releases"}}}`],
  ['a root of a role', `{"signed":{"_type":"root","version":1,"x-countersign":{"repository":"${REPOSITORY_ID}","role":"releases"}}}`],
  ['targets of the root', `{"signed":{"_type":"targets","version":1,"x-countersign":{"repository":"${REPOSITORY_ID}","role":"root"}}}`],
])('%s is no payload of ours', (_name, text) => {
  expect(knownPayload(new TextEncoder().encode(text))).toBeNull();
});
