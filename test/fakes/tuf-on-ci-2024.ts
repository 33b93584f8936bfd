// SPDX-License-Identifier: Apache-2.0
// A repository in the shape of those that tuf-on-ci made until May 2024, GitHub's own among them: keyids were computed before the `x-tuf-on-ci-…` fields were
// added to the keys, so that no keyid is the sha256 of its key. The keys are of P-256; of eight people three must sign, and who did not has an empty signature.
import { ecdsaPrivateKey } from '../tuf/support.ts';
import type { PlainObject } from './plain-json.ts';
import { lastRoot, newRepository, roleOf, type RepositoryDraft } from './repository-builder.ts';
import { ecdsaSigner, type TestSigner } from './test-signer.ts';

/** A key whose id is computed without `fields`. */
function tufOnCiKey(seed: string, fields: PlainObject): TestSigner {
  const signer = ecdsaSigner(String(ecdsaPrivateKey('P-256', seed).export({ format: 'pem', type: 'pkcs8' })));
  return { ...signer, key: { ...signer.key, ...fields } };
}

/** The people of root and targets. */
export const PEOPLE: readonly TestSigner[] = Array.from({ length: 8 }, (_, index) =>
  tufOnCiKey(`person ${String(index)}`, { 'x-tuf-on-ci-keyowner': `@person-${String(index)}` }),
);
/** The key of snapshot and timestamp. */
export const ONLINE: TestSigner = tufOnCiKey('online', { 'x-tuf-on-ci-online-uri': 'azurekms://example.vault/keys/online/1' });

/** Signs nothing: tuf-on-ci puts an empty signature for who is still to sign. */
function awaited(signer: TestSigner): TestSigner {
  return { ...signer, sign: () => '' };
}

/** {@link newRepository} with these keys for root, targets, snapshot, timestamp and the delegation `releases`. Without a binding. */
export function tufOnCiRepository(): RepositoryDraft {
  const repository = newRepository();
  const root = lastRoot(repository);
  const people = [...PEOPLE];
  const signers = people.map((person, index) => (index % 3 === 0 ? person : awaited(person)));
  const { delegations } = repository.targets.signed;
  const keys = Object.fromEntries([...people, ONLINE].map(({ keyId, key }) => [keyId, key]));
  Object.assign(root.signed, { keys, 'x-tuf-on-ci-expiry-period': 240, 'x-tuf-on-ci-signing-period': 60 });
  root.signed.roles = { root: roleOf(people, 3), targets: roleOf(people, 3), snapshot: roleOf([ONLINE]), timestamp: roleOf([ONLINE]) };
  Object.assign(root, { signers });
  repository.targets.signers = signers;
  for (const file of [repository.snapshot, repository.timestamp]) file.signers = [ONLINE];
  for (const role of delegations?.roles ?? []) Object.assign(role, roleOf(people, 3));
  if (delegations !== undefined) delegations.keys = keys;
  for (const file of repository.delegated.values()) file.signers = signers;
  for (const { signed } of [root, repository.targets, ...repository.delegated.values(), repository.snapshot, repository.timestamp])
    Reflect.deleteProperty(signed, 'x-countersign');
  return repository;
}
