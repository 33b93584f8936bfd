// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from '../../tuf/errors.ts';

/**
 * Encrypts text for GitHub, which alone can open it: libsodium's sealed box, as the secrets API wants it.
 * @param publicKey - 32 bytes in base64
 * @returns base64
 * @throws `io` when that is no key
 */
export async function sealFor(publicKey: string, text: string): Promise<string> {
  const key = Buffer.from(publicKey, 'base64');
  if (key.length !== 32 || key.toString('base64') !== publicKey)
    throw new CountersignError('io', 'secrets public key', 'expected 32 bytes in base64, got other text');
  // Only here: its WebAssembly takes longer to start than the rest of the program.
  const { default: sodium } = await import('libsodium-wrappers');
  await sodium.ready;
  return Buffer.from(sodium.crypto_box_seal(Buffer.from(text, 'utf8'), key)).toString('base64');
}
