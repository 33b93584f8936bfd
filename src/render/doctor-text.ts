// SPDX-License-Identifier: Apache-2.0
import type { DoctorFinding } from '../event/decide-doctor.ts';
import { terminalText } from './terminal-text.ts';
import type { Style } from './style.ts';

function severityWord(severity: DoctorFinding['severity'], style: Style): string {
  switch (severity) {
    case 'leak':
      return style.bad('key could leak');
    case 'broken':
      return style.bad('broken');
    case 'advice':
      return style.warn('advice');
    default:
      return severity satisfies never;
  }
}

/** What doctor found, for a terminal: each with what to change, and where. */
export function doctorText(view: { readonly repository: string; readonly findings: readonly DoctorFinding[] }, style: Style): string {
  const { repository, findings } = view;
  if (findings.length === 0) return `${style.good('well')}: ${terminalText(repository)} is set up as it should be`;
  return findings
    .map(({ severity, detail, change, url }) =>
      [
        `${severityWord(severity, style)}  ${terminalText(detail)}`,
        `  ${terminalText(change)}`,
        style.faint(`  ${terminalText(url)}`),
      ].join('\n'),
    )
    .join('\n');
}
