// SPDX-License-Identifier: Apache-2.0
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

/** Bundles a file of this directory into a new one, so that a process of its own can run it. Gives the path of the script; its directory is the caller's. */
export async function bundleEntry(name: string): Promise<{ readonly directory: string; readonly script: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'countersign-entry-'));
  const entry = fileURLToPath(new URL(name, import.meta.url));
  const input = await rolldown({ input: entry, platform: 'node', transform: { target: 'node20' }, onLog: () => undefined });
  await input.write({ dir: directory, format: 'esm', entryFileNames: 'entry.mjs', chunkFileNames: '[name].mjs' });
  await input.close();
  return { directory, script: join(directory, 'entry.mjs') };
}
