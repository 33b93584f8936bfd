// SPDX-License-Identifier: Apache-2.0
// tuf-js's own Updater against a repository of ours. Takes what the other clients take; see clients.mjs.
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { Updater } from 'tuf-js';

const [metadataBaseUrl, targetBaseUrl, root, work, ...targets] = process.argv.slice(2);
if (targets.length === 0) {
  console.error('usage: METADATA_URL TARGETS_URL ROOT_FILE WORK_DIR TARGET...');
  process.exit(2);
}
const metadataDir = path.join(work, 'metadata');
const targetDir = path.join(work, 'files');
mkdirSync(metadataDir, { recursive: true });
mkdirSync(targetDir, { recursive: true });
if (!existsSync(path.join(metadataDir, 'root.json'))) copyFileSync(root, path.join(metadataDir, 'root.json'));

const textOf = (error) => `${error.constructor.name}: ${error.message}`;

async function refresh() {
  const updater = new Updater({ metadataDir, metadataBaseUrl, targetDir, targetBaseUrl, config: { fetchRetry: false } });
  await updater.refresh();
  return updater;
}

async function fetchOne(updater, target, file) {
  const info = await updater.getTargetInfo(target);
  if (info === undefined) return { target, error: 'target not found' };
  await updater.downloadTarget(info, file);
  return { target, result: 'reads' };
}

let updater;
let refused;
try {
  updater = await refresh();
} catch (error) {
  refused = textOf(error);
}
process.exitCode = 0;
for (const [index, target] of targets.entries()) {
  let line = { target, error: refused };
  try {
    if (updater !== undefined) line = await fetchOne(updater, target, path.join(targetDir, String(index)));
  } catch (error) {
    line = { target, error: textOf(error) };
  }
  if (line.error !== undefined) process.exitCode = 1;
  console.log(JSON.stringify(line));
}
