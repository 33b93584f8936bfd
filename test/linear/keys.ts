// SPDX-License-Identifier: Apache-2.0
import type { JsonObject } from '../../src/tuf/json.ts';
import { parseKey, type PublicKey } from '../../src/tuf/key.ts';
import { objectFromPlain } from '../fakes/plain-json.ts';
import { ed25519Signer } from '../fakes/test-signer.ts';

function keyObject(keytype: string, scheme: string): (text: string) => JsonObject {
  return (text) => objectFromPlain({ keytype, scheme, keyval: { public: text } });
}

/** Key objects with any text where the key should be, and one that is a key. */
export const KEYS: {
  readonly ed25519: (text: string) => JsonObject;
  readonly ecdsa: (text: string) => JsonObject;
  readonly rsa: (text: string) => JsonObject;
  readonly alice: PublicKey;
} = {
  ed25519: keyObject('ed25519', 'ed25519'),
  ecdsa: keyObject('ecdsa', 'ecdsa-sha2-nistp256'),
  rsa: keyObject('rsa', 'rsassa-pss-sha256'),
  alice: parseKey(objectFromPlain(ed25519Signer('alice').key), 'alice'),
};
