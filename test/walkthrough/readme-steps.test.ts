// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readmeParts } from './readme-steps.ts';
import { countLine, countSteps, STEP_BOUNDS } from './step-count.ts';

const README = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');

function ofPart(title: string, ...lines: readonly string[]): ReturnType<typeof countSteps>[] {
  return readmeParts(['## On GitHub', `### ${title}`, ...lines, '## Else', '1. **bob** is not counted'].join('\n'), 'On GitHub').map(
    countSteps,
  );
}

function command(who: string, ...lines: readonly string[]): readonly string[] {
  return [`1. **${who}** runs:`, '', '   ```sh', ...lines.map((line) => `   ${line}`), '   ```', ''];
}

describe('README has people do no more than was promised', () => {
  const counts = readmeParts(README, 'On GitHub').map(countSteps);

  test('in the parts that are counted', () => {
    expect(counts.map(({ title }) => title)).toEqual([...STEP_BOUNDS.keys()]);
  });

  test.each(counts.map((one) => [one.title, one] as const))('%s', (_, one) => {
    expect(one.verdict, countLine(one)).toBe('within');
  });

  test('its first screen has two commands', () => {
    const [, first = ''] = README.split('```sh\n');
    const commands = first.split('```')[0]?.trim().split('\n') ?? [];
    expect(commands.map((line) => line.split('#')[0]?.trim())).toEqual(['node dist/cli.js demo', 'npm ci && npm test']);
    expect(
      README.split('\n').indexOf('node dist/cli.js demo     # a whole signing event on real files, on this machine alone'),
    ).toBeLessThan(20);
  });
});

describe('counting', () => {
  const sign = command('alice', 'countersign sign PULL --key file:KEY');
  test.each<[string, string, readonly string[], number, 'within' | 'exceeded']>([
    ['five steps of a set-up', 'Set-up', Array.from({ length: 5 }, () => sign).flat(), 5, 'within'],
    ['six', 'Set-up', Array.from({ length: 6 }, () => sign).flat(), 6, 'exceeded'],
    ['one page and four commands', 'Set-up', [...command('alice', 'a', 'b', 'c', 'd'), '2. **bob** merges it.'], 5, 'within'],
    ['one page and five commands in a line', 'Set-up', [...command('alice', 'a && b; c | d || e'), '2. **bob** merges it.'], 6, 'exceeded'],
    ['a step of each signer', 'A release', [...sign, '2. **bob** approves it.'], 2, 'within'],
    ['two of one signer', 'A release', [...sign, '2. **alice** approves it.'], 2, 'exceeded'],
    ['one of the builder', 'A release', ['1. **dave** visits a page.'], 1, 'exceeded'],
    ['what the builder always does', 'A release', ['**dave**, as always:', '```sh', 'git tag v1', 'git push', '```'], 0, 'within'],
    ['any step for a refresh', 'From then on', ['1. **bob** visits a page.'], 1, 'exceeded'],
  ])('%s', (_, title, lines, all, verdict) => {
    expect(ofPart(title, ...lines)).toMatchObject([{ all, verdict }]);
  });

  test('a command that is nobody’s is refused, and so is a part without a promise', () => {
    expect(() => ofPart('Set-up', '```sh', 'curl', '```')).toThrow('whose is curl');
    expect(() => ofPart('Set-up', ...sign, '```sh', 'curl', '```')).toThrow('whose is curl');
    expect(() => ofPart('A party', ...sign)).toThrow('A party');
    expect(ofPart('Set-up', ...sign, '```yaml', 'a: b', '```')).toMatchObject([{ all: 1 }]);
  });
});
