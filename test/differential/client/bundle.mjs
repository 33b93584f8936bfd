// SPDX-License-Identifier: Apache-2.0
// Bundles run.ts, with tuf-js, into the file that is named, so that Node 20 can run it.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const [out] = process.argv.slice(2);
if (out === undefined) throw new Error('usage: node bundle.mjs OUT');
const build = await rolldown({
  input: fileURLToPath(new URL('run.ts', import.meta.url)),
  platform: 'node',
  transform: { target: 'node20' },
});
const { output } = await build.generate({ format: 'esm', codeSplitting: false });
await build.close();
await writeFile(out, output[0].code);
