// SPDX-License-Identifier: Apache-2.0
// Fetches a target with tuf-js, from a root that is trusted, and prints it.
//
//   node tuf-js-client.mjs ROOT SITE TARGET
import { copyFile, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { Updater } from 'tuf-js';

const [root = '', site = '', target = ''] = argv.slice(2);
const directory = await mkdtemp(join(tmpdir(), 'tuf-js-'));
const [metadataDir, targetDir] = [join(directory, 'metadata'), join(directory, 'targets')];
for (const one of [metadataDir, targetDir]) await mkdir(one);
await copyFile(root, join(metadataDir, 'root.json'));
const updater = new Updater({
  metadataDir,
  metadataBaseUrl: `${site}metadata`,
  targetDir,
  targetBaseUrl: `${site}targets`,
  config: { fetchRetry: false },
});
await updater.refresh();
const info = await updater.getTargetInfo(target);
if (info === undefined) throw new Error(`${target}: no such target`);
console.log(await readFile(await updater.downloadTarget(info, join(targetDir, 'file')), 'utf8'));
