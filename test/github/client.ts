// SPDX-License-Identifier: Apache-2.0
import { Octokit } from '@octokit/rest';
import type { FakeGitHub } from './server.ts';

const QUIET = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Octokit without retries, over HTTP; or with {@link FakeGitHub.fetch}, without. */
export function clientOf(github: FakeGitHub, token: string | undefined, fetch: typeof globalThis.fetch = globalThis.fetch): Octokit {
  return new Octokit({ auth: token, baseUrl: github.apiUrl, log: QUIET, request: { fetch } });
}

/** The status of an answer, refused or not. */
export async function statusOf(action: Promise<{ readonly status: number }>): Promise<number> {
  try {
    return (await action).status;
  } catch (error) {
    if (error instanceof Error && 'status' in error && typeof error.status === 'number') return error.status;
    throw error;
  }
}

/** The status and message of a refusal, and its headers. */
export async function refusalOf(
  action: Promise<unknown>,
): Promise<{ readonly status: number; readonly message: string; readonly headers: Readonly<Record<string, string>> }> {
  try {
    await action;
  } catch (error) {
    const { status, message, response } = error as { status: number; message: string; response?: { headers: Record<string, string> } };
    return { status, message, headers: response?.headers ?? {} };
  }
  throw new Error('it was accepted');
}

/** Makes a branch with one commit on top of another branch, over the API. Gives the commit. */
export async function branchWith(
  octokit: Octokit,
  repo: { readonly owner: string; readonly repo: string },
  branch: string,
  files: Readonly<Record<string, string | null>>,
  from = 'main',
): Promise<string> {
  const base = (await octokit.git.getRef({ ...repo, ref: `heads/${from}` })).data.object.sha;
  const tree = await octokit.git.createTree({
    ...repo,
    base_tree: base,
    tree: Object.entries(files).map(([path, content]) =>
      content === null ? { path, mode: '100644', type: 'blob', sha: null } : { path, mode: '100644', type: 'blob', content },
    ),
  });
  const commit = await octokit.git.createCommit({ ...repo, message: `Change ${branch}`, tree: tree.data.sha, parents: [base] });
  await octokit.git.createRef({ ...repo, ref: `refs/heads/${branch}`, sha: commit.data.sha });
  return commit.data.sha;
}
