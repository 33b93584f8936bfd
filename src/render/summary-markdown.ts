// SPDX-License-Identifier: Apache-2.0
// The summary of a step, as people see it on the page of a workflow run.
import type { Finding } from '../event/base.ts';
import type { Refusal } from '../tuf/errors.ts';
import { codeMarkdown, escapeMarkdown, fittingLines } from './markdown.ts';
import { countOf } from './status-text.ts';
import { gatherSummary, type GatherSummary } from './summary-events.ts';
import { findingLines, linkTo, pullLink, refusalLines, SUMMARY_BUDGETS, summaryHead } from './summary-layout.ts';
import { proposeSummary, type ProposeSummary } from './summary-propose.ts';
import { publishSummary, statusSummary, verifySummary, type PublishSummary } from './summary-publish.ts';
import type { StatusView, VerifyView } from './command-text.ts';
import type { Instant } from '../tuf/instant.ts';

/** Whose key in custody has signed what. */
export interface CustodySummary {
  readonly person: string;
  readonly signed: readonly {
    readonly number: number;
    readonly url: string | null;
    readonly files: readonly { readonly role: string; readonly version: number; readonly payload: string }[];
  }[];
}

/** What was abandoned, and which signatures of it are out there. */
export interface AbandonSummary {
  readonly number: number;
  readonly url: string;
  readonly live: readonly { readonly by: string; readonly role: string; readonly version: number; readonly payload: string }[];
}

/** What a site holds. */
export interface SiteSummary {
  readonly files: number;
  /** Where it will be found; null when that is not known. */
  readonly siteUrl: string | null;
  readonly findings: readonly Finding[];
}

/** Files that were fetched and verified. */
export interface FetchSummary {
  readonly source: string;
  readonly files: readonly { readonly path: string; readonly length: number }[];
  /** What could not be had. */
  readonly problems: readonly Refusal[];
}

/** What a publish would do. */
export interface NeedsSummary {
  readonly reasons: readonly string[];
  readonly behind: boolean;
}

/** Everything that a step can have to show. */
export type SummaryView =
  | { readonly kind: 'propose'; readonly propose: ProposeSummary }
  | { readonly kind: 'gather'; readonly gather: GatherSummary }
  | { readonly kind: 'custody'; readonly custody: CustodySummary }
  | { readonly kind: 'publish'; readonly publish: PublishSummary }
  | { readonly kind: 'publish-needs'; readonly needs: NeedsSummary }
  | { readonly kind: 'site'; readonly site: SiteSummary }
  | { readonly kind: 'abandon'; readonly abandon: AbandonSummary }
  | { readonly kind: 'fetch'; readonly fetch: FetchSummary }
  | { readonly kind: 'status'; readonly status: StatusView & { readonly now: Instant } }
  | { readonly kind: 'verify'; readonly verify: VerifyView & { readonly now: Instant } }
  | { readonly kind: 'refused'; readonly command: string; readonly refusal: Refusal; readonly hint: string | null };

const more = (count: number): string => `- … and ${String(count)} more`;

function signedFile({ role, version, payload }: { readonly role: string; readonly version: number; readonly payload: string }): string {
  return `${escapeMarkdown(role)} v${String(version)} (\`sha256:${payload}\`)`;
}

function custodySummary({ person, signed }: CustodySummary): string {
  const name = escapeMarkdown(person);
  if (signed.length === 0)
    return [...summaryHead('✅', `Nothing to sign for ${name}`, 'apply'), 'No standing approval of theirs misses its signature.', ''].join(
      '\n',
    );
  const line = ({ number, url, files }: CustodySummary['signed'][number]): string =>
    `- ${pullLink(number, url)}: ${files.slice(0, 20).map(signedFile).join(', ')}`;
  return [
    ...summaryHead('🔑', `Signed for ${name} with a key in custody`, 'apply'),
    'This is what their approval covers, and nothing else:',
    '',
    ...fittingLines(signed, line, SUMMARY_BUDGETS.files, more),
    '',
  ].join('\n');
}

