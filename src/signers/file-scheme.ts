// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errnoWords } from '../disk/errno-words.ts';
import { CountersignError, quote } from '../tuf/errors.ts';
import { signerFromPrivateKey } from './key-signer.ts';
import { MAX_KEY_BYTES, parsePrivateKey } from './private-key.ts';
import type { SignerContext, SignerScheme } from './scheme.ts';

// Anything that the group or others may do, as OpenSSH judges.
const OTHERS = 0o077;

function pathOf(rest: string, { env, cwd }: SignerContext): string {
  const host = rest.startsWith('//') && !rest.startsWith('///');
  // A query is kept for options to come. A NUL would make Node repeat the path in an error of its own.
  if (rest === '' || host || /[?\0]/.test(rest))
    throw new CountersignError('signer-uri', 'file:', 'expected a path of this machine, got other text');
  const home = env.get('HOME');
  // A shell expands `~` only where a word starts with it.
  if (rest.startsWith('~/') && home !== undefined) return resolve(home, rest.slice(2));
  return resolve(cwd, rest);
}

/** At most one byte more than a key may have, so that a long file is noticed and not read. */
async function readStart(file: FileHandle): Promise<Buffer> {
  const buffer = Buffer.alloc(MAX_KEY_BYTES + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

async function readKeyFile(path: string, where: string, { warn }: SignerContext): Promise<Buffer> {
  // Without O_NONBLOCK a FIFO that nobody writes to would hold us for ever.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new CountersignError('file-type', where, 'expected a regular file, got a directory or a special file');
    if (process.platform !== 'win32' && (stats.mode & OTHERS) !== 0) {
      const mode = (stats.mode & 0o777).toString(8).padStart(3, '0');
      warn?.(`${where}: others may use this private key (its mode is ${mode}); chmod 600 closes it`);
    }
    return await readStart(file);
  } finally {
    await file.close();
  }
}

/** `file:PATH`: a private key in a file, in any format that `parsePrivateKey` reads. PATH is taken as it stands, without percent-decoding. */
export const fileScheme: SignerScheme = {
  name: 'file',
  form: 'file:PATH',
  async open(rest, context) {
    const path = pathOf(rest, context);
    const where = `file:${quote(rest)}`;
    let bytes: Buffer;
    try {
      bytes = await readKeyFile(path, where, context);
    } catch (error) {
      // What the system says: a code such as ENOENT, and the path.
      if (!(error instanceof Error && 'syscall' in error && 'code' in error)) throw error;
      throw new CountersignError('io', where, `expected a file with a private key, but ${errnoWords(String(error.code))}`, {
        cause: error,
      });
    }
    const key = await parsePrivateKey(bytes, where, () => context.askPassphrase(where));
    return signerFromPrivateKey(key, where);
  },
};
