// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { orIoError } from '../disk/atomic-file.ts';

/** Reads a file that the command line names, as UTF-8. @param what - for the message: `a policy` @throws `io` */
export function readText(path: string, what: string): Promise<string> {
  return orIoError(path, `${what} to read`, () => readFile(path, 'utf8'));
}
