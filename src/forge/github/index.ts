// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from '../../tuf/errors.ts';
import { GitHubArtifacts } from './artifacts.ts';
import { GitHubForge } from './forge.ts';
import { openOctokit } from './octokit.ts';
import type { OctokitOptions } from './octokit.ts';
import type { Place } from './place.ts';
import { GitHubReleases } from './releases.ts';
import { readGuards } from './settings-facts.ts';
import type { Guards } from '../../ports/settings.ts';

export { PULL_REQUEST_SETTING } from './errors.ts';

/** Which repository to open, and how. */
export interface GitHubOptions extends OctokitOptions {
  readonly owner: string;
  readonly repo: string;
  /** Where GraphQL is asked, as GITHUB_GRAPHQL_URL gives it; else found from `apiUrl`. */
  readonly graphqlUrl?: string;
}

/** One repository of GitHub, by its sides. */
export interface GitHub {
  readonly forge: GitHubForge;
  readonly releases: GitHubReleases;
  readonly artifacts: GitHubArtifacts;
  readonly guards: Guards;
}

const NAME = /^[A-Za-z0-9._-]{1,100}$/;

/**
 * Opens a repository of GitHub. Sends nothing yet.
 * @throws `usage` when an option can't be used
 */
export async function openGitHub(options: GitHubOptions): Promise<GitHub> {
  for (const name of [options.owner, options.repo]) {
    if (!NAME.test(name) || name === '.' || name === '..')
      throw new CountersignError('usage', 'repository', `expected a name, got ${quote(name)}`);
  }
  if (options.token === '') throw new CountersignError('usage', 'github token', 'expected a token, got none');
  const place: Place = {
    ...openOctokit(options),
    owner: options.owner,
    repo: options.repo,
    graphqlUrl: options.graphqlUrl ?? graphqlUrlOf(options.apiUrl),
    scrub: (text) => text.replaceAll(options.token, '***'),
  };
  const artifacts = new GitHubArtifacts(place, { token: options.token, apiUrl: options.apiUrl });
  const guards: Guards = { read: (environment, branches) => readGuards(place, environment, branches) };
  return Promise.resolve({ forge: new GitHubForge(place), releases: new GitHubReleases(place), artifacts, guards });
}

/** `https://api.github.com` to `https://api.github.com/graphql`; a server's own `…/api/v3` to `…/api/graphql`. */
function graphqlUrlOf(apiUrl: string): string {
  return `${apiUrl.replace(/(?<!\/)\/+$/, '').replace(/\/v3$/, '')}/graphql`;
}
