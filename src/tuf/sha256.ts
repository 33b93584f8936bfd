// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import type { Sha256Hex } from './names.ts';

/** The sha256 of bytes, or of a text's UTF-8, in lower-case hex. */
export function sha256Hex(bytes: Uint8Array | string): Sha256Hex {
  return createHash('sha256').update(bytes).digest('hex') as Sha256Hex;
}
