// SPDX-License-Identifier: Apache-2.0
// Bundles repositories/generate.ts into the directory that is named, so that Node 20 can run it.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const [out] = process.argv.slice(2);
if (out === undefined) throw new Error('usage: node bundle.mjs OUT');
const github = fileURLToPath(new URL('../github', import.meta.url));
const build = await rolldown({
  input: fileURLToPath(new URL('repositories/generate.ts', import.meta.url)),
  platform: 'node',
  // The GitHub that test/github plays holds itself to GitHub's own descriptions, which it reads from where it is.
  transform: { target: 'node20', define: { 'import.meta.dirname': JSON.stringify(github) } },
});
await build.write({ dir: path.resolve(out), format: 'esm', entryFileNames: 'generate.mjs' });
await build.close();
