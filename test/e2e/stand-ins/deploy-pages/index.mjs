// SPDX-License-Identifier: Apache-2.0
// As the real action: finds this run's artifact, gets a token that proves the run, and posts a deployment.
import { appendFileSync } from 'node:fs';
import process from 'node:process';

const { env } = process;
const fail = (text) => {
  console.log(`::error::${text}`);
  process.exit(1);
};

if (env.ACTIONS_ID_TOKEN_REQUEST_URL === undefined) fail('permission-missing: id-token: write is needed to deploy to Pages');
const found = await fetch(`${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}/artifacts`, {
  headers: { authorization: `Bearer ${env.COUNTERSIGN_FAKE_TOKEN}` },
});
if (!found.ok) fail(`the artifacts of this run could not be read: ${found.status}`);
const artifact = (await found.json()).artifacts.find(({ name }) => name === env.INPUT_ARTIFACT_NAME);
if (artifact === undefined) fail(`no artifact ${env.INPUT_ARTIFACT_NAME} in this run`);
const answer = await fetch(`${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}/pages/deployments`, {
  method: 'POST',
  headers: { authorization: `Bearer ${env.INPUT_TOKEN}`, 'content-type': 'application/json', accept: 'application/vnd.github+json' },
  body: JSON.stringify({ artifact_id: artifact.id, pages_build_version: env.GITHUB_SHA, oidc_token: env.ACTIONS_ID_TOKEN_REQUEST_TOKEN }),
});
const text = await answer.text();
if (answer.status === 403) fail(`permission-missing: pages: write is needed to deploy to Pages: ${text}`);
if (!answer.ok) fail(`the deployment was refused: ${answer.status} ${text}`);
const { page_url: url } = JSON.parse(text);
appendFileSync(env.GITHUB_OUTPUT, `page_url=${url}\n`);
console.log(`deployed to ${url}`);
