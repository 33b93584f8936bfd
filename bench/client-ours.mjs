// SPDX-License-Identifier: Apache-2.0
// Our client, as a program uses the library: `URL ROOT STATE [TARGET]` updates the cache in STATE and downloads the target.
import fs from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { openCache, openClient, openDownloadDirectory, openHttpSource } from '../src/client/index.ts';
import { mainThreadSeconds, usage } from './client-usage.mjs';

const [url, root, state, wanted] = process.argv.slice(2);
const [start, cpuStart, mainStart] = [performance.now(), process.cpuUsage(), mainThreadSeconds()];
const source = openHttpSource({ metadataUrls: [`${url}/metadata`], targetUrls: [`${url}/targets`] });
const client = openClient({ root: fs.readFileSync(root), source, cache: openCache(path.join(state, 'metadata')) });
await client.update();
const file = wanted === undefined ? null : (await client.download(wanted, openDownloadDirectory(path.join(state, 'targets')))).file;
const [end, cpu, main] = [performance.now(), process.cpuUsage(cpuStart), mainThreadSeconds() - mainStart];
await source.close();
const result = { seconds: (end - start) / 1000, mainThreadSeconds: main, workCpuSeconds: (cpu.user + cpu.system) / 1e6, file, ...usage() };
process.stdout.write(JSON.stringify(result));
