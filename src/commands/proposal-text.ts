// SPDX-License-Identifier: Apache-2.0
import type { Base } from '../event/base.ts';
import { editBetween } from '../event/decide-propose.ts';
import type { EventFacts, EventStatus } from '../event/facts.ts';
import { readEventFile, type Contribution } from '../event/event-file.ts';
import { EVENT_PATH, rolePath } from '../event/layout.ts';
import { readProposal } from '../event/proposal.ts';
import type { Forge } from '../ports.ts';
import type { FileChange } from '../render/change-text.ts';
import { eventTitle, renderEventText } from '../render/event-text.ts';
import { renderProposal } from '../render/proposal-markdown.ts';
import { stageTargets } from '../tuf/edit-targets.ts';
import { payloadDigest } from '../tuf/metadata.ts';
import { parseTargetsRoleName, type RoleName } from '../tuf/names.ts';
import { parseTargets } from '../tuf/targets.ts';
import type { EventsView } from './read-events.ts';

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

/** The files of an event, each beside the one that it follows. */
export function fileChanges(changes: EventFacts['changes'], base: Base | null): readonly FileChange[] {
  const { root, roles } = readProposal(changes, base);
  const roots: FileChange[] =
    root === null ? [] : [{ role: 'root', file: root, before: base?.root.signed ?? null, digest: payloadDigest(root.payload) }];
  const others = [...roles].map(([role, file]): FileChange => {
    return { role, file, before: base?.roles.get(role)?.file.signed ?? null, digest: payloadDigest(file.payload) };
  });
  return [...roots, ...others];
}

/** A text as a host may have kept it: GitHub's page ends lines with CRLF, and what is blank at the end of a body need not stay. */
function asKept({ title, body }: ProposalText): string {
  return `${title.trim()}\n${body.replaceAll('\r\n', '\n').trimEnd()}`;
}

/** Our text of an event: of one role's targets as they change, of anything else file by file. Null where nothing of it can be read. */
function textOf({ changes }: EventFacts, base: Base | null, url: string): ProposalText | null {
  const files = fileChanges(changes, base);
  const [only, ...more] = files;
  if (only === undefined) return null;
  if (base === null || more.length > 0 || only.file.signed.kind === 'root') {
    const first = base === null ? (only.file.signed.binding?.repository ?? null) : null;
    return { title: eventTitle(files), body: renderEventText({ files, url, first }) };
  }
  const role = parseTargetsRoleName(only.role, 'role');
  const notes = changes.get(EVENT_PATH) ?? null;
  const contributions = (notes === null ? null : readEventFile(notes))?.contributions ?? [];
  return proposalText(base, role, changes.get(rolePath(role)) ?? new Uint8Array(), url, contributions);
}

/**
 * Brings the text of an event up to what it proposes, whoever has opened it: people read it to know what they sign, and anyone with write access can make it say
 * something else.
 */
export async function keepText(
  forge: Pick<Forge, 'editPull'>,
  { base, events, pulls }: Pick<EventsView, 'base' | 'events' | 'pulls'>,
  status: EventStatus,
): Promise<void> {
  const { number } = status.pull;
  const pull = pulls.open.find((one) => one.number === number);
  const event = events.find((one) => one.pull.number === number);
  if (pull === undefined || event === undefined) return;
  const text = textOf(event, base, pull.url);
  if (text !== null && asKept(text) !== asKept(pull)) await forge.editPull(number, text);
}
