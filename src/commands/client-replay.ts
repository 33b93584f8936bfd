// SPDX-License-Identifier: Apache-2.0
import type { RepositorySource } from '../client/source.ts';
import { storeName } from '../client/store.ts';
import { verifyRepository } from '../client/verify-repository.ts';
import type { Base, Finding } from '../event/base.ts';
import { CountersignError } from '../tuf/errors.ts';
import { TARGETS } from '../tuf/names.ts';
import type { Root } from '../tuf/root.ts';
import type { ClientView } from './client-view.ts';
import type { State } from './read-base.ts';
import type { Workplace } from './workplace.ts';

/** The roots of a view that are of our chain. What else is there somebody else has put there: nobody's client holds it. */
export function genuineRoots({ roots }: ClientView, base: Base): Base['roots'] {
  return base.roots.filter(({ bytes }) => roots.some((one) => Buffer.compare(one, bytes) === 0));
}

/** The roots of our chain that clients of the branch or the site have come to: the site may be behind, when a run was ended in between. */
export function heldRoots(state: State, base: Base): readonly Root[] {
  const last = [state.published, state.live].flatMap((view) => genuineRoots(view, base).at(-1) ?? []);
  return [...new Set(last)].map(({ file }) => file.signed);
}

/** What a client that has updated from a view holds, by the names of its store; null before the first publication. */
function clientState(view: ClientView, base: Base): ReadonlyMap<string, Uint8Array> | null {
  const { timestamp, snapshot, roles } = view;
  const root = genuineRoots(view, base).at(-1)?.bytes;
  if (root === undefined || timestamp === null || snapshot === null) return null;
  const held = new Map<string, Uint8Array>([
    [storeName('root'), root],
    [storeName('timestamp'), timestamp],
    [storeName('snapshot'), snapshot],
  ]);
  const targets = roles.get(TARGETS);
  if (targets !== undefined) held.set(storeName(TARGETS), targets);
  return held;
}

/**
 * Verifies a repository as old and new clients would see it, before any of it is served.
 * @returns what has expired
 * @throws any other problem, with its code
 */
export async function requireReplay(
  place: Pick<Workplace, 'now'>,
  state: State,
  base: Base,
  source: RepositorySource,
): Promise<readonly Finding[]> {
  const first = base.roots[0];
  const held = [state.published, state.live].map((view) => clientState(view, base));
  const report = await verifyRepository(source, {
    time: place.now,
    targets: 'none',
    warnings: 'none',
    unneeded: 'problem',
    held: held.filter((one) => one !== null),
    ...(first === undefined ? {} : { anchor: { kind: 'root' as const, bytes: first.bytes } }),
  });
  // An expired role stops its own targets, and clients see that. It must not stop everyone else's from staying fresh.
  const [problem] = report.problems.filter(({ code }) => code !== 'expired');
  if (problem !== undefined)
    throw new CountersignError(problem.code, problem.where, `${problem.detail} (in what was to be published; nothing was)`);
  return report.problems.map((one) => ({ ...one, source: 'published' }));
}
