// SPDX-License-Identifier: Apache-2.0
import { reviewHashBins } from '../../../src/tuf/compatibility.ts';
import { writerVector, type AttackVector } from '../../fakes/attack-vector.ts';

export const vector: AttackVector = writerVector<'hash-prefixes' | 'succinct'>({
  check: 'hash-bins-succinct',
  review: (kind) => reviewHashBins(kind, 'targets'),
  stops: { severity: 'warning', client: 'tough' },
  twin: 'hash-prefixes',
  attack: 'succinct',
});
