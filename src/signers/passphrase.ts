// SPDX-License-Identifier: Apache-2.0
import { CountersignError } from '../tuf/errors.ts';

/** Gives the passphrase of a key; null when there is none to be had. Called only for an encrypted key, once. */
export type AskForPassphrase = () => Promise<string | null>;

/** What `ask` gives. @throws `signer-passphrase` when there is none */
export async function passphraseFor(where: string, ask: AskForPassphrase): Promise<string> {
  const passphrase = await ask();
  if (passphrase === null) throw new CountersignError('signer-passphrase', where, 'expected a passphrase for the encrypted key, got none');
  return passphrase;
}

/** The error for a passphrase that opens nothing. */
export function wrongPassphrase(where: string): CountersignError {
  return new CountersignError('signer-passphrase', where, 'expected the passphrase of the key, got another');
}
