// SPDX-License-Identifier: Apache-2.0
// `countersign fetch` against a repository of ours, by the command line that is named in COUNTERSIGN_CLI. Takes what the other clients take; see
// clients.mjs. One target at a time: a target that nobody signs stops the others before anything is downloaded.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';

const cli = process.env.COUNTERSIGN_CLI;
const [metadataUrl, targetsUrl, root, work, ...targets] = process.argv.slice(2);
if (targets.length === 0 || cli === undefined) {
  console.error('usage: COUNTERSIGN_CLI=CLI METADATA_URL TARGETS_URL ROOT_FILE WORK_DIR TARGET...');
  process.exit(2);
}
const files = path.join(work, 'files');
mkdirSync(files, { recursive: true });

function fetchOne(target, index) {
  const out = path.join(work, 'out', String(index));
  const urls = ['--metadata-url', metadataUrl, '--targets-url', targetsUrl];
  const places = ['--root', root, '--cache', path.join(work, 'metadata'), '--out', out];
  const { stdout, stderr, error } = spawnSync(process.execPath, [cli, 'fetch', ...urls, ...places, '--json', '--', target], {
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  if (stdout === '') throw new Error(`expected a JSON document, got nothing: ${stderr}`);
  const answer = JSON.parse(stdout);
  const refusal = answer.error ?? answer.problems[0];
  if (refusal !== undefined) return { target, error: `${refusal.code}: ${refusal.where}: ${refusal.detail}` };
  copyFileSync(answer.files[0].file, path.join(files, String(index)));
  return { target, result: 'reads' };
}

process.exitCode = 0;
for (const [index, target] of targets.entries()) {
  const line = fetchOne(target, index);
  if (line.error !== undefined) process.exitCode = 1;
  console.log(JSON.stringify(line));
}
