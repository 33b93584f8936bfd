// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { readProposal } from '../../src/event/proposal.ts';
import { parseAccountId } from '../../src/trust/accounts.ts';
import { firstMetadata, type ResolvedPolicy } from '../../src/trust/first-metadata.ts';
import { parsePeople } from '../../src/trust/people.ts';
import { parsePeriods } from '../../src/trust/periods.ts';
import { parsePolicy } from '../../src/trust/policy.ts';
import { parseRepositoryId } from '../../src/tuf/binding.ts';
import { encodeInstant } from '../../src/tuf/instant.ts';
import type { JsonObject } from '../../src/tuf/json.ts';
import { encodeMetadata } from '../../src/tuf/metadata.ts';
import { parseRoot } from '../../src/tuf/root.ts';
import { parseTargets } from '../../src/tuf/targets.ts';
import { ALICE, answers, BOB, CAROL, ERIN, NOW, rootChanges } from '../event/support.ts';
import { objectFromPlain, type PlainObject } from '../fakes/plain-json.ts';
import { REPOSITORY_ID } from '../fakes/repository-builder.ts';
import { ed25519Signer, withPublicText } from '../fakes/test-signer.ts';
import { codeOf } from '../tuf/support.ts';

const ONLINE = ed25519Signer('online');
const ID = parseRepositoryId(REPOSITORY_ID, 'id');

function resolved(change: Partial<ResolvedPolicy> = {}, releases: PlainObject = {}): ResolvedPolicy {
  const role = { signers: ['alice', 'bob'], threshold: 2, expires: '365d', renew: '60d' };
  const policy = parsePolicy(
    objectFromPlain({
      people: {
        alice: { github: 'alice', key: 'a' },
        bob: { github: 'bob', key: 'b' },
        carol: { github: 'none', key: 'c' },
        erin: { github: 'erin', key: 'e', custody: 'environment:erin' },
      },
      roles: {
        root: role,
        targets: role,
        releases: { signers: ['carol', 'erin'], threshold: 2, expires: '90d', renew: '30d', paths: ['v*/*'], ...releases },
        nightly: { parent: 'releases', signers: ['bob'], threshold: 1, expires: '9d', renew: '1d', paths: ['v0/*'], terminating: false },
      },
      online: {
        snapshot: { keys: ['env:ONLINE'], expires: '30d', renew: '15d' },
        timestamp: { keys: ['env:ONLINE'], expires: '7d', renew: '6d' },
      },
    }),
  );
  const keys = new Map([ALICE, BOB, CAROL, ERIN].map(({ name, signer }): [string, JsonObject] => [name, objectFromPlain(signer.key)]));
  const accounts = new Map(['alice', 'bob', 'erin'].map((login, index) => [login, { id: parseAccountId(index + 1, login), login }]));
  return { policy, keys, accounts, onlineKeys: new Map([['env:ONLINE', objectFromPlain(ONLINE.key)]]), ...change };
}

/** All files, as init proposes them. */
function files(policy: ResolvedPolicy): ReadonlyMap<string, Uint8Array> {
  const { root, roles } = firstMetadata(policy, ID, NOW);
  const changes = new Map(Object.entries(rootChanges(encodeMetadata(root, []), 1)));
  for (const [role, signed] of roles) changes.set(`metadata/${role}.json`, encodeMetadata(signed, []));
  return changes;
}

