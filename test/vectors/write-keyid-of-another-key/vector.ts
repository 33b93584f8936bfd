// SPDX-License-Identifier: Apache-2.0
import { reviewKeyId } from '../../../src/tuf/compatibility.ts';
import { parseKey, parseKeyId } from '../../../src/tuf/key.ts';
import { writerVector, type AttackVector } from '../../fakes/attack-vector.ts';
import { objectFromPlain } from '../../fakes/plain-json.ts';
import { ALICE, BOB } from '../../fakes/test-signer.ts';

export const vector: AttackVector = writerVector({
  check: 'keyid-own',
  review: (id: string) => reviewKeyId(parseKeyId(id, 'keys'), parseKey(objectFromPlain(ALICE.key), 'keys')),
  stops: { severity: 'refused' },
  twin: ALICE.keyId,
  attack: BOB.keyId,
});
