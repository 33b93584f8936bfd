// SPDX-License-Identifier: Apache-2.0
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { opensslCode } from '../../src/signers/openssl-error.ts';

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

const off = Buffer.concat([Buffer.from('3059301306072a8648ce3d020106082a8648ce3d03010703420004', 'hex'), Buffer.alloc(64, 1)]);

describe('opensslCode', () => {
  test.each([
    { name: 'a private key that is none', act: () => createPrivateKey({ key: Buffer.alloc(9), format: 'der', type: 'pkcs8' }) },
    { name: 'a point that is not on the curve', act: () => createPublicKey({ key: off, format: 'der', type: 'spki' }) },
    {
      name: 'a JWK whose point is not on the curve',
      act: () => createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: 'AQ', y: 'AQ' }, format: 'jwk' }),
    },
  ])('has a word for $name', ({ act }) => {
    expect(opensslCode(thrownBy(act))).toMatch(/^(?:ERR_[A-Z0-9_]+|no reason)$/);
  });

  test.each([
    { name: 'a TypeError', error: new TypeError('x is not a function') },
    { name: 'an argument of the wrong type', error: Object.assign(new TypeError('x'), { code: 'ERR_INVALID_ARG_TYPE' }) },
    { name: 'an error of ours', error: Object.assign(new Error('x'), { code: 'signer-key' }) },
    { name: 'what is no error', error: 'x' },
  ])('throws $name again', ({ error }) => {
    expect(thrownBy(() => opensslCode(error))).toBe(error);
  });
});
