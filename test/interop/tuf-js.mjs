// SPDX-License-Identifier: Apache-2.0
// tuf-js's own Updater against a site of ours. Takes what python_tuf.py takes:
//
//   node tuf-js.mjs <site URL> <1.root.json> <state dir> <get | error class> (<target> <original file>)...
//
// `get`: every target is found and downloaded, and its bytes are the original's. Otherwise: an error of that class is thrown, and nothing was
// written. The state directory is this client's memory; it begins with nothing but the given root.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Updater } from 'tuf-js';

const { version } = createRequire(import.meta.url)('tuf-js/package.json');
const [site, root, state, expected, ...rest] = process.argv.slice(2);
const metadataDir = path.join(state, 'metadata');
const targetDir = path.join(state, 'targets');
const returning = existsSync(path.join(metadataDir, 'snapshot.json'));
mkdirSync(metadataDir, { recursive: true });
mkdirSync(targetDir, { recursive: true });
if (!existsSync(path.join(metadataDir, 'root.json'))) copyFileSync(root, path.join(metadataDir, 'root.json'));
const known = readdirSync(targetDir).length;

async function fetchAll() {
  const updater = new Updater({
    metadataDir,
    metadataBaseUrl: `${site}/metadata`,
    targetDir,
    targetBaseUrl: `${site}/targets`,
    config: { fetchRetry: false },
  });
  await updater.refresh();
  for (let index = 0; index < rest.length; index += 2) {
    const [target, original] = rest.slice(index, index + 2);
    const info = await updater.getTargetInfo(target);
    if (info === undefined) throw new Error(`${target}: expected a listed target, got none`);
    const file = await updater.downloadTarget(info, path.join(targetDir, encodeURIComponent(target)));
    if (!readFileSync(file).equals(readFileSync(original))) throw new Error(`${target}: expected the bytes of ${original}, got others`);
  }
}

const client = `tuf-js ${version}, ${returning ? 'returning' : 'new'} client`;
try {
  await fetchAll();
  if (expected !== 'get') throw new Error(`expected ${expected}, got ${rest.length / 2} targets`);
  console.log(`${client}: ${rest.length / 2} targets are the original files`);
} catch (error) {
  if (expected === 'get' || error.constructor.name !== expected) throw error;
  if (readdirSync(targetDir).length !== known) throw new Error('expected nothing to be written, got a file', { cause: error });
  console.log(`${client}: refused, ${expected}: ${error.message}`);
}
