// SPDX-License-Identifier: Apache-2.0
import { openOctokit } from '../forge/github/octokit.ts';
import { send } from '../forge/github/place.ts';
import { repositoryNames } from './open-place.ts';
import type { StepContext } from './step.ts';

/**
 * Starts a workflow at each of some tags: what GITHUB_TOKEN publishes starts none by itself. The workflow needs `on: workflow_dispatch`, and finds the
 * tag as its `github.ref_name`. A run that ends before this has started the workflow leaves that to a person.
 * @param workflow - the name of its file
 * @throws `permission-missing` without `actions: write`; `release-missing` where there is no such workflow at the tag
 */
export async function dispatchWorkflow(context: StepContext, workflow: string, tags: readonly string[]): Promise<void> {
  const { run, place, log } = context;
  const { owner, repo } = repositoryNames(context);
  const { token } = place;
  const api = openOctokit({ token, apiUrl: run.apiUrl, log });
  const host = { ...api, owner, repo, graphqlUrl: '', scrub: (text: string) => text.replaceAll(token, '***') };
  for (const tag of tags) {
    await send(
      host,
      'POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches',
      { workflow_id: workflow, ref: tag },
      { what: `workflow ${workflow} at ${tag}`, needs: 'actions: write', codes: { 404: 'release-missing', 422: 'usage' } },
      'once',
    );
    log.info(`started ${workflow} at ${tag}`);
  }
}
