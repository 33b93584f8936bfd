// SPDX-License-Identifier: Apache-2.0
import type { Signer } from '../ports.ts';
import { CountersignError } from '../tuf/errors.ts';
import type { SignerContext, SignerScheme } from './scheme.ts';

/** Tells text that is rather a key than the place of one: it must not get into a message. */
function looksLikeKey(rest: string): boolean {
  // The body of a PEM on one line begins as its DER does: an ed25519, EC or RSA key, or one of OpenSSH.
  const body = /^(?:MC4CAQ|MI[GHI]|b3BlbnNzaC1rZXkt)[A-Za-z0-9+/]{20,}={0,2}$/;
  return /^[0-9a-f]{64}$/i.test(rest) || /[\r\n]|-----BEGIN/.test(rest) || body.test(rest);
}

/**
 * Opens the signer that a URI names: `env:NAME`, `file:PATH`.
 * @param uri - untrusted; only a known scheme's place for the key gets into messages, never a query
 * @param schemes - those that this program offers
 * @throws `signer-uri` for an unknown scheme, naming the known ones; else what the scheme throws: `signer-uri`,
 * `signer-key`, `signer-passphrase`, `too-large`, `file-type`, `io`
 */
export async function openWithSchemes(uri: string, context: SignerContext, schemes: readonly SignerScheme[]): Promise<Signer> {
  const [, name = '', rest = ''] = /^([a-z][a-z0-9+.-]*):(.*)$/s.exec(uri) ?? [];
  const scheme = schemes.find((candidate) => candidate.name === name);
  if (scheme === undefined || looksLikeKey(rest)) {
    const forms = schemes.map(({ form }) => form).join(' or ');
    // The scheme is not repeated either: what stands before a colon may be the start of a key or a password.
    const got = scheme === undefined ? 'another scheme' : 'what looks like a key itself';
    throw new CountersignError('signer-uri', 'key URI', `expected ${forms}, got ${got}`);
  }
  return scheme.open(rest, context);
}
