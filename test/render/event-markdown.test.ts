// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { decideGather } from '../../src/event/decide-gather.ts';
import type { EventFacts, EventStatus, Ignored } from '../../src/event/facts.ts';
import { renderSticky, statusLine } from '../../src/render/event-markdown.ts';
import { codeMarkdown, escapeMarkdown, MAX_BODY_CHARACTERS } from '../../src/render/markdown.ts';
import {
  answers,
  BASE,
  CAROL,
  comment,
  DAVE,
  ERIN,
  evaluate,
  eventOf,
  lineOf,
  MALLORY,
  NEXT,
  NOW,
  RELEASES,
  RELEASES_PATH,
  review,
  seal,
  signedBy,
  TARGETS_PATH,
  targetsSigned,
  topTargets,
} from '../event/support.ts';

const TABLE = '| | file | signatures | payload |\n| --- | --- | --- | --- |';
const SIGN = 'Sign with `countersign sign https://forge.test/pull/7`.';
const sticky = (facts: EventFacts): string => renderSticky(evaluate(facts));
const next = (more: Partial<Parameters<typeof eventOf>[0]> = {}): EventFacts => eventOf({ changes: { [RELEASES_PATH]: NEXT }, ...more });

test('nobody has signed', () => {
  expect(sticky(next())).toBe(
    `<!-- countersign:status -->\n**Waiting for signatures.**\n\n${TABLE}\n` +
      '| open | releases v2 | 0 of 2 by targets v1; waiting for carol, dave, erin | `32f37cf1411c7d6d…` |\n\n' +
      `${SIGN}\n`,
  );
});

test('one of two has signed', () => {
  expect(sticky(signedBy([CAROL]))).toBe(
    `<!-- countersign:status -->\n**Waiting for signatures.**\n\n${TABLE}\n` +
      '| open | releases v2 | 1 of 2 by targets v1: carol; waiting for dave, erin | `32f37cf1411c7d6d…` |\n\n' +
      `${SIGN}\n`,
  );
});

test('a signature of other content', () => {
  const file = seal(targetsSigned({ version: 3 }));
  expect(sticky(next({ reviews: [review(CAROL, [lineOf(CAROL, 'releases', file)])] }))).toBe(
    `<!-- countersign:status -->\n**Waiting for signatures.**\n\n${TABLE}\n` +
      '| open | releases v2 | 0 of 2 by targets v1; waiting for carol, dave, erin | `32f37cf1411c7d6d…` |\n\n' +
      'Not counted:\n' +
      '- carol for releases: `other-payload`, signed version 3, sha256&#58;fa59e710b966407cee52d8a639e3a4a5efc849f3675e4e577763c8dc4d2e3358\n\n' +
      `${SIGN}\n`,
  );
});

test('a custody signature and one of a key of their own', () => {
  const facts = next({
    reviews: [review(ERIN), review(DAVE, [lineOf(DAVE, 'releases', NEXT)])],
    comments: [comment(MALLORY, [lineOf(ERIN, 'releases', NEXT)])],
  });
  expect(sticky(facts)).toBe(
    `<!-- countersign:status -->\n**Signed by enough people.**\n\n${TABLE}\n` +
      '| complete | releases v2 | 2 of 2 by targets v1: dave, erin &#40;custody&#41; | `32f37cf1411c7d6d…` |\n',
  );
});

test('a file that nobody claims', () => {
  expect(sticky(next({ changes: { [RELEASES_PATH]: NEXT, 'a|b<img>.txt': new Uint8Array() } }))).toBe(
    '<!-- countersign:status -->\n**This event cannot complete as it is.**\n\nProblems:\n' +
      '- `event-file-unclaimed` <code>a&#124;b&#60;img&#62;.txt</code>: expected only metadata files of this event, got "a&#124;b&#60;img&#62;.txt"\n',
  );
});

test('queued behind another event', () => {
  const file = seal(targetsSigned({ version: 3 }));
  const events = [next(), eventOf({ number: 8, changes: { [RELEASES_PATH]: file } })];
  const [, second] = decideGather({ base: BASE, events, signedVersions: new Map(), now: NOW }).statuses;
  expect(second === undefined ? '' : renderSticky(second)).toBe(
    `<!-- countersign:status -->\n**Queued behind #7; do not sign it yet.**\n\n${TABLE}\n` +
      '| open | releases v3 | 0 of 2 by targets v1; waiting for carol, dave, erin | `fa59e710b966407c…` |\n',
  );
});

