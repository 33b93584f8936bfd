// SPDX-License-Identifier: Apache-2.0
import type { EventStatus } from '../event/facts.ts';
import type { Forge } from '../ports.ts';
import { renderSticky, statusLine, STICKY_MARKER } from '../render/event-markdown.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { Workplace } from './workplace.ts';

/** The name of our commit status. */
export const STATUS_CONTEXT = 'countersign';

/** Says something on a pull request, where its conversation still takes anything: what is decided never waits for a text. */
export async function tell(forge: Pick<Forge, 'comment'>, number: number, body: string): Promise<void> {
  try {
    await forge.comment(number, body);
  } catch (error) {
    if (!(error instanceof CountersignError && error.code === 'conversation-full')) throw error;
  }
}

/** @returns false where the conversation takes no comment any more */
async function keepSticky(forge: Forge, number: number, body: string): Promise<boolean> {
  try {
    await forge.stickyComment(number, STICKY_MARKER, body);
    return true;
  } catch (error) {
    if (error instanceof CountersignError && error.code === 'conversation-full') return false;
    throw error;
  }
}

/** Shows the status of an event on its pull request: the one comment of ours, and the commit status. */
export async function reportStatus({ forge, now }: Pick<Workplace, 'forge' | 'now'>, status: EventStatus): Promise<void> {
  const isFull = !(await keepSticky(forge, status.pull.number, renderSticky(status, now)));
  const { state, description } = statusLine(status, isFull);
  await forge.status(status.pull.headSha, { context: STATUS_CONTEXT, state, description });
}
