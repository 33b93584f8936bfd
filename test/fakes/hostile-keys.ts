// SPDX-License-Identifier: Apache-2.0
// Keys that must not count, or must not count twice, with signatures that OpenSSL nevertheless verifies.
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { P256_KEY, RSA_2048_KEY } from './keys/private-keys.ts';
import { ecdsaSigner, rsaSigner, withKey, withPublicText, type TestSigner } from './test-signer.ts';

function spkiOf(pem: string): Buffer {
  return createPublicKey(createPrivateKey(pem)).export({ format: 'der', type: 'spki' });
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PUBLIC KEY-----', ...lines, '-----END PUBLIC KEY-----', ''].join('\n');
}

/** An ed25519 key object of these 64 hex digits, with a signature that needs no private key: R is the neutral point, S is zero. */
export function forgeableEd25519(point: string): TestSigner {
  const base: TestSigner = { keyId: '', key: { keytype: 'ed25519', scheme: 'ed25519' }, sign: () => `01${'00'.repeat(63)}` };
  return withPublicText(base, point);
}

/** {@link P256_KEY} with its point compressed: OpenSSL verifies with it, and exports other bytes for it. */
export function compressedP256(): TestSigner {
  const point = spkiOf(P256_KEY).subarray(-65);
  const parity = (point[64] ?? 0) & 1;
  const prefix = Buffer.from('3039301306072a8648ce3d020106082a8648ce3d030107032200', 'hex');
  return withPublicText(ecdsaSigner(P256_KEY), pemOf(Buffer.concat([prefix, Buffer.from([2 + parity]), point.subarray(1, 33)])));
}

/** {@link RSA_2048_KEY} as PKCS#1, which names no algorithm. */
export function rsaAsPkcs1(): TestSigner {
  const key = createPublicKey(createPrivateKey(RSA_2048_KEY));
  return withPublicText(rsaSigner(RSA_2048_KEY), key.export({ format: 'pem', type: 'pkcs1' }).toString());
}

/** {@link RSA_2048_KEY} under the object identifier id-RSASSA-PSS. */
export function rsaAsPssOid(): TestSigner {
  const spki = spkiOf(RSA_2048_KEY);
  // rsaEncryption with NULL parameters takes 15 bytes after the outer header of 4, id-RSASSA-PSS without parameters 13.
  const rest = Buffer.concat([Buffer.from('300b06092a864886f70d01010a', 'hex'), spki.subarray(19)]);
  const header = Buffer.from([0x30, 0x82, rest.length >> 8, rest.length & 0xff]);
  return withPublicText(rsaSigner(RSA_2048_KEY), pemOf(Buffer.concat([header, rest])));
}

/** {@link RSA_2048_KEY} with its private key where the public one belongs. */
export function rsaPrivateAsPublic(): TestSigner {
  return withPublicText(rsaSigner(RSA_2048_KEY), RSA_2048_KEY);
}

function mgf1(seed: Buffer, length: number): Buffer {
  const blocks = Array.from({ length: Math.ceil(length / 32) }, (_, counter) =>
    createHash('sha256')
      .update(seed)
      .update(Buffer.from([0, 0, 0, counter]))
      .digest(),
  );
  return Buffer.concat(blocks).subarray(0, length);
}

/** The RSA-PSS encoding of a payload for 2,048 bits, sha256 and an empty salt (RFC 8017 §9.1.1). */
function encodePss(payload: Uint8Array): Buffer {
  const digest = createHash('sha256').update(payload).digest();
  const hash = createHash('sha256')
    .update(Buffer.concat([Buffer.alloc(8), digest]))
    .digest();
  const block = Buffer.alloc(256 - 32 - 1);
  block[block.length - 1] = 1;
  const mask = mgf1(hash, block.length);
  const masked = block.map((byte, index) => byte ^ (mask[index] ?? 0));
  masked[0] = (masked[0] ?? 0) & 0x7f;
  return Buffer.concat([masked, hash, Buffer.from([0xbc])]);
}

/** An RSA key with the public exponent 1: the padded payload is its own signature. */
export function rsaExponentOne(): TestSigner {
  const jwk = createPublicKey(createPrivateKey(RSA_2048_KEY)).export({ format: 'jwk' });
  const key: KeyObject = createPublicKey({ key: { ...jwk, e: 'AQ' }, format: 'jwk' });
  const signer = withKey(rsaSigner(RSA_2048_KEY), { keyval: { public: key.export({ format: 'pem', type: 'spki' }).toString() } });
  return { ...signer, sign: (payload) => encodePss(payload).toString('hex') };
}

/** An RSA key that signs until a signature begins with a zero byte, as one of 256 does. */
export function rsaZeroFirst(): TestSigner {
  const signer = rsaSigner(RSA_2048_KEY);
  return {
    ...signer,
    sign: (payload) => {
      for (;;) {
        const sig = signer.sign(payload);
        if (sig.startsWith('00')) return sig;
      }
    },
  };
}
