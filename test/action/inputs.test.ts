// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { INPUT_NAMES, inputReader, variableOf, type Environment, type InputName } from '../../src/action/input-text.ts';
import { ACTION_COMMANDS, readInputs, type ActionCommand, type ActionInputs } from '../../src/action/inputs.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { readActionFile } from './action-file.ts';

type Given = Partial<Readonly<Record<InputName, string>>>;

/** The environment of a step with these inputs: the others have what action.yml says, and the runner's expressions are resolved. */
function environment(given: Given): Environment {
  const { inputs } = readActionFile();
  return new Map(
    INPUT_NAMES.map((name) => {
      const fallback = inputs[name]?.default ?? '';
      const resolved = fallback.replace('${{ github.token }}', 'token').replace('${{ github.repository }}', 'octo/app');
      return [variableOf(name), given[name] ?? resolved];
    }),
  );
}

/** What each command can't do without. */
const NEEDED: Readonly<Record<ActionCommand, Given>> = {
  propose: { role: 'releases', files: 'dist' },
  gather: {},
  settle: {},
  custody: { person: 'erin', key: 'k' },
  // One of the two versions is nothing without the other.
  publish: { 'served-timestamp': '1' },
  site: {},
  abandon: { number: '7' },
  fetch: { url: 'https://example.org', 'root-file': 'root.json', targets: 'v1/a' },
  status: {},
  verify: {},
};

function read(command: ActionCommand, given: Given = {}): ActionInputs {
  return readInputs(environment({ ...NEEDED[command], ...given, command }));
}

function refusal(step: () => unknown): { readonly code: string; readonly where: string } | null {
  try {
    step();
    return null;
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return { code: error.code, where: error.where };
  }
}

test.each(ACTION_COMMANDS)('%s has all that it needs with the defaults of action.yml', (command) => {
  expect(read(command).command).toBe(command);
});

describe('every input is read', () => {
  /** A value that no default has, and the command that is interested. */
  const OTHER: Readonly<Record<Exclude<InputName, 'command' | 'key' | 'online-key'>, readonly [ActionCommand, string]>> = {
    'github-token': ['gather', 'another'],
    repository: ['gather', 'octo/other'],
    directory: ['gather', 'forge'],
    site: ['verify', 'public'],
    'site-url': ['gather', 'https://example.org/'],
    'metadata-hosting': ['gather', 'release'],
    'metadata-tag': ['gather', 'metadata'],
    root: ['gather', `sha256:${'a'.repeat(64)}`],
    role: ['propose', 'docs'],
    files: ['propose', 'build'],
    artifacts: ['propose', 'linux'],
    'artifact-run-id': ['propose', '7'],
    'artifact-workflow': ['propose', '.github/workflows/build.yml'],
    'artifact-commit': ['propose', 'a'.repeat(40)],
    'target-prefix': ['propose', 'v1/'],
    custom: ['propose', '{"a":1}'],
    remove: ['propose', 'v0/a'],
    replace: ['propose', 'true'],
    'when-open': ['propose', 'fail'],
    'next-version': ['propose', 'true'],
    hosting: ['propose', 'none'],
    tag: ['propose', 'v1'],
    'create-tag': ['propose', 'true'],
    'release-id': ['propose', '9'],
    prerelease: ['propose', 'true'],
    'retention-days': ['propose', '5'],
    number: ['abandon', '8'],
    'served-timestamp': ['publish', '7'],
    'served-snapshot': ['publish', '3'],
    prune: ['publish', 'true'],
    person: ['custody', 'carol'],
    'on-published': ['gather', 'announce.yml'],
    url: ['fetch', 'https://example.net'],
    'metadata-url': ['fetch', 'https://example.net/metadata'],
    'targets-url': ['fetch', 'https://example.net/targets'],
    'root-file': ['fetch', 'other.json'],
    targets: ['fetch', 'v2/*'],
    out: ['fetch', 'downloads'],
    'dry-run': ['gather', 'true'],
  };

  test.each(Object.entries(OTHER))('%s', (name, [command, value]) => {
    expect(read(command, { [name]: value })).not.toEqual(read(command));
  });

  test('but keys stay in their variables until somebody signs', () => {
    const inputs = read('custody', { key: 'very secret', 'online-key': 'secret as well' });
    expect(JSON.stringify(inputs)).not.toContain('secret');
  });
});

describe('what is wrong is refused by name', () => {
  const good: readonly (readonly [InputName, ActionCommand, string])[] = [
    ['hosting', 'propose', 'none'],
    ['root', 'gather', 'b'.repeat(64)],
    ['custom', 'propose', '{}'],
    ['retention-days', 'propose', '400'],
  ];
  test.each(good)('%s for %s may be %j', (name, command, value) => {
    expect(refusal(() => read(command, { [name]: value }))).toBeNull();
  });

  const bad: readonly (readonly [InputName, ActionCommand, string])[] = [
    ['repository', 'gather', 'no-slash'],
    ['repository', 'gather', 'a/b/c'],
    ['metadata-hosting', 'gather', 'Pages'],
    ['root', 'gather', 'sha256:abc'],
    ['root', 'verify', 'g'.repeat(64)],
    ['dry-run', 'gather', 'yes'],
    ['role', 'propose', ''],
    ['files', 'propose', ''],
    ['replace', 'propose', 'TRUE'],
    ['when-open', 'propose', 'wait'],
    ['hosting', 'propose', 'site'],
    ['tag', 'propose', 'hosting: release without one'],
    ['create-tag', 'propose', '1'],
    ['prerelease', 'propose', '0'],
    ['release-id', 'propose', '-1'],
    ['artifact-run-id', 'propose', '7.5'],
    ['artifact-run-id', 'propose', '99999999999999999999'],
    ['artifact-commit', 'propose', 'main'],
    ['custom', 'propose', 'not json'],
    ['custom', 'propose', '[]'],
    ['custom', 'propose', '{"a":1,"a":2}'],
    ['custom', 'propose', '{"x-countersign":{}}'],
    ['retention-days', 'propose', '0'],
    ['retention-days', 'propose', '401'],
    ['retention-days', 'gather', 'ninety'],
    ['number', 'abandon', ''],
    ['number', 'abandon', '0'],
    ['person', 'custody', ''],
    ['key', 'custody', ''],
    ['url', 'fetch', ''],
    ['root-file', 'fetch', ''],
    ['targets', 'fetch', ''],
  ];
  test.each(bad)('%s for %s must not be %j', (name, command, value) => {
    const given: Given = name === 'tag' ? { hosting: 'release' } : { [name]: value };
    expect(refusal(() => read(command, given))).toEqual({ code: 'usage', where: name });
  });

  test('a command that there is none of', () => {
    expect(refusal(() => readInputs(environment({ command: 'constructor' })))).toEqual({ code: 'usage', where: 'command' });
  });
});

test.each([
  ['a, b\n c\n\n', ['a', 'b', 'c']],
  ['dist/*.{tar,zip}, x', ['dist/*.{tar,zip}', 'x']],
  ['{a,{b,c}},d}', ['{a,{b,c}}', 'd}']],
  ['a\r\nb', ['a', 'b']],
  ['', []],
])('%j is a list of %j', (text, expected) => {
  expect(inputReader(environment({ files: text })).list('files')).toEqual(expected);
});

test('target paths may have commas', () => {
  expect(inputReader(environment({ remove: 'v1/a,b\nv1/c' })).lines('remove')).toEqual(['v1/a,b', 'v1/c']);
});
