// SPDX-License-Identifier: Apache-2.0
import type { RepositoryReport, RepositoryWarning } from '../client/repository-report.ts';
import { countOf, expiryText } from '../render/status-text.ts';
import { quote } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';

/** What only other clients read differently is of no use to most who verify: our own recommended policy has some of it. */
function isNote(warning: RepositoryWarning): boolean {
  return warning.kind === 'compatibility' && warning.finding.severity === 'warning';
}

function warningText(warning: RepositoryWarning): string {
  if (warning.kind === 'unclaimed') return `${warning.path}: no client would ask for this file`;
  if (warning.kind === 'unneeded') return `${warning.where}: ${warning.detail} (no client needs it that begins with the given root)`;
  const { finding, where } = warning;
  return `${where}: ${quote(finding.subject)}: ${finding.detail} (${finding.clients.join(', ')})`;
}

/** A site that holds nothing of what is listed: the files may be elsewhere by design, or gone. */
function absenceLines({ roles, targetsChecked, targetsAbsent }: RepositoryReport): readonly string[] {
  if (targetsAbsent.length === 0 || targetsChecked > 0) return [];
  const listed = roles.reduce((sum, { targets }) => sum + targets, 0);
  return [
    `targets: ${countOf(listed, 'target file')} listed, and none of those that were looked for is here; clients need them from elsewhere`,
  ];
}

/** Warnings line by line, and notes in one line unless they are asked for. */
export function warningLines(
  report: RepositoryReport,
  time: Instant,
  all: boolean,
): { readonly warnings: readonly string[]; readonly notes: readonly string[] } {
  const { expiring, warnings } = report;
  const notes = warnings.filter(isNote).map(warningText);
  return {
    warnings: [
      ...expiring.map(({ where, expires }) => `${where}: expires ${expiryText(expires, time)}`),
      ...warnings.filter((warning) => !isNote(warning)).map(warningText),
      ...absenceLines(report),
    ],
    notes: all || notes.length === 0 ? notes : [`${countOf(notes.length, 'note')} on other clients (--notes)`],
  };
}
