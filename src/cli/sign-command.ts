// SPDX-License-Identifier: Apache-2.0
import { homedir } from 'node:os';
import { join } from 'node:path';
import { sign, type SignResult } from '../commands/sign.ts';
import { openDirectory } from '../hosting/directory.ts';
import { eventText } from '../render/status-text.ts';
import type { Style } from '../render/style.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { askText, askYesNo } from './prompts.ts';
import { withEvent, type RepositoryOptions } from './repository-options.ts';

/** What `sign` takes. */
export interface SignOptions extends RepositoryOptions {
  readonly key: string;
  readonly yes: boolean;
  readonly print: boolean;
  /** What you have signed of the same root version before, where this root takes its place: the digests, typed out instead of a question. */
  readonly replaces: readonly string[];
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

const TYPED_DIGITS = 12;

function replacementText(replaced: readonly PayloadDigest[]): string {
  return [
    'You have signed another root of this version before. This one takes its place:',
    ...replaced.map((digest) => `  sha256:${digest}`),
    'That one stays valid for whoever holds enough signatures of it, until this one or a later root is published.',
    '',
  ].join('\n');
}

/** Nobody agrees to this by pressing a key: each payload that is given up is named. */
async function agreesToReplace(replaced: readonly PayloadDigest[], { yes, replaces }: SignOptions): Promise<boolean> {
  const typed = new Set(replaces.map((text) => text.toLowerCase().replace(/^sha256:/, '')));
  if (replaced.every((digest) => typed.has(digest))) return true;
  if (yes)
    throw new CountersignError('usage', '--replaces', `expected ${replaced.map((digest) => `sha256:${digest}`).join(', ')} beside --yes`);
  for (const digest of replaced) {
    const answer = await askText(`Type the first ${String(TYPED_DIGITS)} digits of what you give up`);
    if (
      answer
        ?.trim()
        .toLowerCase()
        .replace(/^sha256:/, '')
        .startsWith(digest.slice(0, TYPED_DIGITS)) !== true
    )
      return false;
  }
  return true;
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
      confirmReplacement: async (change, replaced) => {
        process.stderr.write(`${change}\n${replacementText(replaced)}\n`);
        return agreesToReplace(replaced, options);
      },
      carrier: options.print ? 'print' : 'submit',
    }),
  );
  console.result(result, signText);
  return EXIT.ok;
}
