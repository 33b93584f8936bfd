// SPDX-License-Identifier: Apache-2.0
import type { EventState, EventStatus, Ignored, RoleStatus } from '../event/facts.ts';
import type { Refusal } from '../tuf/errors.ts';
import { encodeInstant, type Instant } from '../tuf/instant.ts';
import { ignoredReason } from './ignored-text.ts';
import { countText } from './count-text.ts';
import { codeMarkdown, escapeMarkdown, fittingLines, MAX_BODY_CHARACTERS, nameList, signCommand } from './markdown.ts';
import { problemTitle } from './problem-text.ts';
import { askedFor, openRequirements, requirementRow, waitingFor, type Asked, type OpenRequirement } from './requirement-text.ts';

/** By this the one comment of ours is found; readers don't see it. */
export const STICKY_MARKER = '<!-- countersign:status -->';

/** Anybody may comment, so anybody adds to these lists: each has its share of what a comment may hold. The payloads have the rest, which is never less than a third. */
const BUDGETS = { rows: 18_000, problems: 12_000, ignored: 8_000 } as const;

const MARKS: Readonly<Record<EventState, string>> = { invalid: '❌', outdated: '♻️', waiting: '⏳', complete: '✅' };

/** What another open event of the same role means for those who sign this one. */
function behindText(number: number): string {
  return `#${String(number)} changes the same role: if it completes first, this one is built again and must be signed again.`;
}

/** The first sentence of a status, for people. */
export function headline(status: EventStatus): string {
  switch (status.state) {
    case 'invalid':
      return 'This event cannot complete as it is.';
    case 'outdated':
      return 'The signed state has moved on: this event must be built again.';
    case 'waiting':
      return status.behind === null ? 'Waiting for signatures.' : `Waiting for signatures. ${behindText(status.behind)}`;
    case 'complete':
      return 'Signed by enough people.';
    default:
      return status.state satisfies never;
  }
}

/** How many people a line names. */
const MAX_NAMED = 5;

/** What is missing and from whom, in a line. */
function title(status: EventStatus, open: readonly OpenRequirement[]): string {
  const [first, ...more] = open;
  if (status.state !== 'waiting' || first === undefined) return headline(status).replace(/\.$/, '');
  if (more.length === 0) return waitingFor(first.requirement, (names) => nameList(names, MAX_NAMED));
  const { sign, approve } = askedFor(open);
  return sign.length + approve.length === 0
    ? 'Approved. Waiting for custody keys'
    : `Waiting for ${nameList([...sign, ...approve], MAX_NAMED)}`;
}

function tableLines({ roles, state }: EventStatus): readonly string[] {
  if (roles.length === 0) return [];
  const rows = fittingLines(
    roles,
    (role) => role.requirements.map((one) => requirementRow(role, one, state)).join('\n'),
    BUDGETS.rows,
    (count) => `| … ${countText(count)} more | | | |`,
  );
  return ['| file | signed | can still sign | signers set by |', '| --- | --- | --- | --- |', ...rows, ''];
}

function moreItems(count: number): string {
  return `- … and ${countText(count)} more`;
}

/** Characters around the list of payloads. */
const PAYLOADS_HEAD = 20;

/** Full digests: by them it is seen later which content people were told of. */
function payloadLines(roles: readonly RoleStatus[], budget: number): readonly string[] {
  const [only, ...more] = roles;
  if (only === undefined) return [];
  if (more.length === 0) return [`Payload: \`sha256:${only.payload}\``, ''];
  const line = ({ role, version, payload }: RoleStatus): string =>
    `- **${escapeMarkdown(role)} v${String(version)}**: \`sha256:${payload}\``;
  return ['Payloads:', '', ...fittingLines(roles, line, budget, moreItems), ''];
}

function problemLines(problems: readonly Refusal[]): readonly string[] {
  if (problems.length === 0) return [];
  const line = ({ code, where, detail }: Refusal): string =>
    `- **${problemTitle(code)}** (${codeMarkdown(where)}): ${escapeMarkdown(detail)} (\`${code}\`)`;
  return [...fittingLines(problems, line, BUDGETS.problems, moreItems), ''];
}

/** More lines than their share holds: the rest is only counted. */
const MAX_IGNORED = 400;

