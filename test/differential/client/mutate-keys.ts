// SPDX-License-Identifier: Apache-2.0
// Keyids that are no hashes, and signatures of kinds that only some makers use. All that is signed stays rightly signed.
import { objectFromPlain } from '../../fakes/plain-json.ts';
import { RSA_2048_KEY } from '../../fakes/keys/private-keys.ts';
import { mlDsaSigner, rsaSigner, type TestSigner } from '../../fakes/test-signer.ts';
import { changeFile, copyMembers, fileNamed, type Members } from './draft.ts';
import { changeSigned, membersAt, type CaseDraft, type Mutation } from './mutation.ts';
import { remembering } from './signers.ts';

const OTHERS: readonly [TestSigner, ...TestSigner[]] = [
  remembering(rsaSigner(RSA_2048_KEY, 'sha384')),
  remembering(rsaSigner(RSA_2048_KEY, 'sha512')),
  remembering(mlDsaSigner('other', 44)),
  remembering(mlDsaSigner('other', 65)),
  remembering(mlDsaSigner('other', 87)),
];

const NAMES = ['timestamp key', 'ab'.repeat(32), 'AB'.repeat(32), '1', 'ключ', '\u{1f511}', 'a/b', 'x'.repeat(300)] as const;

/** Gives an online role this one key. */
function giveKey(draft: CaseDraft, role: 'timestamp' | 'snapshot', signer: TestSigner, what: string): true {
  changeSigned(draft, `root-${String(draft.now.roots.length)}`, (signed) => {
    const [keys, entry] = [membersAt(signed, 'keys'), membersAt(signed, 'roles', role)];
    if (keys === null || entry === null) return null;
    keys.set(signer.keyId, copyMembers(objectFromPlain(signer.key) as Members));
    entry.set('keyids', [signer.keyId]).set('threshold', 1);
    return `${role} ${what}`;
  });
  changeFile(draft.now, role, { signers: [signer] });
  return true;
}

function schemeOfOthers(draft: CaseDraft): boolean {
  const role = draft.random.pick<'timestamp' | 'snapshot'>(['timestamp', 'snapshot']);
  const signer = draft.random.pick(OTHERS);
  return giveKey(draft, role, signer, `is signed with ${typeof signer.key['scheme'] === 'string' ? signer.key['scheme'] : ''}`);
}

function keyIdThatIsAName(draft: CaseDraft): boolean {
  const role = draft.random.pick<'timestamp' | 'snapshot'>(['timestamp', 'snapshot']);
  const [signer] = fileNamed(draft.now, role).signers;
  if (signer === undefined) return false;
  const keyId = draft.random.pick([...NAMES]);
  return giveKey(draft, role, { ...signer, keyId }, `has its key under ${JSON.stringify(keyId.slice(0, 20))}`);
}

/** As tuf-on-ci did until May 2024: the id is that of the key before a field was added. */
function keyIdFromBefore(draft: CaseDraft): boolean {
  const role = draft.random.pick<'timestamp' | 'snapshot'>(['timestamp', 'snapshot']);
  const [signer] = fileNamed(draft.now, role).signers;
  if (signer === undefined) return false;
  const key = { ...signer.key, 'x-tuf-on-ci-online-uri': 'gcpkms:projects/example' };
  return giveKey(draft, role, { ...signer, key }, 'has its key under the id of before a field was added');
}

/** One key under two names, both of which sign, where two are asked for. */
function oneKeyUnderNames(draft: CaseDraft): boolean {
  const [signer] = fileNamed(draft.now, 'timestamp').signers;
  if (signer === undefined) return false;
  const twice = ['first', 'second'].map((keyId) => ({ ...signer, keyId }));
  changeSigned(draft, `root-${String(draft.now.roots.length)}`, (signed) => {
    const [keys, entry] = [membersAt(signed, 'keys'), membersAt(signed, 'roles', 'timestamp')];
    if (keys === null || entry === null) return null;
    for (const { keyId, key } of twice) keys.set(keyId, copyMembers(objectFromPlain(key) as Members));
    entry.set('keyids', ['first', 'second']).set('threshold', 2);
    return 'timestamp counts one key twice, under names';
  });
  changeFile(draft.now, 'timestamp', { signers: twice });
  return true;
}

export const KEY_MUTATIONS: readonly Mutation[] = [
  { kind: 'scheme of others', weight: 3, apply: schemeOfOthers },
  { kind: 'keyid that is a name', weight: 3, apply: keyIdThatIsAName },
  { kind: 'keyid from before', weight: 2, apply: keyIdFromBefore },
  { kind: 'one key under two names', weight: 2, apply: oneKeyUnderNames },
];
