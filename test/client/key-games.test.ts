// SPDX-License-Identifier: Apache-2.0
// What keys, keyids and signatures are worth to a client, for each role alike.
import { describe, expect, test } from 'vitest';
import { rsaPrivateAsPublic } from '../fakes/hostile-keys.ts';
import { P256_KEY, RSA_2048_KEY, RSA_2048_OTHER_KEY } from '../fakes/keys/private-keys.ts';
import type { PlainObject } from '../fakes/plain-json.ts';
import {
  addRoot,
  build,
  delegationNamed,
  lastRoot,
  newRepository,
  roleFile,
  setRole,
  type EnvelopeDraft,
  type RepositoryDraft,
  type RoleDraft,
} from '../fakes/repository-builder.ts';
import {
  ALICE,
  BOB,
  CAROL,
  ecdsaSigner,
  ed25519Signer,
  MALLORY,
  mlDsaSigner,
  publicTextOf,
  rsaSigner,
  withKey,
  withPublicText,
  type TestSigner,
} from '../fakes/test-signer.ts';
import { codeOf } from './support.ts';
import { look } from './visit.ts';

/** A role's keys, wherever they are listed, and its file. */
interface Holder {
  readonly keys: Record<string, PlainObject>;
  readonly role: RoleDraft;
  readonly file: { signers: TestSigner[]; afterSigning?: (envelope: EnvelopeDraft) => void };
}

const ROLES = ['root', 'timestamp', 'snapshot', 'targets', 'releases'] as const;

function holderOf(repository: RepositoryDraft, role: (typeof ROLES)[number]): Holder {
  const root = lastRoot(repository);
  const { keys, roles } = root.signed;
  switch (role) {
    case 'releases':
      return {
        keys: repository.targets.signed.delegations?.keys ?? {},
        role: delegationNamed(repository, role),
        file: roleFile(repository, role),
      };
    case 'root':
      return { keys, role: roles.root, file: root };
    default:
      return { keys, role: roles[role], file: repository[role] };
  }
}

/** Gives a role these keys, all of which sign. */
function give({ keys, role, file }: Holder, signers: TestSigner[], threshold = signers.length): void {
  for (const { keyId, key } of signers) keys[keyId] = key;
  role.keyids = signers.map(({ keyId }) => keyId);
  role.threshold = threshold;
  file.signers = signers;
}

const underId = (signer: TestSigner, keyId: string): TestSigner => ({ ...signer, keyId });
const AGAIN = withKey(ALICE, { note: 'the same key' });
const ERIN = ed25519Signer('erin');
const FRANK = ed25519Signer('frank');
const WRONG_ID = underId(ALICE, '0'.repeat(64));
const UNKNOWN_TYPE = withKey(MALLORY, { keytype: 'sigstore-oidc', scheme: 'Fulcio', keyval: { identity: 'm@example.org', issuer: 'x' } });
const UNKNOWN_SCHEME = withKey(MALLORY, { scheme: 'ed25519ph' });
const EC = ecdsaSigner(P256_KEY);
/** The point of a P-256 key in hex: its last 65 bytes. */
const EC_IN_HEX = withPublicText(
  EC,
  Buffer.from(publicTextOf(EC).replace(/-----[^-]+-----/g, ''), 'base64')
    .subarray(-65)
    .toString('hex'),
);
const RSA = rsaSigner(RSA_2048_KEY);
const RSA_384 = rsaSigner(RSA_2048_KEY, 'sha384');
const ML_DSA = mlDsaSigner('erin', 65);

/** Changes the signatures after they were made. */
const signatures =
  (signers: TestSigner[], threshold: number, change: (entries: EnvelopeDraft['signatures']) => EnvelopeDraft['signatures']) =>
  (holder: Holder): void => {
    give(holder, signers, threshold);
    holder.file.afterSigning = (envelope) => (envelope.signatures = change(envelope.signatures));
  };
const first = (change: (sig: string) => string) => (entries: EnvelopeDraft['signatures']) =>
  entries.map((entry, index) => (index === 0 ? { ...entry, sig: change(entry.sig) } : entry));

