// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from '../tuf/errors.ts';

/** The commands that the action has so far. */
export const ACTION_COMMANDS = ['propose', 'gather', 'publish', 'status', 'verify'] as const;
/** One of {@link ACTION_COMMANDS}. */
export type ActionCommand = (typeof ACTION_COMMANDS)[number];

/** The action's inputs, read once. A composite action passes each through `env:`, as `COUNTERSIGN_<INPUT>`. */
export interface ActionInputs {
  readonly command: ActionCommand;
  readonly repository: string;
  readonly site: string | null;
  readonly role: string;
  readonly files: readonly string[];
  readonly remove: readonly string[];
  readonly targetPrefix: string;
  readonly replace: boolean;
  readonly whenOpen: 'queue' | 'add' | 'fail';
  readonly root: string | null;
  readonly mode: 'apply' | 'dry-run';
  readonly sourceCommit: string | null;
}

/** Environment variables by name. */
export type Environment = ReadonlyMap<string, string | undefined>;

function text(env: Environment, input: string): string {
  return (env.get(`COUNTERSIGN_${input.toUpperCase().replaceAll('-', '_')}`) ?? '').trim();
}

function choice<T extends string>(env: Environment, input: string, choices: readonly T[], otherwise: T): T {
  const value = text(env, input);
  const found = value === '' ? otherwise : choices.find((one) => one === value);
  if (found === undefined) throw new CountersignError('usage', input, `expected one of ${choices.join(', ')}, got ${quote(value)}`);
  return found;
}

function flag(env: Environment, input: string): boolean {
  return choice(env, input, ['true', 'false'], 'false') === 'true';
}

function lines(env: Environment, input: string): readonly string[] {
  return text(env, input)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Reads and checks all inputs. @throws `usage`, naming the input */
export function readInputs(env: Environment): ActionInputs {
  const command = choice(env, 'command', ACTION_COMMANDS, 'propose');
  const optional = (input: string): string | null => {
    const value = text(env, input);
    return value === '' ? null : value;
  };
  const inputs: ActionInputs = {
    command,
    repository: text(env, 'repository'),
    site: optional('site'),
    role: text(env, 'role'),
    files: lines(env, 'files'),
    remove: lines(env, 'remove'),
    targetPrefix: text(env, 'target-prefix'),
    replace: flag(env, 'replace'),
    whenOpen: choice(env, 'when-open', ['queue', 'add', 'fail'], 'queue'),
    root: optional('root'),
    mode: flag(env, 'dry-run') ? 'dry-run' : 'apply',
    sourceCommit: env.get('GITHUB_SHA') ?? null,
  };
  if (command === 'verify' ? inputs.site === null : inputs.repository === '') {
    const needed = command === 'verify' ? 'site' : 'repository';
    throw new CountersignError('usage', needed, `expected a directory for command ${command}, got nothing`);
  }
  if (command === 'propose' && inputs.role === '') throw new CountersignError('usage', 'role', 'expected the name of a role, got nothing');
  return inputs;
}
