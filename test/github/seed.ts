// SPDX-License-Identifier: Apache-2.0
import { changedTree } from './history.ts';
import { moveRefs } from './moves.ts';
import { rulesOfBranch } from './rule-check.ts';
import type { Repository, Run } from './state.ts';
import type { World } from './world.ts';

/** Writes a commit and moves a branch to it, past all rules, as tests set things up. */
export function commitFiles(
  world: World,
  repository: Repository,
  branch: string,
  files: Readonly<Record<string, string | Uint8Array | null>>,
  options: { readonly orphan?: boolean; readonly message?: string; readonly login?: string },
): string {
  const { objects, refs } = repository;
  const name = `refs/heads/${branch}`;
  const before = refs.get(name);
  const parent = before ?? (options.orphan === true ? null : refs.get(`refs/heads/${repository.defaultBranch}`));
  const user = options.login === undefined ? world.userById(repository.owner) : world.addUser(options.login);
  const author = { name: user.login, email: `${user.id}+${user.login}@users.noreply.github.com`, date: world.now() };
  const changes = Object.entries(files).map(
    ([path, content]) => [path, content === null ? null : { mode: '100644', sha: objects.put('blob', Buffer.from(content)) }] as const,
  );
  const tree = changedTree(objects, objects.commit(parent ?? '')?.tree ?? null, changes);
  const parents = parent === null ? [] : [parent];
  const sha = objects.putCommit({ tree, parents, author, committer: author, message: options.message ?? 'Change files' });
  moveRefs(world, repository, { kind: 'user', user }, [{ name, before, after: sha, force: true }], 'setup');
  return sha;
}

/** A workflow run to record. */
export interface RunOptions {
  /** `.github/workflows/release.yml` */
  readonly path: string;
  readonly event: string;
  readonly headBranch: string;
  readonly headSha?: string;
  /** `owner/name` of a fork. */
  readonly headRepository?: string;
  /** A login; the owner when not said. */
  readonly actor?: string;
  /** Null while it runs; `success` when not said. */
  readonly conclusion?: string | null;
}

/** Records a workflow run. */
export function addRun(world: World, repository: Repository, options: RunOptions): Run {
  const head = options.headRepository === undefined ? repository : world.repository(options.headRepository);
  const conclusion = options.conclusion === undefined ? 'success' : options.conclusion;
  const run: Run = {
    id: world.nextId(),
    path: options.path,
    event: options.event,
    headBranch: options.headBranch,
    headSha: options.headSha ?? head.refs.get(`refs/heads/${options.headBranch}`) ?? '',
    headRepository: head.id,
    actor: options.actor === undefined ? repository.owner : world.addUser(options.actor).id,
    number: repository.runs.size + 1,
    status: conclusion === null ? 'in_progress' : 'completed',
    conclusion,
    createdAt: world.now(),
  };
  repository.runs.set(run.id, run);
  return run;
}

/** Whether a branch is protected in the eyes of an environment. */
export function isProtected(repository: Repository, branch: string): boolean {
  return repository.protections.has(branch) || rulesOfBranch(repository, branch).length > 0;
}
