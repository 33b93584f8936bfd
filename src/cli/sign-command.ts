// SPDX-License-Identifier: Apache-2.0
import { homedir } from 'node:os';
import { join } from 'node:path';
import { sign, type SignResult } from '../commands/sign.ts';
import { openDirectory } from '../hosting/directory.ts';
import { eventText } from '../render/status-text.ts';
import type { Style } from '../render/style.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { askYesNo } from './prompts.ts';
import { withEvent, type RepositoryOptions } from './repository-options.ts';

/** What `sign` takes. */
export interface SignOptions extends RepositoryOptions {
  readonly key: string;
  readonly yes: boolean;
  readonly print: boolean;
  readonly memory?: string;
}

/** Where a person's machine remembers repositories: the XDG state directory. */
export function defaultMemory(env: NodeJS.ProcessEnv): string {
  const state = env['XDG_STATE_HOME'];
  return join(state === undefined || state === '' ? join(homedir(), '.local', 'state') : state, 'countersign');
}

function signText(result: SignResult, style: Style): string {
  if (result.carrier === 'printed') return result.block;
  const files = result.files.map(({ role, version }) => `${role} v${String(version)}`).join(', ');
  if (result.carrier === 'counted')
    return `${style.good('signed already')} as ${result.person}, and it counts: ${files}; nothing was posted again`;
  return [
    `${style.good('submitted')} as ${result.person}, by ${result.carrier}: ${files}`,
    ...(result.status === null ? [] : [eventText(result.status, style)]),
    style.faint('gather counts it when it runs next'),
  ].join('\n');
}

/** `countersign sign`. */
export async function signCommand(options: SignOptions, console: Console, args: readonly string[]): Promise<number> {
  if (options.as === undefined && !/^https?:/.test(args[0] ?? ''))
    throw new CountersignError('usage', '--as', 'expected your account, which a local repository can not know, got nothing');
  const result = await withEvent(args[0] ?? '', options, console, async (place, number) =>
    sign(place, {
      number,
      signer: await place.openSigner(options.key),
      memory: openDirectory(options.memory ?? defaultMemory(process.env)),
      confirm: async (change) => {
        process.stderr.write(`${change}\n`);
        return options.yes || askYesNo('Sign this?');
      },
      carrier: options.print ? 'print' : 'submit',
    }),
  );
  console.result(result, signText);
  return EXIT.ok;
}
