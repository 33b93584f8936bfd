// SPDX-License-Identifier: Apache-2.0
import { createDecipheriv, type CipherGCMTypes } from 'node:crypto';
import bcrypt from 'bcrypt-pbkdf';
import { quote } from '../tuf/errors.ts';
import { opensslCode } from './openssl-error.ts';
import { passphraseFor, wrongPassphrase, type AskForPassphrase } from './passphrase.ts';
import { SshReader, type Refuse } from './ssh-wire.ts';

/** Lengths of a cipher, in bytes. */
interface CipherLengths {
  readonly key: number;
  readonly iv: number;
  /** What the plain text is padded to a multiple of. */
  readonly block: number;
  /** The tag that follows the encrypted part. */
  readonly tag: number;
}

/** A cipher of OpenSSH's private keys. `openssl` is OpenSSL's name for it. */
export type OpensshCipher = { readonly lengths: CipherLengths } & (
  | { readonly kind: 'none' }
  | { readonly kind: 'plain'; readonly openssl: string }
  | { readonly kind: 'gcm'; readonly openssl: CipherGCMTypes }
);

function plain(openssl: string, key: number): OpensshCipher {
  return { kind: 'plain', openssl, lengths: { key, iv: 16, block: 16, tag: 0 } };
}

function gcm(openssl: CipherGCMTypes, key: number): OpensshCipher {
  return { kind: 'gcm', openssl, lengths: { key, iv: 12, block: 16, tag: 16 } };
}

const CIPHERS: ReadonlyMap<string, OpensshCipher> = new Map([
  ['none', { kind: 'none', lengths: { key: 0, iv: 0, block: 8, tag: 0 } }],
  ['aes128-ctr', plain('aes-128-ctr', 16)],
  ['aes192-ctr', plain('aes-192-ctr', 24)],
  ['aes256-ctr', plain('aes-256-ctr', 32)],
  // The default of OpenSSH 6.5 to 7.5.
  ['aes256-cbc', plain('aes-256-cbc', 32)],
  ['aes128-gcm@openssh.com', gcm('aes-128-gcm', 16)],
  ['aes256-gcm@openssh.com', gcm('aes-256-gcm', 32)],
]);

// ssh-keygen writes 16 or 24, which takes a quarter or half a second. A damaged number would keep the machine busy for years.
const MAX_KDF_ROUNDS = 4096;
const MAX_SALT_BYTES = 1024;

/** The cipher of OpenSSH's name for it. @throws what `refuse` makes */
export function opensshCipher(name: string, refuse: Refuse): OpensshCipher {
  const cipher = CIPHERS.get(name);
  if (cipher === undefined)
    throw refuse(`expected a key encrypted with an aes cipher, got ${quote(name)} (ssh-keygen -p -Z aes256-ctr changes it)`);
  return cipher;
}

interface KdfOptions {
  readonly salt: Uint8Array;
  readonly rounds: number;
}

function readKdfOptions(options: Uint8Array, refuse: Refuse): KdfOptions {
  const reader = new SshReader(options, refuse);
  const salt = reader.string();
  const rounds = reader.uint32();
  reader.end();
  if (salt.length === 0 || salt.length > MAX_SALT_BYTES)
    throw refuse(`expected a salt of 1 to ${MAX_SALT_BYTES} bytes, got ${salt.length}`);
  if (rounds === 0 || rounds > MAX_KDF_ROUNDS) throw refuse(`expected 1 to ${MAX_KDF_ROUNDS} rounds of bcrypt, got ${rounds}`);
  return { salt, rounds };
}

/** The cipher's key and iv in one; null for the empty passphrase, for which bcrypt has none. */
function deriveKey(passphrase: string, { salt, rounds }: KdfOptions, length: number): Uint8Array | null {
  const secret = Buffer.from(passphrase, 'utf8');
  const key = new Uint8Array(length);
  return bcrypt.pbkdf(secret, secret.length, salt, salt.length, key, length, rounds) === 0 ? key : null;
}

function openGcm(cipher: CipherGCMTypes, key: Uint8Array, iv: Uint8Array, { bytes, tag }: SealedPart): Buffer | null {
  const decipher = createDecipheriv(cipher, key, iv, { authTagLength: tag.length });
  decipher.setAuthTag(tag);
  const opened = decipher.update(bytes);
  try {
    return Buffer.concat([opened, decipher.final()]);
  } catch (error) {
    opensslCode(error);
    return null;
  }
}

/** The part of a key file that may be encrypted, with what is needed to open it. */
export interface SealedPart {
  readonly cipher: OpensshCipher;
  /** Salt and rounds of bcrypt; empty for the cipher `none`. */
  readonly kdfOptions: Uint8Array;
  /** Whole blocks. */
  readonly bytes: Uint8Array;
  readonly tag: Uint8Array;
}

/** The check numbers at the start are the same when the right key was used. */
function checked(opened: Buffer): Buffer | null {
  return opened.subarray(0, 4).equals(opened.subarray(4, 8)) ? opened.subarray(8) : null;
}

/**
 * Decrypts the private part of a key file and compares its check numbers (PROTOCOL.key of OpenSSH).
 * @returns what follows the check numbers
 * @throws `signer-passphrase` when the passphrase is missing or wrong; what `refuse` makes when the file is damaged
 */
export async function openSealedPart(part: SealedPart, where: string, ask: AskForPassphrase, refuse: Refuse): Promise<Buffer> {
  const { cipher, bytes } = part;
  if (cipher.kind === 'none') {
    const opened = checked(Buffer.from(bytes));
    if (part.kdfOptions.length > 0) throw refuse('expected no kdf options for a key that is not encrypted, got some');
    if (opened === null) throw refuse('expected two equal check numbers, got a damaged key');
    return opened;
  }
  const options = readKdfOptions(part.kdfOptions, refuse);
  const { lengths } = cipher;
  const derived = deriveKey(await passphraseFor(where, ask), options, lengths.key + lengths.iv);
  if (derived === null) throw wrongPassphrase(where);
  const key = derived.subarray(0, lengths.key);
  const iv = derived.subarray(lengths.key);
  // Without automatic padding update() gives all there is.
  const opened =
    cipher.kind === 'gcm'
      ? openGcm(cipher.openssl, key, iv, part)
      : createDecipheriv(cipher.openssl, key, iv).setAutoPadding(false).update(bytes);
  const content = opened === null ? null : checked(opened);
  if (content === null) throw wrongPassphrase(where);
  return content;
}