test('what others write can not format, mention, link or hide', () => {
  expect(
    answers({
      mention: () => escapeMarkdown('@octocat'),
      issue: () => escapeMarkdown('#1'),
      html: () => escapeMarkdown('<img src=x>'),
      'a link': () => escapeMarkdown('[a](https://evil.test)'),
      'a bare link': () => escapeMarkdown('www.evil.test'),
      'a table cell': () => escapeMarkdown('a|b\n| c'),
      'an entity': () => escapeMarkdown('&lt;'),
      'a right-to-left override': () => escapeMarkdown('gpj\u202e.exe'),
      'a code span': () => codeMarkdown('`</code>@octocat'),
      'very long': () => escapeMarkdown('x'.repeat(1000)).length,
      'a pair of surrogates at the end': () => encodeURIComponent(escapeMarkdown(`${'x'.repeat(198)}💥💥`)).slice(-15),
    }),
  ).toEqual({
    mention: '&#64;&#8203;octocat',
    issue: '&#35;&#8203;1',
    html: '&#60;img src=x&#62;',
    'a link': '&#91;a&#93;&#40;https&#58;//evil.test&#41;',
    'a bare link': 'www&#46;evil.test',
    'a table cell': 'a&#124;b &#124; c',
    'an entity': '&#38;lt;',
    'a right-to-left override': 'gpj&#92;u202e.exe',
    'a code span': '<code>&#96;&#60;/code&#62;&#64;octocat</code>',
    'very long': 200,
    'a pair of surrogates at the end': '%92%A5%E2%80%A6',
  });
});

test('the name of a role that delegates can not format either', () => {
  const hostile = '<b>|@octocat';
  const top = seal(topTargets({ version: 2, delegations: [RELEASES, { ...RELEASES, name: hostile, paths: ['x/*'] }] }));
  const team = seal(targetsSigned({ role: hostile, delegations: [{ ...RELEASES, name: 'nightly', paths: ['x/y'] }] }));
  const changes = {
    [TARGETS_PATH]: top,
    [`metadata/${hostile}.json`]: team,
    'metadata/nightly.json': seal(targetsSigned({ role: 'nightly' })),
  };
  const text = sticky(eventOf({ changes }));
  expect(text).toContain('unwritable');
  expect(text.replace('<!-- countersign:status -->', '').replace(/<\/?code>/g, '')).not.toMatch(/<b>|@/);
  const status = evaluate(next());
  const [role] = status.roles;
  if (role === undefined) throw new Error('the event has a role');
  const [requirement] = role.requirements;
  if (requirement === undefined) throw new Error('the role has a requirement');
  const shown = renderSticky({ ...status, roles: [{ ...role, requirements: [{ ...requirement, by: `${hostile} v1` }] }] });
  expect(shown).toContain('0 of 2 by &#60;b&#62;&#124;&#64;&#8203;octocat v1;');
});

/** The status of an event to which others have added as much as they can. */
function flooded(): EventStatus {
  const status = evaluate(next());
  const [role] = status.roles;
  if (role === undefined) throw new Error('the event has a role');
  const ignored = Array.from({ length: 2000 }, (_, index): Ignored => ({
    who: `@${'#'.repeat(300)}${String(index)}`,
    code: 'unreadable',
    detail: '@'.repeat(1000),
  }));
  const problems = Array.from({ length: 5000 }, () => ({
    code: 'event-file-unclaimed' as const,
    where: '@'.repeat(1000),
    detail: '#'.repeat(1000),
  }));
  const missing = Array.from({ length: 1000 }, () => '_'.repeat(64));
  const requirements = role.requirements.map((one) => ({ ...one, missing, by: '@'.repeat(300) }));
  return { ...status, problems, roles: Array.from({ length: 50 }, () => ({ ...role, role: '@'.repeat(200), requirements, ignored })) };
}

test('the comment fits whatever others write', () => {
  const text = renderSticky(flooded());
  expect(text.length).toBeLessThan(MAX_BODY_CHARACTERS);
  expect(text).toMatch(/\n- … and \d+ more\n/);
  expect(text).toMatch(/\n\| … \| \d+ more \| \| \|\n/);
});

test('the commit status is short plain text', () => {
  const status = evaluate(next());
  const [role] = status.roles;
  expect(statusLine(status)).toEqual({ state: 'pending', description: 'Waiting for signatures. releases 0/2' });
  expect(statusLine(evaluate(signedBy([CAROL, DAVE])))).toEqual({ state: 'success', description: 'Signed by enough people.' });
  expect(statusLine(evaluate(next({ changes: { 'a.txt': null } })))).toEqual({
    state: 'failure',
    description: 'This event cannot complete as it is.',
  });
  if (role === undefined) throw new Error('the event has a role');
  const { description } = statusLine({ ...status, roles: Array.from({ length: 9 }, () => ({ ...role, role: '💥\u202e'.repeat(9) })) });
  expect(description).toMatch(/^Waiting for signatures\. \?{18} 0\/2, [?/, \d]*…$/);
  expect(description.length).toBe(140);
});
