// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../event/base.ts';
import type { Refusal } from '../tuf/errors.ts';
import { codeMarkdown, escapeMarkdown, fittingLines } from './markdown.ts';

/** GitHub's limit of a step's summary, in bytes. A longer one is refused, and then nothing is shown at all. */
export const MAX_SUMMARY_BYTES: number = 1024 * 1024;

/** How many characters each part of a summary may take. All of them together stay below the limit, at three bytes a character. */
export const SUMMARY_BUDGETS = { events: 160_000, changes: 60_000, findings: 30_000, files: 60_000 } as const;

/** Whether something was written, as a command was asked. */
export type SummaryMode = 'apply' | 'dry-run';

/** The URL when it is one that Markdown reads as a link and nothing else; null for everything else. */
function plainUrl(url: string | null): string | null {
  return url !== null && /^https?:\/\/[A-Za-z0-9._~:/?#@!$&+,;=%-]+$/.test(url) ? url : null;
}

/** A link, or just its text where there is no URL that can be one. */
export function linkTo(text: string, url: string | null): string {
  const target = plainUrl(url);
  return target === null ? escapeMarkdown(text) : `[${escapeMarkdown(text)}](${target})`;
}

/** A pull request by its number. A number is nobody's text: it needs no escaping, and its URL may be unknown. */
export function pullLink(number: number, url: string | null): string {
  const target = plainUrl(url);
  // Without the space of no width, GitHub makes a link of its own out of it.
  return target === null ? `#${String(number)}` : `[#${String(number)}](${target})`;
}

/** What a person types to sign an event. */
export function signLine(url: string): string {
  const command = `countersign sign ${url} --key file:KEY`;
  return `Sign it with ${plainUrl(url) === null ? codeMarkdown(command) : `\`${command}\``}`;
}

/** The head of a summary, with what a dry run is. */
export function summaryHead(mark: string, title: string, mode: SummaryMode): readonly string[] {
  const head = mode === 'dry-run' ? `## 🔍 Dry run: ${title}` : `## ${mark} ${title}`;
  return mode === 'dry-run' ? [head, '', '> [!NOTE]', '> This was a dry run: nothing was written.', ''] : [head, ''];
}

function moreItems(count: number): string {
  return `- … and ${String(count)} more`;
}

/** Refusals as a list that fits. */
export function refusalLines(refusals: readonly Refusal[], budget: number): readonly string[] {
  const line = ({ code, where, detail }: Refusal): string => `- \`${code}\` ${codeMarkdown(where)}: ${escapeMarkdown(detail)}`;
  return fittingLines(refusals, line, budget, moreItems);
}

/** What was left out, with a head of its own; nothing when there is nothing. */
export function findingLines(findings: readonly Finding[]): readonly string[] {
  if (findings.length === 0) return [];
  const line = ({ source, code, where, detail }: Finding): string =>
    `- ${escapeMarkdown(source)}: \`${code}\` ${codeMarkdown(where)}: ${escapeMarkdown(detail)}`;
  return [
    '### ⚠️ Left out',
    '',
    'This does not verify, and nothing was built on it:',
    '',
    ...fittingLines(findings, line, SUMMARY_BUDGETS.findings, moreItems),
    '',
  ];
}
