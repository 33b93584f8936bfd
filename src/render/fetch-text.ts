// SPDX-License-Identifier: Apache-2.0
import type { Instant } from '../tuf/instant.ts';
import { terminalText } from './terminal-text.ts';
import { countOf, expiryText } from './status-text.ts';
import type { Style } from './style.ts';

/** The part of fetch's result that is shown. */
export interface FetchView {
  readonly repositories: readonly {
    readonly repository: string;
    readonly root: number;
    readonly timestamp: number;
    readonly expires: Instant | null;
  }[];
  readonly files: readonly {
    readonly path: string;
    readonly file: string;
    readonly length: number;
    readonly sha256: string;
    readonly outcome: 'downloaded' | 'present';
    readonly role: string;
  }[];
}

/** What fetch did, for a terminal. What it could not do is for the entry to tell, as every error. */
export function fetchText({ repositories, files }: FetchView, now: Instant, style: Style): string {
  const lines = files.map(({ path, file, length, sha256, outcome, role }) => {
    const word = outcome === 'downloaded' ? style.good('fetched') : style.good('verified');
    const details = style.faint(`  ${countOf(length, 'byte')}, sha256:${sha256}, signed by ${terminalText(role)}`);
    return `${word} ${terminalText(path)} -> ${terminalText(file)}\n${details}`;
  });
  for (const { repository, root, timestamp, expires } of repositories) {
    const fresh = expires === null ? '' : `; fresh until ${expiryText(expires, now)}`;
    lines.push(style.faint(`${terminalText(repository)}: root v${String(root)}, timestamp v${String(timestamp)}${fresh}`));
  }
  return lines.join('\n');
}
