// SPDX-License-Identifier: Apache-2.0
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runToEnd } from './cli/run-to-end.ts';
import { requireCertificates } from './cli/strict-tls.ts';
import { errnoWords } from './disk/errno-words.ts';
import { VERSION } from './version.ts';

let isCut = false;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: Error) => {
    const code = 'code' in error ? String(error.code) : error.name;
    // A reader that has seen enough, as `| head` has, is no reason to stop half way.
    if (code === 'EPIPE' || isCut) return;
    isCut = true;
    // What was to be printed is not all there, which must not look like success, whatever the command itself comes to.
    process.once('exit', () => (process.exitCode = 1));
    if (stream === process.stdout)
      process.stderr.write(`error[io] standard output: expected to print all of it, but ${errnoWords(code)}\n`);
  });
}

const [first, ...more] = process.argv.slice(2);
if ((first === '--version' || first === '-V') && more.length === 0) {
  // Without loading anything: scripts ask for the version often.
  process.stdout.write(`${VERSION}\n`);
} else {
  requireCertificates();
  await runToEnd(async () => {
    const { runProgram } = await import('./cli/program.ts');
    return runProgram(process.argv.slice(2), { distDirectory: dirname(fileURLToPath(import.meta.url)) });
  }, process.argv.includes('--json'));
}
