// SPDX-License-Identifier: Apache-2.0
import type { EventState, EventStatus, Requirement, RoleStatus } from '../event/facts.ts';
import { escapeMarkdown, textList } from './markdown.ts';

/** A requirement that is not reached, and the file that it is of. */
export interface OpenRequirement {
  readonly role: string;
  readonly requirement: Requirement;
}

/** What of an event is still missing, file by file. */
export function openRequirements({ roles }: EventStatus): readonly OpenRequirement[] {
  return roles.flatMap(({ role, requirements }) =>
    requirements.filter(({ reached }) => !reached).map((requirement) => ({ role, requirement })),
  );
}

function isNamed(people: readonly { readonly person: string }[], name: string): boolean {
  return people.some(({ person }) => person === name);
}

/** What people can do about open requirements: names, each once. */
export interface Asked {
  /** With a key of their own. */
  readonly sign: readonly string[];
  /** In the browser. */
  readonly approve: readonly string[];
}

/** Who is asked to do something. Nobody for what the keys of those who have approved are enough for. */
export function askedFor(open: readonly OpenRequirement[]): Asked {
  const asked = open.map(({ requirement }) => requirement).filter((one) => one.approved.length < one.needed - one.votes.length);
  const approve = new Set(asked.flatMap(({ toApprove }) => toApprove));
  const sign = asked.flatMap(({ missing, approved }) => missing.filter((name) => !isNamed(approved, name) && !approve.has(name)));
  return { sign: [...new Set(sign)], approve: [...approve] };
}

/**
 * Whom an open requirement waits for.
 * @param list - names as they may stand where this is shown
 */
export function waitingFor({ needed, votes, missing, approved }: Requirement, list: (names: readonly string[]) => string): string {
  const left = needed - votes.length;
  if (approved.length >= left) return `Approved. Waiting for the custody key of ${list(approved.map(({ person }) => person))}`;
  const names = list(missing);
  return left === missing.length ? `Waiting for ${names}` : `Waiting for ${String(left)} of ${names}`;
}

/** How many names one cell of the table bears. */
const MAX_CELL = 10;

function signedCell({ needed, votes, reached }: Requirement): string {
  const count = `${reached ? '✅ ' : ''}**${String(votes.length)} of ${String(needed)}**`;
  const names = textList(votes, ({ person, custody }) => `${escapeMarkdown(person)}${custody ? ' (custody)' : ''}`, MAX_CELL);
  return names === '' ? count : `${count}: ${names}`;
}

function missingCell(requirement: Requirement): string {
  const { missing, approved, reached } = requirement;
  if (reached) return '';
  const lines = missing.slice(0, MAX_CELL).map((name) => {
    if (isNamed(approved, name)) return `${escapeMarkdown(name)}: approved, the custody key signs next`;
    return requirement.toApprove.includes(name) ? `${escapeMarkdown(name)}: approve in the browser` : escapeMarkdown(name);
  });
  return [...lines, ...(missing.length > MAX_CELL ? [`and ${String(missing.length - MAX_CELL)} more`] : [])].join('<br>');
}

/** A row of the table: one threshold of one file. */
export function requirementRow({ role, version }: RoleStatus, requirement: Requirement, state: EventState): string {
  // Who could sign is no news where nobody should.
  const missing = state === 'waiting' ? missingCell(requirement) : '';
  return `| ${escapeMarkdown(role)} v${String(version)} | ${signedCell(requirement)} | ${missing} | ${escapeMarkdown(requirement.by)} |`;
}
