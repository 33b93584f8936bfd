// SPDX-License-Identifier: Apache-2.0
import type { CommitSha } from '../../ports.ts';
import { answerOf, childrenOf, textOf, textOrNull } from './answer.ts';
import { send } from './place.ts';
import type { Place } from './place.ts';

/** A commit status, as far as it is compared. */
export interface Status {
  readonly context: string;
  readonly state: string;
  readonly description: string;
}

/** Whether the latest status of that context says just this. One request; the combined status lists each context once, a hundred of them. */
export async function hasStatus(place: Place, commit: CommitSha, { context, state, description }: Status): Promise<boolean> {
  const purpose = { what: `status of ${commit}`, needs: 'statuses: write' };
  const found = await send(place, 'GET /repos/{owner}/{repo}/commits/{ref}/status', { ref: commit, per_page: 100 }, purpose);
  return childrenOf(answerOf(found, purpose.what), 'statuses').some(
    (one) => textOf(one, 'context') === context && textOf(one, 'state') === state && (textOrNull(one, 'description') ?? '') === description,
  );
}
