// SPDX-License-Identifier: Apache-2.0
import { readFile, stat } from 'node:fs/promises';
import type { RepositoryWarning } from '../client/repository-report.ts';
import type { RootAnchor } from '../client/verify-roots.ts';
import { verify } from '../commands/verify.ts';
import { openDirectory } from '../hosting/directory.ts';
import { verifyText } from '../render/command-text.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { parseInstant } from '../tuf/instant.ts';
import { parseSha256 } from '../tuf/names.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';
import { currentInstant } from './local-workplace.ts';
import { optionValue } from './option-value.ts';
import { directoryStreams } from './read-stream.ts';

/** What `verify` takes. */
export interface VerifyOptions {
  readonly root?: string;
  readonly targets: 'all' | 'hosted' | 'none';
  readonly at?: string;
  readonly json: boolean;
}

async function anchorOf(text: string | undefined): Promise<RootAnchor | null> {
  if (text === undefined) return null;
  const hex = text.replace(/^sha256:/, '');
  if (/^[0-9a-f]{64}$/.test(hex)) return { kind: 'sha256', digest: parseSha256(hex, '--root') };
  try {
    return { kind: 'root', bytes: await readFile(text) };
  } catch (error) {
    throw new CountersignError('io', text, 'expected a root file, or the sha256 of 1.root.json', { cause: error });
  }
}

function warningText(warning: RepositoryWarning): string {
  if (warning.kind === 'unclaimed') return `${warning.path}: no client would ask for this file`;
  const { finding, where } = warning;
  return `${where}: ${quote(finding.subject)}: ${finding.detail} (${finding.clients.join(', ')})`;
}

async function requireDirectory(directory: string): Promise<void> {
  const stats = await stat(directory).catch((error: unknown) => {
    throw new CountersignError('io', directory, 'expected the directory of a published repository, got none', { cause: error });
  });
  if (!stats.isDirectory()) throw new CountersignError('file-type', directory, 'expected a directory, got something else');
}

/** `countersign verify`. */
export async function verifyCommand(options: VerifyOptions, console: Console, args: readonly string[]): Promise<number> {
  const directory = args[0] ?? 'site';
  const { at } = options;
  const time = at === undefined ? currentInstant() : optionValue('--at', () => parseInstant(at, '--at'));
  await requireDirectory(directory);
  const anchor = await anchorOf(options.root);
  const report = await verify({
    files: openDirectory(directory),
    openStream: directoryStreams(directory),
    time,
    anchor,
    targets: options.targets,
  });
  if (anchor === null) console.log.warn('no --root given: this says that the repository agrees with itself, not that it is the right one');
  console.result(report, (value, style) => verifyText({ ...value, warnings: value.warnings.map(warningText) }, time, style));
  return report.problems.length === 0 ? EXIT.ok : EXIT.failed;
}