test('the first metadata says what the policy says', () => {
  const { root, roles } = firstMetadata(resolved(), ID, NOW);
  const parsed = parseRoot(encodeMetadata(root, [])).signed;
  expect([...roles.keys()]).toEqual(['targets', 'releases', 'nightly']);
  expect(parsed.roles).toEqual({
    root: { keyIds: [ALICE.signer.keyId, BOB.signer.keyId], threshold: 2 },
    targets: { keyIds: [ALICE.signer.keyId, BOB.signer.keyId], threshold: 2 },
    snapshot: { keyIds: [ONLINE.keyId], threshold: 1 },
    timestamp: { keyIds: [ONLINE.keyId], threshold: 1 },
  });
  expect([parsed.version, encodeInstant(parsed.expires), parsed.consistentSnapshot]).toEqual([1, '2031-07-01T00:00:00Z', true]);
  const { binding } = parsed;
  if (binding === null) throw new Error('the root is bound');
  expect([...parsePeriods(binding, '$').keys()].sort()).toEqual(['root', 'snapshot', 'targets', 'timestamp']);
  expect([...parsePeople(binding, '$').byKey.values()].map(({ name, account, custody }) => [name, account?.id, custody]).sort()).toEqual([
    ['alice', 1, false],
    ['bob', 2, false],
  ]);
  expect(binding.raw.get('online')).toEqual(new Map([[ONLINE.keyId, 'env:ONLINE']]));
});

test('each role is delegated by its parent', () => {
  const { roles } = firstMetadata(resolved(), ID, NOW);
  const parsed = new Map(
    [...roles].map(([role, signed]): [string, ReturnType<typeof parseTargets>['signed']] => [
      role,
      parseTargets(encodeMetadata(signed, [])).signed,
    ]),
  );
  const delegated = (role: string): unknown => {
    const delegations = parsed.get(role)?.delegations;
    return delegations?.kind === 'roles'
      ? delegations.roles.map(({ name, paths, terminating, threshold }) => ({ name, paths, terminating, threshold }))
      : null;
  };
  const patterns = (...list: string[]) => ({ kind: 'patterns', patterns: list });
  expect(['targets', 'releases', 'nightly'].map(delegated)).toEqual([
    [{ name: 'releases', paths: patterns('v*/*'), terminating: true, threshold: 2 }],
    [{ name: 'nightly', paths: patterns('v0/*'), terminating: false, threshold: 1 }],
    null,
  ]);
  expect([...parsed].map(([role, { expires, binding }]) => [role, encodeInstant(expires), binding?.role])).toEqual([
    ['targets', '2031-07-01T00:00:00Z', 'targets'],
    ['releases', '2030-09-29T00:00:00Z', 'releases'],
    ['nightly', '2030-07-10T00:00:00Z', 'nightly'],
  ]);
});

test('the first metadata is a proposal without problems, or one that says what is wrong', () => {
  const problems = (policy: ResolvedPolicy): readonly string[] => readProposal(files(policy), null).problems.map(({ code }) => code);
  expect(
    answers({
      'the policy': () => problems(resolved()),
      'custody signers enough for a threshold': () => problems(resolved({}, { threshold: 1 })),
      'the same with a reason': () => problems(resolved({}, { threshold: 1, 'custody-quorum': 'a demonstration' })),
    }),
  ).toEqual({ 'the policy': [], 'custody signers enough for a threshold': ['custody-quorum'], 'the same with a reason': [] });
});

test('what a policy names must exist', () => {
  const code = (change: Partial<ResolvedPolicy>): string => codeOf(() => firstMetadata(resolved(change), ID, NOW));
  const { keys, accounts } = resolved();
  const weak = objectFromPlain(withPublicText(ALICE.signer, '00'.repeat(32)).key);
  expect(
    answers({
      'all there': () => code({}),
      'a person without a key': () => code({ keys: new Map([...keys].slice(1)) }),
      'a person with a key that anyone can sign with': () => code({ keys: new Map([...keys, ['alice', weak]]) }),
      'a person without an account': () => code({ accounts: new Map([...accounts].slice(1)) }),
      'an online signer without a key': () => code({ onlineKeys: new Map() }),
    }),
  ).toEqual({
    'all there': 'accepted',
    'a person without a key': 'policy-invalid',
    'a person with a key that anyone can sign with': 'policy-invalid',
    'a person without an account': 'policy-invalid',
    'an online signer without a key': 'policy-invalid',
  });
});
