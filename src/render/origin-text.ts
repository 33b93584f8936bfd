// SPDX-License-Identifier: Apache-2.0
import type { Contribution } from '../event/event-file.ts';
import type { TargetChange } from '../tuf/edit-targets.ts';
import { codeMarkdown, escapeMarkdown, fittingLines, nameMarkdown, textList } from './markdown.ts';
import { commitLink, runLink } from './repository-links.ts';
import { countOf } from './status-text.ts';

/** For the targets of a proposal, the number of the contribution that brought it: of several, the last. */
export function contributionNumbers(contributions: readonly Contribution[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  contributions.forEach(({ targets }, index) => {
    for (const path of targets ?? []) numbers.set(path, index + 1);
  });
  return numbers;
}

function contributionLine({ origin, targets, staged }: Contribution, number: number, repository: string | null): string {
  const count = targets === null ? 'too many targets to list them' : countOf(targets.length, 'target');
  const bytes = staged === null ? '' : `; the files to compare with are in its artifact ${codeMarkdown(staged)}`;
  if (origin === null) return `${String(number)}. by hand, not by a run: ${count}${bytes}`;
  const { workflow, commit, actor, ref } = origin;
  const of = workflow.endsWith(`@${ref}`) ? codeMarkdown(workflow) : `${codeMarkdown(workflow)} for ${codeMarkdown(ref)}`;
  const from = `${runLink(origin, repository)} of ${of}`;
  return `${String(number)}. ${from}, commit ${commitLink(commit, repository)}, started by ${codeMarkdown(actor)}: ${count}${bytes}`;
}

const MAX_NAMED = 5;

/** What one run has put in the place of what another one had proposed: the target table can't show it, for the first was never signed. */
function replacedLines(contributions: readonly Contribution[]): readonly string[] {
  // One after the other: anybody who may push writes this list, however long.
  const brought = new Map<string, number>();
  const lines = contributions.flatMap(({ targets, replaced }, index) => {
    const own = [...(replaced ?? [])].flatMap(([path, sha256]) => {
      const whose = brought.get(path);
      return whose === undefined ? [] : [{ path, sha256, whose }];
    });
    for (const path of targets ?? []) brought.set(path, index + 1);
    const list = textList(
      own,
      ({ path, sha256, whose }) => `${nameMarkdown(path)} of number ${String(whose)} (sha256 <code>${escapeMarkdown(sha256)}</code>)`,
      MAX_NAMED,
    );
    return own.length === 0 ? [] : [`⚠️ **Number ${String(index + 1)} replaced what was proposed before:** ${list}.`, ''];
  });
  return lines.slice(0, MAX_REPLACED);
}

/** Lines, with an empty one after each. */
const MAX_REPLACED = 40;

/** Changed targets that no run says it brought: somebody else may have. */
function strangers(contributions: readonly Contribution[], changes: readonly TargetChange[]): readonly string[] {
  if (contributions.length === 0 || contributions.some(({ targets }) => targets === null)) return [];
  const numbers = contributionNumbers(contributions);
  return changes.flatMap(({ kind, path }) => (kind === 'removed' || numbers.has(path) ? [] : [path]));
}

/**
 * Which run brought what, as the runs say themselves. Nobody has signed it, and whoever could push could write it.
 * @param repository - its address, for links; null for none
 * @param budget - characters
 */
export function originLines(
  contributions: readonly Contribution[],
  changes: readonly TargetChange[],
  repository: string | null,
  budget: number,
): readonly string[] {
  if (contributions.length === 0) return ['### Where it comes from', '', 'Nothing says which run proposed it.', ''];
  const numbered = contributions.map((contribution, index) => ({ contribution, number: index + 1 }));
  const unnamed = strangers(contributions, changes);
  return [
    '### Where it comes from',
    '',
    '⚠️ Nobody signed this part: it is what the runs say of themselves.',
    '',
    ...fittingLines(
      numbered,
      ({ contribution, number }) => contributionLine(contribution, number, repository),
      budget,
      (count) => `\n… and ${countOf(count, 'more run')}`,
    ),
    '',
    ...replacedLines(contributions),
    ...(unnamed.length === 0 ? [] : [`**No run says that it brought** ${textList(unnamed, codeMarkdown, MAX_NAMED)}.`, '']),
  ];
}
