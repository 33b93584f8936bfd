// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, ioError, TEMPORARY_PREFIX } from '../../disk/atomic-file.ts';
import type { Account, CommitSha, Pull } from '../../ports.ts';
import { CountersignError } from '../../tuf/errors.ts';
import { choiceOf, commitOf, createFact, memberAccountOf, numbersIn, readFact, replaceFact, textOf } from './facts.ts';
import type { FactMembers } from './facts.ts';
import { readBranches, readMerged } from './refs.ts';

/** The files of a local forge, as absolute paths. */
export interface Place {
  readonly dir: string;
  /** The bare git repository. */
  readonly repository: string;
  readonly accounts: string;
  readonly pulls: string;
  readonly staging: string;
  readonly status: string;
}

/** How a pull request ended; it stays so, whatever becomes of its branches. */
export interface PullEnd {
  readonly state: 'closed' | 'merged';
  readonly headSha: CommitSha;
}

/** What is on file about a pull request. */
export interface PullRecord {
  readonly number: number;
  readonly head: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly author: Account;
  /** The head branch's commit when the record was last written. */
  readonly headSha: CommitSha;
  /** Null while it is open, or has become merged or lost its branch by git alone. */
  readonly end: PullEnd | null;
}

/** The directory of pull request `number`. */
export function pullDirectory(place: Place, number: number): string {
  return join(place.pulls, String(number));
}

/**
 * Pull requests whose record passes `select`, oldest first. As on GitHub, one is merged once its base contains its head.
 * Which ones, is asked of git once per base branch (usually `tuf` alone), never once per pull request.
 * @throws `io`, `git`
 */
export async function readPulls(place: Place, select: (record: PullRecord) => boolean): Promise<readonly Pull[]> {
  const records: PullRecord[] = [];
  for (const number of await numbersIn(place.pulls)) {
    const record = await readRecord(place, number);
    if (record !== null && select(record)) records.push(record);
  }
  return judgeAll(place, records);
}

async function judgeAll(place: Place, records: readonly PullRecord[]): Promise<readonly Pull[]> {
  const unended = records.filter((record) => record.end === null);
  if (unended.length === 0) return records.map((record) => show(place, record, judge(record, new Map(), null)));
  const heads = await readBranches(place.repository, '');
  const merged = new Map<string, ReadonlyMap<string, CommitSha>>();
  for (const base of new Set(unended.map((record) => record.base))) {
    const at = heads.get(base);
    if (at !== undefined) merged.set(base, await readMerged(place.repository, at));
  }
  return records.map((record) => show(place, record, judge(record, heads, merged.get(record.base) ?? null)));
}

/**
 * Pull request `number`.
 * @throws `event-unknown` when there is none; `io`, `git`
 */
export async function readPull(place: Place, number: number): Promise<Pull> {
  const record = await readRecord(place, number);
  const [pull] = await judgeAll(place, record === null ? [] : [record]);
  if (pull === undefined)
    throw new CountersignError('event-unknown', `${place.dir}#${String(number)}`, 'expected a pull request, got none');
  return pull;
}

/**
 * Opens a pull request, or gives the open one of the same head and base.
 * @throws `event-invalid` when a branch is missing or there is nothing to merge, as GitHub refuses; `io`, `git`
 */
export async function openPull(
  place: Place,
  author: Account,
  input: { readonly head: string; readonly base: string; readonly title: string; readonly body: string },
): Promise<Pull> {
  for (;;) {
    // Numbered before looking: whoever then gets the next number knows that no pull request came between.
    const number = ((await numbersIn(place.pulls)).at(-1) ?? 0) + 1;
    const same = await readPulls(place, (pull) => pull.head === input.head && pull.base === input.base);
    const open = same.find((pull) => pull.state === 'open');
    if (open !== undefined) return open;
    const headSha = await requireMergeable(place, input.head, input.base);
    if (await createPull(place, number, { ...input, author, headSha })) return readPull(place, number);
  }
}

/**
 * Replaces title and body.
 * @throws `event-unknown`, `io`, `git`
 */
export async function editPull(place: Place, number: number, change: { readonly title: string; readonly body: string }): Promise<void> {
  const { head, base, author, headSha } = await readPull(place, number);
  await replaceFact(join(pullDirectory(place, number), 'pull.json'), {
    head,
    base,
    author,
    headSha,
    title: change.title,
    body: change.body,
  });
}

/**
 * Closes pull request `number` if it is open.
 * @throws `event-unknown`, `io`, `git`
 */
export async function closePull(place: Place, number: number): Promise<void> {
  const pull = await readPull(place, number);
  if (pull.state === 'open') await end(place, pull, 'closed');
}

/**
 * Puts on record which pull requests `base` has come to contain, so that they stay merged when their branch is deleted or
 * `base` is set back.
 * @throws `io`, `git`
 */
export async function recordMerges(place: Place, base: string): Promise<void> {
  for (const pull of await readPulls(place, (record) => record.base === base && record.end === null)) {
    if (pull.state === 'merged') await end(place, pull, 'merged');
  }
}

