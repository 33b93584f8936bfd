// SPDX-License-Identifier: Apache-2.0
import type { Signer } from '../ports.ts';
import { envScheme } from './env-scheme.ts';
import { openWithSchemes } from './open-with-schemes.ts';

/**
 * Opens an online key by its URI, `env:NAME`. This is all that the action carries: no formats of people's own keys, and nobody to ask for
 * a passphrase.
 * @throws `signer-uri`, `signer-key`, `signer-passphrase` for an encrypted key
 */
export async function openOnlineSigner(uri: string, env: ReadonlyMap<string, string | undefined>): Promise<Signer> {
  return openWithSchemes(uri, { env, cwd: '/', askPassphrase: async () => null }, [envScheme(null)]);
}
