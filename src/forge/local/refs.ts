// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommitSha } from '../../ports.ts';
import { CountersignError, quote } from '../../tuf/errors.ts';
import { git, gitError, tryGit } from './git.ts';
import { parseCommitSha, refOf } from './ids.ts';

const NO_COMMIT = '0'.repeat(40);
const RETRIES = 6;
const FORMAT = '--format=%(objectname) %(refname:lstrip=2)';

/**
 * Heads of the branches whose name starts with `prefix`.
 * @throws `git`
 */
export async function readBranches(repository: string, prefix: string): Promise<ReadonlyMap<string, CommitSha>> {
  const heads = parseHeads(await git(repository, ['for-each-ref', FORMAT, 'refs/heads/']));
  return new Map([...heads].filter(([branch]) => branch.startsWith(prefix)));
}

/**
 * Heads of the branches whose commit is `base` or an ancestor of it: one process for all.
 * @throws `git`
 */
export async function readMerged(repository: string, base: CommitSha): Promise<ReadonlyMap<string, CommitSha>> {
  return parseHeads(await git(repository, ['for-each-ref', `--merged=${base}`, FORMAT, 'refs/heads/']));
}

/**
 * The best common ancestor of two commits; null when they share none.
 * @throws `git`, as when one of them is not in the repository
 */
export async function readMergeBase(repository: string, a: CommitSha, b: CommitSha): Promise<CommitSha | null> {
  const args = ['merge-base', a, b];
  const result = await tryGit(repository, args);
  // No common ancestor is exit code 1 without a word; a commit that is not there is another code.
  if (result.status === 1 && result.stdout.length === 0) return null;
  if (result.status !== 0) throw gitError(args, result);
  return parseCommitSha(result.stdout.toString('latin1').trim(), 'git merge-base');
}

/**
 * Points a branch at `next` if it is at `expected` now (null: it does not exist): git's own compare-and-swap.
 * @throws `ref-conflict` when it is elsewhere, or `next` does not descend from `expected` in mode `fast-forward`; `file-name`
 * for what is no branch name; `git`, as when there is no commit `next`
 */
export async function moveRef(
  repository: string,
  branch: string,
  expected: CommitSha | null,
  next: CommitSha,
  mode: 'fast-forward' | 'replace',
): Promise<void> {
  const ref = refOf(branch);
  if (mode === 'fast-forward' && expected !== null) await requireDescent(repository, branch, expected, next);
  const args = ['update-ref', '--no-deref', ref, next, expected ?? NO_COMMIT];
  for (let attempt = 0; ; attempt++) {
    const result = await tryGit(repository, args);
    if (result.status === 0) return;
    // The exit code does not tell a conflict from a lock that is held for a moment, so the branch is looked at again.
    await requireAt(repository, branch, expected);
    if (attempt === RETRIES) throw gitError(args, result);
    await sleep(10 * 2 ** attempt * (0.5 + Math.random()));
  }
}

async function requireDescent(repository: string, branch: string, expected: CommitSha, next: CommitSha): Promise<void> {
  const args = ['merge-base', '--is-ancestor', expected, next];
  const result = await tryGit(repository, args);
  if (result.status === 0) return;
  if (result.status === 1)
    throw new CountersignError('ref-conflict', quote(branch), `expected ${next} to descend from ${expected}, got another history`);
  // An `expected` that is not in the repository can't be where the branch is.
  await requireAt(repository, branch, expected);
  throw gitError(args, result);
}

async function requireAt(repository: string, branch: string, expected: CommitSha | null): Promise<void> {
  const now = parseHeads(await git(repository, ['for-each-ref', FORMAT, refOf(branch)])).get(branch) ?? null;
  if (now !== expected)
    throw new CountersignError('ref-conflict', quote(branch), `expected ${expected ?? 'no branch'}, got ${now ?? 'none'}`);
}

function parseHeads(output: Buffer): ReadonlyMap<string, CommitSha> {
  const heads = new Map<string, CommitSha>();
  for (const line of output.toString('utf8').split('\n')) {
    if (line === '') continue;
    const space = line.indexOf(' ');
    heads.set(line.slice(space + 1), parseCommitSha(line.slice(0, space), 'git for-each-ref'));
  }
  return heads;
}
