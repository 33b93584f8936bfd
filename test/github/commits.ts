// SPDX-License-Identifier: Apache-2.0
import { created, notFound, ok, unprocessable } from './reply.ts';
import type { Fields } from './reply.ts';
import { reads, writes } from './call.ts';
import type { Call, Route } from './call.ts';
import { changedFiles, commitShape, resolveCommit } from './git-shapes.ts';
import { entryAt, log, logOfPath, mergeBase } from './history.ts';
import type { CommitObject, TreeItem } from './objects.ts';
import { minimalRepository, nodeId, repositoryUrl, simpleUser, webUrl } from './shapes.ts';
import type { Repository, Status } from './state.ts';

const REPO = '/repos/{owner}/{repo}';

/** Commits, comparisons, contents and statuses. */
export const commitRoutes: readonly Route[] = [
  { method: 'GET', path: `${REPO}/compare/{basehead}`, need: reads('contents'), handle: compare },
  { method: 'GET', path: `${REPO}/commits`, need: reads('contents'), handle: listCommits },
  { method: 'GET', path: `${REPO}/commits/{ref}`, need: reads('contents'), handle: getCommit },
  { method: 'GET', path: `${REPO}/contents/{path}`, need: reads('contents'), handle: getContents },
  { method: 'POST', path: `${REPO}/statuses/{sha}`, need: writes('statuses'), handle: createStatus },
  { method: 'GET', path: `${REPO}/commits/{ref}/status`, need: reads('statuses'), handle: combinedStatus },
  { method: 'GET', path: `${REPO}/commits/{ref}/statuses`, need: reads('statuses'), handle: listStatuses },
];

/** One side of a comparison: `name`, or `owner:name` in a fork. */
function side(call: Call, name: string): CommitObject {
  const colon = name.indexOf(':');
  if (colon === -1) return resolveCommit(call.repository, name);
  const owner = name.slice(0, colon).toLowerCase();
  const { world } = call;
  const fork = [...world.repositories.values()].find(
    (one) => world.userById(one.owner).login.toLowerCase() === owner && one.objects === call.repository.objects,
  );
  if (fork === undefined) throw notFound();
  return resolveCommit(fork, name.slice(colon + 1));
}

function compare(call: Call) {
  const { world, repository } = call;
  const basehead = call.param('basehead');
  const [from, to] = basehead.split('...');
  if (from === undefined || to === undefined) throw notFound();
  const [base, head] = [side(call, from), side(call, to)];
  const shared = mergeBase(repository.objects, base.sha, head.sha);
  const sharedCommit = shared === null ? null : repository.objects.commit(shared);
  // GitHub: "No common ancestor between …", as a 404.
  if (sharedCommit === null) throw notFound();
  const ahead = log(repository.objects, head.sha, base.sha).toReversed();
  const behind = log(repository.objects, base.sha, head.sha);
  const { slice, headers } = call.query.has('page') ? call.slice(ahead) : { slice: ahead.slice(0, 250), headers: {} };
  const url = `${repositoryUrl(world, repository)}/compare/${basehead}`;
  const html = `${webUrl(world, repository)}/compare/${basehead}`;
  const status = ahead.length === 0 ? (behind.length === 0 ? 'identical' : 'behind') : behind.length === 0 ? 'ahead' : 'diverged';
  const body = {
    url,
    html_url: html,
    permalink_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    base_commit: commitShape(world, repository, base),
    merge_base_commit: commitShape(world, repository, sharedCommit),
    status,
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits: slice.map((commit) => commitShape(world, repository, commit)),
    files: changedFiles(world, repository, shared, head.sha).slice(0, 300),
  };
  return { status: 200, body, headers };
}

function listCommits(call: Call) {
  const { world, repository } = call;
  const head = resolveCommit(repository, call.query.get('sha') ?? repository.defaultBranch);
  const path = call.query.get('path');
  const since = Date.parse(call.query.get('since') ?? '');
  const until = Date.parse(call.query.get('until') ?? '');
  const all = path === null ? log(repository.objects, head.sha, null) : logOfPath(repository.objects, head.sha, path);
  const commits = all.filter((commit) => {
    const at = Date.parse(commit.committer.date);
    return !(at < since) && !(at > until);
  });
  return call.page(commits, (commit) => commitShape(world, repository, commit));
}

function getCommit(call: Call) {
  const { world, repository } = call;
  const commit = resolveCommit(repository, call.param('ref'));
  if (call.headers['accept'] === 'application/vnd.github.sha') return { status: 200, bytes: Buffer.from(commit.sha) };
  const files = changedFiles(world, repository, commit.parents[0] ?? null, commit.sha).slice(0, 300);
  const sum = (name: string): number => files.reduce((total, file) => total + Number(file[name]), 0);
  const stats = { additions: sum('additions'), deletions: sum('deletions'), total: sum('changes') };
  return ok({ ...commitShape(world, repository, commit), stats, files });
}

