// SPDX-License-Identifier: Apache-2.0
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './processes.mjs';

const VENV = fileURLToPath(new URL('.venv/', import.meta.url));
// The versions that the differential test compares with.
const REQUIREMENTS = fileURLToPath(new URL('../test/differential/requirements.txt', import.meta.url));

/** Path of a Python that has python-tuf; installs it the first time. */
export async function pythonWithTuf() {
  const python = path.join(VENV, 'bin', 'python');
  const installed = path.join(VENV, 'requirements.txt');
  const wanted = await fs.readFile(REQUIREMENTS, 'utf8');
  const present = await fs.readFile(installed, 'utf8').catch((error) => {
    if (error.code !== 'ENOENT') throw error;
    return null;
  });
  if (present === wanted) return python;
  await fs.rm(VENV, { recursive: true, force: true });
  await run('python3', ['-m', 'venv', VENV]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--require-hashes', '--requirement', REQUIREMENTS]);
  await fs.writeFile(installed, wanted);
  return python;
}
