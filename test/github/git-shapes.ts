// SPDX-License-Identifier: Apache-2.0
import { notFound, unprocessable } from './reply.ts';
import type { Fields } from './reply.ts';
import type { CommitObject } from './objects.ts';
import { nodeId, repositoryUrl, simpleUser, webUrl } from './shapes.ts';
import { difference } from './history.ts';
import type { PathChange } from './history.ts';
import type { Repository } from './state.ts';
import type { World } from './world.ts';

const UNVERIFIED: Fields = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };

/** A ref, with the kind of what it points at. */
export function refShape(world: World, repository: Repository, name: string, sha: string): Fields {
  const url = repositoryUrl(world, repository);
  const type = repository.objects.get(sha)?.type ?? 'commit';
  return {
    ref: name,
    node_id: nodeId('Ref', `${repository.id}:${name}`),
    url: `${url}/git/${name}`,
    object: { type, sha, url: `${url}/git/${type}s/${sha}` },
  };
}

/** A commit as the git data API says it. */
export function gitCommitShape(world: World, repository: Repository, commit: CommitObject): Fields {
  const url = repositoryUrl(world, repository);
  const html = `${webUrl(world, repository)}/commit`;
  return {
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    url: `${url}/git/commits/${commit.sha}`,
    html_url: `${html}/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    message: commit.message,
    tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
    parents: commit.parents.map((sha) => ({ sha, url: `${url}/git/commits/${sha}`, html_url: `${html}/${sha}` })),
    verification: UNVERIFIED,
  };
}

/** A commit as the commits API says it. */
export function commitShape(world: World, repository: Repository, commit: CommitObject): Fields {
  const url = repositoryUrl(world, repository);
  const html = `${webUrl(world, repository)}/commit`;
  const account = accountOfEmail(world, commit.author.email);
  return {
    url: `${url}/commits/${commit.sha}`,
    sha: commit.sha,
    node_id: nodeId('Commit', commit.sha),
    html_url: `${html}/${commit.sha}`,
    comments_url: `${url}/commits/${commit.sha}/comments`,
    commit: {
      url: `${url}/git/commits/${commit.sha}`,
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      comment_count: 0,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      verification: UNVERIFIED,
    },
    author: account,
    committer: account,
    parents: commit.parents.map((sha) => ({ sha, url: `${url}/commits/${sha}`, html_url: `${html}/${sha}` })),
  };
}

/** A changed file. Lines are counted as whole files: added or removed. */
export function fileShape(world: World, repository: Repository, commit: string, change: PathChange): Fields {
  const lines = (sha: string | undefined): number =>
    sha === undefined ? 0 : (repository.objects.get(sha)?.body.toString('latin1').split('\n').length ?? 1) - 1;
  const [additions, deletions] = [lines(change.after?.sha), lines(change.before?.sha)];
  const path = change.path.split('/').map(encodeURIComponent).join('/');
  return {
    sha: change.after?.sha ?? change.before?.sha ?? null,
    filename: change.path,
    status: change.before === null ? 'added' : change.after === null ? 'removed' : 'modified',
    additions,
    deletions,
    changes: additions + deletions,
    blob_url: `${webUrl(world, repository)}/blob/${commit}/${path}`,
    raw_url: `${webUrl(world, repository)}/raw/${commit}/${path}`,
    contents_url: `${repositoryUrl(world, repository)}/contents/${path}?ref=${commit}`,
  };
}

/** Files that differ between two commits. */
export function changedFiles(world: World, repository: Repository, before: string | null, after: string): readonly Fields[] {
  const treeOf = (sha: string | null): string | null => (sha === null ? null : (repository.objects.commit(sha)?.tree ?? null));
  return difference(repository.objects, treeOf(before), treeOf(after)).map((change) => fileShape(world, repository, after, change));
}

/** The commit that a sha, branch, tag or full ref names. @throws 404 */
export function resolveCommit(repository: Repository, name: string): CommitObject {
  const { refs, objects } = repository;
  const candidates = [`refs/heads/${name}`, `refs/tags/${name}`, `refs/${name}`, name].map((ref) => refs.get(ref));
  const sha = candidates.find((one) => one !== null) ?? (name === 'HEAD' ? refs.get(`refs/heads/${repository.defaultBranch}`) : null);
  const commit = peel(repository, sha ?? (/^[0-9a-f]{40}$/.test(name) ? name : ''));
  if (commit === null) throw objects.get(name) === null ? notFound() : unprocessable(`No commit found for SHA: ${name}`);
  return commit;
}

/** The commit under an annotated tag, or the commit itself; null when there is none. */
export function peel(repository: Repository, sha: string): CommitObject | null {
  const object = repository.objects.get(sha);
  if (object?.type !== 'tag') return repository.objects.commit(sha);
  return peel(repository, /^object ([0-9a-f]{40})/.exec(object.body.toString('latin1'))?.[1] ?? '');
}

/** GitHub's own address of an account, `<id>+<login>@users.noreply…`, names it. */
function accountOfEmail(world: World, email: string): Fields | null {
  const id = /^(\d+)\+/.exec(email)?.[1];
  const user = id === undefined ? undefined : world.users.get(Number(id));
  return user === undefined ? null : simpleUser(world, user);
}
