// SPDX-License-Identifier: Apache-2.0
// Bundles client.ts into the file that is named, so that Node 20 can run it and each call starts fast.
import { mkdir, rename, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const [out] = process.argv.slice(2);
if (out === undefined) throw new Error('usage: node bundle.mjs OUT');
const begun = new Date();
const build = await rolldown({
  input: fileURLToPath(new URL('client.ts', import.meta.url)),
  platform: 'node',
  transform: { target: 'node20' },
});
const { output } = await build.generate({ format: 'esm', codeSplitting: false });
await build.close();
await mkdir(dirname(out), { recursive: true });
// Several calls may build at once, and none may run half a file.
const unfinished = `${out}.${process.pid}`;
await writeFile(unfinished, output[0].code);
// What changes while this runs must count as newer.
await utimes(unfinished, begun, begun);
await rename(unfinished, out);
