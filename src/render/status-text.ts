// SPDX-License-Identifier: Apache-2.0
import type { EventStatus, RoleStatus } from '../event/facts.ts';
import { encodeInstant, type Instant } from '../tuf/instant.ts';
import { terminalText } from './terminal-text.ts';
import { headline } from './event-markdown.ts';
import type { Style } from './style.ts';

function stateWord(status: EventStatus, style: Style): string {
  switch (status.state) {
    case 'complete':
      return style.good(status.state);
    case 'invalid':
      return style.bad(status.state);
    case 'outdated':
    case 'waiting':
      return style.warn(status.state);
    default:
      return status.state satisfies never;
  }
}

function roleLines(role: RoleStatus, style: Style): readonly string[] {
  const lines = role.requirements.map(({ by, needed, votes, missing }) => {
    const names = votes.map(({ person, custody }) => terminalText(custody ? `${person} (custody)` : person)).join(', ');
    const count = `${String(votes.length)} of ${String(needed)}`;
    const waiting = votes.length >= needed ? '' : style.faint(`  waiting for ${missing.map(terminalText).join(', ')}`);
    return `  ${terminalText(role.role)} v${String(role.version)}  ${votes.length >= needed ? style.good(count) : style.warn(count)} by ${terminalText(by)}${names === '' ? '' : `: ${names}`}${waiting}`;
  });
  const ignored = role.ignored.map(({ who, code, detail }) =>
    style.faint(`    not counted: ${terminalText(who)}, ${code}: ${terminalText(detail)}`),
  );
  return [...lines, ...ignored];
}

/** One event, for a terminal. */
export function eventText(status: EventStatus, style: Style): string {
  const { pull } = status;
  const head = `#${String(pull.number)} ${stateWord(status, style)}  ${style.faint(terminalText(pull.branch))}  ${headline(status)}`;
  const problems = status.problems.map(({ code, where, detail }) => `  ${style.bad(code)} ${terminalText(where)}: ${terminalText(detail)}`);
  return [head, ...status.roles.flatMap((role) => roleLines(role, style)), ...problems].join('\n');
}

/** A finding, for a terminal. */
export function findingText(
  finding: { readonly code: string; readonly where: string; readonly detail: string; readonly source: string },
  style: Style,
): string {
  return `${style.bad('left out')} ${finding.source}: ${terminalText(finding.where)}: ${terminalText(finding.detail)} (${finding.code})`;
}

/** A number with its noun: `1 day`, `2 days`. */
export function countOf(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** An expiry, with how long that is from now. */
export function expiryText(expires: Instant, now: Instant): string {
  const seconds = expires - now;
  const days = Math.floor(Math.abs(seconds) / 86_400);
  const span = days > 0 ? countOf(days, 'day') : countOf(Math.floor(Math.abs(seconds) / 3_600), 'hour');
  return `${encodeInstant(expires)} (${seconds >= 0 ? `in ${span}` : `${span} ago`})`;
}
