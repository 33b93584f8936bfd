// SPDX-License-Identifier: Apache-2.0
// A key in custody that the first event needs: nothing is signed yet, so who may approve with it is read from the root that the workflow names.
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test, vi } from 'vitest';
import { custody } from '../../src/commands/custody.ts';
import { init } from '../../src/commands/init.ts';
import { parsePublicKey } from '../../src/signers/public-key.ts';
import { parsePayloadDigest } from '../../src/trust/countersignature.ts';
import { parseRepositoryId } from '../../src/tuf/binding.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { objectField, stringField } from '../../src/tuf/fields.ts';
import type { PayloadDigest } from '../../src/tuf/metadata.ts';
import { startGitHub, type FakeGitHub } from '../github/server.ts';
import { GitHubGround } from './github-ground.ts';
import { ONLINE, publicKeyOf, signerOf } from './support.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let github: FakeGitHub;
let ground: GitHubGround;
let made = 0;

beforeAll(async () => {
  github = await startGitHub();
});
afterAll(() => github.close());
beforeEach(async () => {
  ground = await GitHubGround.start(github, `first${String(++made)}`);
});
afterEach(() => ground.close());

async function listed(name: string): Promise<string> {
  return `ed25519:${stringField(objectField((await publicKeyOf(name)).key, 'keyval', 'key'), 'public', 'key')}`;
}

interface Begun {
  readonly number: number;
  readonly root: PayloadDigest;
}

/** Begins a repository in which carol's key is in custody. */
async function begin(signers: { readonly root: string; readonly releases: string }): Promise<Begun> {
  const place = await ground.open({ as: { person: 'admin' } });
  const policy = `people:
  alice: { github: alice, key: "${await listed('alice')}" }
  bob: { github: bob, key: "${await listed('bob')}" }
  carol: { github: carol, key: "${await listed('carol')}", custody: "environment:countersign-carol" }
roles:
  root: { signers: [${signers.root}], threshold: 2, expires: 365d, renew: 60d, custody-quorum: "we say so" }
  targets: { signers: [alice, bob], threshold: 2, expires: 365d, renew: 60d }
  releases: { paths: ["v*/*"], signers: [${signers.releases}], threshold: 2, expires: 90d, renew: 30d }
online:
  snapshot: { keys: ["env:${ONLINE}"], expires: 30d, renew: 15d }
  timestamp: { keys: ["env:${ONLINE}"], expires: 7d, renew: 6d }
`;
  return init(place, {
    policy,
    policyName: 'policy',
    repository: parseRepositoryId('00000000-0000-4000-8000-0000000000aa', 'test'),
    files: new Map(),
    resolveKey: async (text, name) => parsePublicKey(text, name),
    resolveAccount: async (login) => {
      const account = (await place.forge.accounts([login])).get(login) ?? null;
      if (account === null) throw new CountersignError('people-invalid', login, 'expected an account, got none');
      return account;
    },
  });
}

/** Carol's custody job, in a workflow that names a root, or none. */
async function custodyJob(anchor: PayloadDigest | null): ReturnType<typeof custody> {
  return custody({ ...(await ground.open({ as: 'custody' })), anchor }, 'carol', signerOf('carol'));
}

describe('a role of the first event that needs a custody signature', () => {
  test('gets it where the workflow names the root of that event, and the event completes', async () => {
    const { number, root } = await begin({ root: 'alice, bob', releases: 'alice, carol' });
    for (const person of ['alice', 'bob']) await ground.sign(person, number);
    await ground.approve('carol', number);
    const { completed, custody: orders } = await ground.gather();
    expect([completed, orders.map(({ person }) => person)]).toEqual([[], ['carol']]);
    const carried = await custodyJob(root);
    expect(carried.map(({ files }) => files.map(({ role }) => role))).toEqual([['releases']]);
    expect((await ground.settle(carried)).completed).toEqual([number]);
  });

  test.each([
    ['no root', null],
    ['another root', parsePayloadDigest('ab'.repeat(32), 'test')],
  ])('gets none where the workflow names %s', async (_, anchor) => {
    const { number } = await begin({ root: 'alice, bob', releases: 'alice, carol' });
    for (const person of ['alice', 'bob']) await ground.sign(person, number);
    await ground.approve('carol', number);
    await expect(custodyJob(anchor)).rejects.toMatchObject({ code: 'base-missing' });
  });

  test.each([
    ['all have signed who delegate it', ['alice', 'bob'], true, 1],
    ['one of them has not', ['alice'], true, 0],
    ['carol has not approved', ['alice', 'bob'], false, 0],
  ])('gets it only when her approval is for what is signed above: %s', async (_, signed, isApproved, expected) => {
    const { number, root } = await begin({ root: 'alice, bob', releases: 'alice, carol' });
    for (const person of signed) await ground.sign(person, number);
    if (isApproved) await ground.approve('carol', number);
    expect(await custodyJob(root)).toHaveLength(expected);
  });
});

test.each([
  ['held by their people', 'alice, bob', 'opened'],
  ['of which one is in custody', 'alice, carol', 'policy-invalid roles.root.signers'],
])('a first root with keys %s', async (_, root, expected) => {
  const begun = begin({ root, releases: 'alice, bob' }).then(
    () => 'opened',
    (error: unknown) => (error instanceof CountersignError ? `${error.code} ${error.where}` : error),
  );
  expect(await begun).toBe(expected);
});
