// SPDX-License-Identifier: Apache-2.0
// The same as `client-ours.mjs`, with tuf-js.
import fs from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { Updater } from 'tuf-js';
import { mainThreadSeconds, usage } from './client-usage.mjs';

const [url, root, state, wanted] = process.argv.slice(2);
const [start, mainStart] = [performance.now(), mainThreadSeconds()];
const [metadataDir, targetDir] = ['metadata', 'targets'].map((name) => path.join(state, name));
for (const directory of [metadataDir, targetDir]) fs.mkdirSync(directory, { recursive: true });
const held = path.join(metadataDir, 'root.json');
if (!fs.existsSync(held)) fs.copyFileSync(root, held);
const updater = new Updater({ metadataDir, metadataBaseUrl: `${url}/metadata`, targetDir, targetBaseUrl: `${url}/targets` });
await updater.refresh();
let file = null;
if (wanted !== undefined) file = await updater.downloadTarget(await updater.getTargetInfo(wanted));
const [end, main] = [performance.now(), mainThreadSeconds() - mainStart];
const seconds = (end - start) / 1000;
process.stdout.write(JSON.stringify({ seconds, mainThreadSeconds: main, file, ...usage() }));
