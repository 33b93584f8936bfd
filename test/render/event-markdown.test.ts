// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { EventStatus, Ignored, Requirement, RoleStatus } from '../../src/event/facts.ts';
import { renderSticky, statusLine, STICKY_MARKER } from '../../src/render/event-markdown.ts';
import { MAX_BODY_CHARACTERS } from '../../src/render/markdown.ts';
import { parseCountersignatures } from '../../src/trust/countersignature.ts';
import {
  CAROL,
  DAVE,
  ERIN,
  eventOf,
  next,
  NOW,
  RELEASES,
  seal,
  signedBy,
  TARGETS_PATH,
  targetsSigned,
  topTargets,
} from '../event/support.ts';
import { expectedText, LARGE_MS, STATUSES, statusOf } from './support.ts';

const sticky = (status: EventStatus): string => renderSticky(status, NOW);

test.each(Object.entries(STATUSES))(
  'the comment of an event, word for word: %s',
  (name, status) => {
    expect(sticky(status())).toBe(expectedText(`sticky-${name}`));
  },
  LARGE_MS,
);

test('the commit status of each, word for word', () => {
  const rows = Object.entries(STATUSES).map(([name, status]) => {
    const { state, description } = statusLine(status());
    return `| ${name} | ${state} | ${description} |`;
  });
  expect(['| event | state | description |', '| --- | --- | --- |', ...rows, ''].join('\n')).toBe(expectedText('status-lines'));
});

/** An event of one file with one requirement, and both changed. */
function statusWith(change: Partial<Requirement>, of: Partial<RoleStatus> = {}): EventStatus {
  const status = statusOf(next({}));
  const roles = status.roles.map((role) => ({ ...role, ...of, requirements: role.requirements.map((one) => ({ ...one, ...change })) }));
  return { ...status, roles };
}

const titleOf = (status: EventStatus): string | undefined => sticky(status).split('\n')[1];

test('the first line says who is missing', () => {
  const rows: readonly (readonly [string, Partial<Requirement>])[] = [
    ['Waiting for 2 of carol, dave, erin', {}],
    ['Waiting for carol, dave, erin', { needed: 3 }],
    ['Waiting for dave', { missing: ['dave'], needed: 1 }],
    ['Waiting for 1 of a, b, c, d, e and 2 more', { missing: ['a', 'b', 'c', 'd', 'e', 'f', 'g'], needed: 1 }],
  ];
  expect(rows.map(([, change]) => titleOf(statusWith(change)))).toEqual(rows.map(([text]) => `### ⏳ ${text}`));
});

test('who only has keys in custody left is not told to run a command', () => {
  const erin = { person: ERIN.name, keyId: ERIN.signer.keyId, custody: true };
  const left = { needed: 1, missing: ['erin'] };
  const approving = sticky(statusWith({ ...left, ...{ toApprove: ['erin'] } }));
  expect(approving).not.toContain('countersign sign');
  expect(approving).toContain('To approve in the browser (erin): submit a review');
  const approved = sticky(statusWith({ ...left, approved: [erin], ...{ toApprove: [] } }));
  expect(approved).not.toMatch(/countersign sign|To approve/);
  expect(approved).toContain('### ⏳ Approved. Waiting for the custody key of erin\n');
  const oneApproved = sticky(statusWith({ missing: ['erin', 'gina'], approved: [erin], ...{ toApprove: ['gina'] } }));
  expect(oneApproved).not.toContain('countersign sign');
  expect(oneApproved).toContain('To approve in the browser (gina): submit a review');
  const needsMore = sticky(statusWith({ missing: ['dave', 'erin'], approved: [erin], ...{ toApprove: [] } }));
  expect(needsMore).toContain('countersign sign');
  expect(needsMore).toContain('| dave<br>erin: approved, the custody key signs next |');
});

test('two files whose signers have all approved wait for keys only', () => {
  const erin = { person: ERIN.name, keyId: ERIN.signer.keyId, custody: true };
  const status = statusWith({ needed: 1, missing: ['erin'], approved: [erin], ...{ toApprove: [] } });
  expect(titleOf({ ...status, roles: [...status.roles, ...status.roles] })).toBe('### ⏳ Approved. Waiting for custody keys');
});

