// SPDX-License-Identifier: Apache-2.0
import type { EventStatus } from '../event/facts.ts';
import { renderSticky, statusLine, STICKY_MARKER } from '../render/event-markdown.ts';
import type { Workplace } from './workplace.ts';

/** The name of our commit status. */
export const STATUS_CONTEXT = 'countersign';

/** Shows the status of an event on its pull request: the one comment of ours, and the commit status. */
export async function reportStatus({ forge, now }: Pick<Workplace, 'forge' | 'now'>, status: EventStatus): Promise<void> {
  await forge.stickyComment(status.pull.number, STICKY_MARKER, renderSticky(status, now));
  const { state, description } = statusLine(status);
  await forge.status(status.pull.headSha, { context: STATUS_CONTEXT, state, description });
}
