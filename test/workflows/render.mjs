// SPDX-License-Identifier: Apache-2.0
// Writes every generated workflow into a directory, for the linters: node test/workflows/render.mjs <dir>
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { loadWorkflowFiles } from '../../scripts/pin-action.mjs';

const BUILD = `name: release
on:
  push:
    tags: ['v*']
permissions: {}
concurrency: { group: release, cancel-in-progress: false }
jobs:
  build:
    name: Build
    runs-on: ubuntu-latest
    steps: [{ run: 'true' }]
`;

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error('expected a directory, got nothing');
const { wakeWorkflow, callingWorkflow, ejectedWorkflow, releaseJob, WORKFLOW_PIN, ACTION_PIN } = await loadWorkflowFiles();
const pages = {
  root: 'ab'.repeat(32),
  siteUrl: 'https://owner.github.io/project/',
  metadataHosting: 'pages',
  metadataTag: '',
  deploy: 'here',
};
const release = { ...pages, metadataHosting: 'release', metadataTag: 'tuf-metadata', deploy: 'elsewhere' };
const job = { role: 'releases', artifacts: 'dist-*', targetPrefix: '${{ github.ref_name }}/', root: pages.root, site: pages };
const files = new Map([
  ['countersign-wake.yml', wakeWorkflow()],
  ['countersign.yml', callingWorkflow(WORKFLOW_PIN, pages)],
  ['countersign-release-hosting.yml', callingWorkflow(WORKFLOW_PIN, release)],
  ['countersign-ejected.yml', ejectedWorkflow(ACTION_PIN, pages)],
  ['release.yml', BUILD + releaseJob(ACTION_PIN, job)],
  ['release-rolling.yml', BUILD + releaseJob(ACTION_PIN, { ...job, site: release })],
]);
await mkdir(directory, { recursive: true });
for (const [name, text] of files) await writeFile(path.join(directory, name), text);
