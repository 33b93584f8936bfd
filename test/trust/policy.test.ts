// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { parsePolicy } from '../../src/trust/policy.ts';
import { objectFromPlain, type Plain, type PlainObject } from '../fakes/plain-json.ts';
import { codeOf } from '../tuf/support.ts';

const CUSTODY = { github: 'a', key: 'k', custody: 'environment:x' };

/** A valid policy, new each time. */
function policy() {
  return {
    people: {
      alice: { github: 'alice', key: 'ssh-ed25519 AAAA alice' },
      bob: { github: 'none', key: 'pem:bob.pem' },
      erin: { github: 'erin', key: 'pem:erin.pem', custody: 'environment:countersign-erin' },
    } as PlainObject,
    roles: {
      root: { signers: ['alice', 'bob'], threshold: 2, expires: '365d', renew: '60d' },
      targets: { signers: ['alice', 'bob'], threshold: 2, expires: '365d', renew: '60d' },
      releases: { paths: ['v*/*'], signers: ['alice', 'erin'], threshold: 2, expires: '90d', renew: '30d' },
      nightly: {
        parent: 'releases',
        paths: ['v0/*'],
        signers: ['bob'],
        threshold: 1,
        expires: '9d',
        renew: '12h',
        terminating: false,
      },
    } as PlainObject,
    online: {
      snapshot: { keys: ['env:ONLINE'], expires: '30d', renew: '15d' },
      timestamp: { keys: ['env:ONLINE', 'env:NEXT'], expires: '7d', renew: '6d' },
    } as PlainObject,
  };
}

type Draft = ReturnType<typeof policy>;
type Path = readonly string[];

/** The policy with the member at a path replaced; `undefined` takes it out. */
function changed(path: Path, value: Plain | undefined): PlainObject {
  const draft: PlainObject = policy();
  let at: PlainObject = draft;
  for (const key of path.slice(0, -1)) {
    const next = at[key];
    at = typeof next === 'object' && next !== null && !Array.isArray(next) ? next : (at[key] = {});
  }
  at[path.at(-1) ?? ''] = value;
  return draft;
}

const code = (draft: PlainObject | Draft): string => codeOf(() => parsePolicy(objectFromPlain(draft)));

test('a policy, read', () => {
  const parsed = parsePolicy(objectFromPlain(policy()));
  expect([...parsed.people.values()]).toEqual([
    { name: 'alice', github: 'alice', key: 'ssh-ed25519 AAAA alice', custody: null },
    { name: 'bob', github: null, key: 'pem:bob.pem', custody: null },
    { name: 'erin', github: 'erin', key: 'pem:erin.pem', custody: 'environment:countersign-erin' },
  ]);
  expect(parsed.root).toEqual({
    name: 'root',
    signers: ['alice', 'bob'],
    threshold: 2,
    period: { expiresSeconds: 31_536_000, renewSeconds: 5_184_000 },
    custodyQuorum: null,
  });
  expect(parsed.delegations.map(({ name, parent, paths, terminating }) => ({ name, parent, paths, terminating }))).toEqual([
    { name: 'releases', parent: 'targets', paths: ['v*/*'], terminating: true },
    { name: 'nightly', parent: 'releases', paths: ['v0/*'], terminating: false },
  ]);
  expect(parsed.timestamp).toEqual({ keys: ['env:ONLINE', 'env:NEXT'], period: { expiresSeconds: 604_800, renewSeconds: 518_400 } });
});

