// SPDX-License-Identifier: Apache-2.0
import { countsFrom } from '../trust/counts-from.ts';
import { isBinName } from '../tuf/delegations.ts';
import { CountersignError, outcomeOf, type Refusal } from '../tuf/errors.ts';
import type { RoleName, Version } from '../tuf/names.ts';
import type { Targets } from '../tuf/targets.ts';

/**
 * How far a version may be ahead of the last published one. Versions that were signed and abandoned are passed over, but a role at the largest number can never
 * change again.
 */
export const MAX_VERSION_STEP = 10_000;

/**
 * Requires a version that is no fast-forward.
 * @param published - the last published version, or the first that counts; 0 for a name that was never published
 * @throws `fast-forward`
 */
export function requireStep(name: RoleName, version: number, published: number): void {
  if (version <= published + MAX_VERSION_STEP) return;
  const detail = `expected a version at most ${String(MAX_VERSION_STEP)} above the published ${String(published)}: whoever has a key of this role raised it`;
  throw new CountersignError('fast-forward', `${name}@${String(version)}`, `${detail}; revoke that key`);
}

/** The names that some files delegate; of bins those among `known`. */
function namesOf(files: Iterable<Targets>, known: Iterable<RoleName>): ReadonlySet<RoleName> {
  const names = new Set<RoleName>();
  const all = [...known];
  for (const { delegations } of files) {
    if (delegations === null) continue;
    if (delegations.kind === 'roles') for (const { name } of delegations.roles) names.add(name);
    else for (const name of all) if (isBinName(delegations.succinct, name)) names.add(name);
  }
  return names;
}

/**
 * What keeps an event from delegating names again that were published and taken out. Otherwise what was published of such a role would be trusted again with the
 * name, although somebody decided that it must not be: so the delegator signs from which version the role counts, above all that was published, and the event
 * brings a file that does.
 * @param before - the targets roles of the signed state
 * @param after - the same as the event leaves them
 * @param floors - the highest published version of each name, as the signed state has it
 * @returns what is wrong, each with the name of its delegator or of the role; empty when nothing is
 */
export function floorProblems(
  before: ReadonlyMap<RoleName, Targets>,
  after: ReadonlyMap<RoleName, Targets>,
  floors: ReadonlyMap<RoleName, Version>,
): readonly Refusal[] {
  const delegatedBefore = namesOf(before.values(), floors.keys());
  const problems: Refusal[] = [];
  for (const [delegator, signed] of after) {
    for (const name of namesOf([signed], floors.keys())) {
      const floor = floors.get(name);
      if (floor === undefined || delegatedBefore.has(name)) continue;
      const from = outcomeOf(() => countsFrom(signed, name));
      if (from.kind === 'refused') {
        problems.push(from.refusal);
        continue;
      }
      if (from.value <= floor) {
        const detail = `expected x-countersign.from to say that ${name} counts from above ${String(floor)}, the last version that was published of it, got ${String(from.value)}`;
        problems.push({ code: 'rollback', where: delegator, detail });
        continue;
      }
      const version = after.get(name)?.version ?? 0;
      if (version >= from.value) continue;
      const detail = `expected a file of version ${String(from.value)} or later, from which it counts again, got ${version === 0 ? 'none' : String(version)}`;
      problems.push({ code: 'rollback', where: name, detail });
    }
  }
  return problems;
}

/** The first version that a new file of `name` may have: above all that was published of it, and above what was signed for it and left out. */
export function firstFreeVersion(floors: ReadonlyMap<RoleName, Version>, name: RoleName, spent: Iterable<number> = []): number {
  let last: number = floors.get(name) ?? 0;
  for (const version of spent) if (version > last && version <= last + MAX_VERSION_STEP) last = version;
  return last + 1;
}
