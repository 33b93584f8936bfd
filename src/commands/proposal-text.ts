// SPDX-License-Identifier: Apache-2.0
import type { Base } from '../event/base.ts';
import { editBetween } from '../event/decide-propose.ts';
import type { EventFacts, EventStatus } from '../event/facts.ts';
import { readEventFile, type Contribution } from '../event/event-file.ts';
import { EVENT_PATH, rolePath } from '../event/layout.ts';
import type { Forge, Pull } from '../ports.ts';
import { renderProposal } from '../render/proposal-markdown.ts';
import { stageTargets } from '../tuf/edit-targets.ts';
import { payloadDigest } from '../tuf/metadata.ts';
import { parseTargetsRoleName, type RoleName } from '../tuf/names.ts';
import { parseTargets } from '../tuf/targets.ts';

/** What the pull request of a proposal says. */
export interface ProposalText {
  readonly title: string;
  readonly body: string;
}

/**
 * The text for a proposed targets role: everything that differs from the base, however many runs it was proposed in.
 * @param bytes - the role's file
 * @param url - of the pull request
 * @param contributions - which runs proposed what, as `event.json` says
 */
export function proposalText(
  base: Base,
  role: RoleName,
  bytes: Uint8Array,
  url: string,
  contributions: readonly Contribution[],
): ProposalText {
  const { signed: proposed, payload } = parseTargets(bytes);
  const before = base.roles.get(role)?.file.signed;
  const changes = before === undefined ? [] : stageTargets(before, editBetween(before, proposed)).changes;
  return {
    title: `Sign ${role} v${String(proposed.version)}`,
    body: renderProposal({ base, role, proposed, payload: payloadDigest(payload), changes, url, contributions }),
  };
}

/** Open events: the facts of each pull request, in the same order. */
export interface OpenEvents {
  readonly pulls: readonly Pull[];
  readonly events: readonly EventFacts[];
}

/** A text as a host may have kept it: GitHub's page ends lines with CRLF, and what is blank at the end of a body need not stay. */
function asKept({ title, body }: ProposalText): string {
  return `${title.trim()}\n${body.replaceAll('\r\n', '\n').trimEnd()}`;
}

/**
 * Brings the text of a proposal of ours up to what it proposes: it is empty or old where a run was ended, or where gather has built it again, and anyone with
 * write access can make it say something else. What people opened by hand keeps what they wrote.
 */
export async function keepText(forge: Forge, base: Base | null, { pulls, events }: OpenEvents, status: EventStatus): Promise<void> {
  const index = pulls.findIndex(({ number }) => number === status.pull.number);
  const [pull, event, [only, ...more]] = [pulls[index], events[index], status.roles];
  if (base === null || pull === undefined || only === undefined || only.role === 'root' || more.length > 0) return;
  const role = parseTargetsRoleName(only.role, 'role');
  const bytes = event?.changes.get(rolePath(role)) ?? null;
  if (bytes === null || pull.author.id !== (await forge.viewer()).id) return;
  const notes = event?.changes.get(EVENT_PATH) ?? null;
  const contributions = (notes === null ? null : readEventFile(notes))?.contributions ?? [];
  const text = proposalText(base, role, bytes, pull.url, contributions);
  if (asKept(text) !== asKept(pull)) await forge.editPull(pull.number, text);
}