function getContents(call: Call) {
  const { world, repository } = call;
  const ref = call.query.get('ref') ?? repository.defaultBranch;
  const path = call.param('path');
  const entry = entryAt(repository.objects, resolveCommit(repository, ref).tree, path);
  if (entry === null) throw notFound();
  const accept = String(call.headers['accept'] ?? '');
  if (entry.mode === '040000') {
    const items = repository.objects.tree(entry.sha) ?? [];
    return ok(items.map((item) => contentShape(call, `${path === '' ? '' : `${path}/`}${item.name}`, ref, item)));
  }
  const bytes = repository.objects.get(entry.sha)?.body ?? Buffer.alloc(0);
  if (bytes.length > 100_000_000) throw unprocessable('This API returns blobs up to 100 MB in size.');
  if (accept.includes('raw')) return { status: 200, bytes };
  const small = bytes.length <= 1_000_000;
  const content = small ? bytes.toString('base64').replace(/(.{60})/g, '$1\n') : '';
  const shape = contentShape(call, path, ref, entry);
  if (entry.mode === '120000') return ok({ ...shape, target: bytes.toString('utf8') });
  if (entry.mode === '160000') return ok({ ...shape, submodule_git_url: `${webUrl(world, repository)}.git` });
  return ok({ ...shape, content, encoding: small ? 'base64' : 'none' });
}

function contentShape(call: Call, path: string, ref: string, item: TreeItem): Fields {
  const { world, repository } = call;
  const kind = item.mode === '040000' ? 'dir' : item.mode === '120000' ? 'symlink' : item.mode === '160000' ? 'submodule' : 'file';
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const url = `${repositoryUrl(world, repository)}/contents/${encoded}?ref=${encodeURIComponent(ref)}`;
  const git = `${repositoryUrl(world, repository)}/git/${kind === 'dir' ? 'trees' : 'blobs'}/${item.sha}`;
  const html = `${webUrl(world, repository)}/${kind === 'dir' ? 'tree' : 'blob'}/${encodeURIComponent(ref)}/${encoded}`;
  const download = kind === 'file' ? `${webUrl(world, repository)}/raw/${encodeURIComponent(ref)}/${encoded}` : null;
  return {
    type: kind,
    size: kind === 'dir' ? 0 : (repository.objects.get(item.sha)?.body.length ?? 0),
    name: path.split('/').at(-1) ?? '',
    path,
    sha: item.sha,
    url,
    git_url: git,
    html_url: html,
    download_url: download,
    _links: { self: url, git, html },
  };
}

function createStatus(call: Call) {
  const { world, repository } = call;
  const sha = call.param('sha');
  if (repository.objects.commit(sha) === null) throw unprocessable(`No commit found for SHA: ${sha}`);
  const description = call.text('description') ?? null;
  if (description !== null && description.length > 140)
    throw unprocessable('Validation failed: Description is too long (maximum is 140 characters)');
  const context = call.text('context') ?? 'default';
  if (repository.statuses.filter((one) => one.sha === sha && one.context === context).length >= 1000) {
    throw unprocessable('This SHA and context has reached the maximum number of statuses.');
  }
  const status: Status = {
    id: world.nextId(),
    sha,
    state: call.text('state') ?? '',
    context,
    description,
    targetUrl: call.text('target_url') ?? null,
    creator: call.user.id,
    createdAt: world.now(),
  };
  repository.statuses.push(status);
  return created(statusShape(call, status));
}

function statusShape(call: Call, status: Status): Fields {
  const creator = simpleUser(call.world, call.world.userById(status.creator));
  return {
    url: `${repositoryUrl(call.world, call.repository)}/statuses/${status.sha}`,
    avatar_url: creator['avatar_url'],
    id: status.id,
    node_id: nodeId('StatusContext', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
    creator,
  };
}

/** Statuses of a commit, newest first. */
function statusesOf(repository: Repository, sha: string): readonly Status[] {
  return repository.statuses.filter((one) => one.sha === sha).toReversed();
}

function combinedStatus(call: Call) {
  const { world, repository } = call;
  const { sha } = resolveCommit(repository, call.param('ref'));
  const latest = [
    ...new Map(
      statusesOf(repository, sha)
        .toReversed()
        .map((one) => [one.context, one]),
    ).values(),
  ];
  const states = latest.map((one) => one.state);
  const failed = states.some((state) => state === 'failure' || state === 'error');
  const state = failed ? 'failure' : states.length === 0 || states.includes('pending') ? 'pending' : 'success';
  const { slice, headers } = call.slice(latest);
  const statuses = slice.map((one) => {
    const { creator: _, ...simple } = statusShape(call, one);
    return simple;
  });
  const url = repositoryUrl(world, repository);
  const body = {
    state,
    statuses,
    sha,
    total_count: latest.length,
    repository: minimalRepository(world, repository),
    commit_url: `${url}/commits/${sha}`,
    url: `${url}/commits/${sha}/status`,
  };
  return { status: 200, body, headers };
}

function listStatuses(call: Call) {
  const { sha } = resolveCommit(call.repository, call.param('ref'));
  return call.page(statusesOf(call.repository, sha), (status) => statusShape(call, status));
}
