// SPDX-License-Identifier: Apache-2.0
import { openGitHub, type GitHub } from '../forge/github/index.ts';
import { openGitHubSettings } from '../forge/github/settings.ts';
import type { Settings } from '../ports/settings.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import type { Console } from './console.ts';

/** Environment variables by name. */
export type Environment = ReadonlyMap<string, string | undefined>;

/** A repository of GitHub, as an administrator's command uses it. */
export interface AdministeredRepository extends GitHub {
  readonly settings: Settings;
}

/**
 * Opens `owner/name` with the token of GITHUB_TOKEN or GH_TOKEN, which is never printed.
 * @throws `usage` when the name is none or there is no token
 */
export async function openAdministered(fullName: string, env: Environment, console: Console): Promise<AdministeredRepository> {
  const [owner, repo, ...more] = fullName.split('/');
  if (owner === undefined || repo === undefined || more.length > 0)
    throw new CountersignError('usage', 'repository', `expected OWNER/REPO, got ${quote(fullName)}`);
  const token = [env.get('GITHUB_TOKEN'), env.get('GH_TOKEN')].find((one) => one !== undefined && one !== '');
  if (token === undefined)
    throw new CountersignError('usage', 'GITHUB_TOKEN', "expected an administrator's token in GITHUB_TOKEN or GH_TOKEN, got none");
  const graphqlUrl = env.get('GITHUB_GRAPHQL_URL');
  const apiUrl = env.get('GITHUB_API_URL') ?? 'https://api.github.com';
  const options = { owner, repo, token, apiUrl, log: console.log, ...(graphqlUrl === undefined ? {} : { graphqlUrl }) };
  return { ...(await openGitHub(options)), settings: openGitHubSettings(options) };
}