const GAMES: readonly (readonly [string, string, (holder: Holder) => void])[] = [
  ['two keys of two', 'none', (holder) => give(holder, [ALICE, BOB])],
  ['one key of two', 'threshold', (holder) => give(holder, [ALICE], 2)],
  ['two keys of three', 'none', (holder) => give(holder, [ALICE, BOB, CAROL], 2)],
  ['one key under two keyids', 'threshold', (holder) => give(holder, [ALICE, AGAIN])],
  ['one key under two keyids beside another', 'none', (holder) => give(holder, [ALICE, AGAIN, BOB], 2)],
  ['an ecdsa key in PEM and in hex', 'threshold', (holder) => give(holder, [EC, EC_IN_HEX])],
  ['an ecdsa key in hex', 'none', (holder) => give(holder, [EC_IN_HEX])],
  ['an ecdsa key under both names of its type', 'threshold', (holder) => give(holder, [EC, ecdsaSigner(P256_KEY, 'ecdsa-sha2-nistp256')])],
  ['keys of three types', 'none', (holder) => give(holder, [ALICE, EC, RSA])],
  ['an RSA key with sha384 and one with sha512', 'none', (holder) => give(holder, [RSA_384, rsaSigner(RSA_2048_OTHER_KEY, 'sha512')])],
  ['one RSA key with two digests', 'threshold', (holder) => give(holder, [RSA, RSA_384])],
  ['keys of ML-DSA', 'none', (holder) => give(holder, [mlDsaSigner('erin', 44), mlDsaSigner('frank', 87)])],
  ['one key of ML-DSA under two keyids', 'threshold', (holder) => give(holder, [ML_DSA, underId(ML_DSA, 'again')])],
  ['a key of ML-DSA with the scheme of another', 'threshold', (holder) => give(holder, [withKey(ML_DSA, { scheme: 'ml-dsa-44/1' })])],
  ['a key under a keyid that is not its own', 'none', (holder) => give(holder, [WRONG_ID])],
  ['a key under a keyid that is a name', 'none', (holder) => give(holder, [underId(ALICE, 'alice')])],
  ['a key under its own keyid and another', 'threshold', (holder) => give(holder, [ALICE, WRONG_ID])],
  ['a key under two keyids that are not its own', 'threshold', (holder) => give(holder, [WRONG_ID, underId(ALICE, 'alice')])],
  ['a key under a keyid that is not its own beside enough', 'none', (holder) => give(holder, [WRONG_ID, BOB], 1)],
  ['a key under its keyid in upper case', 'none', (holder) => give(holder, [underId(ALICE, ALICE.keyId.toUpperCase())])],
  ['a key under a keyid of nothing', 'key-invalid', (holder) => give(holder, [underId(ALICE, '')])],
  [
    'two keys, each under the keyid of the other',
    'none',
    (holder) => give(holder, [underId(ERIN, FRANK.keyId), underId(FRANK, ERIN.keyId)]),
  ],
  [
    'two keys, each under the keyid of the other, and signatures under their own',
    'threshold',
    (holder) => (give(holder, [underId(ERIN, FRANK.keyId), underId(FRANK, ERIN.keyId)]), (holder.file.signers = [ERIN, FRANK])),
  ],
  ['a keyid twice in the role', 'keyid-repeated', (holder) => (give(holder, [ALICE, BOB]), holder.role.keyids.push(ALICE.keyId))],
  [
    'a keyid that names no key',
    'threshold',
    (holder) => (give(holder, [ALICE, MALLORY]), Reflect.deleteProperty(holder.keys, MALLORY.keyId)),
  ],
  [
    'a keyid that names no key beside enough',
    'none',
    (holder) => (give(holder, [ALICE, MALLORY], 1), Reflect.deleteProperty(holder.keys, MALLORY.keyId)),
  ],
  ['no keys at all', 'threshold', (holder) => give(holder, [], 1)],
  ['a threshold of none', 'threshold-invalid', (holder) => give(holder, [ALICE], 0)],
  ['a threshold below none', 'threshold-invalid', (holder) => give(holder, [ALICE], -1)],
  ['a key of an unknown type that is needed', 'threshold', (holder) => give(holder, [ALICE, UNKNOWN_TYPE])],
  ['a key of an unknown type beside enough', 'none', (holder) => give(holder, [ALICE, UNKNOWN_TYPE], 1)],
  ['a key of an unknown scheme that is needed', 'threshold', (holder) => give(holder, [ALICE, UNKNOWN_SCHEME])],
  ['a key of an unknown scheme beside enough', 'none', (holder) => give(holder, [ALICE, UNKNOWN_SCHEME], 1)],
  ['a private key in place of the public one', 'threshold', (holder) => give(holder, [rsaPrivateAsPublic()])],
  ['a key without material', 'threshold', (holder) => give(holder, [withKey(ALICE, { keyval: {} })])],
  ['a key without a type beside enough', 'field-missing', (holder) => give(holder, [ALICE, withKey(BOB, { keytype: undefined })], 1)],
  ['a signature of somebody else', 'threshold', (holder) => (give(holder, [ALICE]), (holder.file.signers = [MALLORY]))],
  ['a signature of somebody else beside enough', 'none', (holder) => (give(holder, [ALICE]), holder.file.signers.push(MALLORY))],
  ['the same signature twice', 'keyid-repeated', signatures([ALICE], 1, (entries) => [...entries, ...entries])],
  ['two signatures of one key', 'keyid-repeated', signatures([RSA], 2, (entries) => [...entries, ...entries])],
  ['no signatures', 'threshold', signatures([ALICE], 1, () => [])],
  [
    'an empty signature',
    'threshold',
    signatures(
      [ALICE],
      1,
      first(() => ''),
    ),
  ],
  [
    'an empty signature beside enough',
    'none',
    signatures(
      [ALICE, BOB],
      1,
      first(() => ''),
    ),
  ],
  [
    'a signature in upper case',
    'threshold',
    signatures(
      [ALICE],
      1,
      first((sig) => sig.toUpperCase()),
    ),
  ],
  [
    'a signature in base64',
    'threshold',
    signatures(
      [ALICE],
      1,
      first((sig) => Buffer.from(sig, 'hex').toString('base64')),
    ),
  ],
  [
    'a signature with something behind it',
    'threshold',
    signatures(
      [ALICE],
      1,
      first((sig) => `${sig}zz`),
    ),
  ],
  [
    'a signature that lacks a byte',
    'threshold',
    signatures(
      [ALICE],
      1,
      first((sig) => sig.slice(2)),
    ),
  ],
  [
    'a signature that is wrong beside enough',
    'none',
    signatures(
      [ALICE, BOB],
      1,
      first((sig) => sig.replace(/^../, '00')),
    ),
  ],
  [
    'a signature in the name of another key',
    'threshold',
    signatures([ALICE], 1, (entries) => entries.map(({ sig }) => ({ keyid: BOB.keyId, sig }))),
  ],
];

