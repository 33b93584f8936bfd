// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { describeChange, type FileChange } from '../../src/render/change-text.ts';
import { plainJson } from '../../src/render/plain-json.ts';
import { eventText, expiryText, findingText } from '../../src/render/status-text.ts';
import { NO_STYLE } from '../../src/render/style.ts';
import { terminalText } from '../../src/render/terminal-text.ts';
import { addSeconds } from '../../src/tuf/instant.ts';
import { parseKeyId } from '../../src/tuf/key.ts';
import { payloadDigest } from '../../src/tuf/metadata.ts';
import { parseRoot } from '../../src/tuf/root.ts';
import { parseTargets } from '../../src/tuf/targets.ts';
import { ed25519Signer, NEW_SNAPSHOT_KEY } from '../fakes/test-signer.ts';
import {
  ALICE,
  answers,
  BOB,
  CAROL,
  evaluate,
  eventOf,
  lineOf,
  MALLORY,
  member,
  NEXT,
  NOW,
  PERIODS,
  RELEASES,
  RELEASES_PATH,
  review,
  rootSigned,
  seal,
  signedBy,
  targetsSigned,
  topTargets,
} from '../event/support.ts';

describe('text of others on a terminal', () => {
  const rows: Readonly<Record<string, readonly [string, string]>> = {
    'plain text stays': ['v1/app é 中 "x" <b>', 'v1/app é 中 "x" <b>'],
    'escape sequences': ['\u001b[31mred\u0007', '\\u001b[31mred\\u0007'],
    'a C1 control': ['\u009b31m', '\\u009b31m'],
    'new lines and carriage returns': ['a\r\nb', 'a\\u000d\\u000ab'],
    'a delete': ['a\u007f', 'a\\u007f'],
    'direction overrides': ['\u202egpj.exe\u202c', '\\u202egpj.exe\\u202c'],
    'direction isolates': ['\u2066a\u2069', '\\u2066a\\u2069'],
    'an Arabic letter mark': ['\u061c', '\\u061c'],
    'a space of no width': ['ap\u200bp', 'ap\\u200bp'],
    'a joiner': ['a\u200db', 'a\\u200db'],
    'a soft hyphen': ['a\u00adb', 'a\\u00adb'],
    'line and paragraph separators': ['a\u2028b\u2029', 'a\\u2028b\\u2029'],
    'a blank that is no space': ['a\u00a0b\u3000', 'a\\u00a0b\\u3000'],
    'a letter that is blank': ['a\u3164b\u2800', 'a\\u3164b\\u2800'],
    'a byte order mark': ['\ufeffa', '\\ufeffa'],
    'a tag character': ['a\u{e0041}', 'a\\u{e0041}'],
    'a variation selector': ['a\ufe0f', 'a\\ufe0f'],
    'half a surrogate pair': ['a\ud83d', 'a\\ud83d'],
  };
  test.each(Object.entries(rows))('%s', (_name, [text, shown]) => {
    expect(terminalText(text)).toBe(shown);
  });
});

test('an event, verbatim', () => {
  const wrong = lineOf(CAROL, 'releases', NEXT, { sig: '00' });
  const facts = eventOf({ changes: { [RELEASES_PATH]: NEXT }, reviews: [review(CAROL, [wrong]), review(MALLORY, [wrong])] });
  expect(eventText(evaluate(facts), NO_STYLE)).toBe(
    [
      '#7 waiting  sign/e7  Waiting for signatures.',
      '  releases v2  0 of 2 by targets v1  waiting for carol, dave, erin',
      '    not counted: carol, invalid-signature: the signature does not count: malformed',
    ].join('\n'),
  );
  expect(eventText(evaluate(signedBy([CAROL])), NO_STYLE)).toBe(
    '#7 waiting  sign/e7  Waiting for signatures.\n  releases v2  1 of 2 by targets v1: carol  waiting for dave, erin',
  );
});

test('a branch and a delegator of others can not rewrite the line', () => {
  const status = evaluate(signedBy([CAROL], { branch: 'sign/\u202ex' }));
  const roles = status.roles.map((role) => ({ ...role, requirements: role.requirements.map((one) => ({ ...one, by: '\u001b[2Kx v1' })) }));
  expect(eventText({ ...status, roles }, NO_STYLE)).toBe(
    '#7 waiting  sign/\\u202ex  Waiting for signatures.\n  releases v2  1 of 2 by \\u001b[2Kx v1: carol  waiting for dave, erin',
  );
  expect(findingText({ code: 'threshold', where: 'a\u001b', detail: 'b\u001b', source: 'live' }, NO_STYLE)).toBe(
    'left out live: a\\u001b: b\\u001b (threshold)',
  );
});