function abandonSummary({ number, url, live }: AbandonSummary): string {
  const line = ({ by, role, version, payload }: AbandonSummary['live'][number]): string =>
    `- ${escapeMarkdown(by)}: ${escapeMarkdown(role)} v${String(version)} \`sha256:${payload}\``;
  const said =
    live.length === 0
      ? ['Nobody had signed it.', '']
      : [
          'These signatures can not be taken back: whoever has enough of them could complete that content until a later version is published.',
          '',
          ...fittingLines(live, line, SUMMARY_BUDGETS.files, more),
          '',
        ];
  return [...summaryHead('🗑️', `Abandoned ${pullLink(number, url)}`, 'apply'), ...said].join('\n');
}

function needsSummary({ reasons, behind }: NeedsSummary): string {
  const title = reasons.length === 0 ? 'Nothing to publish' : `${countOf(reasons.length, 'reason')} to publish`;
  return [
    ...summaryHead('', title, 'dry-run'),
    ...reasons.slice(0, 50).map((reason) => `- ${escapeMarkdown(reason)}`),
    ...(behind ? ['- the site serves less than the published branch has'] : []),
    '',
  ].join('\n');
}

function siteSummary({ files, siteUrl, findings }: SiteSummary): string {
  const where = siteUrl === null ? '' : `, for ${linkTo(siteUrl, siteUrl)}`;
  return [
    ...summaryHead('📦', 'The site is ready to be deployed', 'apply'),
    `${countOf(files, 'file')} of the published branch${where}.`,
    '',
    ...findingLines(findings),
  ].join('\n');
}

function fetchSummary({ source, files, problems }: FetchSummary): string {
  const rows = fittingLines(
    files,
    ({ path, length }) => `| ${codeMarkdown(path)} | ${String(length)} |`,
    SUMMARY_BUDGETS.files,
    (count) => `| … ${String(count)} more | |`,
  );
  const isWhole = problems.length === 0;
  return [
    ...summaryHead(
      isWhole ? '✅' : '❌',
      isWhole ? `${countOf(files.length, 'file')} fetched and verified` : `${countOf(problems.length, 'file')} not fetched`,
      'apply',
    ),
    `From ${linkTo(source, source)}.`,
    '',
    ...(files.length === 0 ? [] : ['| target | bytes |', '| --- | --- |', ...rows, '']),
    ...(isWhole ? [] : ['### Problems', '', ...refusalLines(problems, SUMMARY_BUDGETS.findings), '']),
  ].join('\n');
}

function refusedSummary(command: string, { code, where, detail }: Refusal, hint: string | null): string {
  return [
    `## ❌ ${escapeMarkdown(command)} refused: \`${code}\``,
    '',
    `${codeMarkdown(where)}: ${escapeMarkdown(detail)}`,
    '',
    ...(hint === null ? [] : ['> [!TIP]', `> ${escapeMarkdown(hint)}`, '']),
  ].join('\n');
}

/** The summary of a step, as Markdown, below GitHub's limit whatever others have written. */
export function renderSummary(view: SummaryView): string {
  switch (view.kind) {
    case 'propose':
      return proposeSummary(view.propose);
    case 'gather':
      return gatherSummary(view.gather);
    case 'custody':
      return custodySummary(view.custody);
    case 'publish':
      return publishSummary(view.publish);
    case 'publish-needs':
      return needsSummary(view.needs);
    case 'site':
      return siteSummary(view.site);
    case 'abandon':
      return abandonSummary(view.abandon);
    case 'fetch':
      return fetchSummary(view.fetch);
    case 'status':
      return statusSummary(view.status);
    case 'verify':
      return verifySummary(view.verify);
    case 'refused':
      return refusedSummary(view.command, view.refusal, view.hint);
    default:
      return view satisfies never;
  }
}
