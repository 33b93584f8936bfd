// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { generateEd25519 } from '../signers/generate.ts';
import { CountersignError } from '../tuf/errors.ts';
import { objectField, stringField } from '../tuf/fields.ts';
import { keyIdOf } from '../tuf/key.ts';
import type { Console } from './console.ts';
import { EXIT } from './exit-code.ts';

/** Writes a new private key, readable by its owner only. @throws `already-exists`, `io` */
export async function writeNewKey(path: string): Promise<{ readonly publicText: string; readonly keyId: string; readonly pem: string }> {
  const { pem, publicKey } = generateEd25519();
  try {
    await writeFile(path, pem, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') {
      throw new CountersignError('already-exists', path, 'expected a new file; a key is never overwritten', { cause: error });
    }
    throw new CountersignError('io', path, 'expected a place to write the key', { cause: error });
  }
  const publicText = `ed25519:${stringField(objectField(publicKey, 'keyval', 'key'), 'public', 'key')}`;
  return { publicText, keyId: keyIdOf(publicKey), pem };
}

/** `countersign keygen`. */
export async function keygenCommand(_options: { readonly json: boolean }, console: Console, args: readonly string[]): Promise<number> {
  const path = args[0] ?? '';
  const { publicText, keyId } = await writeNewKey(path);
  console.result(
    { file: path, public: publicText, keyid: keyId },
    (value, style) =>
      `${style.bold(value.public)}\n${style.faint(`keyid ${value.keyid}; the private key is in ${value.file} and has no passphrase`)}`,
  );
  return EXIT.ok;
}