test('an expiry says how long that is', () => {
  expect(
    answers({
      'in days': () => expiryText(addSeconds(NOW, 2 * 86_400), NOW),
      'in hours': () => expiryText(addSeconds(NOW, 7_200), NOW),
      now: () => expiryText(NOW, NOW),
      past: () => expiryText(addSeconds(NOW, -86_400), NOW),
    }),
  ).toEqual({
    'in days': '2030-07-03T00:00:00Z (in 2 days)',
    'in hours': '2030-07-01T02:00:00Z (in 2 hours)',
    now: '2030-07-01T00:00:00Z (in 0 hours)',
    past: '2030-06-30T00:00:00Z (1 day ago)',
  });
});

describe('whatever a file changes, a signer is shown', () => {
  const as = { person: 'alice', keyId: parseKeyId(ALICE.signer.keyId, 'alice'), signed: false };
  const shown = (change: FileChange): string => describeChange([change], null, as).brief;
  const root = (spec: Parameters<typeof rootSigned>[0]): FileChange => {
    const file = parseRoot(seal(rootSigned({ version: 2, ...spec })));
    return { role: 'root', file, before: parseRoot(seal(rootSigned())).signed, digest: payloadDigest(file.payload) };
  };
  const top = (spec: Parameters<typeof topTargets>[0]): FileChange => {
    const file = parseTargets(seal(topTargets({ version: 2, ...spec })));
    return { role: 'targets', file, before: parseTargets(seal(topTargets())).signed, digest: payloadDigest(file.payload) };
  };
  const custom = (commit: string): FileChange => {
    const of = (version: number, text: string) =>
      parseTargets(
        seal(
          targetsSigned({
            version,
            extra: {
              targets: { 'v1/app': { length: 1, hashes: { sha256: '0'.repeat(64) }, custom: { 'x-countersign': { commit: text } } } },
            },
          }),
        ),
      );
    const file = of(2, commit);
    return { role: 'releases', file, before: of(1, 'aaa').signed, digest: payloadDigest(file.payload) };
  };
  const nothing = shown(root({})).split('\n').length;
  const swapped = { signers: [ALICE, { ...BOB, account: MALLORY.account }], threshold: 2 };
  const stolen = member('bob', 2, { signer: ed25519Signer('stolen') });
  const rows: Readonly<Record<string, readonly [FileChange, number]>> = {
    "a person's key": [root({ root: { signers: [ALICE, stolen], threshold: 2 } }), nothing],
    "a person's account": [root({ root: swapped, targets: swapped }), nothing],
    'an online key': [root({ snapshot: [NEW_SNAPSHOT_KEY] }), nothing],
    'a period': [root({ binding: { periods: { ...PERIODS, root: { expires: 9, renew: 1 } } } }), nothing],
    'who may sign alone': [root({ binding: { 'custody-quorum': { targets: 'why not' } } }), nothing],
    'a field that nobody knows': [root({ extra: { surprise: { deep: [true] } } }), nothing],
    'the order in which roles are searched': [top({ delegations: [{ ...RELEASES, name: 'b', paths: ['b/*'] }, RELEASES] }), nothing],
    "a delegated person's key": [
      top({ delegations: [{ ...RELEASES, signers: [member('carol', 3, { signer: ed25519Signer('x') }), ...RELEASES.signers.slice(1)] }] }),
      nothing,
    ],
    'the commit of the same bytes': [custom('bbb'), nothing],
  };
  test.each(Object.entries(rows))('%s', (_name, [change, lines]) => {
    expect(shown(change).split('\n').length).toBeGreaterThan(lines);
  });
  test('no change but the version', () => {
    expect(shown(custom('aaa')).split('\n').slice(0, 3)).toHaveLength(3);
    expect(shown(custom('aaa'))).not.toContain('~');
  });
});

test('results as JSON keep every key and no bytes', () => {
  const value = {
    a: new Map<string, unknown>([
      ['__proto__', new Set([1])],
      ['expires', 2],
    ]),
    expires: 0,
    bytes: new Uint8Array(1),
    b: [null],
  };
  expect(JSON.stringify(plainJson(value))).toBe('{"a":{"__proto__":[1],"expires":2},"expires":"1970-01-01T00:00:00Z","b":[null]}');
});
