// SPDX-License-Identifier: Apache-2.0
import { entryAt, mergeBase, mergedTree } from '../../github/history.ts';
import type { FakeGitHub } from '../../github/server.ts';
import type { Environment, Pull, Repository } from '../../github/state.ts';
import type { EventPull } from './events.ts';
import type { Hub, HubEnvironment } from './hub.ts';

function secretsOf(secrets: Environment['secrets']): ReadonlyMap<string, string> {
  return new Map([...secrets].map(([name, { value }]) => [name, value]));
}

function admits(repository: Repository, environment: Environment, branch: string | null): boolean {
  const { branchPolicy, policies } = environment;
  if (branchPolicy === null) return true;
  if (branch === null) return false;
  if (branchPolicy.protected_branches) return repository.protections.has(branch);
  return policies.some(
    ({ name, type }) => type !== 'tag' && (name === branch || (name.endsWith('*') && branch.startsWith(name.slice(0, -1)))),
  );
}

function environmentOf(repository: Repository, name: string): HubEnvironment | null {
  const found = repository.environments.get(name.toLowerCase());
  if (found === undefined) return null;
  return { admits: (branch) => admits(repository, found, branch), secrets: secretsOf(found.secrets) };
}

/** The driver's view of a repository of the fake. */
export function hubOfFake(github: FakeGitHub, fullName: string): Hub {
  const repository = github.repository(fullName);
  const { objects } = repository;
  const treeOf = (commit: string): string => objects.commit(commit)?.tree ?? '';
  return {
    apiUrl: github.apiUrl,
    graphqlUrl: github.graphqlUrl,
    serverUrl: github.serverUrl,
    controlUrl: `${new URL(github.apiUrl).origin}/_fake`,
    fullName,
    defaultBranch: repository.defaultBranch,
    file: (commit, path) => {
      const entry = entryAt(objects, treeOf(commit), path);
      return entry === null ? null : (objects.get(entry.sha)?.body.toString('utf8') ?? null);
    },
    list: (commit, directory) => {
      const entry = entryAt(objects, treeOf(commit), directory);
      return entry === null ? [] : (objects.tree(entry.sha) ?? []).map(({ name }) => name);
    },
    ref: (name) => repository.refs.get(name),
    secrets: () => secretsOf(repository.secrets),
    environment: (name) => environmentOf(repository, name),
    defaultPermissions: () =>
      new Map([['contents', repository.settings.defaultWorkflowPermissions] as const, ['packages', 'read'] as const]),
    jobToken: (permissions, ref) => {
      const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
      return github.jobToken({
        repository: fullName,
        permissions: Object.fromEntries(permissions),
        ...(branch === undefined ? {} : { workflowBranch: branch }),
      });
    },
    runnerToken: () => github.jobToken({ repository: fullName, permissions: { actions: 'read' } }),
    beginRun: ({ path, event, headSha, headBranch, headRepository, actor }) => {
      const id = github.world.nextId();
      repository.runs.set(id, {
        id,
        path,
        event,
        headSha,
        headBranch,
        headRepository: github.repository(headRepository).id,
        actor: github.world.addUser(actor).id,
        number: repository.runs.size + 1,
        status: 'in_progress',
        conclusion: null,
        createdAt: github.world.now(),
      });
      return id;
    },
    endRun: (id, conclusion) => {
      const run = repository.runs.get(id);
      if (run === undefined) throw new Error(`no run ${id}`);
      run.status = 'completed';
      run.conclusion = conclusion;
    },
  };
}

/** A pull request as events see it, with its merge made now. */
export function eventPull(github: FakeGitHub, fullName: string, pull: Pull): EventPull {
  const { objects, refs } = github.repository(fullName);
  const base = refs.get(`refs/heads/${pull.baseRef}`) ?? pull.baseSha;
  const shared = mergeBase(objects, base, pull.headSha);
  const tree = shared === null ? null : mergedTree(objects, shared, base, pull.headSha);
  const by = { name: 'GitHub', email: 'noreply@example.com', date: github.world.now() };
  return {
    number: pull.number,
    headRef: pull.headRef,
    headSha: pull.headSha,
    headRepository: github.world.fullName(github.world.repositoryById(pull.headRepository)),
    baseRef: pull.baseRef,
    mergeSha:
      tree === null
        ? null
        : objects.putCommit({
            tree,
            parents: [base, pull.headSha],
            author: by,
            committer: by,
            message: `Merge ${pull.headSha} into ${base}`,
          }),
  };
}
