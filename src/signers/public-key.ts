// SPDX-License-Identifier: Apache-2.0
import { createPublicKey, type KeyObject } from 'node:crypto';
import { CountersignError } from '../tuf/errors.ts';
import type { JsonObject } from '../tuf/json.ts';
import { mlDsaAlgorithmOf } from '../tuf/ml-dsa.ts';
import { ed25519FromPoint } from './ed25519.ts';
import { opensslWords } from './openssl-error.ts';
import { decodeBase64, isOneDerSequence, parsePem, type PemReading } from './pem.ts';
import { isSupportedSshType, parseSshPublicBlob, unsupportedSshType } from './ssh-public-key.ts';
import type { Refuse } from './ssh-wire.ts';
import { describeKey, SUPPORTED_KEYS } from './tuf-key.ts';

const MAX_TEXT_LENGTH = 16 * 1024;
const FORMS = 'an OpenSSH public key line, a PEM "PUBLIC KEY" or ed25519:<64 hex digits>';

function fromPem(pem: PemReading, refuse: Refuse): KeyObject {
  if (pem.kind !== 'blocks')
    throw refuse(`expected a PEM "PUBLIC KEY", got ${pem.kind === 'malformed' ? pem.reason : 'a text without one'}`);
  const [block, ...more] = pem.blocks;
  if (block.label.endsWith('PRIVATE KEY')) throw refuse('expected a public key, got a private key: it must be kept secret');
  if (block.label !== 'PUBLIC KEY' || more.length > 0) {
    throw refuse(`expected one PEM "PUBLIC KEY", got ${pem.blocks.map(({ label }) => `"${label}"`).join(', ')}`);
  }
  if (!isOneDerSequence(block.body)) throw refuse('expected a whole public key, got one cut off or with more bytes after it');
  const postQuantum = mlDsaAlgorithmOf(block.body);
  if (postQuantum !== null)
    throw refuse(
      `expected ${SUPPORTED_KEYS}, got one of ${postQuantum}: few clients verify its signatures yet, and nothing may depend on one`,
    );
  try {
    return createPublicKey({ key: block.body, format: 'der', type: 'spki' });
  } catch (error) {
    throw refuse(`expected a public key, got ${opensslWords(error)}`);
  }
}

function fromSshLine(line: string, refuse: Refuse): KeyObject {
  const [type = '', base64 = ''] = line.split(/[ \t]+/, 2);
  const blob = decodeBase64(base64);
  // What was given is not quoted: it may be a private key or a password in the wrong place.
  if (line.includes('\n') || blob === null || blob.length === 0) {
    const given = isSupportedSshType(type) ? `an ${type} line that can't be read` : unsupportedSshType(type);
    throw refuse(`expected ${FORMS}, got ${given}`);
  }
  const found = parseSshPublicBlob(blob, refuse);
  if (found.type !== type) throw refuse('expected one key type, got two that differ before and inside the base64');
  return found.key;
}

function publicKeyObject(text: string, refuse: Refuse): KeyObject {
  // As people type it: what is signed has one spelling, which is made from the point.
  const [, hex] = /^ed25519:([0-9a-f]{64})$/i.exec(text) ?? [];
  if (hex !== undefined) return ed25519FromPoint(Buffer.from(hex, 'hex'));
  const pem = parsePem(text);
  return pem.kind === 'none' ? fromSshLine(text, refuse) : fromPem(pem, refuse);
}

/**
 * Parses a public key as people write it into a policy, into a TUF key object (TUF §4.2): an OpenSSH public key line
 * (ed25519, P-256, P-384, RSA), a SubjectPublicKeyInfo in PEM, or `ed25519:` and 64 lower-case hex digits. However a key
 * is written, the object is the same. Pure: it reads nothing but `text`. Whether an ed25519 point is a safe one is left to `parseKey`.
 * @param text - white space around it is ignored
 * @param where - who or what the key belongs to, for messages
 * @throws `key-invalid`, never quoting the text
 */
export function parsePublicKey(text: string, where: string): JsonObject {
  const refuse: Refuse = (detail) => new CountersignError('key-invalid', where, detail);
  if (text.length > MAX_TEXT_LENGTH) throw refuse(`expected at most ${MAX_TEXT_LENGTH} characters, got ${text.length}`);
  const description = describeKey(publicKeyObject(text.trim(), refuse));
  if (description.kind === 'unsupported') throw refuse(`expected ${SUPPORTED_KEYS}, got ${description.found}`);
  return description.publicKey;
}
