// SPDX-License-Identifier: Apache-2.0
import { tmpdir } from 'node:os';
import { openGitHubWorkplace, type GitHubWorkplace } from '../action/github-workplace.ts';
import type { Log, Signer } from '../ports.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import type { Instant } from '../tuf/instant.ts';
import type { PayloadDigest } from '../tuf/metadata.ts';
import type { Environment } from './github-options.ts';

/** A repository on GitHub, and a pull request of it where one is named. */
export interface GitHubLocation {
  readonly owner: string;
  readonly repo: string;
  /** Null for the repository as such. */
  readonly number: number | null;
}

const LOCATION = /^\/([A-Za-z0-9._-]+)\/([A-Za-z0-9._-]+?)(?:\.git)?(?:\/pull\/([1-9][0-9]{0,9})(?:\/[a-z]+(?:\/[^/]*)?)?)?\/?$/;

/** As people write of a pull request: `acme/app#2`. */
const SHORT = /^([A-Za-z0-9][A-Za-z0-9-]{0,38})\/([A-Za-z0-9._-]{1,100})#([1-9][0-9]{0,9})$/;

function serverUrl(env: Environment): string {
  const url = env.get('GITHUB_SERVER_URL') ?? '';
  return (url === '' ? 'https://github.com' : url).replace(/(?<!\/)\/+$/, '');
}

/**
 * Reads the address of a repository or of a pull request on GitHub; null for what is no address at all, such as a directory.
 * @throws `usage` for an address of another host, or of something else on GitHub
 */
export function parseGitHubUrl(text: string, env: Environment): GitHubLocation | null {
  if (!/^https?:\/\//.test(text)) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const server = serverUrl(env);
  const match = url?.origin === new URL(server).origin ? LOCATION.exec(url.pathname) : null;
  const [, owner, repo, number] = match ?? [];
  if (owner === undefined || repo === undefined)
    throw new CountersignError('usage', 'address', `expected ${server}/OWNER/REPO or a pull request of it, got ${quote(text)}`);
  return { owner, repo, number: number === undefined ? null : Number(number) };
}

/** Reads `OWNER/REPO#NUMBER`; null for any other text. A directory may be called so: ask whether there is one first. */
export function parseShortEvent(text: string): (GitHubLocation & { readonly number: number }) | null {
  const [, owner, repo, number] = SHORT.exec(text) ?? [];
  return owner === undefined || repo === undefined ? null : { owner, repo, number: Number(number) };
}

/** The address of a pull request. */
export function pullAddress({ owner, repo, number }: GitHubLocation, env: Environment): string {
  return `${serverUrl(env)}/${owner}/${repo}/pull/${String(number)}`;
}

/** How a person's workplace on GitHub is wired. */
export interface GitHubPersonOptions {
  readonly siteUrl: string | null;
  readonly log: Log;
  readonly now: Instant;
  readonly anchor: PayloadDigest | null;
  readonly openSigner: (uri: string) => Promise<Signer>;
}

/**
 * Opens a repository of GitHub with a person's token.
 * @param env - GITHUB_TOKEN or GH_TOKEN; GITHUB_API_URL, GITHUB_GRAPHQL_URL, GITHUB_SERVER_URL where they are not github.com's
 * @throws `usage` without a token
 */
export async function openGitHubPlace(location: GitHubLocation, env: Environment, options: GitHubPersonOptions): Promise<GitHubWorkplace> {
  const token = [env.get('GITHUB_TOKEN'), env.get('GH_TOKEN')].find((one) => one !== undefined && one !== '');
  if (token === undefined) {
    const detail =
      'expected a token in GITHUB_TOKEN or GH_TOKEN (for example GH_TOKEN=$(gh auth token)), got none; --print needs it too, to read';
    throw new CountersignError('usage', 'GITHUB_TOKEN', detail);
  }
  return openGitHubWorkplace({
    owner: location.owner,
    repo: location.repo,
    token,
    apiUrl: env.get('GITHUB_API_URL') ?? 'https://api.github.com',
    graphqlUrl: env.get('GITHUB_GRAPHQL_URL') ?? null,
    serverUrl: serverUrl(env),
    metadataHosting: 'pages',
    metadataTag: 'tuf-metadata',
    commit: null,
    temporary: tmpdir(),
    ...options,
  });
}
