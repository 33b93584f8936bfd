// SPDX-License-Identifier: Apache-2.0
// The repositories of test/data/foreign, which others made and signed.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const DATA = fileURLToPath(new URL('../data/foreign/', import.meta.url));

/** All folders, as `tough/simple-rsa`. */
export function folderNames(): readonly string[] {
  const inside = (name: string): readonly string[] =>
    readdirSync(join(DATA, name), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [join(name, entry.name)] : []));
  return inside('')
    .flatMap((name) => (readdirSync(join(DATA, name)).includes('metadata') ? [name] : inside(name)))
    .sort();
}

/** A folder's files as a host serves them: those that lie beside no `metadata` are put there. */
export function publishedFiles(folder: string): Map<string, Uint8Array> {
  const top = join(DATA, folder);
  const files = new Map<string, Uint8Array>();
  for (const entry of readdirSync(top, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    const name = relative(top, file);
    files.set(/^(metadata|targets)\//.test(name) ? name : `metadata/${name}`, new Uint8Array(readFileSync(file)));
  }
  return files;
}

/** The root that a folder's maker begins with. */
export function firstRoot(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const root = files.get('metadata/1.root.json') ?? files.get('metadata/root.json');
  if (root === undefined) throw new Error('the folder has no root');
  return root;
}
