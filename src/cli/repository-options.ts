// SPDX-License-Identifier: Apache-2.0
import { parsePayloadDigest } from '../trust/countersignature.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';
import type { Console } from './console.ts';
import { currentInstant, openLocalWorkplace, type LocalWorkplace } from './local-workplace.ts';
import { askPassphrase } from './prompts.ts';
import { openSigner } from '../signers/open-signer.ts';

/** Options that every command on a repository has. */
export interface RepositoryOptions {
  readonly repo: string;
  readonly site?: string;
  readonly root?: string;
  readonly as?: string;
  readonly json: boolean;
}

/** Parses `--root`: a sha256, with or without its prefix. @throws `usage` */
export function parseAnchor(text: string | undefined): PayloadDigest | null {
  if (text === undefined) return null;
  const hex = text.replace(/^sha256:/, '');
  if (!/^[0-9a-f]{64}$/.test(hex)) throw new CountersignError('usage', '--root', 'expected sha256:<64 hex digits>');
  return parsePayloadDigest(hex, '--root');
}

/** Opens the local repository that the options name. @throws `io`, `usage` */
export async function openRepository(options: RepositoryOptions, console: Console): Promise<LocalWorkplace> {
  const env = new Map(Object.entries(process.env));
  return openLocalWorkplace({
    directory: options.repo,
    site: options.site ?? null,
    as: options.as ?? 'countersign[bot]',
    log: console.log,
    now: currentInstant(),
    anchor: parseAnchor(options.root),
    openSigner: (uri) =>
      openSigner(uri, {
        env,
        cwd: process.cwd(),
        askPassphrase,
        warn: (text) => {
          console.log.warn(text);
        },
      }),
  });
}
