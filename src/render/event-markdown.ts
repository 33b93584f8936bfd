// SPDX-License-Identifier: Apache-2.0
import type { EventStatus, Requirement, RoleStatus } from '../event/facts.ts';

/** By this the one comment of ours is found; readers don't see it. */
export const STICKY_MARKER = '<!-- countersign:status -->';

/** Text of others as it may stand in a Markdown table or line: one line, nothing that formats, mentions or links. */
export function escapeMarkdown(text: string): string {
  const capped = text.length > 200 ? `${text.slice(0, 199)}…` : text;
  return capped.replace(/[\r\n\t]+/g, ' ').replace(/[\\`*_{}[\]()<>#+!|~@&]/g, (c) => `&#${String(c.charCodeAt(0))};`);
}

function requirementText({ by, needed, votes, missing }: Requirement): string {
  const signed = votes.map(({ person, custody }) => (custody ? `${person} (custody)` : person));
  const waiting = votes.length >= needed ? '' : `; waiting for ${missing.map(escapeMarkdown).join(', ')}`;
  return `${String(votes.length)} of ${String(needed)} by ${by}${signed.length === 0 ? '' : `: ${signed.map(escapeMarkdown).join(', ')}`}${waiting}`;
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

/** The sticky comment of an event, as Markdown. */
export function renderSticky(status: EventStatus): string {
  const lines = [STICKY_MARKER, `**${headline(status)}**`, ''];
  if (status.roles.length > 0) {
    lines.push('| | file | signatures | payload |', '| --- | --- | --- | --- |', ...status.roles.map(roleRow), '');
  }
  if (status.problems.length > 0) {
    lines.push(
      'Problems:',
      ...status.problems.map(({ code, where, detail }) => `- \`${code}\` ${escapeMarkdown(where)}: ${escapeMarkdown(detail)}`),
      '',
    );
  }
  const ignored = status.roles.flatMap((role) => role.ignored.map((one) => ({ role: role.role, ...one })));
  if (ignored.length > 0) {
    lines.push(
      'Not counted:',
      ...ignored.map(
        ({ role, who, code, detail }) => `- ${escapeMarkdown(who)} for ${escapeMarkdown(role)}: \`${code}\`, ${escapeMarkdown(detail)}`,
      ),
      '',
    );
  }
  if (status.state === 'waiting') lines.push(`Sign with \`countersign sign ${status.pull.url}\`.`, '');
  return lines.join('\n');
}

/** The commit status of an event: GitHub shows at most 140 characters. */
export function statusLine(status: EventStatus): { readonly state: 'pending' | 'success' | 'failure'; readonly description: string } {
  const open = status.roles
    .filter(({ complete }) => !complete)
    .map(
      ({ role, requirements }) =>
        `${role} ${requirements.map(({ votes, needed }) => `${String(votes.length)}/${String(needed)}`).join('+')}`,
    );
  const text = open.length === 0 ? headline(status) : `${headline(status)} ${open.join(', ')}`;
  const description = text.length > 140 ? `${text.slice(0, 139)}…` : text;
  if (status.state === 'complete') return { state: 'success', description };
  return { state: status.state === 'invalid' ? 'failure' : 'pending', description };
}
