// SPDX-License-Identifier: Apache-2.0
import { sha256Hex } from '../../../src/tuf/sha256.ts';
import { P256_KEY, P256_OTHER_KEY, P384_KEY, RSA_2048_KEY } from '../../fakes/keys/private-keys.ts';
import { ecdsaSigner, ed25519Signer, rsaSigner, type TestSigner } from '../../fakes/test-signer.ts';

const CACHED_SIGNATURES = 20_000;

/** Signs each payload once: most files of a case are those of its base repository. */
export function remembering(signer: TestSigner): TestSigner {
  const known = new Map<string, string>();
  const sign = (payload: Uint8Array): string => {
    const digest = sha256Hex(payload);
    let sig = known.get(digest);
    if (sig === undefined) {
      sig = signer.sign(payload);
      if (known.size >= CACHED_SIGNATURES) known.clear();
      known.set(digest, sig);
    }
    return sig;
  };
  return { ...signer, sign };
}

/** ECDSA signatures are random, and so are their lengths in DER. With one length, a seed gives files whose bytes stand at the same offsets each time. */
function ofLength(signer: TestSigner, byteLength: number): TestSigner {
  const sign = (payload: Uint8Array): string => {
    for (;;) {
      const sig = signer.sign(payload);
      if (sig.length === 2 * byteLength) return sig;
    }
  };
  return { ...signer, sign };
}

const named = new Map<string, TestSigner>();

/** The ed25519 key of a name; the same object each time. */
export function person(name: string): TestSigner {
  let signer = named.get(name);
  if (signer === undefined) {
    signer = remembering(ed25519Signer(name));
    named.set(name, signer);
  }
  return signer;
}

export const P256: TestSigner = remembering(ofLength(ecdsaSigner(P256_KEY), 71));
/** The old name of the key type. */
export const P256_OLD_NAME: TestSigner = remembering(ofLength(ecdsaSigner(P256_OTHER_KEY, 'ecdsa-sha2-nistp256'), 71));
export const P384: TestSigner = remembering(ofLength(ecdsaSigner(P384_KEY), 103));
export const RSA: TestSigner = remembering(rsaSigner(RSA_2048_KEY));
