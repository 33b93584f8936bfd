// SPDX-License-Identifier: Apache-2.0
import { leftOutReasons } from '../client/left-out.ts';
import { findThroughMap, type AgreedTarget } from '../client/mapped-search.ts';
import type { RepositoryMap } from '../client/repository-map.ts';
import { findTarget } from '../client/roles.ts';
import type { ClientStore } from '../client/store.ts';
import {
  isPattern,
  listTargets,
  mayLeaveOut,
  requireFound,
  selectPaths,
  type FoundTarget,
  type Listing,
} from '../client/target-selection.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import type { TargetPath } from '../tuf/names.ts';
import { updateStore, withStore, type FetchInput, type FetchRepository, type Found, type OpenRepository } from './fetch-repository.ts';

/** The repositories of a map, each updated when it is first asked. */
class Repositories {
  readonly #input: FetchInput;
  readonly #open = new Map<string, OpenRepository | CountersignError>();

  constructor(input: FetchInput) {
    this.#input = input;
  }

  /** Those that were asked and could be updated. */
  get open(): readonly OpenRepository[] {
    return [...this.#open.values()].flatMap((one) => (one instanceof CountersignError ? [] : [one]));
  }

  /** Runs `work` on an updated repository, and keeps the session that it gives. @throws what the update was refused with */
  async with<T>(
    name: string,
    work: (session: OpenRepository['session']) => Promise<{ session: OpenRepository['session']; value: T }>,
  ): Promise<T> {
    const repository = this.#named(name);
    return withStore(repository, this.#input.mode, async (store) => {
      const open = this.#open.get(name) ?? (await this.#update(repository, store));
      if (open instanceof CountersignError) throw open;
      const { session, value } = await work(open.session);
      this.#open.set(name, { repository, session });
      return value;
    });
  }

  #named(name: string): FetchRepository {
    const found = this.#input.repositories.find((repository) => repository.name === name);
    if (found === undefined) throw new CountersignError('usage', quote(name), 'expected a repository of this name, got none');
    return found;
  }

  async #update(repository: FetchRepository, store: ClientStore): Promise<OpenRepository | CountersignError> {
    let open: OpenRepository | CountersignError;
    try {
      open = { repository, session: await updateStore(repository, store, this.#input) };
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      open = error;
    }
    this.#open.set(repository.name, open);
    return open;
  }
}

/**
 * Finds targets as a map of several repositories says (TAP 4). Locks are held one at a time, so that two runs with other orders don't wait for each other.
 * @throws `target-unknown`, `threshold` when the repositories don't agree, `pattern-ambiguous`, and what a repository was refused with that was needed
 */
export async function findMapped(input: FetchInput, map: RepositoryMap): Promise<Found> {
  const repositories = new Repositories(input);
  const listed = await listAll(repositories, input.targets.some(isPattern) ? map.repositories.keys() : []);
  const asked = new Set(input.targets);
  const chosen: AgreedTarget[] = [];
  const leavesOut = mayLeaveOut(input.targets);
  const undecided = new Map<TargetPath, CountersignError>();
  for (const path of selectPaths(input.targets, listed)) {
    let found: AgreedTarget | null;
    try {
      found = await findThroughMap(map, path, (name) => findIn(repositories, name, path));
    } catch (error) {
      if (!(error instanceof CountersignError) || !leavesOut(path, error)) throw error;
      undecided.set(path, error);
      continue;
    }
    if (found !== null) chosen.push(found);
    else if (asked.has(path)) {
      throw new CountersignError('target-unknown', quote(path), 'expected a target that the repositories of its mapping sign, got none');
    }
  }
  const { open } = repositories;
  const choices = chosen.map(({ target, repositories: names }) => ({
    target,
    from: open.filter(({ repository }) => names.includes(repository.name)),
  }));
  return { open, choices, leftOut: leftOutReasons(listed.leftOut, undecided) };
}

async function listAll(repositories: Repositories, names: Iterable<string>): Promise<Pick<Listing, 'paths' | 'leftOut'>> {
  const paths = new Set<TargetPath>();
  const leftOut: CountersignError[] = [];
  for (const name of names) {
    const listed = await repositories.with(name, async (session) => {
      const listing = await listTargets(session);
      return { session: listing.session, value: listing };
    });
    for (const path of listed.paths) paths.add(path);
    leftOut.push(...listed.leftOut.map(({ code, where, detail }) => new CountersignError(code, `${name}: ${where}`, detail)));
  }
  return { paths, leftOut };
}

async function findIn(repositories: Repositories, name: string, path: TargetPath): Promise<FoundTarget | null> {
  const result = await repositories.with(name, async (session) => {
    const searched = await findTarget(session, path);
    return { session: searched.session, value: searched.result };
  });
  return result.kind === 'absent' ? null : requireFound(path, result);
}
