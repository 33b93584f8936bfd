// SPDX-License-Identifier: Apache-2.0
import { Point } from '@noble/ed25519';
import { describe, expect, test } from 'vitest';
import { isWeakEd25519 } from '../../src/tuf/weak-ed25519.ts';
import { ed25519Key } from './support.ts';

const P = 2n ** 255n - 19n;

/** Little endian, with the sign of x in the top bit. */
function encode(y: bigint, sign: 0 | 1): Buffer {
  const point = Buffer.from(y.toString(16).padStart(64, '0'), 'hex').reverse();
  point[31] = (point[31] ?? 0) | (sign << 7);
  return point;
}

function isSmallOrder(point: Uint8Array): boolean | 'no point' {
  try {
    // ZIP 215 reads y coordinates that are not reduced, as some clients do.
    return Point.fromBytes(point, true).isSmallOrder();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    return 'no point';
  }
}

/** The eight points of small order: multiples of a generator of the torsion subgroup, found through a point outside the prime-order one. */
function torsion(): readonly Buffer[] {
  for (let y = 2n; ; y++) {
    const point = encode(y, 0);
    if (isSmallOrder(point) === 'no point') continue;
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    // The prime order is no valid multiplier there: once more by hand.
    const generator = Point.fromBytes(point, true)
      .multiplyUnsafe(order - 1n)
      .add(Point.fromBytes(point, true));
    const points = new Set<string>();
    let next = generator;
    for (let i = 0; i < 8; i++, next = next.add(generator)) points.add(Buffer.from(next.toBytes()).toString('hex'));
    if (points.size === 8) return [...points].map((hex) => Buffer.from(hex, 'hex'));
  }
}

describe('ed25519 keys that let anyone sign', () => {
  const points = torsion();

  test('there are eight of small order, and all are weak', () => {
    expect(points.map(isSmallOrder)).toEqual(new Array(8).fill(true));
    expect(points.map((point) => isWeakEd25519(point))).toEqual(new Array(8).fill(true));
  });

  // 2^255 - 19 + k for k < 19 is all that 255 bits leave for a second spelling of k.
  test.each(Array.from({ length: 19 }, (_, k) => k))('y = p + %i, which is not reduced, is weak with either sign', (k) => {
    expect(isWeakEd25519(encode(P + BigInt(k), 0))).toBe(true);
    expect(isWeakEd25519(encode(P + BigInt(k), 1))).toBe(true);
  });

  test.each([
    ['p - 1, of order 2', P - 1n, true],
    ['p - 2', P - 2n, false],
    ['0, of order 4', 0n, true],
    ['1, of order 1', 1n, true],
    ['2', 2n, false],
    ['3', 3n, false],
  ])('y = %s: weak is %s', (_, y, weak) => {
    expect(isWeakEd25519(encode(y, 0))).toBe(weak);
    expect(isWeakEd25519(encode(y, 1))).toBe(weak);
  });

  test('agrees with noble about every point that noble can read near the edges', () => {
    const near = [
      0n,
      1n,
      P - 1n,
      ...points.map((point) => BigInt(`0x${Buffer.from(point).reverse().toString('hex')}`) & (2n ** 255n - 1n)),
    ];
    let compared = 0;
    for (const y of near) {
      for (let offset = -20n; offset <= 20n; offset++) {
        for (const sign of [0, 1] as const) {
          if (y + offset < 0n || y + offset >= P) continue;
          const point = encode(y + offset, sign);
          const small = isSmallOrder(point);
          if (small === 'no point') continue;
          expect(isWeakEd25519(point)).toBe(small);
          compared++;
        }
      }
    }
    expect(compared).toBeGreaterThan(100);
  });

  test('keys of seeds are not weak', () => {
    for (let seed = 0; seed < 20; seed++) expect(ed25519Key(seed).key.material.kind).toBe('usable');
  });
});
