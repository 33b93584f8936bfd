// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readTarget } from '../../src/client/download.ts';
import { mapSource } from '../../src/client/source.ts';
import { CountersignError } from '../../src/tuf/errors.ts';
import { jsonObject } from '../../src/tuf/signed-part.ts';
import { parseTargetFile } from '../../src/tuf/targets.ts';

const content = new TextEncoder().encode('content');
const sha256 = createHash('sha256').update(content).digest('hex');
const source = mapSource(new Map([['targets/x', content]]));

async function codeOf(hashes: Readonly<Record<string, string>>): Promise<string> {
  const file = parseTargetFile(jsonObject({ length: content.length, hashes: jsonObject(hashes) }), 'x');
  try {
    await readTarget(source, 'targets/x', file, null);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    return error.code;
  }
}

describe('a target must have all digests that are listed, so one that can not be verified refuses it', () => {
  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['sha256 alone', { sha256 }, 'accepted'],
    ['a wrong md5 beside it', { sha256, md5: '0'.repeat(32) }, 'hash-invalid'],
    ['a digest that nobody knows beside it', { sha256, 'x-hash': 'zz' }, 'hash-invalid'],
  ])('%s', async (_, hashes, code) => {
    expect(await codeOf(hashes)).toBe(code);
  });
});
