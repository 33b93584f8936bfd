// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../event/base.ts';
import type { EventStatus, Ignored, Requirement, RoleStatus } from '../event/facts.ts';
import { encodeInstant, type Instant } from '../tuf/instant.ts';
import { headline } from './event-markdown.ts';
import { escapeMarkdown, fittingLines, nameList } from './markdown.ts';
import { countOf } from './status-text.ts';
import {
  findingLines,
  linkTo,
  pullLink,
  refusalLines,
  signLine,
  SUMMARY_BUDGETS,
  summaryHead,
  type SummaryMode,
} from './summary-layout.ts';

/** What a gather, or a settle, leaves to be shown. */
export interface GatherSummary {
  readonly mode: SummaryMode;
  /** When the facts were read. */
  readonly now: Instant;
  readonly events: readonly EventStatus[];
  readonly completed: readonly number[];
  readonly rebuilt: readonly number[];
  /** Whose custody keys sign next. */
  readonly custody: readonly { readonly person: string }[];
  readonly released: readonly { readonly tag: string; readonly url: string }[];
  /** Why a publish has something to do. */
  readonly publish: readonly string[];
  readonly findings: readonly Finding[];
  /** Where the host's requests have run low: when they are there again; null where all was read. */
  readonly stopped: { readonly left: number; readonly resets: Instant } | null;
  /** Where pull requests are, by number; null where that is not known. */
  readonly pullUrl: (number: number) => string | null;
}

/** Anybody may comment, so anybody adds to these: each has its share of one event. */
const EVENT_BUDGETS = { roles: 8_000, problems: 6_000, ignored: 6_000 } as const;

const MARKS: Readonly<Record<EventStatus['state'], string>> = {
  invalid: '❌',
  outdated: '♻️',
  waiting: '⏳',
  complete: '✅',
};

function signedCell({ by, needed, votes }: Requirement): string {
  const people = votes.map(({ person, custody }) => (custody ? `${person} (custody)` : person));
  const names = people.length === 0 ? '' : `: ${nameList(people)}`;
  return `**${String(votes.length)} of ${String(needed)}** for ${escapeMarkdown(by)}${names}`;
}

function missingCell({ votes, needed, missing }: Requirement): string {
  return votes.length >= needed ? '' : nameList(missing);
}

function roleRow({ role, version, payload, requirements, complete }: RoleStatus): string {
  const cells = [
    complete ? '✅' : '⏳',
    `${escapeMarkdown(role)} v${String(version)}`,
    requirements.map(signedCell).join('<br>'),
    requirements.map(missingCell).join('<br>'),
    `\`${payload.slice(0, 16)}…\``,
  ];
  return `| ${cells.join(' | ')} |`;
}

function roleTable(roles: readonly RoleStatus[]): readonly string[] {
  if (roles.length === 0) return [];
  const rows = fittingLines(roles, roleRow, EVENT_BUDGETS.roles, (count) => `| … | ${String(count)} more | | | |`);
  return ['| | file | signed | waiting for | payload |', '| --- | --- | --- | --- | --- |', ...rows, ''];
}

function ignoredLines(roles: readonly RoleStatus[]): readonly string[] {
  const ignored = roles.flatMap((role) => role.ignored.map((one) => ({ ...one, role: role.role })));
  if (ignored.length === 0) return [];
  const line = ({ role, who, code, detail }: Ignored & { readonly role: string }): string =>
    `- ${escapeMarkdown(who)} for ${escapeMarkdown(role)}: \`${code}\`, ${escapeMarkdown(detail)}`;
  return ['Not counted:', '', ...fittingLines(ignored, line, EVENT_BUDGETS.ignored, (count) => `- … and ${String(count)} more`), ''];
}

/** One event: where it stands, who has signed what, and what to do. */
export function eventSection(status: EventStatus): string {
  const { pull, state, roles, problems } = status;
  const names = roles.slice(0, 3).map(({ role, version }) => `${escapeMarkdown(role)} v${String(version)}`);
  const title = [pullLink(pull.number, pull.url), ...(names.length === 0 ? [] : [names.join(', ')])].join(' · ');
  const problemPart = problems.length === 0 ? [] : ['Problems:', '', ...refusalLines(problems, EVENT_BUDGETS.problems), ''];
  const todo = state === 'waiting' ? [signLine(pull.url), ''] : [];
  return [
    `### ${MARKS[state]} ${title}`,
    '',
    headline(status),
    '',
    ...roleTable(roles),
    ...problemPart,
    ...ignoredLines(roles),
    ...todo,
  ].join('\n');
}

/** All open events, as many as fit. */
export function eventSections(events: readonly EventStatus[]): readonly string[] {
  return fittingLines(events, eventSection, SUMMARY_BUDGETS.events, (count) => `… and ${countOf(count, 'more event')}\n`);
}

function numbers(all: readonly number[], pullUrl: GatherSummary['pullUrl']): string {
  const shown = all.slice(0, 50).map((number) => pullLink(number, pullUrl(number)));
  return all.length > shown.length ? `${shown.join(', ')} and ${String(all.length - shown.length)} more` : shown.join(', ');
}

/** Why a gather has stopped before it looked, and when the next one goes on. */
export function stoppedText({ left, resets }: { readonly left: number; readonly resets: Instant }): string {
  return `${String(left)} requests to the host are left until ${encodeInstant(resets)}: they are kept for publish. No signing event was read; a later run does.`;
}

function gatherHead({ mode, events, completed, findings, stopped }: GatherSummary): readonly string[] {
  if (stopped !== null) return [...summaryHead('⏸️', 'Stopped early', mode), stoppedText(stopped), ''];
  if (completed.length > 0) return summaryHead('✅', `${countOf(completed.length, 'signing event')} completed`, mode);
  const waiting = events.filter(({ state }) => state === 'waiting' || state === 'complete').length;
  if (waiting > 0) return summaryHead('⏳', `${countOf(waiting, 'signing event')} waiting for signatures`, mode);
  if (events.length > 0) return summaryHead('⚠️', `${countOf(events.length, 'signing event')} open, none ready to sign`, mode);
  return summaryHead(findings.length > 0 ? '⚠️' : '✅', 'Nothing to sign', mode);
}

/** The summary of a gather. */
export function gatherSummary(view: GatherSummary): string {
  const { now, events, completed, rebuilt, custody, released, publish, findings, pullUrl } = view;
  const done = [
    ...(completed.length === 0 ? [] : [`- completed: ${numbers(completed, pullUrl)}`]),
    ...(rebuilt.length === 0 ? [] : [`- built again on the signed state: ${numbers(rebuilt, pullUrl)}`]),
    ...(released.length === 0
      ? []
      : [
          `- released: ${released
            .slice(0, 50)
            .map(({ tag, url }) => linkTo(tag, url))
            .join(', ')}`,
        ]),
    ...(custody.length === 0
      ? []
      : [`- signed next with keys in custody, as they approved: ${nameList(custody.map(({ person }) => person))}`]),
    ...(publish.length === 0 ? [] : [`- to be published next: ${publish.slice(0, 10).map(escapeMarkdown).join('; ')}`]),
  ];
  return [
    ...gatherHead(view),
    ...(events.length === 0 && done.length === 0 && view.stopped === null ? ['No signing event is open.', ''] : []),
    ...(done.length === 0 ? [] : [...done, '']),
    ...eventSections(events),
    ...findingLines(findings),
    `Checked at ${encodeInstant(now)}.`,
    '',
  ].join('\n');
}
