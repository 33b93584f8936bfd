// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { boundedRunner, logText } from '../../src/action/runner.ts';
import { maskSecrets } from '../../src/action/secrets.ts';
import { OUTPUT_NAMES, setOutputs } from '../../src/action/outputs.ts';
import { RecordingRunner } from './recording-runner.ts';

/** What the runner takes for a command: `::` at the beginning of a line, `##[` anywhere. */
const COMMAND = /^[\p{White_Space}\ufeff]*::|##\[/mu;

/** All that .NET's TrimStart takes away: White_Space of Unicode, as its tables list it. */
const BLANKS = [
  ...['\t', '\n', '\v', '\f', '\r', ' ', '\u0085', '\u00a0', '\u1680', '\u2028', '\u2029', '\u202f', '\u205f', '\u3000'],
  ...Array.from({ length: 11 }, (_, index) => String.fromCharCode(0x2000 + index)),
];

test.each([
  ...['::add-mask::x', 'a\n::set-output name=a::b', '  ::error::x', 'a ##[add-mask]x', 'a\r::error::x', ':::x', '###[x]', '\ufeff::x'],
  ...BLANKS.flatMap((blank) => [`${blank}::error::x`, `a\n \u0085${blank}\t::set-output name=a::b`]),
])('%j is no command once it is logged', (text) => {
  expect(COMMAND.test(text.replace('\r', '\n'))).toBe(true);
  expect(COMMAND.test(logText(text).replace('\r', '\n'))).toBe(false);
});

test.each(['a::b', 'v1 added: a', '# x', 'a: b\n c: d'])('%j is logged as it is', (text) => {
  expect(logText(text)).toBe(text);
});

test('blank lines without end cost no more than their length', () => {
  const text = `${'\n'.repeat(200_000)}::x`;
  expect(logText(text)).toBe(`${'\n'.repeat(200_000)}: :x`);
});

test('an annotation that is only logged is one line, whatever it quotes', () => {
  const inner = new RecordingRunner();
  const runner = boundedRunner(inner);
  for (let index = 0; index < 9; index++) runner.annotate('error', 'code', 'x\n\u0085::set-output name=a::b');
  expect(inner.lines).toEqual(['error: code: x\\u000a\\u0085::set-output name=a::b']);
});

test('there are never more annotations than are shown, and the log has the others', () => {
  const inner = new RecordingRunner();
  const runner = boundedRunner(inner);
  for (let index = 1; index <= 30; index++) runner.annotate('error', 'code', `error ${String(index)}`);
  for (let index = 1; index <= 8; index++) runner.annotate('warning', 'code', `warning ${String(index)}`);
  runner.conclude('code', 'the end');
  runner.finish();
  const of = (kind: string): readonly string[] => inner.annotations.filter((one) => one.kind === kind).map(({ text }) => text);
  expect(of('error')).toHaveLength(10);
  expect(of('error').slice(-2)).toEqual(['the end', '22 more of this kind are in the log of this step']);
  expect(of('warning')).toHaveLength(8);
  expect(inner.lines).toHaveLength(22);
});

test('every output is set, and what is not given is empty', () => {
  const runner = new RecordingRunner();
  setOutputs(runner, { operation: 'opened' });
  expect([...runner.outputs.keys()]).toEqual([...OUTPUT_NAMES]);
  expect([...runner.outputs].filter(([, value]) => value !== '')).toEqual([['operation', 'opened']]);
});

test('tokens and keys are masked line by line, other variables and the armour of a key are not', () => {
  const runner = new RecordingRunner();
  const key = '-----BEGIN PRIVATE KEY-----\nfirst\nsecond\n-----END PRIVATE KEY-----\n';
  maskSecrets(
    runner,
    new Map([
      ['COUNTERSIGN_ONLINE_KEY', key],
      ['COUNTERSIGN_KEY', 'k\r\n'],
      ['COUNTERSIGN_GITHUB_TOKEN', 't'],
      ['GITHUB_TOKEN', 'own'],
      ['COUNTERSIGN_ROLE', 'releases'],
      ['PATH', '/bin'],
      ['GH_TOKEN', undefined],
    ]),
  );
  expect(runner.masked).toEqual(['first', 'second', 'k', 't', 'own']);
});
