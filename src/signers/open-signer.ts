// SPDX-License-Identifier: Apache-2.0
import type { Signer } from '../ports.ts';
import { envScheme } from './env-scheme.ts';
import { fileScheme } from './file-scheme.ts';
import { openWithSchemes } from './open-with-schemes.ts';
import { parseOpensshKey } from './openssh-key.ts';
import type { SignerContext, SignerScheme } from './scheme.ts';

/** Every scheme there is for people. A new one is a module of its own and a line here. */
export const SIGNER_SCHEMES: readonly SignerScheme[] = [envScheme(parseOpensshKey), fileScheme];

/**
 * Opens the signer that a URI names: `env:NAME`, `file:PATH`.
 * @param uri - untrusted; only a known scheme's place for the key gets into messages, never a query
 * @param schemes - those that this program offers
 * @throws `signer-uri` for an unknown scheme, naming the known ones; else what the scheme throws: `signer-uri`,
 * `signer-key`, `signer-passphrase`, `too-large`, `file-type`, `io`
 */
export async function openSigner(uri: string, context: SignerContext, schemes: readonly SignerScheme[] = SIGNER_SCHEMES): Promise<Signer> {
  return openWithSchemes(uri, context, schemes);
}
