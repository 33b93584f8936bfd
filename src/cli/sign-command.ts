// SPDX-License-Identifier: Apache-2.0
import { homedir } from 'node:os';
import { join } from 'node:path';
import { sign, type SignResult } from '../commands/sign.ts';
import type { Workplace } from '../commands/workplace.ts';
import { compareBuild } from '../event/own-build.ts';
import { openDirectory } from '../hosting/directory.ts';
import type { ChangeText } from '../render/change-text.ts';
import { ownBuildText } from '../render/own-build-text.ts';
import { eventText } from '../render/status-text.ts';
import { NO_STYLE, type Style } from '../render/style.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { keyUri } from './key-argument.ts';
import { askText, askYesNo } from './prompts.ts';
import { withEvent, type RepositoryOptions } from './repository-options.ts';
import { showChange } from './show-change.ts';

/** What `sign` takes. */
export interface SignOptions extends RepositoryOptions {
  readonly key: string;
  readonly yes: boolean;
  readonly print: boolean;
  /** What you have signed of the same root version before, where this root takes its place: the digests, typed out instead of a question. */
  readonly replaces: readonly string[];
  readonly memory?: string;
  readonly full: boolean;
  readonly changes?: string;
  /** A directory with files that the signer has built. */
  readonly compare?: string;
  /** What the names of those files lack of the targets' paths. */
  readonly targetPrefix?: string;
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

/** Compares what is signed with an own build, where one is named. @returns whether all of it is the same */
async function isOwnBuild(change: ChangeText, place: Workplace, options: SignOptions, console: Console): Promise<boolean> {
  const { compare, targetPrefix } = options;
  if (compare === undefined) return true;
  const files = await place.hasher.hash([compare], (done, total) => {
    console.log.progress('hashing', done, total);
  });
  const targets = change.files.flatMap(({ file, before }) => {
    const { signed } = file;
    return signed.kind === 'targets' ? [{ signed, before: before?.kind === 'targets' ? before : null }] : [];
  });
  const build = compareBuild(targets, files, targetPrefix ?? null);
  process.stderr.write(`${ownBuildText(build, compare, options.json ? NO_STYLE : console.style)}\n`);
  return build.differing.length + build.missing.length === 0;
}

/** Shows the change. What differs from an own build is signed only by who says so when they are asked. @throws `hash-mismatch` */
async function show(change: ChangeText, place: Workplace, options: SignOptions, console: Console): Promise<void> {
  await showChange(change, options);
  if (!(await isOwnBuild(change, place, options, console)) && options.yes)
    throw new CountersignError('hash-mismatch', options.compare ?? '', 'what is to be signed is not what it holds; nothing was signed');
}

/** `countersign sign`. */
export async function signCommand(options: SignOptions, console: Console, args: readonly string[]): Promise<number> {
  const result = await withEvent(args[0] ?? '', options, console, async (place, number, openAs) =>
    sign(place, {
      number,
      signer: await place.openSigner(keyUri(options.key)),
      memory: openDirectory(options.memory ?? defaultMemory(process.env)),
      confirm: async (change) => {
        await show(change, place, options, console);
        return options.yes || askYesNo(change.question);
      },
      confirmReplacement: async (change, replaced) => {
        await show(change, place, options, console);
        process.stderr.write(`${replacementText(replaced)}\n`);
        return agreesToReplace(replaced, options);
      },
      carrier: options.print ? 'print' : 'submit',
      ...(openAs === null ? {} : { openAs }),
    }),
  );
  console.result(result, signText);
  return EXIT.ok;
}
