// SPDX-License-Identifier: Apache-2.0
import type { KeyObject } from 'node:crypto';
import { parseOpensshKey } from './openssh-key.ts';
import { readPrivateKey } from './read-private-key.ts';
import type { AskForPassphrase } from './passphrase.ts';

export { MAX_KEY_BYTES } from './read-private-key.ts';

/**
 * Reads a private key: PEM of PKCS#8 (plain or encrypted), SEC 1 or PKCS#1, an OpenSSH key, or an ed25519 seed of 64 hex
 * digits. It must be ed25519, P-256, P-384 or RSA of 2048 bits or more, and its halves must fit each other: a signature
 * is made and verified.
 * @param where - the key's name in messages, which say nothing of what the key holds
 * @param passphrase - called once, and only for an encrypted key; null when there is none
 * @returns a private key for {@link signerFromPrivateKey}
 * @throws `signer-key`, `signer-passphrase`, `too-large` (beyond {@link MAX_KEY_BYTES})
 */
export async function parsePrivateKey(bytes: Uint8Array, where: string, passphrase: AskForPassphrase): Promise<KeyObject> {
  return readPrivateKey(bytes, where, passphrase, parseOpensshKey);
}
