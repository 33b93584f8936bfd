// SPDX-License-Identifier: Apache-2.0
import type { RepositorySource } from '../client/source.ts';
import { memoryStore, storeName } from '../client/store.ts';
import { refresh } from '../client/updater.ts';
import { verifyRepository } from '../client/verify-repository.ts';
import type { Base, Finding } from '../event/base.ts';
import { CountersignError, type Refusal } from '../tuf/errors.ts';
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

/** Whether each new client can update, whatever root it begins with. What has expired stops nobody from publishing. */
async function requireUpdates({ now }: Pick<Workplace, 'now'>, base: Base, source: RepositorySource): Promise<void> {
  for (const { bytes } of base.roots) {
    try {
      await refresh(source, memoryStore(new Map([[storeName('root'), bytes]])), { time: now });
    } catch (error) {
      if (!(error instanceof CountersignError) || error.code === 'expired') continue;
      throw refused(error);
    }
  }
}

function refused({ code, where, detail }: Refusal): CountersignError {
  return new CountersignError(code, where, `${detail} (in what was to be published; nothing was)`);
}

/**
 * Verifies a repository as old and new clients would see it, before any of it is served.
 * @returns what has expired, and what clients refuse of single roles: the others are served all the same
 * @throws any problem that stops clients from updating, with its code
 */
export async function requireReplay(
  place: Pick<Workplace, 'now'>,
  state: State,
  base: Base,
  source: RepositorySource,
): Promise<readonly Finding[]> {
  const first = base.roots[0];
  const held = [state.published, state.live].map((view) => clientState(view, base)).filter((one) => one !== null);
  const verify = async (holding: readonly ReadonlyMap<string, Uint8Array>[]): Promise<readonly Refusal[]> => {
    const report = await verifyRepository(source, {
      time: place.now,
      targets: 'none',
      warnings: 'none',
      unneeded: 'problem',
      held: holding,
      ...(first === undefined ? {} : { anchor: { kind: 'root' as const, bytes: first.bytes } }),
    });
    return report.problems;
  };
  const problems = await verify(held);
  if (problems.some(({ code }) => code !== 'expired')) {
    await requireUpdates(place, base, source);
    const alone = new Set((await verify([])).map(({ code, where }) => `${code} ${where}`));
    const [forThem] = problems.filter(({ code, where }) => code !== 'expired' && !alone.has(`${code} ${where}`));
    if (forThem !== undefined) throw refused(forThem);
  }
  return problems.map((one) => ({ ...one, source: 'published' }));
}
