// SPDX-License-Identifier: Apache-2.0
import { contains } from './history.ts';
import { peel } from './git-shapes.ts';
import { HttpFailure, unprocessable } from './reply.ts';
import { RefStore } from './refs.ts';
import type { RefChange } from './refs.ts';
import { checkRules, rulesOfBranch } from './rule-check.ts';
import type { Actor, Pull, Repository } from './state.ts';
import type { World } from './world.ts';

/** A change of a ref that somebody asks for. */
export interface Move extends RefChange {
  /** False: only a fast-forward will do. */
  readonly force: boolean;
}

/** What a ref update may not be. */
export type MoveRefusal = 'moved' | 'not-fast-forward' | 'exists' | 'absent' | 'name' | 'no-object' | 'rules' | 'workflows';

/** A refused update. */
export class MoveFailure extends Error {
  readonly reason: MoveRefusal;
  readonly rules: readonly string[];

  constructor(reason: MoveRefusal, rules: readonly string[] = []) {
    super(reason);
    this.reason = reason;
    this.rules = rules;
  }
}

/**
 * Moves refs, all or none, by real compare-and-swap, after the rules of the repository were asked; then lets pull requests see it.
 * `merge` is the number of the pull request that this update merges, which some rules ask for; `setup` is a test's own hand, which no rule stops.
 * @throws {@link MoveFailure}
 */
export function moveRefs(
  world: World,
  repository: Repository,
  actor: Actor,
  moves: readonly Move[],
  merge: number | 'setup' | null = null,
): void {
  const { refs, objects } = repository;
  if (!(refs instanceof RefStore)) throw new Error('a frozen repository is not written');
  const changes = moves.map((move) => {
    const current = refs.get(move.name);
    if (move.before === null && current !== null) throw new MoveFailure('exists');
    if (move.before !== undefined && move.before !== null && current !== move.before)
      throw new MoveFailure(current === null ? 'absent' : 'moved');
    if (move.after !== null && objects.get(move.after) === null) throw new MoveFailure('no-object');
    if (actor.kind === 'job' && move.after !== null && workflowsDiffer(repository, move.name, move.after))
      throw new MoveFailure('workflows');
    const forward = current === null || move.after === null || contains(objects, move.after, current);
    const refused =
      merge === 'setup'
        ? []
        : checkRules(world, repository, actor, { name: move.name, before: current, after: move.after, forward }, merge);
    if (refused.length > 0) throw new MoveFailure('rules', refused);
    if (!forward && !move.force) throw new MoveFailure('not-fast-forward');
    return { name: move.name, before: current, after: move.after };
  });
  const refusal = refs.update(changes);
  if (refusal !== null) throw new MoveFailure(refusal.reason === 'name' ? 'name' : 'moved');
  afterMoves(world, repository, actor.kind === 'anonymous' ? null : actor.user.id, new Set(changes.map(({ name }) => name)));
}

/** The same as an answer of the REST API. */
export function restFailure(error: unknown): unknown {
  if (!(error instanceof MoveFailure)) return error;
  if (error.reason === 'not-fast-forward') return unprocessable('Update is not a fast forward');
  if (error.reason === 'exists') return unprocessable('Reference already exists');
  if (error.reason === 'absent') return unprocessable('Reference does not exist');
  if (error.reason === 'no-object') return unprocessable('Object does not exist');
  if (error.reason === 'name') return unprocessable('Reference name is not valid');
  if (error.reason === 'workflows') {
    const accepted = { 'x-accepted-github-permissions': 'contents=write; workflows=write' };
    return new HttpFailure(403, 'Resource not accessible by integration', {}, accepted);
  }
  if (error.reason === 'rules') return new HttpFailure(422, `Repository rule violations found\n\n${error.rules.join('\n\n')}\n\n`);
  return new HttpFailure(409, 'Reference cannot be updated: it was moved by another request');
}

/**
 * A GITHUB_TOKEN may not put workflow files where they are new: for a tag those that the default branch does not have, for a branch those that no branch
 * has.
 */
function workflowsDiffer(repository: Repository, name: string, sha: string): boolean {
  const { objects, refs, defaultBranch } = repository;
  const workflows = (commit: string): string | null => {
    const github = objects.tree(peel(repository, commit)?.tree ?? '')?.find((item) => item.name === '.github')?.sha;
    return objects.tree(github ?? '')?.find((item) => item.name === 'workflows')?.sha ?? null;
  };
  const wanted = workflows(sha);
  if (wanted === null || wanted === workflows(refs.get(`refs/heads/${defaultBranch}`) ?? '')) return false;
  return !name.startsWith('refs/heads/') || refs.list('refs/heads/').every(([, head]) => workflows(head) !== wanted);
}

/** What GitHub does after refs moved (`moved`; all when null): heads of open pull requests follow, merged ones are seen, those without a branch are closed. */
export function afterMoves(world: World, repository: Repository, by: number | null, moved: ReadonlySet<string> | null = null): void {
  const isMoved = (branch: string): boolean => moved?.has(`refs/heads/${branch}`) ?? true;
  for (const pull of repository.pulls.values()) {
    const concerned = isMoved(pull.baseRef) || (pull.headRepository === repository.id && isMoved(pull.headRef));
    if (pull.state === 'open' && concerned) settle(world, repository, pull, by);
  }
  // Only a fork's branches are heads of another repository's pull requests.
  const parent = repository.parent === null ? null : world.repositoryById(repository.parent);
  for (const pull of parent?.pulls.values() ?? []) {
    if (parent !== null && pull.state === 'open' && pull.headRepository === repository.id && isMoved(pull.headRef))
      settle(world, parent, pull, by);
  }
}

function settle(world: World, repository: Repository, pull: Pull, by: number | null): void {
  const head = world.repositoryById(pull.headRepository).refs.get(`refs/heads/${pull.headRef}`);
  const base = repository.refs.get(`refs/heads/${pull.baseRef}`);
  const known = head ?? pull.headSha;
  if (base !== null && base !== pull.baseSha && contains(repository.objects, base, known)) {
    pull.headSha = known;
    pull.mergeCommit = base;
    markMerged(world, pull, by);
    return;
  }
  if (base !== null) pull.baseSha = base;
  if (head === null || base === null) {
    pull.state = 'closed';
    pull.closedAt = world.now();
  } else if (head !== pull.headSha) {
    pull.headSha = head;
    pull.updatedAt = world.now();
    writePullRef(repository, pull);
    dismissStale(repository, pull);
  }
}

/** Makes a pull request merged. */
export function markMerged(world: World, pull: Pull, by: number | null): void {
  pull.state = 'closed';
  pull.mergedAt = world.now();
  pull.closedAt = pull.mergedAt;
  pull.updatedAt = pull.mergedAt;
  pull.mergedBy = by;
}

/** `refs/pull/<number>/head`, as GitHub keeps it in the base repository. */
export function writePullRef(repository: Repository, pull: Pull): void {
  if (repository.refs instanceof RefStore) {
    repository.refs.update([{ name: `refs/pull/${pull.number}/head`, before: undefined, after: pull.headSha }]);
  }
}

function dismissStale(repository: Repository, pull: Pull): void {
  const byRule = rulesOfBranch(repository, pull.baseRef).some(({ rule }) => rule.parameters?.['dismiss_stale_reviews_on_push'] === true);
  if (!byRule && repository.protections.get(pull.baseRef)?.dismissStale !== true) return;
  for (const review of pull.reviews) if (review.state === 'APPROVED') review.state = 'DISMISSED';
}
