// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { readPolicy } from '../../src/commands/read-policy.ts';

const GOOD = `people:
  alice: { github: alice, key: "a" }
  bob: { github: bob, key: "b" }
roles:
  root: { signers: [alice, bob], threshold: 2, expires: 365d, renew: 60d }
  targets: { signers: [alice, bob], threshold: 2, expires: 365d, renew: 60d }
  releases: { paths: ["v*/*"], signers: [alice, bob], threshold: 2, expires: 90d, renew: 30d }
online:
  snapshot: { keys: ["env:K"], expires: 30d, renew: 15d }
  timestamp: { keys: ["env:K"], expires: 7d, renew: 6d }
`;

function refusal(text: string): string {
  try {
    readPolicy(text, 'countersign.yaml');
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return 'accepted';
}

test('a good policy is accepted', () => {
  expect(refusal(GOOD)).toBe('accepted');
});

describe('all mistakes of a policy are told at once, each with its line and column', () => {
  test('three mistakes in three places', () => {
    const text = GOOD.replace('github: bob', 'github: ""')
      .replace('threshold: 2, expires: 90d', 'threshold: 3, expires: 90d')
      .replace('7d', '30m');
    expect(refusal(text)).toBe(
      'people.bob.github: expected text, got nothing (line 3, column 18); ' +
        'roles.releases.threshold: expected at most 2, the number of signers, got 3 (line 7, column 66); ' +
        'online.timestamp.expires: expected a duration such as 90d or 12h, got "30m" (line 10, column 42)',
    );
  });

  const rows: Readonly<Record<string, readonly [string, string]>> = {
    'a number where text stands': [
      GOOD.replace('github: bob', 'github: 7'),
      'people.bob.github: expected text, got the number 7 (line 3, column 18)',
    ],
    'a list where text stands': [GOOD.replace('github: bob', 'github: [bob]'), 'expected text, got a list (line 3, column 18)'],
    'a field that is missing': [
      GOOD.replace(', expires: 90d', ''),
      'roles.releases.expires: expected text, got nothing (line 7, column 13)',
    ],
    'a field that there is not': [GOOD.replace('expires: 90d', 'expire: 90d'), '(line 7, column'],
    'a role that is missing': [GOOD.replace(/ {2}targets: .*\n/, ''), 'roles.targets: expected this entry, got nothing (line 5, column 3)'],
    'a person that there is not, in two roles': [
      GOOD.replaceAll('[alice, bob]', '[alice, bbo]'),
      'roles.targets.signers: expected people, got "bbo" (line 6, column 23)',
    ],
    'two faults of YAML': ['a: [1\nb: {', 'at line'],
  };
  test.each(Object.entries(rows))('%s', (_name, [text, shown]) => {
    expect(refusal(text)).toContain(shown);
  });

  test('whoever is named by a role is not missed because their own entry is wrong', () => {
    expect(refusal(GOOD.replace('key: "b"', 'key: ""'))).toBe('people.bob.key: expected text, got nothing (line 3, column 28)');
  });
});
