// SPDX-License-Identifier: Apache-2.0
import type { Instant } from '../tuf/instant.ts';
import { siteText, unlistedText, type PublishView, type StatusView, type VerifyView } from './command-text.ts';
import { codeMarkdown, escapeMarkdown, fittingLines } from './markdown.ts';
import { countOf, expiryText } from './status-text.ts';
import { eventSections } from './summary-events.ts';
import { findingLines, linkTo, refusalLines, SUMMARY_BUDGETS, summaryHead } from './summary-layout.ts';

/** What a publish leaves to be shown. */
export interface PublishSummary extends PublishView {
  readonly now: Instant;
  /** Where clients fetch; null when that is not known. */
  readonly siteUrl: string | null;
}

const SITE: ReadonlyMap<string, string> = new Map([
  ['updated', 'written'],
  ['unchanged', 'as it was'],
  ['newer', 'newer than the published branch, and left as it is'],
  ['behind', 'to be deployed next'],
  ['deploy', 'to be deployed next'],
]);

function versionTable(
  rows: readonly (readonly [name: string, version: number, expires: Instant | null])[],
  now: Instant,
): readonly string[] {
  return [
    '| file | version | expires |',
    '| --- | --- | --- |',
    ...fittingLines(
      rows,
      ([name, version, expires]) =>
        `| ${escapeMarkdown(name)} | ${String(version)} | ${expires === null ? '' : expiryText(expires, now)} |`,
      SUMMARY_BUDGETS.findings,
      (count) => `| … | ${String(count)} more | |`,
    ),
    '',
  ];
}

/** The summary of a publish. */
export function publishSummary(view: PublishSummary): string {
  const { now, outcome, reasons, snapshot, timestamp, expires, site, findings, siteUrl } = view;
  const title = outcome === 'fresh' ? 'All is fresh' : `Published timestamp ${String(timestamp)}`;
  const where = siteUrl === null ? 'the site' : linkTo(siteUrl, siteUrl);
  const count = site.written > 0 ? `, ${countOf(site.written, 'file')}` : '';
  return [
    ...summaryHead(findings.length > 0 ? '⚠️' : '✅', title, 'apply'),
    ...versionTable(
      [
        ['snapshot', snapshot, null],
        ['timestamp', timestamp, null],
      ],
      now,
    ),
    `- fresh until ${expiryText(expires, now)}`,
    ...reasons.slice(0, 20).map((reason) => `- ${escapeMarkdown(reason)}`),
    ...unlistedText(view, 'a publish with `prune: true`').map((line) => `- ${line}`),
    `- ${where}: ${SITE.get(site.outcome) ?? escapeMarkdown(site.outcome)}${count}`,
    '',
    ...findingLines(findings),
  ].join('\n');
}

/** The summary of a verification. */
export function verifySummary(view: VerifyView & { readonly now: Instant }): string {
  const { now, roles, problems, warnings, targetsChecked, targetsAbsent } = view;
  const top = (['root', 'timestamp', 'snapshot'] as const).flatMap((name): [string, number, Instant][] => {
    const file = view[name];
    return file === null ? [] : [[name, file.version, file.expires]];
  });
  const rest = roles.map(({ name, version, expires }): [string, number, Instant] => [name, version, expires]);
  const notHosted = targetsAbsent.length === 0 ? '' : `, ${countOf(targetsAbsent.length, 'listed file')} not hosted here`;
  const isGood = problems.length === 0;
  return [
    ...summaryHead(
      isGood ? '✅' : '❌',
      isGood ? 'The repository verifies' : `${countOf(problems.length, 'problem')} in the repository`,
      'apply',
    ),
    ...versionTable([...top, ...rest], now),
    `${countOf(targetsChecked, 'hosted file')} hashed${notHosted}.`,
    '',
    ...(isGood ? [] : ['### Problems', '', ...refusalLines(problems, SUMMARY_BUDGETS.findings), '']),
    ...(warnings.length === 0
      ? []
      : [
          '### Warnings',
          '',
          ...fittingLines(
            warnings,
            (text) => `- ${escapeMarkdown(text)}`,
            SUMMARY_BUDGETS.findings,
            (count) => `- … and ${String(count)} more`,
          ),
          '',
        ]),
  ].join('\n');
}

/** The summary of a status. */
export function statusSummary(view: StatusView & { readonly now: Instant }): string {
  const { now, repository, root, signed, site, published, events, findings } = view;
  const rows = signed.map(({ role, version, expires }): [string, number, Instant] => [role, version, expires]);
  return [
    ...summaryHead(
      findings.length > 0 ? '⚠️' : '📋',
      repository === null ? 'Nothing is signed yet' : 'The repository as it stands',
      'apply',
    ),
    ...(repository === null ? [] : [`- repository ${codeMarkdown(repository)}`, `- root v1 ${codeMarkdown(`sha256:${root ?? ''}`)}`]),
    `- ${siteText(site, published, now)}`,
    '',
    ...(rows.length === 0 ? [] : versionTable(rows, now)),
    ...(events.length === 0 ? ['No signing event is open.', ''] : eventSections(events)),
    ...findingLines(findings),
  ].join('\n');
}
