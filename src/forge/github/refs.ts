// SPDX-License-Identifier: Apache-2.0
import type { CommitSha } from '../../ports.ts';
import { CountersignError, quote } from '../../tuf/errors.ts';
import { parseCommitSha, refOf } from '../local/ids.ts';
import { answerOf, childOf, textOf } from './answer.ts';
import { mayHaveHappened, saidWith, statusOf } from './errors.ts';
import { readTreeId } from './objects.ts';
import { pause, query, send, sendForAll, sendOrNull } from './place.ts';
import type { Place } from './place.ts';

const NO_COMMIT = '0'.repeat(40);
const MOVE_TRIES = 3;
const HEADS = 'refs/heads/';
const UPDATE_REFS = `mutation UpdateRefs($repositoryId: ID!, $name: GitRefname!, $before: GitObjectID!, $after: GitObjectID!, $force: Boolean!) {
  updateRefs(input: { repositoryId: $repositoryId, refUpdates: [{ name: $name, beforeOid: $before, afterOid: $after, force: $force }] }) {
    clientMutationId
  }
}`;

/** A move of a branch, as `Forge.moveBranch` has it. */
export interface Move {
  readonly branch: string;
  readonly expected: CommitSha | null;
  readonly next: CommitSha;
  readonly mode: 'fast-forward' | 'replace';
}

/** Heads of all branches whose name starts with `prefix`. */
export async function readBranches(place: Place, prefix: string): Promise<ReadonlyMap<string, CommitSha>> {
  const purpose = { what: 'branches', needs: 'contents: read' };
  const heads = new Map<string, CommitSha>();
  try {
    // Not a paged list in GitHub's description, though its answer may name a next page.
    const parameters = { ref: `heads/${prefix}`, per_page: undefined };
    for (const ref of await sendForAll(place, 'GET /repos/{owner}/{repo}/git/matching-refs/{ref}', parameters, purpose)) {
      const name = textOf(ref, 'ref');
      if (name.startsWith(HEADS + prefix)) heads.set(name.slice(HEADS.length), parseCommitSha(textOf(childOf(ref, 'object'), 'sha'), name));
    }
  } catch (error) {
    // An empty repository.
    if (statusOf(error) !== 409) throw error;
  }
  return heads;
}

/** The best common ancestor of two commits; null when they share none. */
export async function readMergeBase(place: Place, a: CommitSha, b: CommitSha): Promise<CommitSha | null> {
  if (a === b) return a;
  const purpose = { what: `comparison of ${a} and ${b}`, needs: 'contents: read' };
  try {
    const found = await send(place, 'GET /repos/{owner}/{repo}/compare/{basehead}', { basehead: `${a}...${b}`, per_page: 1 }, purpose);
    const base = childOf(answerOf(found, purpose.what), 'merge_base_commit');
    return parseCommitSha(textOf(base, 'sha'), base.where);
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    // A bare 404 means the same once both are there.
    if (!/no common ancestor/i.test(saidWith(error))) for (const commit of [a, b]) await readTreeId(place, commit);
    return null;
  }
}

/**
 * A compare-and-swap: the host itself compares, so neither a stale read nor somebody else's write comes between. What it refuses for a reason that we can't
 * tell is a conflict, after which callers look again.
 * @param repositoryId - the GraphQL id
 * @throws `ref-conflict`, `ref-protected`, `file-name` for what is no branch name
 */
export async function moveBranch(place: Place, repositoryId: string, move: Move): Promise<void> {
  const name = refOf(move.branch);
  const codes = { 409: 'ref-conflict', 422: 'ref-conflict' } as const;
  const purpose = { what: `branch ${quote(move.branch)}`, needs: 'contents: write', codes };
  // GitHub refuses what does not descend, unless forced. `beforeOid` holds in both cases.
  const variables = { repositoryId, name, before: move.expected ?? NO_COMMIT, after: move.next, force: move.mode === 'replace' };
  let isLost = false;
  for (let tries = 1; ; tries++) {
    try {
      await query(place, UPDATE_REFS, variables, purpose, 'once');
      return;
    } catch (error) {
      isLost ||= mayHaveHappened(error);
      if (!isLost) throw error;
      await pause(place, tries);
      const head = await readHead(place, move.branch);
      if (head === move.next) return;
      if (head !== move.expected || tries === MOVE_TRIES) throw lostMove(place, move, head, error);
    }
  }
}

function lostMove(place: Place, move: Move, head: CommitSha | null, error: unknown): unknown {
  if (head === move.expected) return error;
  const where = `${place.owner}/${place.repo} branch ${quote(move.branch)}`;
  return new CountersignError('ref-conflict', where, `expected ${move.expected ?? 'no such branch'}, got ${head ?? 'none'}`, {
    cause: error,
  });
}

async function readHead(place: Place, branch: string): Promise<CommitSha | null> {
  const purpose = { what: `branch ${quote(branch)}`, needs: 'contents: read' };
  const found = await sendOrNull(place, 'GET /repos/{owner}/{repo}/git/ref/{ref}', { ref: `heads/${branch}` }, purpose);
  return found === null ? null : parseCommitSha(textOf(childOf(answerOf(found, purpose.what), 'object'), 'sha'), purpose.what);
}
