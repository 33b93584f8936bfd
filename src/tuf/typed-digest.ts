// SPDX-License-Identifier: Apache-2.0
import { CountersignError, quote } from './errors.ts';
import { parseSha256, type Sha256Hex } from './names.ts';

const TYPED = /^(?:sha256:)?([0-9a-f]{64})$/i;

/**
 * Reads a sha256 as people type it: with or without its prefix, in letters of either case, as `Get-FileHash` prints it. What is
 * signed has one spelling, and is never read by this.
 * @returns null for any other text
 */
export function readTypedDigest(text: string): Sha256Hex | null {
  const [, hex] = TYPED.exec(text.trim()) ?? [];
  return hex === undefined ? null : parseSha256(hex.toLowerCase(), 'digest');
}

/** As {@link readTypedDigest}. @param where - the option @throws `usage` */
export function parseTypedDigest(text: string, where: string): Sha256Hex {
  const digest = readTypedDigest(text);
  if (digest === null) throw new CountersignError('usage', where, `expected sha256: and 64 hex digits, got ${quote(text)}`);
  return digest;
}
