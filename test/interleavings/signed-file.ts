// SPDX-License-Identifier: Apache-2.0
// Signed files and signatures, read and made without any code of ours.
import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';

/** JSON as it was parsed. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
/** A JSON object. */
export type JsonRecord = Readonly<Record<string, Json>>;

const PKCS8_PREFIX = '302e020100300506032b657004220420';

/** A key pair of a person, and its TUF keyid. */
export interface PersonKey {
  readonly keyId: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Lower-case hex. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Canonical JSON of ASCII text and whole numbers: sorted keys, nothing between. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value as JsonRecord).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

const KEYS: Map<string, PersonKey> = new Map();

/** The key of a name, as the people of the tests have it. */
export function keyOf(name: string): PersonKey {
  const known = KEYS.get(name) ?? makeKey(name);
  KEYS.set(name, known);
  return known;
}

function makeKey(name: string): PersonKey {
  const seed = createHash('sha256').update(name).digest('hex');
  const privateKey = createPrivateKey({ key: Buffer.from(PKCS8_PREFIX + seed, 'hex'), format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey);
  const hex = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
  return { keyId: sha256(canonical({ keytype: 'ed25519', keyval: { public: hex }, scheme: 'ed25519' })), privateKey, publicKey };
}

/** A metadata file. */
export interface SignedFile {
  readonly version: number;
  /** ISO 8601. */
  readonly expires: string;
  /** What is signed, and its sha256. */
  readonly payload: Buffer;
  readonly digest: string;
  readonly signed: JsonRecord;
  /** Entries of `targets` as canonical text, by path; empty for other roles. */
  readonly targets: ReadonlyMap<string, string>;
  readonly signatures: ReadonlyMap<string, string>;
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member as text; nothing for what is neither text nor a number. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Reads a metadata file; null for what is none. */
export function readSigned(bytes: Uint8Array | null): SignedFile | null {
  if (bytes === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const signed = isRecord(value) ? value['signed'] : undefined;
  if (!isRecord(value) || !isRecord(signed)) return null;
  const payload = Buffer.from(canonical(signed));
  const targets = isRecord(signed['targets']) ? signed['targets'] : {};
  const signatures = Array.isArray(value['signatures']) ? value['signatures'].filter(isRecord) : [];
  return {
    version: Number(signed['version']),
    expires: textOf(signed['expires']),
    payload,
    digest: sha256(payload),
    signed,
    targets: new Map(Object.entries(targets).map(([path, entry]) => [path, canonical(entry)])),
    signatures: new Map(signatures.map((one) => [textOf(one['keyid']), textOf(one['sig'])])),
  };
}

/** A signature of a payload by a key, in lower-case hex. */
export function signatureOf(key: PersonKey, payload: Uint8Array): string {
  return sign(null, payload, key.privateKey).toString('hex');
}

/** Whether a signature in hex is one of a key over a payload. */
export function isSignature(key: PersonKey, payload: Uint8Array, sig: string): boolean {
  return /^[0-9a-f]{128}$/.test(sig) && verify(null, payload, key.publicKey, Buffer.from(sig, 'hex'));
}

/** One line of a countersign block. */
export interface Line {
  readonly repository: string;
  readonly role: string;
  readonly version: number;
  /** Without its prefix. */
  readonly payload: string;
  readonly keyId: string;
  readonly sig: string;
}

/** The block that carries lines. */
export function blockOf(lines: readonly Line[]): string {
  const texts = lines.map(({ repository, role, version, payload, keyId, sig }) =>
    JSON.stringify({ repository, role, version, payload: `sha256:${payload}`, keyid: keyId, sig }),
  );
  return ['```countersign', ...texts, '```'].join('\n');
}

/** The lines of a review or comment: of exactly one block, without HTML beside it. */
export function linesOf(body: string): readonly Line[] {
  const blocks = [...body.matchAll(/^```countersign\n([\s\S]*?)^```$/gm)];
  if (blocks.length !== 1 || /<[A-Za-z/!?]/.test(body)) return [];
  const texts = (blocks[0]?.[1] ?? '').split('\n').filter((text) => text.trim() !== '');
  try {
    return texts.map((text): Line => {
      const raw = JSON.parse(text) as Record<string, unknown>;
      const field = (name: string): string => String(raw[name]);
      const payload = field('payload').replace(/^sha256:/, '');
      return {
        repository: field('repository'),
        role: field('role'),
        version: Number(raw['version']),
        payload,
        keyId: field('keyid'),
        sig: field('sig'),
      };
    });
  } catch (error) {
    if (error instanceof SyntaxError) return [];
    throw error;
  }
}
