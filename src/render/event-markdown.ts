// SPDX-License-Identifier: Apache-2.0
import type { EventStatus, Ignored, Requirement, RoleStatus } from '../event/facts.ts';
import type { Refusal } from '../tuf/errors.ts';
import { codeMarkdown, escapeMarkdown, fittingLines, nameList } from './markdown.ts';

/** By this the one comment of ours is found; readers don't see it. */
export const STICKY_MARKER = '<!-- countersign:status -->';

/** Anybody may comment, so anybody adds to these lists: each has its share of what a comment may hold. */
const BUDGETS = { roles: 24_000, problems: 20_000, ignored: 16_000 } as const;

function requirementText({ by, needed, votes, missing }: Requirement): string {
  const signed = votes.map(({ person, custody }) => (custody ? `${person} (custody)` : person));
  const waiting = votes.length >= needed ? '' : `; waiting for ${nameList(missing)}`;
  return `${String(votes.length)} of ${String(needed)} by ${escapeMarkdown(by)}${signed.length === 0 ? '' : `: ${nameList(signed)}`}${waiting}`;
}

function roleRow({ role, version, payload, requirements, complete }: RoleStatus): string {
  return `| ${complete ? 'complete' : 'open'} | ${escapeMarkdown(role)} v${String(version)} | ${requirements.map(requirementText).join('<br>')} | \`${payload.slice(0, 16)}…\` |`;
}

/** The first sentence of a status, for people. */
export function headline(status: EventStatus): string {
  switch (status.state) {
    case 'invalid':
      return 'This event cannot complete as it is.';
    case 'outdated':
      return 'The signed state has moved on: this event must be built again.';
    case 'queued':
      return `Queued behind #${String(status.behind ?? 0)}; do not sign it yet.`;
    case 'waiting':
      return 'Waiting for signatures.';
    case 'complete':
      return 'Signed by enough people.';
    default:
      return status.state satisfies never;
  }
}

function problemLine({ code, where, detail }: Refusal): string {
  return `- \`${code}\` ${codeMarkdown(where)}: ${escapeMarkdown(detail)}`;
}

function ignoredLine({ role, who, code, detail }: Ignored & { readonly role: string }): string {
  return `- ${escapeMarkdown(who)} for ${escapeMarkdown(role)}: \`${code}\`, ${escapeMarkdown(detail)}`;
}

/** The sticky comment of an event, as Markdown. It fits into a comment whatever others write. */
export function renderSticky(status: EventStatus): string {
  const lines = [STICKY_MARKER, `**${headline(status)}**`, ''];
  if (status.roles.length > 0) {
    const rows = fittingLines(status.roles, roleRow, BUDGETS.roles, (count) => `| … | ${String(count)} more | | |`);
    lines.push('| | file | signatures | payload |', '| --- | --- | --- | --- |', ...rows, '');
  }
  const more = (count: number): string => `- … and ${String(count)} more`;
  if (status.problems.length > 0) lines.push('Problems:', ...fittingLines(status.problems, problemLine, BUDGETS.problems, more), '');
  const ignored = status.roles.flatMap((role) => role.ignored.map((one) => ({ ...one, role: role.role })));
  if (ignored.length > 0) lines.push('Not counted:', ...fittingLines(ignored, ignoredLine, BUDGETS.ignored, more), '');
  if (status.state === 'waiting') lines.push(`Sign with \`countersign sign ${status.pull.url}\`.`, '');
  return lines.join('\n');
}

/** A commit status is plain text; GitHub refuses characters beyond U+FFFF in it, and then the whole status. */
function statusText(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/gu, '?');
  return plain.length > 140 ? `${plain.slice(0, 139)}…` : plain;
}

/** The commit status of an event: GitHub shows at most 140 characters. */
export function statusLine(status: EventStatus): { readonly state: 'pending' | 'success' | 'failure'; readonly description: string } {
  const open = status.roles
    .filter(({ complete }) => !complete)
    .map(
      ({ role, requirements }) =>
        `${role} ${requirements.map(({ votes, needed }) => `${String(votes.length)}/${String(needed)}`).join('+')}`,
    );
  const description = statusText(open.length === 0 ? headline(status) : `${headline(status)} ${open.join(', ')}`);
  if (status.state === 'complete') return { state: 'success', description };
  return { state: status.state === 'invalid' ? 'failure' : 'pending', description };
}
