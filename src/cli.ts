// SPDX-License-Identifier: Apache-2.0
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VERSION } from './version.ts';

for (const stream of [process.stdout, process.stderr]) {
  // A reader that has seen enough, as `| head` has, is no reason to stop half way.
  stream.on('error', (error: Error) => {
    if (!('code' in error && error.code === 'EPIPE')) throw error;
  });
}

const [first, ...more] = process.argv.slice(2);
if ((first === '--version' || first === '-V') && more.length === 0) {
  // Without loading anything: scripts ask for the version often.
  process.stdout.write(`${VERSION}\n`);
} else {
  const { runProgram } = await import('./cli/program.ts');
  process.exitCode = await runProgram(process.argv.slice(2), { distDirectory: dirname(fileURLToPath(import.meta.url)) });
}
