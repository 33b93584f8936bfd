// SPDX-License-Identifier: Apache-2.0
// Node 20 can't run TypeScript, so what is measured is bundled first.
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** Bundles a file of this directory, with the sources that it imports, and gives the bundle's path. */
export async function bundle(name, directory, external = ['@tufjs/models']) {
  const file = path.join(directory, name);
  const build = await rolldown({ input: path.join(HERE, name), platform: 'node', external });
  await build.write({ dir: directory, entryFileNames: name, format: 'esm' });
  await build.close();
  return file;
}