describe('each field', () => {
  const role = (name: string, field: string): Path => ['roles', name, field];
  const rows: Readonly<Record<string, readonly [Path, Plain | undefined, string]>> = {
    'a person without an account': [['people', 'bob', 'github'], 'none', 'accepted'],
    'a person without saying so': [['people', 'bob', 'github'], undefined, 'policy-invalid'],
    'an empty login': [['people', 'bob', 'github'], '', 'policy-invalid'],
    'a person without a key': [['people', 'alice', 'key'], undefined, 'policy-invalid'],
    'a key of a wrong type': [['people', 'alice', 'key'], 1, 'policy-invalid'],
    'custody with an account': [['people', 'alice', 'custody'], 'environment:x', 'accepted'],
    'custody without an account': [['people', 'bob', 'custody'], 'environment:x', 'policy-invalid'],
    'custody of a wrong type': [['people', 'alice', 'custody'], true, 'policy-invalid'],
    'an unknown field of a person': [['people', 'alice', 'email'], 'a', 'policy-invalid'],
    'a person who is no object': [['people', 'alice'], 'alice', 'field-type'],
    'a name with a blank': [['people', 'al ice'], { github: 'a', key: 'k' }, 'policy-invalid'],
    'a name that is not ASCII': [['people', 'алиса'], { github: 'a', key: 'k' }, 'policy-invalid'],
    'a name like another in all but its case': [['people', 'Erin'], { github: 'a', key: 'k' }, 'policy-invalid'],
    'a name that looks like another': [['people', 'er1n'], { github: 'a', key: 'k' }, 'accepted'],
    'a name that looks like another, with a one for an l': [['people', 'a1ice'], { github: 'a', key: 'k' }, 'policy-invalid'],
    'a role like another in all but its case': [['roles', 'Releases'], { ...(policy().roles['nightly'] as PlainObject) }, 'policy-invalid'],
    'a role like targets in all but its case': [['roles', 'Targets'], { ...(policy().roles['nightly'] as PlainObject) }, 'policy-invalid'],
    'a role that looks like another': [['roles', 'nightIy'], { ...(policy().roles['nightly'] as PlainObject) }, 'policy-invalid'],
    'a reason that nobody sees': [role('releases', 'custody-quorum'), '\u3164\u200b', 'policy-invalid'],
    'a name like another in more than its case': [['people', 'Erin2'], { github: 'a', key: 'k' }, 'accepted'],
    'a custody key under the name of the online key': [['people', 'Online'], CUSTODY, 'policy-invalid'],
    'a custody key under a name of its own': [['people', 'Online2'], CUSTODY, 'accepted'],
    'a key of their own under the name of the online key': [['people', 'online'], { github: 'a', key: 'k' }, 'accepted'],
    'no people': [['people'], undefined, 'field-type'],
    'no root': [['roles', 'root'], undefined, 'policy-invalid'],
    'no targets': [['roles', 'targets'], undefined, 'policy-invalid'],
    'no roles': [['roles'], undefined, 'field-type'],
    'no delegated role': [['roles', 'nightly'], undefined, 'accepted'],
    'an unknown field of the root': [role('root', 'paths'), ['*'], 'policy-invalid'],
    'a misspelt threshold': [role('root', 'treshold'), 2, 'policy-invalid'],
    'an unknown field of a role': [role('releases', 'path'), ['*'], 'policy-invalid'],
    'a threshold of one': [role('root', 'threshold'), 1, 'accepted'],
    'a threshold of zero': [role('root', 'threshold'), 0, 'threshold-invalid'],
    'a threshold above the signers': [role('root', 'threshold'), 3, 'policy-invalid'],
    'a threshold that is text': [role('root', 'threshold'), '2', 'policy-invalid'],
    'no threshold': [role('root', 'threshold'), undefined, 'policy-invalid'],
    'a signer who is nobody': [role('root', 'signers'), ['alice', 'zoe'], 'policy-invalid'],
    'a signer named like a property of objects': [role('root', 'signers'), ['alice', 'constructor'], 'policy-invalid'],
    'a signer twice': [role('root', 'signers'), ['alice', 'alice'], 'policy-invalid'],
    'no signers': [role('root', 'signers'), [], 'policy-invalid'],
    'signers of a wrong type': [role('root', 'signers'), 'alice', 'field-type'],
    'a signer of a wrong type': [role('root', 'signers'), [1, 2], 'field-type'],
    'no expiry': [role('root', 'expires'), undefined, 'policy-invalid'],
    'an expiry without a unit': [role('root', 'expires'), '365', 'policy-invalid'],
    'an expiry as a number': [role('root', 'expires'), 365, 'policy-invalid'],
    'no renewal': [role('root', 'renew'), undefined, 'policy-invalid'],
    'a renewal as long as the expiry': [role('root', 'renew'), '365d', 'policy-invalid'],
    'a reason for a custody quorum': [role('releases', 'custody-quorum'), 'a demonstration', 'accepted'],
    'an empty reason': [role('releases', 'custody-quorum'), '', 'policy-invalid'],
    'a reason that is none': [role('releases', 'custody-quorum'), true, 'policy-invalid'],
    'the default parent': [role('nightly', 'parent'), undefined, 'accepted'],
    'targets as parent': [role('nightly', 'parent'), 'targets', 'accepted'],
    'the root as parent': [role('nightly', 'parent'), 'root', 'role-name-invalid'],
    'a parent that is no role': [role('nightly', 'parent'), 'weekly', 'policy-invalid'],
    'a role as its own parent': [role('nightly', 'parent'), 'nightly', 'policy-invalid'],
    'parents in a circle': [role('releases', 'parent'), 'nightly', 'policy-invalid'],
    'an empty parent': [role('nightly', 'parent'), '', 'policy-invalid'],
    'no paths': [role('nightly', 'paths'), undefined, 'field-type'],
    'an empty list of paths': [role('nightly', 'paths'), [], 'policy-invalid'],
    'a path twice': [role('nightly', 'paths'), ['a/*', 'a/*'], 'policy-invalid'],
    'a path that clients read differently': [role('nightly', 'paths'), ['a/**'], 'policy-invalid'],
    'an absolute path': [role('nightly', 'paths'), ['/a'], 'policy-invalid'],
    'terminating as text': [role('nightly', 'terminating'), 'no', 'policy-invalid'],
    'a role named like an online one': [['roles', 'snapshot'], { ...(policy().roles['nightly'] as PlainObject) }, 'role-name-invalid'],
    'a role of digits': [['roles', '1'], { ...(policy().roles['nightly'] as PlainObject) }, 'policy-invalid'],
    'a role with a slash': [['roles', 'a/b'], { ...(policy().roles['nightly'] as PlainObject) }, 'policy-invalid'],
    'a role that is no object': [['roles', 'nightly'], null, 'field-type'],
    'no online roles': [['online'], undefined, 'field-type'],
    'no snapshot': [['online', 'snapshot'], undefined, 'policy-invalid'],
    'an online role that is none': [['online', 'mirrors'], { keys: ['env:A'], expires: '2d', renew: '1d' }, 'policy-invalid'],
    'an unknown field of an online role': [['online', 'snapshot', 'threshold'], 1, 'policy-invalid'],
    'an online role without keys': [['online', 'snapshot', 'keys'], [], 'policy-invalid'],
    'an online key twice': [['online', 'timestamp', 'keys'], ['env:A', 'env:A'], 'policy-invalid'],
    'an online renewal that is too long': [['online', 'timestamp', 'renew'], '8d', 'policy-invalid'],
    'an unknown field of the policy': [['version'], 1, 'policy-invalid'],
    'a field like a property of objects': [['toString'], 1, 'policy-invalid'],
  };
  test.each(Object.entries(rows))('%s', (_name, [path, value, expected]) => {
    expect([code(policy()), code(changed(path, value))]).toEqual(['accepted', expected]);
  });
});

test('a policy that is no object', () => {
  expect([null, 'x', [], 1].map((value: Plain) => codeOf(() => parsePolicy(value as never)))).toEqual(Array(4).fill('field-type'));
});
