// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { decideContinuation, parseServedVersion, type ContinuationFacts } from '../../src/event/decide-continuation.ts';
import { outcomeOf } from '../../src/tuf/errors.ts';
import { addSeconds, parseInstant } from '../../src/tuf/instant.ts';

const HOUR = 3_600;
const DAY = 24 * HOUR;
const NOW = parseInstant('2030-07-10T00:00:00Z', 'test');
const PERIOD = { expiresSeconds: 7 * DAY, renewSeconds: 6 * DAY };

/** A branch's timestamp that was signed so many hours ago. */
const signed = (hours: number, version = 5): ContinuationFacts['branch'] => ({
  version,
  expires: addSeconds(NOW, 7 * DAY - hours * HOUR),
});

function decide(change: Partial<ContinuationFacts>): string {
  const facts: ContinuationFacts = {
    live: 'served',
    branch: signed(25),
    isFirst: false,
    period: PERIOD,
    served: null,
    now: NOW,
    ...change,
  };
  const decided = decideContinuation(facts);
  if (decided.kind === 'refuse') return decided.refusal.code;
  const { above, told } = decided;
  return `go above ${String(above.timestamp)}/${String(above.snapshot)}${told === null ? '' : ', told'}`;
}

const GO = 'go above 0/0';
test.each<[string, Partial<ContinuationFacts>, string]>([
  ['clients are served a timestamp', {}, GO],
  ['they are, and the branch is overdue', { branch: signed(90) }, GO],
  ['they are, and the branch has none', { branch: null }, GO],
  ['nothing was ever published', { live: 'absent', branch: null, isFirst: true }, GO],
  ['nothing was ever published, and the site does not answer', { live: 'unreachable', branch: null, isFirst: true }, 'served-unknown'],
  ['nothing was ever published, and nobody has said where clients fetch', { live: 'unknown', branch: null, isFirst: true }, GO],
  ['nothing is known, but that much was signed', { live: 'absent', branch: null }, 'served-unknown'],
  ['nothing is served, the branch was signed an hour ago', { live: 'absent', branch: signed(1) }, `${GO}, told`],
  ['nothing is served, the branch is due', { live: 'absent', branch: signed(25) }, `${GO}, told`],
  ['nothing is served, the branch is half a day late', { live: 'absent', branch: signed(36) }, `${GO}, told`],
  ['nothing is served, the branch is later than that', { live: 'absent', branch: signed(37) }, 'served-unknown'],
  ['the site does not answer, the branch is due', { live: 'unreachable', branch: signed(25) }, `${GO}, told`],
  ['the site does not answer, the branch is overdue', { live: 'unreachable', branch: signed(72) }, 'served-unknown'],
  ['the site does not answer, the branch has none', { live: 'unreachable', branch: null }, 'served-unknown'],
  ['nobody has said where clients fetch, the branch is due', { live: 'unknown', branch: signed(25) }, GO],
  ['nobody has said where clients fetch, the branch is overdue', { live: 'unknown', branch: signed(72) }, 'served-unknown'],
  [
    'a person says what was served, and the branch has it',
    { live: 'absent', branch: signed(90), served: { timestamp: 5, snapshot: null } },
    'go above 5/0',
  ],
  [
    'a person says what was served, the branch is behind it',
    { live: 'absent', branch: signed(90), served: { timestamp: 9, snapshot: null } },
    'served-unknown',
  ],
  ['the same, with the snapshot', { live: 'absent', branch: signed(90), served: { timestamp: 9, snapshot: 4 } }, 'go above 9/4'],
  ['a person says that nothing ever was', { live: 'absent', branch: null, served: { timestamp: 0, snapshot: null } }, GO],
])('%s', (_, change, expected) => {
  expect(decide(change)).toBe(expected);
});

test.each<[string, number | string]>([
  ['0', 0],
  ['41', 41],
  ['', 'usage'],
  ['-1', 'usage'],
  ['1.5', 'usage'],
  ['041', 'usage'],
  ['9007199254740991', 'usage'],
  ['99999999999999999999', 'usage'],
])('a version that a person gives: %j', (given, expected) => {
  const outcome = outcomeOf(() => parseServedVersion(given, 'test'));
  expect(outcome.kind === 'accepted' ? outcome.value : outcome.refusal.code).toBe(expected);
});
