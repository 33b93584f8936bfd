// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';

/** Writers of SSH's wire format and of OpenSSH's key files, written apart from the readers under test. */
export function sshString(value: string | Uint8Array): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
  return Buffer.concat([uint32(bytes.length), bytes]);
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** A positive mpint of a magnitude in hex. */
export function mpint(hex: string): Buffer {
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  const first = bytes.findIndex((byte) => byte !== 0);
  const magnitude = bytes.subarray(first);
  return sshString((magnitude[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), magnitude]) : magnitude);
}

export interface OpensshFile {
  readonly cipher: string;
  readonly kdf: string;
  readonly kdfOptions: Buffer;
  readonly count: number;
  readonly publicBlob: Buffer;
  readonly checks: readonly [number, number];
  /** Type and fields, without the comment. */
  readonly privateFields: Buffer;
  readonly comment: Buffer;
  /** Bytes of padding: 1, 2, 3…; by default up to the next block of 8. */
  readonly padding: Buffer | null;
  readonly tail: Buffer;
}

function paddingFor(length: number): Buffer {
  return Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(0, (8 - (length % 8)) % 8);
}

/** The PEM text of a key file that is not encrypted, whatever its header says. */
export function opensshPem(file: OpensshFile): string {
  const content = Buffer.concat([uint32(file.checks[0]), uint32(file.checks[1]), file.privateFields, file.comment]);
  const sealed = Buffer.concat([content, file.padding ?? paddingFor(content.length)]);
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0', 'latin1'),
    sshString(file.cipher),
    sshString(file.kdf),
    sshString(file.kdfOptions),
    uint32(file.count),
    sshString(file.publicBlob),
    sshString(sealed),
    file.tail,
  ]);
  return pem('OPENSSH PRIVATE KEY', body);
}

export function pem(label: string, body: Uint8Array): string {
  const base64 = Buffer.from(body).toString('base64').replace(/.{70}/g, '$&\n').trimEnd();
  return `-----BEGIN ${label}-----\n${base64}\n-----END ${label}-----\n`;
}

/** 32 bytes that are the same on every run. */
export function seedOf(name: string): Buffer {
  return createHash('sha256').update(name).digest();
}

/** A well-formed file of an ed25519 key; tests spoil one part of it. */
export function ed25519File(seed: Uint8Array, point: Uint8Array): OpensshFile {
  return {
    cipher: 'none',
    kdf: 'none',
    kdfOptions: Buffer.alloc(0),
    count: 1,
    publicBlob: Buffer.concat([sshString('ssh-ed25519'), sshString(point)]),
    checks: [0x01020304, 0x01020304],
    privateFields: Buffer.concat([sshString('ssh-ed25519'), sshString(point), sshString(Buffer.concat([seed, point]))]),
    comment: sshString('a comment'),
    padding: null,
    tail: Buffer.alloc(0),
  };
}