/**
 * Has an open pull request ask for another base.
 * @throws `event-invalid` when it is not open or there is no such branch; `event-unknown`, `io`, `git`
 */
export async function retargetPull(place: Place, number: number, base: string): Promise<void> {
  const { head, author, headSha, title, body, state, url } = await readPull(place, number);
  const isThere = (await readBranches(place.repository, base)).has(base);
  if (state !== 'open' || !isThere)
    throw new CountersignError('event-invalid', url, 'expected an open pull request and a branch that it can ask for');
  await replaceFact(join(pullDirectory(place, number), 'pull.json'), { head, base, author, headSha, title, body });
}

/**
 * Opens pull request `number` again.
 * @returns `refused`, as GitHub does, when it is merged, its branch is not where it was, or another one is open for the branch
 * @throws `event-unknown`, `io`, `git`
 */
export async function reopenPull(place: Place, number: number): Promise<'open' | 'refused'> {
  const pull = await readPull(place, number);
  if (pull.state === 'open') return 'open';
  const at = (await readBranches(place.repository, pull.head)).get(pull.head);
  if (pull.state === 'merged' || at !== pull.headSha) return 'refused';
  const others = await readPulls(place, (one) => one.head === pull.head && one.base === pull.base && one.number !== number);
  if (others.some(({ state }) => state === 'open')) return 'refused';
  const path = join(pullDirectory(place, number), 'closed.json');
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw ioError(path, 'to remove the file', error);
  }
  return 'open';
}

async function end(place: Place, pull: Pull, state: PullEnd['state']): Promise<void> {
  // A file of its own, made once: closing can't race with an edit, and of closing and merging the first holds.
  await createFact(join(pullDirectory(place, pull.number), 'closed.json'), { state, headSha: pull.headSha });
}

async function readRecord(place: Place, number: number): Promise<PullRecord | null> {
  const directory = pullDirectory(place, number);
  const fact = await readFact(join(directory, 'pull.json'));
  if (fact === null) return null;
  const closed = await readFact(join(directory, 'closed.json'));
  return {
    number,
    head: textOf(fact, 'head'),
    base: textOf(fact, 'base'),
    title: textOf(fact, 'title'),
    body: textOf(fact, 'body'),
    author: memberAccountOf(fact, 'author'),
    headSha: commitOf(fact, 'headSha'),
    end: closed === null ? null : { state: choiceOf(closed, 'state', ['closed', 'merged']), headSha: commitOf(closed, 'headSha') },
  };
}

function judge(
  record: PullRecord,
  heads: ReadonlyMap<string, CommitSha>,
  merged: ReadonlyMap<string, CommitSha> | null,
): Pick<Pull, 'state' | 'headSha'> {
  if (record.end !== null) return record.end;
  const mergedSha = merged?.get(record.head);
  if (mergedSha !== undefined) return { state: 'merged', headSha: mergedSha };
  const headSha = heads.get(record.head);
  // Deleting its branch closes a pull request, as on GitHub.
  return headSha === undefined ? { state: 'closed', headSha: record.headSha } : { state: 'open', headSha };
}

function show(place: Place, record: PullRecord, now: Pick<Pull, 'state' | 'headSha'>): Pull {
  const { number, head, base, title, body, author } = record;
  return {
    number,
    head,
    base,
    title,
    body,
    state: now.state,
    author,
    headSha: now.headSha,
    from: 'repository',
    requested: [],
    url: `${place.dir}#${String(number)}`,
  };
}

async function requireMergeable(place: Place, head: string, base: string): Promise<CommitSha> {
  const heads = await readBranches(place.repository, '');
  const headSha = heads.get(head);
  const baseSha = heads.get(base);
  if (headSha === undefined || baseSha === undefined) {
    throw new CountersignError(
      'event-invalid',
      place.dir,
      `expected branches to open a pull request for, got none of the name ${headSha === undefined ? head : base}`,
    );
  }
  if ((await readMerged(place.repository, baseSha)).get(head) === headSha) {
    throw new CountersignError('event-invalid', place.dir, `expected commits on ${head} that ${base} lacks, got none`);
  }
  return headSha;
}

/** False when the number is taken. The directory appears with everything in it. */
async function createPull(place: Place, number: number, members: FactMembers): Promise<boolean> {
  try {
    // Not mkdtemp: that keeps other accounts out whatever the umask says, and it becomes everyone's pull request.
    const temporary = join(place.pulls, `${TEMPORARY_PREFIX}${randomBytes(12).toString('hex')}`);
    await mkdir(temporary);
    try {
      await mkdir(join(temporary, 'reviews'));
      await mkdir(join(temporary, 'comments'));
      await createFact(join(temporary, 'pull.json'), members);
      await rename(temporary, pullDirectory(place, number));
      return true;
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  } catch (error) {
    // Renaming a directory replaces an empty one only, and a pull request's is never empty.
    const errno = errnoOf(error);
    if (errno === 'ENOTEMPTY' || errno === 'EEXIST') return false;
    throw ioError(pullDirectory(place, number), 'to make the pull request', error);
  }
}
