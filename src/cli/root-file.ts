// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { orIoError } from '../disk/atomic-file.ts';
import { CountersignError, outcomeOf } from '../tuf/errors.ts';
import { parseRoot } from '../tuf/root.ts';

/**
 * Reads a root file that the command line names. That its signatures verify is left to the client.
 * @param expected - for the message: `a root file`
 * @returns the file's bytes, which are a root
 * @throws `io`; what is wrong with the bytes with the name of the file before it
 */
export async function readRootFile(path: string, expected: string): Promise<Uint8Array> {
  const bytes = await orIoError(path, expected, () => readFile(path));
  const outcome = outcomeOf(() => parseRoot(bytes));
  if (outcome.kind === 'accepted') return bytes;
  const { code, where, detail } = outcome.refusal;
  throw new CountersignError(code, `${path}: ${where}`, detail);
}
