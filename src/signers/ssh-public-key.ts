// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { ED25519_BYTES, ed25519FromPoint } from './ed25519.ts';
import { opensslWords } from './openssl-error.ts';
import { SshReader, type Refuse } from './ssh-wire.ts';

/** A curve under its three names. */
export interface SshCurve {
  readonly ssh: string;
  readonly jwk: string;
  readonly openssl: string;
  /** Length of a coordinate, in bytes. */
  readonly bytes: number;
}

const CURVES: ReadonlyMap<string, SshCurve> = new Map([
  ['ecdsa-sha2-nistp256', { ssh: 'nistp256', jwk: 'P-256', openssl: 'prime256v1', bytes: 32 }],
  ['ecdsa-sha2-nistp384', { ssh: 'nistp384', jwk: 'P-384', openssl: 'secp384r1', bytes: 48 }],
]);

/** The curve of an ECDSA key type; undefined for every type that is not supported. */
export function sshCurve(type: string): SshCurve | undefined {
  return CURVES.get(type);
}

/** Whether keys of an SSH type can be used. */
export function isSupportedSshType(type: string): boolean {
  return type === 'ssh-ed25519' || type === 'ssh-rsa' || CURVES.has(type);
}

/** What a key of an SSH type that TUF can't use is, as words for a message. `type` is quoted only when it looks like one. */
export function unsupportedSshType(type: string): string {
  if (type.startsWith('sk-')) {
    return 'a FIDO security key (sk-): it signs a wrapper around the bytes, so no TUF client could verify its signatures';
  }
  if (/-cert-v0[01]@openssh\.com$/.test(type)) return 'an OpenSSH certificate (give the plain public key)';
  if (type === 'ssh-dss') return 'a DSA key';
  if (type === 'ecdsa-sha2-nistp521') return 'a P-521 key';
  return /^(?:ssh|ecdsa)-[a-z0-9@.-]{1,40}$/.test(type) ? `a key of the type ${type}` : 'a text that is no public key';
}

/** The parts of an uncompressed point (SEC 1 §2.3.3) as JWK members. Whether it lies on the curve is for OpenSSL to check. */
export function ecJwk(curve: SshCurve, point: Uint8Array, refuse: Refuse): JsonWebKey {
  const { bytes } = curve;
  if (point.length !== 1 + 2 * bytes || point[0] !== 4) throw refuse('expected an uncompressed point of the curve, got other bytes');
  const part = (start: number): string => Buffer.from(point.subarray(start, start + bytes)).toString('base64url');
  return { kty: 'EC', crv: curve.jwk, x: part(1), y: part(1 + bytes) };
}

function fromJwk(key: JsonWebKey, refuse: Refuse): KeyObject {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch (error) {
    throw refuse(`expected a public key, got ${opensslWords(error)}`);
  }
}

function readKey(type: string, reader: SshReader, refuse: Refuse): KeyObject {
  if (type === 'ssh-ed25519') {
    const point = reader.string();
    if (point.length !== ED25519_BYTES) throw refuse(`expected an ed25519 point of 32 bytes, got ${point.length}`);
    return ed25519FromPoint(point);
  }
  if (type === 'ssh-rsa') {
    const e = reader.mpint().toString('base64url');
    const n = reader.mpint().toString('base64url');
    return fromJwk({ kty: 'RSA', n, e }, refuse);
  }
  const curve = sshCurve(type);
  if (curve === undefined) throw refuse(`expected a key that TUF clients can use, got ${unsupportedSshType(type)}`);
  if (reader.name() !== curve.ssh) throw refuse(`expected the curve ${curve.ssh}, got another`);
  return fromJwk(ecJwk(curve, reader.string(), refuse), refuse);
}

/**
 * Parses a public key in SSH's wire format (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709 §4), strictly: every byte has its place.
 * @returns the type's name as well, to compare with the one written outside
 * @throws what `refuse` makes
 */
export function parseSshPublicBlob(blob: Uint8Array, refuse: Refuse): { readonly type: string; readonly key: KeyObject } {
  const reader = new SshReader(blob, refuse);
  const type = reader.name();
  const key = readKey(type, reader, refuse);
  reader.end();
  return { type, key };
}
