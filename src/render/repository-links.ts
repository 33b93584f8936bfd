// SPDX-License-Identifier: Apache-2.0
import type { Origin } from '../event/event-file.ts';
import { codeMarkdown } from './markdown.ts';

const PULL = /^(https:\/\/[A-Za-z0-9.-]+(?::[0-9]+)?\/[A-Za-z0-9._-]+\/[A-Za-z0-9._-]+)\/pull\/[0-9]+$/;

/** Where the repository of a pull request is; null when that is no page of a host that we know the addresses of. */
export function repositoryUrl(pullUrl: string): string | null {
  return PULL.exec(pullUrl)?.[1] ?? null;
}

/** A commit, with a link when it can be one of the repository. In full: the first digits of one can be made to be those of another. */
export function commitLink(commit: string, repository: string | null): string {
  if (repository === null || !/^[0-9a-f]{40}$/.test(commit)) return codeMarkdown(commit);
  return `[<code>${commit}</code>](${repository}/commit/${commit})`;
}

/** A run. Whoever could push has written where it is, so that is a link only where it leads to just that run of this repository. */
export function runLink({ runId, runUrl }: Origin, repository: string | null): string {
  const text = `run ${String(runId)}`;
  const own = `${repository ?? ''}/actions/runs/${String(runId)}`;
  return repository !== null && runUrl === own ? `[${text}](${own})` : `${text}, said to be at ${codeMarkdown(runUrl)}`;
}