function ignoredLines(roles: readonly RoleStatus[]): readonly string[] {
  const count = roles.reduce((sum, { ignored }) => sum + ignored.length, 0);
  if (count === 0) return [];
  const first: (Ignored & { readonly role: string })[] = [];
  for (const { role, ignored } of roles) {
    first.push(...ignored.slice(0, MAX_IGNORED - first.length).map((one) => ({ ...one, role })));
  }
  const line = ({ role, who, code, detail }: Ignored & { readonly role: string }): string => {
    // What can't be read names no file.
    const of = code === 'unreadable' ? '' : ` (${escapeMarkdown(role)})`;
    return `- **${escapeMarkdown(who)}**${of} ${ignoredReason(code)} (${escapeMarkdown(detail)})`;
  };
  return ['**Not counted:**', '', ...fittingLines(first, line, BUDGETS.ignored, (left) => moreItems(left + count - first.length)), ''];
}

function askLines({ pull }: EventStatus, { sign, approve }: Asked): readonly string[] {
  if (sign.length + approve.length === 0) return ['Nobody needs to do anything: the key is used within 30 minutes.', ''];
  return [
    ...(sign.length === 0 ? [] : ['To sign, on your own machine:', '', ...signCommand(pull.url), '']),
    ...(approve.length === 0
      ? []
      : [`To approve in the browser (${nameList(approve, MAX_NAMED)}): submit a review that approves this pull request.`, '']),
  ];
}

function actionLines(status: EventStatus, open: readonly OpenRequirement[]): readonly string[] {
  switch (status.state) {
    case 'invalid':
      return ['Signatures do not help here. Close this pull request, correct what is wrong, and propose it again.', ''];
    case 'outdated':
      return ['Do not sign it. It could not be built again by itself: close this pull request and propose it again.', ''];
    case 'complete':
      return ['Nobody needs to do anything: it is merged and published next.', ''];
    case 'waiting':
      return [...(status.behind === null ? [] : [behindText(status.behind), '']), ...askLines(status, askedFor(open))];
    default:
      return status.state satisfies never;
  }
}

function footer({ state }: EventStatus, checkedAt: Instant): string {
  const next = state === 'complete' ? '' : ' New reviews and comments are checked within 30 minutes.';
  return `Last checked ${encodeInstant(checkedAt)}.${next}`;
}

/**
 * The sticky comment of an event, as Markdown: what is missing, from whom, and what to do. It fits into a comment whatever others write, and has the full
 * payload digest of each file.
 * @param checkedAt - when the facts were read
 */
export function renderSticky(status: EventStatus, checkedAt: Instant): string {
  const open = openRequirements(status);
  const head = [
    STICKY_MARKER,
    `### ${MARKS[status.state]} ${title(status, open)}`,
    '',
    ...problemLines(status.problems),
    ...tableLines(status),
    ...actionLines(status, open),
  ];
  const foot = [...ignoredLines(status.roles), footer(status, checkedAt), ''];
  const left = MAX_BODY_CHARACTERS - [...head, ...foot].join('\n').length - PAYLOADS_HEAD;
  return [...head, ...payloadLines(status.roles, left), ...foot].join('\n');
}

const MAX_STATUS = 140;

/** A commit status is plain text; GitHub refuses characters beyond U+FFFF in it, and then the whole status. */
function statusText(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/gu, '?');
  return plain.length > MAX_STATUS ? `${plain.slice(0, MAX_STATUS - 3)}...` : plain;
}

function statusWords(status: EventStatus): string {
  const [problem] = status.problems;
  if (status.state === 'invalid' && problem !== undefined) return `Refused. ${problemTitle(problem.code)}: ${problem.where}`;
  const open = openRequirements(status);
  const [first, ...more] = open;
  if (status.state !== 'waiting' || first === undefined) return headline(status);
  if (more.length === 0) {
    const { votes, needed } = first.requirement;
    return `${String(votes.length)} of ${String(needed)} signed. ${waitingFor(first.requirement, (names) => names.join(', '))}`;
  }
  const counts = open.map(({ role, requirement: { by, votes, needed } }) => `${role} ${String(votes.length)} of ${String(needed)} (${by})`);
  return `Waiting for signatures: ${counts.join(', ')}`;
}

/** What the commit status says first where the pull request takes no comment any more. */
const FULL = 'Conversation full: see the job summary of countersign.';

/** The commit status of an event: at most 140 characters of printable ASCII, which is all that GitHub shows. */
export function statusLine(
  status: EventStatus,
  isFull = false,
): { readonly state: 'pending' | 'success' | 'failure'; readonly description: string } {
  const words = isFull ? `${FULL} ${statusWords(status)}` : statusWords(status);
  const description = statusText(words);
  if (status.state === 'complete') return { state: 'success', description };
  return { state: status.state === 'invalid' ? 'failure' : 'pending', description };
}