test('why something does not count, in words', () => {
  const codes: readonly Ignored['code'][] = [
    'wrong-repository',
    'other-payload',
    'not-a-signer',
    'not-the-owner',
    'approval-missing',
    'approval-stale',
    'withdrawn',
    'invalid-signature',
    'unreadable',
  ];
  const text = sticky(statusWith({}, { ignored: codes.map((code) => ({ who: 'x', code, detail: 'd' })) }));
  expect(text.split('\n').filter((line) => line.startsWith('- **x**'))).toEqual([
    '- **x** (releases) signed for another repository (d)',
    '- **x** (releases) signed other content than this; sign again (d)',
    '- **x** (releases) signed with a key that may not sign this file (d)',
    "- **x** (releases) brought a signature of somebody else's key; its owner must sign (d)",
    '- **x** (releases) brought a signature of a custody key whose owner has not approved; they must approve in the browser (d)',
    '- **x** (releases) brought a signature of a custody key whose owner approved older content; they must approve again in the browser (d)',
    '- **x** (releases) took it back, or it was dismissed; sign again to have it count (d)',
    '- **x** (releases) brought a signature that does not verify; sign again (d)',
    '- **x** wrote a countersign block that can not be read; paste it again as it was printed, and nothing else (d)',
  ]);
});

test('a problem of a kind that has no words of its own is shown all the same', () => {
  const problems = [{ code: 'json-syntax' as const, where: 'metadata/a.json $', detail: 'expected a value' }];
  expect(sticky({ ...statusOf(next({})), state: 'invalid', problems })).toContain(
    '\n- **Something is wrong** (<code>metadata/a.json &#36;</code>): expected a value (`json-syntax`)\n',
  );
});

test('the name of a role that delegates can not format', () => {
  const hostile = '<b>|@octocat';
  const top = seal(topTargets({ version: 2, delegations: [RELEASES, { ...RELEASES, name: hostile, paths: ['x/*'] }] }));
  const team = seal(targetsSigned({ role: hostile, delegations: [{ ...RELEASES, name: 'nightly', paths: ['x/y'] }] }));
  const changes = {
    [TARGETS_PATH]: top,
    [`metadata/${hostile}.json`]: team,
    'metadata/nightly.json': seal(targetsSigned({ role: 'nightly' })),
  };
  const text = sticky(statusOf(eventOf({ changes })));
  expect(text).toContain('unwritable');
  expect(text.replace(STICKY_MARKER, '').replace(/<\/?code>/g, '')).not.toMatch(/<b>|@/);
  expect(sticky(statusWith({ by: `${hostile} v1` }))).toContain('| &#60;b&#62;&#124;&#64;&#8203;octocat v1 |\n');
});

/** The status of an event to which others have added as much as they can. */
function flooded(roles: number): EventStatus {
  const status = statusOf(next({}));
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
  const filled = status.roles.map((role) => {
    const requirements = role.requirements.map((one) => ({ ...one, missing, by: '@'.repeat(300) }));
    return { ...role, role: '@'.repeat(200), requirements, ignored };
  });
  return { ...status, problems, roles: Array.from({ length: roles }, () => filled).flat() };
}

test.each([1, 50, 2000])('the comment fits whatever others write, in %i files', (roles) => {
  const text = sticky(flooded(roles));
  expect(text.length).toBeLessThanOrEqual(MAX_BODY_CHARACTERS);
  expect(text).toMatch(/\n- … and [\d,]+ more\n/);
  expect(text.includes(' more | | | |\n')).toBe(roles > 1);
  const [, rest = ''] = text.split('**Not counted:**');
  const left = /\n- … and ([\d,]+) more\n/.exec(rest)?.[1] ?? '';
  expect(rest.split('\n- **').length - 1 + Number(left.replaceAll(',', ''))).toBe(2000 * roles);
  expect(text).toContain('Last checked 2030-07-01T00:00:00Z.');
});

test('each of three hundred files has its whole digest there', () => {
  const [role] = statusOf(next({})).roles;
  if (role === undefined) throw new Error('the event has a role');
  const files = Array.from({ length: 300 }, (_, index) => ({ ...role, role: `bin-${String(index)}` }));
  const text = sticky({ ...statusOf(next({})), roles: files });
  expect(text.split(role.payload)).toHaveLength(301);
});

test('a comment of ours is no countersignature', () => {
  for (const status of Object.values(STATUSES)) expect(parseCountersignatures(sticky(status()))).toEqual({ kind: 'accepted', value: [] });
});

test('the commit status is short plain text', () => {
  const hostile = statusWith({}, { role: '💥\u202e'.repeat(9) });
  const many = { ...hostile, roles: Array.from({ length: 9 }, () => hostile.roles).flat() };
  const { description } = statusLine(many);
  expect(description).toMatch(/^Waiting for signatures: \?{18} 0 of 2 \(targets v1\), [\x20-\x7e]*\.\.\.$/);
  expect(description.length).toBe(140);
  expect(statusLine({ ...statusOf(next({ changes: { 'é\u202e': null } })) })).toEqual({
    state: 'failure',
    description: 'Refused. A file that does not belong here: ??',
  });
  expect(statusLine(statusOf(signedBy([CAROL, DAVE])))).toEqual({ state: 'success', description: 'Signed by enough people.' });
});
