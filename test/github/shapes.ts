// SPDX-License-Identifier: Apache-2.0
import type { Fields } from './reply.ts';
import type { Repository, User } from './state.ts';
import type { World } from './world.ts';

/** A node id of GraphQL and REST. */
export function nodeId(kind: string, id: number | string): string {
  return Buffer.from(`${kind}:${id}`).toString('base64url');
}

/** The short form of an account. */
export function simpleUser(world: World, user: User): Fields {
  const { login } = user;
  const url = `${world.apiUrl}/users/${encodeURIComponent(login)}`;
  return {
    login,
    id: user.id,
    node_id: nodeId('User', user.id),
    avatar_url: `${world.serverUrl}/avatars/u/${user.id}?v=4`,
    gravatar_id: '',
    url,
    html_url: `${world.serverUrl}/${encodeURIComponent(login)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: user.type,
    user_view_type: 'public',
    site_admin: false,
  };
}

/** The long form of an account. */
export function publicUser(world: World, user: User): Fields {
  return {
    ...simpleUser(world, user),
    name: null,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    twitter_username: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: user.createdAt,
    updated_at: user.createdAt,
  };
}

/** URL templates of a repository: the field, then what follows the repository's URL. */
const REPOSITORY_URLS: readonly (readonly [string, string])[] = [
  ['archive_url', '/{archive_format}{/ref}'],
  ['assignees_url', '/assignees{/user}'],
  ['blobs_url', '/git/blobs{/sha}'],
  ['branches_url', '/branches{/branch}'],
  ['collaborators_url', '/collaborators{/collaborator}'],
  ['comments_url', '/comments{/number}'],
  ['commits_url', '/commits{/sha}'],
  ['compare_url', '/compare/{base}...{head}'],
  ['contents_url', '/contents/{+path}'],
  ['contributors_url', '/contributors'],
  ['deployments_url', '/deployments'],
  ['downloads_url', '/downloads'],
  ['events_url', '/events'],
  ['forks_url', '/forks'],
  ['git_commits_url', '/git/commits{/sha}'],
  ['git_refs_url', '/git/refs{/sha}'],
  ['git_tags_url', '/git/tags{/sha}'],
  ['issue_comment_url', '/issues/comments{/number}'],
  ['issue_events_url', '/issues/events{/number}'],
  ['issues_url', '/issues{/number}'],
  ['keys_url', '/keys{/key_id}'],
  ['labels_url', '/labels{/name}'],
  ['languages_url', '/languages'],
  ['merges_url', '/merges'],
  ['milestones_url', '/milestones{/number}'],
  ['notifications_url', '/notifications{?since,all,participating}'],
  ['pulls_url', '/pulls{/number}'],
  ['releases_url', '/releases{/id}'],
  ['stargazers_url', '/stargazers'],
  ['statuses_url', '/statuses/{sha}'],
  ['subscribers_url', '/subscribers'],
  ['subscription_url', '/subscription'],
  ['tags_url', '/tags'],
  ['teams_url', '/teams'],
  ['trees_url', '/git/trees{/sha}'],
  ['hooks_url', '/hooks'],
];

/** The address of a repository in the API. */
export function repositoryUrl(world: World, repository: Repository): string {
  return `${world.apiUrl}/repos/${world.fullName(repository)}`;
}

/** The address of a repository for people. */
export function webUrl(world: World, repository: Repository): string {
  return `${world.serverUrl}/${world.fullName(repository)}`;
}

/** What never changes of a repository's form, kept: every pull request holds it twice. */
const kept: WeakMap<Repository, { readonly key: string; readonly fields: Fields }> = new WeakMap();

/** The form of a repository inside of runs and statuses. */
export function minimalRepository(world: World, repository: Repository): Fields {
  const key = `${world.fullName(repository)} ${String(repository.private)}`;
  const old = kept.get(repository);
  if (old?.key === key) return old.fields;
  const fields = newMinimal(world, repository);
  kept.set(repository, { key, fields });
  return fields;
}

function newMinimal(world: World, repository: Repository): Fields {
  const url = repositoryUrl(world, repository);
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: world.fullName(repository),
    owner: simpleUser(world, world.userById(repository.owner)),
    private: repository.private,
    html_url: webUrl(world, repository),
    description: null,
    fork: repository.parent !== null,
    url,
    ...Object.fromEntries(REPOSITORY_URLS.map(([name, end]) => [name, `${url}${end}`])),
  };
}

/** The form of a repository inside of pull requests. */
export function repositoryShape(world: World, repository: Repository): Fields {
  const web = webUrl(world, repository);
  return {
    ...minimalRepository(world, repository),
    license: null,
    git_url: web.replace(/^https?:/, 'git:'),
    ssh_url: `git@github.com:${world.fullName(repository)}.git`,
    clone_url: `${web}.git`,
    mirror_url: null,
    svn_url: web,
    homepage: null,
    language: null,
    forks_count: 0,
    stargazers_count: 0,
    watchers_count: 0,
    size: 0,
    default_branch: repository.defaultBranch,
    open_issues_count: 0,
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: repository.site !== null,
    has_downloads: true,
    has_discussions: false,
    archived: false,
    disabled: false,
    visibility: repository.private ? 'private' : 'public',
    pushed_at: repository.createdAt,
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    forks: 0,
    open_issues: 0,
    watchers: 0,
    is_template: false,
    topics: [],
    allow_forking: true,
    web_commit_signoff_required: false,
  };
}

/** The complete form of a repository. */
export function fullRepository(world: World, repository: Repository, permissions: Fields): Fields {
  return {
    ...repositoryShape(world, repository),
    permissions,
    subscribers_count: 0,
    network_count: 0,
    ...(repository.parent === null
      ? {}
      : {
          parent: repositoryShape(world, world.repositoryById(repository.parent)),
          source: repositoryShape(world, world.repositoryById(repository.parent)),
        }),
  };
}
