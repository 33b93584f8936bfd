// SPDX-License-Identifier: Apache-2.0
import { fetchTarget, verifyPresent, type FetchedFile } from '../client/fetch-target.ts';
import { misnamedKeyNotes } from '../client/misnamed-keys.ts';
import { requireDistinctPaths, requireSafePath, sortOutPaths } from '../client/target-name.ts';
import { findSelected, isPattern } from '../client/target-selection.ts';
import { CountersignError, quote, type ErrorCode, type Refusal } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import { findMapped } from './fetch-mapped.ts';
import { updateStore, withStore, type Choice, type FetchInput, type Found, type OpenRepository } from './fetch-repository.ts';

export type { FetchInput, FetchRepository } from './fetch-repository.ts';

/** The state of a repository that was trusted for a run. */
export interface TrustedState {
  readonly repository: string;
  readonly root: number;
  readonly timestamp: number;
  readonly snapshot: number;
  /** When the timestamp runs out. */
  readonly expires: Instant | null;
}

/** What was fetched. */
export interface FetchResult {
  readonly repositories: readonly TrustedState[];
  readonly files: readonly (FetchedFile & {
    readonly role: string;
    /** Those that sign this file. */
    readonly repositories: readonly string[];
  })[];
  /** What is missing from `files`. */
  readonly problems: readonly FetchProblem[];
}

/**
 * What is missing: a file that could not be had; a role that can't be verified, so that what it signs is missing from what the patterns have matched; a name that
 * they have matched and that can't be a file's beside the others.
 */
export interface FetchProblem extends Refusal {
  readonly subject: 'file' | 'role' | 'name';
}

interface SortedChoices {
  readonly choices: readonly Choice[];
  /** What the others were refused with. */
  readonly refused: readonly CountersignError[];
}

const PARALLEL = 4;
/** After these the next file would fail as well. */
const ENDING: readonly ErrorCode[] = ['io', 'stalled', 'timed-out', 'redirect-refused', 'certificate-refused'];

/**
 * Updates from a trusted root, finds targets, and brings each to a directory: hashed while it streams, seen under its name once it is verified.
 * @returns what is there now; what could not be had is a problem in it
 * @throws `target-unknown` naming a target that nobody signs, `file-name` for one that was asked for and could land elsewhere, `locked`, and the codes of
 * updates, before anything is downloaded
 */
export async function fetchTargets(input: FetchInput): Promise<FetchResult> {
  const names = input.targets.filter((text) => !isPattern(text));
  for (const path of names) requireSafePath(path);
  requireDistinctPaths(names);
  const { open, choices: found, leftOut } = input.map === null ? await findInOne(input) : await findMapped(input, input.map);
  for (const { repository, session } of open)
    for (const note of misnamedKeyNotes(session.set)) input.log.info(`${repository.name}: ${note}`);
  const { choices, refused } = sortOutChoices(found, new Set(names));
  const { files, problems } = await fetchAll(input, choices);
  if (input.mode === 'online') await input.to.tidy();
  return {
    repositories: open.map(stateOf),
    files,
    problems: [...leftOut.map((error) => problemOf(error, 'role')), ...refused.map((error) => problemOf(error, 'name')), ...problems],
  };
}

/** Leaves out what can't be a file beside the others. What was asked for by its name comes before what patterns have matched. */
function sortOutChoices(found: readonly Choice[], names: ReadonlySet<string>): SortedChoices {
  const { kept, refused } = sortOutPaths([...names, ...found.map(({ target }) => target.path)]);
  const paths = new Set<string>(kept);
  return { choices: found.filter(({ target }) => paths.has(target.path)), refused };
}

function stateOf({ repository, session: { set } }: OpenRepository): TrustedState {
  return {
    repository: repository.name,
    root: set.root.signed.version,
    timestamp: set.timestamp?.signed.version ?? 0,
    snapshot: set.snapshot?.signed.version ?? 0,
    expires: set.timestamp?.signed.expires ?? null,
  };
}

function problemOf({ code, where, detail }: CountersignError, subject: FetchProblem['subject']): FetchProblem {
  return { subject, code, where, detail };
}

async function findInOne(input: FetchInput): Promise<Found> {
  const [repository] = input.repositories;
  if (repository === undefined) throw new CountersignError('usage', 'repositories', 'expected one, got none');
  return withStore(repository, input.mode, async (store) => {
    const { session, targets, leftOut } = await findSelected(await updateStore(repository, store, input), input.targets);
    const open = { repository, session };
    return { open: [open], choices: targets.map((target) => ({ target, from: [open] })), leftOut };
  });
}

async function fetchAll(input: FetchInput, choices: readonly Choice[]): Promise<Pick<FetchResult, 'files' | 'problems'>> {
  const total = choices.reduce((sum, { target }) => sum + target.file.length, 0);
  const done = new Map<string, number>();
  let doneBytes = 0;
  const report = (path: string, bytes: number): void => {
    doneBytes += bytes - (done.get(path) ?? 0);
    done.set(path, bytes);
    input.log.progress('fetching', Math.min(doneBytes, total), total);
  };
  const files = new Map<number, FetchResult['files'][number]>();
  const problems = new Map<number, FetchProblem>();
  const waiting = choices.entries();
  const work = async (): Promise<void> => {
    for (const [index, choice] of waiting) {
      const { path, role, file } = choice.target;
      try {
        const fetched = await fetchOne(input, choice, (bytes) => report(path, bytes));
        files.set(index, { ...fetched, role, repositories: choice.from.map(({ repository }) => repository.name) });
        report(path, file.length);
      } catch (error) {
        if (!(error instanceof CountersignError)) throw error;
        problems.set(index, problemOf(error, 'file'));
        if (ENDING.includes(error.code)) return;
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  for (const [index, { target }] of choices.entries()) {
    if (files.has(index) || problems.has(index)) continue;
    const detail = 'not tried: the host failed before; run it again';
    problems.set(index, { subject: 'file', code: 'incomplete', where: quote(target.path), detail });
  }
  input.log.progress('fetching', total, total);
  const inOrder = <T>(found: ReadonlyMap<number, T>): readonly T[] => [...found].sort(([a], [b]) => a - b).map(([, value]) => value);
  return { files: inOrder(files), problems: inOrder(problems) };
}

/** From the first of the repositories that can give it: all of them sign the same bytes. */
async function fetchOne(input: FetchInput, { target, from }: Choice, onProgress: (bytes: number) => void): Promise<FetchedFile> {
  if (input.mode === 'offline') return verifyPresent(input.to, target);
  let first: CountersignError | null = null;
  for (const { repository, session } of from) {
    // The mirror whose metadata verified is the likeliest to have the file.
    const mirrors = [session.source, ...repository.mirrors.filter((mirror) => mirror !== session.source)];
    try {
      return await fetchTarget({ mirrors, root: session.set.root.signed, to: input.to, onProgress }, target);
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      first ??= error;
    }
  }
  throw first ?? new CountersignError('not-found', quote(target.path), 'expected a repository to fetch it from, got none');
}
