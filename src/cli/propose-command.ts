// SPDX-License-Identifier: Apache-2.0
import { propose, type ProposeResult } from '../commands/propose.ts';
import type { WhenOpen } from '../event/decide-propose.ts';
import { countText } from '../render/count-text.ts';
import { terminalText } from '../render/terminal-text.ts';
import { shellWord } from '../render/shell-word.ts';
import type { Style } from '../render/style.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { asObject } from '../tuf/fields.ts';
import { parseJson, type JsonObject } from '../tuf/json.ts';
import { parseTargetsRoleName } from '../tuf/names.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import type { HostingName } from './hosting-option.ts';
import { optionValue } from './option-value.ts';
import { readText } from './read-text.ts';
import { openRepository, requireDirectoryName, type RepositoryOptions } from './repository-options.ts';

/** What `propose` takes. */
export interface ProposeOptions extends RepositoryOptions {
  readonly role: string;
  readonly targetPrefix: string;
  readonly remove: readonly string[];
  readonly replace: boolean;
  readonly whenOpen: WhenOpen;
  readonly nextVersion: boolean;
  readonly custom?: string;
  readonly commit?: string;
  readonly hosting: HostingName;
  readonly dryRun: boolean;
}

const MAX_SHOWN = 20;

/** Beyond this each client downloads more about a target than most have to say. */
const LARGE_CUSTOM = 10_000;

/** What is kept in each target: JSON, or `@` and the name of a file that holds it, as curl has it. */
async function customOf(text: string | undefined, { log }: Console): Promise<JsonObject | null> {
  if (text === undefined) return null;
  const json = text.startsWith('@') ? await readText(text.slice(1), 'an object in JSON') : text;
  if (json.length > LARGE_CUSTOM)
    log.warn(`--custom: ${countText(json.length)} characters are kept in each target, and each client downloads them with the metadata`);
  const custom = optionValue('--custom', () => asObject(parseJson(new TextEncoder().encode(json)), '--custom'));
  if (custom.has('x-countersign'))
    throw new CountersignError('usage', '--custom', 'expected an object without "x-countersign", which is ours');
  return custom;
}

function commitOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!/^[0-9a-f]{40,64}$/i.test(text))
    throw new CountersignError('usage', '--commit', `expected a commit id in full, 40 or 64 hex digits, got ${quote(text)}`);
  return text.toLowerCase();
}

/** Where publish brings the bytes, as signed metadata has it. @throws `usage` for what only a repository on GitHub has */
function signedHosting(name: HostingName): 'site' | 'none' {
  if (name === 'release')
    throw new CountersignError('usage', '--hosting', 'a local repository has no releases; expected pages or none, got release');
  return name === 'pages' ? 'site' : 'none';
}

function signText(url: string | null): string {
  return `sign it with: countersign sign ${shellWord(url ?? '')} --key <file>`;
}

function nothingNewText({ number, url }: ProposeResult): string {
  if (number === null) return 'nothing new: all of it is so already';
  return `nothing new: #${String(number)} proposes all of it already\n${signText(url)}`;
}

function proposeText(result: ProposeResult, mode: 'apply' | 'dry-run', style: Style): string {
  if (result.outcome === 'nothing-new') return nothingNewText(result);
  const changes = result.changes
    .slice(0, MAX_SHOWN)
    .map(({ kind, path }) => `  ${kind === 'removed' ? '-' : kind === 'added' ? '+' : '~'} ${terminalText(path)}`);
  if (result.changes.length > MAX_SHOWN) changes.push(`  … and ${String(result.changes.length - MAX_SHOWN)} more`);
  const head = `${result.role} v${String(result.version ?? 0)}`;
  if (mode === 'dry-run') return [`${style.warn('dry run')}: ${head} would be ${result.outcome}`, ...changes].join('\n');
  return [
    `${style.good(result.outcome)} #${String(result.number ?? 0)}: ${head}, payload sha256:${result.payload ?? ''}`,
    ...changes,
    signText(result.url),
  ].join('\n');
}

/** `countersign propose`. */
export async function proposeCommand(options: ProposeOptions, console: Console, args: readonly string[]): Promise<number> {
  requireDirectoryName(options.repo, 'the action proposes');
  const role = optionValue('--role', () => parseTargetsRoleName(options.role, '--role'));
  const [custom, sourceCommit] = [await customOf(options.custom, console), commitOf(options.commit)];
  const hosting = signedHosting(options.hosting);
  const { place } = await openRepository(options, console);
  const mode = options.dryRun ? 'dry-run' : 'apply';
  const result = await propose(place, {
    role,
    files: args,
    targetPrefix: options.targetPrefix,
    remove: options.remove,
    existing: options.replace ? 'replace' : 'refuse',
    whenOpen: options.whenOpen,
    nextVersion: options.nextVersion,
    custom,
    sourceCommit,
    hosting,
    release: null,
    origin: null,
    staging: 'hosted',
    mode,
  });
  console.result(result, (value, style) => proposeText(value, mode, style));
  return EXIT.ok;
}
