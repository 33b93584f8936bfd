// SPDX-License-Identifier: Apache-2.0
import { createECDH, createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { quote } from '../tuf/errors.ts';
import { ED25519_BYTES, ed25519FromSeed } from './ed25519.ts';
import { opensshCipher, openSealedPart, type SealedPart } from './openssh-cipher.ts';
import { opensslWords } from './openssl-error.ts';
import type { AskForPassphrase } from './passphrase.ts';
import { ecJwk, parseSshPublicBlob, sshCurve, type SshCurve } from './ssh-public-key.ts';
import { SshReader, type Refuse } from './ssh-wire.ts';
import { describeKey, SUPPORTED_KEYS } from './tuf-key.ts';

const MAGIC = 'openssh-key-v1\0';

interface KeyFile extends SealedPart {
  readonly publicKey: KeyObject;
}

function base64url(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}

function readKeyFile(bytes: Uint8Array, refuse: Refuse): KeyFile {
  const reader = new SshReader(bytes, refuse);
  if (reader.bytes(MAGIC.length).toString('latin1') !== MAGIC) throw refuse('expected an openssh-key-v1 file, got another format');
  const cipher = opensshCipher(reader.name(), refuse);
  const kdf = reader.name();
  if (kdf !== (cipher.kind === 'none' ? 'none' : 'bcrypt')) throw refuse(`expected the kdf that goes with the cipher, got ${quote(kdf)}`);
  const kdfOptions = reader.string();
  const count = reader.uint32();
  if (count !== 1) throw refuse(`expected one key in the file, got ${count}`);
  const publicKey = parseSshPublicBlob(reader.string(), refuse).key;
  const sealed = reader.string();
  const tag = reader.bytes(cipher.lengths.tag);
  reader.end();
  if (sealed.length < 8 || sealed.length % cipher.lengths.block !== 0) throw refuse('expected whole cipher blocks, got a part of one');
  return { cipher, kdfOptions, publicKey, bytes: sealed, tag };
}

function readEd25519(reader: SshReader, refuse: Refuse): KeyObject {
  const point = reader.string();
  const secret = reader.string();
  if (secret.length !== 2 * ED25519_BYTES) throw refuse(`expected an ed25519 key of 64 bytes, got ${secret.length}`);
  if (!secret.subarray(ED25519_BYTES).equals(point)) throw refuse('expected one public half, got two that differ');
  return ed25519FromSeed(secret.subarray(0, ED25519_BYTES));
}

function readEcdsa(curve: SshCurve, reader: SshReader, refuse: Refuse): KeyObject {
  if (reader.name() !== curve.ssh) throw refuse(`expected the curve ${curve.ssh}, got another`);
  const point = reader.string();
  const scalar = reader.mpint();
  if (scalar.length > curve.bytes) throw refuse(`expected a number of at most ${curve.bytes} bytes, got ${scalar.length}`);
  const d = Buffer.concat([Buffer.alloc(curve.bytes - scalar.length), scalar]);
  try {
    // Node takes x, y and d of a JWK without comparing them.
    const ecdh = createECDH(curve.openssl);
    ecdh.setPrivateKey(d);
    if (!ecdh.getPublicKey().equals(point)) throw refuse('expected the public half of the private key, got another');
    return createPrivateKey({ key: { ...ecJwk(curve, point, refuse), d: d.toString('base64url') }, format: 'jwk' });
  } catch (error) {
    throw refuse(`expected a private key of the curve, got ${opensslWords(error)}`);
  }
}

function readRsa(reader: SshReader, refuse: Refuse): KeyObject {
  const next = (): bigint => BigInt(`0x${reader.mpint().toString('hex')}`);
  const [n, e, d, qi, p, q] = [next(), next(), next(), next(), next(), next()];
  if (p < 3n || q < 3n || p * q !== n || (qi * q) % p !== 1n) throw refuse('expected the parts of one RSA key, got parts that do not fit');
  // Whether d fits shows when the key is tried out.
  const dp = d % (p - 1n);
  const dq = d % (q - 1n);
  const key: JsonWebKey = { kty: 'RSA' };
  for (const [name, value] of Object.entries({ n, e, d, p, q, dp, dq, qi })) key[name] = base64url(value);
  try {
    return createPrivateKey({ key, format: 'jwk' });
  } catch (error) {
    throw refuse(`expected an RSA key, got ${opensslWords(error)}`);
  }
}

function readPrivatePart(plain: Uint8Array, blockBytes: number, refuse: Refuse): KeyObject {
  const reader = new SshReader(plain, refuse);
  const type = reader.name();
  const curve = sshCurve(type);
  let key: KeyObject;
  if (type === 'ssh-ed25519') key = readEd25519(reader, refuse);
  else if (type === 'ssh-rsa') key = readRsa(reader, refuse);
  else if (curve !== undefined) key = readEcdsa(curve, reader, refuse);
  else throw refuse('expected the type of the public half, got another');
  reader.string(); // the comment
  const padding = reader.rest();
  // OpenSSH pads up to a block, other writers also by a whole one.
  if (padding.length > blockBytes || padding.some((byte, index) => byte !== index + 1)) {
    throw refuse('expected padding 1, 2, 3…, got other bytes');
  }
  return key;
}

/**
 * Parses an OpenSSH private key (PROTOCOL.key of OpenSSH): one key, ed25519, ecdsa nistp256 or nistp384, or RSA; not
 * encrypted, or with an aes cipher. What the clear public half tells is judged before the passphrase is asked for. The key
 * is still to be tried out: an RSA file may hold another key's d.
 * @param bytes - the decoded body of the PEM block
 * @throws `signer-passphrase`, or what `refuse` makes; neither says anything of the private part
 */
export async function parseOpensshKey(bytes: Uint8Array, where: string, ask: AskForPassphrase, refuse: Refuse): Promise<KeyObject> {
  const file = readKeyFile(bytes, refuse);
  const description = describeKey(file.publicKey);
  if (description.kind === 'unsupported') throw refuse(`expected ${SUPPORTED_KEYS}, got ${description.found}`);
  const plain = await openSealedPart(file, where, ask, refuse);
  const key = readPrivatePart(plain, file.cipher.lengths.block, refuse);
  if (!createPublicKey(key).equals(file.publicKey)) throw refuse('expected the public half of the private key, got another');
  return key;
}
