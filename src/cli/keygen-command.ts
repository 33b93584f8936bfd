// SPDX-License-Identifier: Apache-2.0
import { open, rm, type FileHandle } from 'node:fs/promises';
import { errnoOf, ioError } from '../disk/atomic-file.ts';
import { generateEd25519 } from '../signers/generate.ts';
import { CountersignError } from '../tuf/errors.ts';
import { objectField, stringField } from '../tuf/fields.ts';
import { keyIdOf } from '../tuf/key.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';

/** Writes a file that is there whole or not at all: half a key would only be in the way of the next try. */
async function writePrivate(path: string, text: string): Promise<void> {
  let file: FileHandle;
  try {
    file = await open(path, 'wx', 0o600);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') {
      throw new CountersignError('already-exists', path, 'expected a new file; a key is never overwritten', { cause: error });
    }
    throw ioError(path, 'a place to write the key', error);
  }
  try {
    await file.writeFile(text);
    await file.sync();
    await file.close();
  } catch (error) {
    // Closing may fail as well where the disk is full; what went wrong first is the news.
    await Promise.allSettled([file.close(), rm(path, { force: true })]);
    throw ioError(path, 'to write the key', error);
  }
}

/** Writes a new private key, readable by its owner only. @throws `already-exists`, `io` */
export async function writeNewKey(path: string): Promise<{ readonly publicText: string; readonly keyId: string; readonly pem: string }> {
  const { pem, publicKey } = generateEd25519();
  await writePrivate(path, pem);
  const publicText = `ed25519:${stringField(objectField(publicKey, 'keyval', 'key'), 'public', 'key')}`;
  return { publicText, keyId: keyIdOf(publicKey), pem };
}

/** `countersign keygen`: the public half alone is on standard output, so that a script can take it from there. */
export async function keygenCommand(options: { readonly json: boolean }, console: Console, args: readonly string[]): Promise<number> {
  const path = args[0] ?? '';
  const { publicText, keyId } = await writeNewKey(path);
  console.result({ file: path, public: publicText, keyid: keyId }, (value, style) => style.bold(value.public));
  if (!options.json) console.log.info(`keyid ${keyId}; the private key is in ${path} and has no passphrase`);
  return EXIT.ok;
}
