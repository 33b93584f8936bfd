// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from '../tuf/errors.ts';

/** Environment variables by name. */
export type Environment = ReadonlyMap<string, string | undefined>;

/** Every input of action.yml, in its order. A composite action has no `INPUT_` variables: each goes through `env:`. */
export const INPUT_NAMES = [
  'command',
  'github-token',
  'repository',
  'directory',
  'site',
  'site-url',
  'metadata-hosting',
  'metadata-tag',
  'root',
  'role',
  'files',
  'artifacts',
  'artifact-run-id',
  'artifact-workflow',
  'artifact-commit',
  'target-prefix',
  'custom',
  'remove',
  'replace',
  'when-open',
  'next-version',
  'hosting',
  'tag',
  'create-tag',
  'release-id',
  'prerelease',
  'retention-days',
  'number',
  'served-timestamp',
  'served-snapshot',
  'prune',
  'person',
  'key',
  'online-key',
  'on-published',
  'url',
  'metadata-url',
  'targets-url',
  'root-file',
  'targets',
  'out',
  'dry-run',
] as const;
/** One of {@link INPUT_NAMES}. */
export type InputName = (typeof INPUT_NAMES)[number];

/** The variable that carries an input. */
export function variableOf(input: InputName): string {
  return `COUNTERSIGN_${input.toUpperCase().replaceAll('-', '_')}`;
}

/** Reads inputs, each as the text that it is or as what is meant by it. All throw `usage`, naming the input. */
export interface InputReader {
  /** Without white space around it; empty when it was not given. */
  text(input: InputName): string;
  optional(input: InputName): string | null;
  choice<T extends string>(input: InputName, choices: readonly T[], otherwise: T): T;
  flag(input: InputName): boolean;
  /** A whole number of at least 1; null when it was not given. */
  number(input: InputName): number | null;
  /** One a line; empty lines count for nothing. */
  lines(input: InputName): readonly string[];
  /** One a line, or several with commas between; commas inside braces belong to a pattern. */
  list(input: InputName): readonly string[];
}

function splitOutsideBraces(line: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  for (const character of line) {
    if (character === '{') depth++;
    else if (character === '}') depth = Math.max(0, depth - 1);
    if (character === ',' && depth === 0) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${character}`);
  }
  return parts;
}

function nonEmpty(parts: readonly string[]): readonly string[] {
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** The inputs of a composite action's environment. */
export function inputReader(env: Environment): InputReader {
  const text = (input: InputName): string => (env.get(variableOf(input)) ?? '').trim();
  const choice = <T extends string>(input: InputName, choices: readonly T[], otherwise: T): T => {
    const value = text(input);
    const found = value === '' ? otherwise : choices.find((one) => one === value);
    if (found === undefined) throw new CountersignError('usage', input, `expected one of ${choices.join(', ')}, got ${quote(value)}`);
    return found;
  };
  return {
    text,
    choice,
    optional: (input) => (text(input) === '' ? null : text(input)),
    flag: (input) => choice(input, ['true', 'false'], 'false') === 'true',
    number: (input) => {
      const value = text(input);
      if (value === '') return null;
      const number = /^[1-9][0-9]{0,15}$/.test(value) ? Number(value) : Number.NaN;
      if (!Number.isSafeInteger(number))
        throw new CountersignError('usage', input, `expected a whole number from 1 on, got ${quote(value)}`);
      return number;
    },
    lines: (input) => nonEmpty(text(input).split('\n')),
    list: (input) => nonEmpty(text(input).split('\n').flatMap(splitOutsideBraces)),
  };
}