describe.each(ROLES)('the role %s with', (role) => {
  test.each(GAMES)('%s: %s', async (_, code, play) => {
    const repository = newRepository();
    play(holderOf(repository, role));
    expect(await codeOf(look(build(repository), 'v1/app.bin'))).toBe(code);
  });
});

describe('a new root', () => {
  test.each<[string, string, TestSigner[], number]>([
    ['two keys of its own', 'none', [ALICE, CAROL], 2],
    ['one key under two keyids of its own', 'threshold', [ALICE, AGAIN], 2],
    ['an old key under another keyid as well', 'none', [ALICE, AGAIN], 1],
  ])('with %s: %s', async (_, code, signers, threshold) => {
    const repository = newRepository();
    addRoot(repository);
    setRole(repository, 'root', signers, threshold);
    expect(await codeOf(look(build(repository), 'v1/app.bin'))).toBe(code);
  });

  test.each([
    ['under the keyid that the old root has', 'none', ALICE],
    ['under another keyid', 'threshold', AGAIN],
  ])('that an old key signs %s: %s', async (_, code, signer) => {
    const repository = newRepository();
    addRoot(repository);
    setRole(repository, 'root', [CAROL]);
    lastRoot(repository).signers = [CAROL, BOB, signer];
    expect(await codeOf(look(build(repository), 'v1/app.bin'))).toBe(code);
  });
});

describe('a key that is listed elsewhere', () => {
  test.each([
    ['by the root', true],
    ['by nobody', false],
  ])('%s alone does not count for a delegation', async (_, inRoot) => {
    const repository = newRepository();
    const { keys, role, file } = holderOf(repository, 'releases');
    give({ keys, role, file }, [MALLORY]);
    expect(await codeOf(look(build(repository), 'v1/app.bin'))).toBe('none');
    Reflect.deleteProperty(keys, MALLORY.keyId);
    if (inRoot) lastRoot(repository).signed.keys[MALLORY.keyId] = MALLORY.key;
    expect(await codeOf(look(build(repository), 'v1/app.bin'))).toBe('threshold');
  });
});
