// SPDX-License-Identifier: Apache-2.0
// The text of an event's pull request that is no change of one role's targets: a root, or several roles at once.
import type { RepositoryId } from '../tuf/binding.ts';
import { changeLines, type FileChange } from './change-text.ts';
import { countText } from './count-text.ts';
import { restDigest } from './cut-text.ts';
import { escapeMarkdown, fittingLines, MAX_BODY_CHARACTERS, signCommand } from './markdown.ts';

/** What the pull request of such an event says. */
export interface EventTextView {
  readonly files: readonly FileChange[];
  readonly url: string;
  /** The repository, where this event is its first: before it there is nothing that a signer's machine could compare with. */
  readonly first: RepositoryId | null;
}

/** A fence that nothing in the lines can close: others may have written what they show. */
function fenceFor(lines: readonly string[]): string {
  return '~'.repeat(lines.reduce((least, line) => Math.max(least, ...(line.match(/~+/g) ?? []).map(({ length }) => length + 1)), 3));
}

function names(files: readonly FileChange[]): readonly string[] {
  return files.map(({ role, file }) => `${role} v${String(file.signed.version)}`);
}

/** The title: `Sign root v2, targets v3`. */
export function eventTitle(files: readonly FileChange[]): string {
  const shown = names(files).slice(0, 3).join(', ');
  return `Sign ${shown}${files.length > 3 ? ` and ${String(files.length - 3)} more` : ''}`;
}

function firstLines({ files, first }: EventTextView): readonly string[] {
  if (first === null) return [];
  const root = files.find(({ role }) => role === 'root')?.digest;
  return [
    `The first metadata of this repository, \`${first}\`.`,
    '',
    ...(root === undefined ? [] : [`- root v1: \`sha256:${root}\``, '']),
    'Everyone whom root v1 lists must sign it. Compare the digest with each other by other means first.',
    '',
  ];
}

/** The body: under which digests people sign, how, and what changes, as `sign` shows it at first. It fits into a body whatever others write. */
export function renderEventText(view: EventTextView): string {
  const { files, url } = view;
  const { brief } = changeLines(files);
  const fence = fenceFor(brief);
  const head = [
    `### ${names(files).slice(0, 10).map(escapeMarkdown).join(', ')}`,
    '',
    ...firstLines(view),
    'To sign, on your own machine:',
    '',
    ...signCommand(url),
    '',
    '### What is signed',
    '',
    `${fence}text`,
  ];
  const foot = [fence, '', 'The command verifies the change on your machine and shows it before you sign: trust that, not this page.', ''];
  const shown = fittingLines(
    brief,
    (line) => line,
    MAX_BODY_CHARACTERS - [...head, ...foot].join('\n').length - 2,
    (count) => `  … and ${countText(count)} more lines, sha256:${restDigest(brief.slice(-count))}`,
  );
  return [...head, ...shown, ...foot].join('\n');
}
