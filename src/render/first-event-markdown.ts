// SPDX-License-Identifier: Apache-2.0
import type { RepositoryId } from '../tuf/binding.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';
import { changeLines, type FileChange } from './change-text.ts';
import { countText } from './count-text.ts';
import { restDigest } from './cut-text.ts';
import { fittingLines, signCommand } from './markdown.ts';

/** What the body of a repository's first pull request is made from. */
export interface FirstEventView {
  readonly repository: RepositoryId;
  readonly root: PayloadDigest;
  /** Root v1 and the first file of each role. */
  readonly files: readonly FileChange[];
  /** Of the pull request; empty while it has none. */
  readonly url: string;
}

/** Of the characters of a body. */
const BUDGET = 50_000;

/** A fence that nothing in the lines can close. */
function fenceFor(lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)));
  return '`'.repeat(longest + 1);
}

/** The body of the pull request that begins a repository: all that is signed, as `sign` shows it, since nothing was signed before. */
export function renderFirstEvent({ repository, root, files, url }: FirstEventView): string {
  const { brief } = changeLines(files);
  const shown = fittingLines(
    brief,
    (line) => line,
    BUDGET,
    (count) => `  … and ${countText(count)} more lines, sha256:${restDigest(brief.slice(-count))}`,
  );
  const fence = fenceFor(shown);
  return [
    `The first metadata of this repository, \`${repository}\`.`,
    '',
    `- root v1: \`sha256:${root}\``,
    '',
    'Everyone whom root v1 lists must sign it. Compare the digest with each other by other means first.',
    '',
    'To sign, on your own machine:',
    '',
    ...signCommand(url),
    '',
    '### What is signed',
    '',
    `${fence}text`,
    ...shown,
    fence,
    '',
    'The command shows the same before you sign: trust that, not this page.',
    '',
  ].join('\n');
}
