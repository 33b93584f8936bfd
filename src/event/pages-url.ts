// SPDX-License-Identifier: Apache-2.0

/** Where Pages puts a repository's site: `https://<owner>.github.io/<name>/`, or the root of that host for the repository of this name. */
export function pagesUrl(owner: string, repo: string): string {
  const host = `${owner.toLowerCase()}.github.io`;
  return repo.toLowerCase() === host ? `https://${host}/` : `https://${host}/${repo}/`;
}
