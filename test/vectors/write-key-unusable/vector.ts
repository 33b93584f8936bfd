// SPDX-License-Identifier: Apache-2.0
import { reviewKey } from '../../../src/tuf/compatibility.ts';
import { parseKey } from '../../../src/tuf/key.ts';
import { writerVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { objectFromPlain, type PlainObject } from '../../fakes/plain-json.ts';
import { ALICE } from '../../fakes/test-signer.ts';

export const vector: AttackVector = writerVector({
  check: 'key-writable',
  review: (key: PlainObject) => reviewKey(parseKey(objectFromPlain(key), 'key')),
  stops: { severity: 'refused' },
  twin: ALICE.key,
  attack: { keytype: 'sigstore-oidc', scheme: 'Fulcio', keyval: { identity: 'a@example.com', issuer: 'https://example.com' } },
});
