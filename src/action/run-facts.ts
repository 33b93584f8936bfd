// SPDX-License-Identifier: Apache-2.0
import { tmpdir } from 'node:os';
import type { Environment } from './input-text.ts';

/** What the runner tells of the run that this is a step of. */
export interface RunFacts {
  /** Null outside of a run. */
  readonly id: number | null;
  /** Where people see the run; null outside of one. */
  readonly url: string | null;
  /** `owner/name/.github/workflows/release.yml@refs/tags/v1`. */
  readonly workflow: string;
  /** The commit that the run is of; null when it is not known. */
  readonly commit: string | null;
  readonly ref: string;
  /** The login of who started it. */
  readonly actor: string;
  /** `owner/name`. */
  readonly repository: string;
  readonly serverUrl: string;
  readonly apiUrl: string;
  readonly graphqlUrl: string | null;
  /** A directory that is emptied after the job. */
  readonly temporary: string;
}

function given(env: Environment, name: string): string | null {
  const value = env.get(name) ?? '';
  return value === '' ? null : value;
}

/** Reads what the runner tells. */
export function readRunFacts(env: Environment): RunFacts {
  const id = /^[1-9][0-9]{0,15}$/.exec(given(env, 'GITHUB_RUN_ID') ?? '')?.[0];
  const serverUrl = given(env, 'GITHUB_SERVER_URL') ?? 'https://github.com';
  const repository = given(env, 'GITHUB_REPOSITORY') ?? '';
  return {
    id: id === undefined ? null : Number(id),
    url: id === undefined || repository === '' ? null : `${serverUrl}/${repository}/actions/runs/${id}`,
    workflow: given(env, 'GITHUB_WORKFLOW_REF') ?? '',
    commit: given(env, 'GITHUB_SHA'),
    ref: given(env, 'GITHUB_REF') ?? '',
    actor: given(env, 'GITHUB_ACTOR') ?? '',
    repository,
    serverUrl,
    apiUrl: given(env, 'GITHUB_API_URL') ?? 'https://api.github.com',
    graphqlUrl: given(env, 'GITHUB_GRAPHQL_URL'),
    temporary: given(env, 'RUNNER_TEMP') ?? tmpdir(),
  };
}
