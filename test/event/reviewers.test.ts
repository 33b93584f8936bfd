// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { EventFacts } from '../../src/event/facts.ts';
import { reviewersToAsk, type AskFacts } from '../../src/event/reviewers.ts';
import { parseAccountId, type Account } from '../../src/trust/accounts.ts';
import { CAROL, comment, DAVE, digestOf, ERIN, evaluate, member, NEXT, signedBy, type Member } from './support.ts';

const MARKER = '<!-- mark -->';
const BOT = member('bot', 1000);
const accountOf = ({ account }: Member): Account => account ?? { id: parseAccountId(1, 'test'), login: '' };

/** Who is asked, by login. */
function asked(facts: EventFacts, change: Partial<AskFacts> = {}): readonly string[] {
  const input = { facts, requested: [], viewer: accountOf(BOT).id, marker: MARKER, ...change };
  return reviewersToAsk(evaluate(facts), input).map(({ login }) => login);
}

const told = (by: Member, text: string): Pick<EventFacts, 'comments'> => ({
  comments: [{ ...comment(by, []), body: `${MARKER}\n${text}` }],
});

test.each<[string, EventFacts, Partial<AskFacts>, readonly string[]]>([
  ['nobody has signed', signedBy([]), {}, ['carol', 'dave', 'erin']],
  ['one has signed', signedBy([CAROL]), {}, ['dave', 'erin']],
  ['enough have signed', signedBy([CAROL, DAVE]), {}, []],
  ['some are asked already', signedBy([CAROL]), { requested: [accountOf(DAVE)] }, ['erin']],
  ['we have told them of this content', { ...signedBy([]), ...told(BOT, digestOf(NEXT)) }, {}, []],
  ['we have told them of another content', { ...signedBy([]), ...told(BOT, 'f'.repeat(64)) }, {}, ['carol', 'dave', 'erin']],
  ['somebody else pretends that we have', { ...signedBy([]), ...told(CAROL, digestOf(NEXT)) }, {}, ['carol', 'dave', 'erin']],
  ['it can not complete as it is', signedBy([], { changes: { 'junk.txt': new Uint8Array() } }), {}, []],
  ['the author can not review', { ...signedBy([]), pull: { ...signedBy([]).pull, author: accountOf(ERIN) } }, {}, ['carol', 'dave']],
])('%s', (_, facts, change, expected) => {
  expect(asked(facts, change)).toEqual(expected);
});
