// SPDX-License-Identifier: Apache-2.0

const P = 2n ** 255n - 19n;

/** The y coordinates of the eight points of small order (RFC 8032 curve; the list is the same as libsodium's). */
const SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  P - 1n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
]);

/**
 * Tells an ed25519 public key that must never count: a point of small order, for which anyone can make signatures that
 * verify, or a y coordinate that is not reduced, which gives one key two spellings (RFC 8032 §5.1.3).
 * @param point - 32 bytes, little endian, the sign of x in the top bit
 */
export function isWeakEd25519(point: Uint8Array): boolean {
  const littleEndian = Buffer.from(point);
  littleEndian[31] = (littleEndian[31] ?? 0) & 0x7f;
  const y = BigInt(`0x${littleEndian.reverse().toString('hex')}`);
  return y >= P || SMALL_ORDER_Y.has(y);
}
