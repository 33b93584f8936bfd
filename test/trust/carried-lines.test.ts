// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { MAX_BODY_CHARACTERS } from '../../src/trust/bounds.ts';
import { carriedFiles, lineIdentity, linesWorthVerifying, type CarriedFile } from '../../src/trust/carried-lines.ts';
import { encodeCountersignatures, parsePayloadDigest, type Countersignature } from '../../src/trust/countersignature.ts';
import { parseRepositoryId } from '../../src/tuf/binding.ts';
import { parseKeyId } from '../../src/tuf/key.ts';
import { parseVersion } from '../../src/tuf/names.ts';
import { REPOSITORY_ID } from '../fakes/repository-builder.ts';

const keyId = (name: string): Countersignature['keyId'] => parseKeyId(name, 'keyid');
const LINE: Countersignature = {
  repository: parseRepositoryId(REPOSITORY_ID, 'id'),
  role: 'releases',
  version: parseVersion(7, 'version'),
  payload: parsePayloadDigest('ab'.repeat(32), 'payload'),
  keyId: keyId('frank'),
  sig: 'ef'.repeat(64),
};
const FILE: CarriedFile = { ...LINE, keyIds: new Set([keyId('frank'), keyId('erin')]) };
const TARGETS: CarriedFile = {
  ...FILE,
  role: 'targets',
  payload: parsePayloadDigest('cd'.repeat(32), 'payload'),
  keyIds: new Set([keyId('gina')]),
};
const OPEN = carriedFiles([FILE, TARGETS]);
const block = (...changes: readonly Partial<Countersignature>[]): string =>
  encodeCountersignatures(changes.map((change) => ({ ...LINE, ...change })));

describe('lines that are worth a look', () => {
  test.each<[string, string, number]>([
    ['a line of an open file and a key of it', block({}), 1],
    ['two keys of it', block({}, { keyId: keyId('erin') }), 2],
    ['two files', block({}, { role: 'targets', payload: TARGETS.payload, keyId: keyId('gina') }), 2],
    ['a key of another file', block({ keyId: keyId('gina') }), 0],
    ['a key of nobody', block({ keyId: keyId('mallory') }), 0],
    ['another repository', block({ repository: parseRepositoryId('00000000-0000-4000-8000-000000000000', 'id') }), 0],
    ['another role', block({ role: 'docs' }), 0],
    ['another version', block({ version: parseVersion(8, 'version') }), 0],
    ['other content', block({ payload: TARGETS.payload }), 0],
    ['one of two', block({}, { role: 'docs' }), 1],
    ['no block', 'countersign, please', 0],
    ['a damaged block', `${block({})}\n${block({})}`, 0],
    ['a block that could be hidden', `<!-- ${block({})}`, 0],
    ['as long as a body may be', `${block({})}\n${'x'.repeat(MAX_BODY_CHARACTERS - block({}).length - 1)}`, 1],
    ['longer', `${block({})}\n${'x'.repeat(MAX_BODY_CHARACTERS - block({}).length)}`, 0],
  ])('%s', (_name, body, expected) => {
    expect(linesWorthVerifying(body, OPEN)).toHaveLength(expected);
  });

  test('a line is given as it stands', () => {
    expect(linesWorthVerifying(`see below\n\n${block({})}`, OPEN)).toEqual([LINE]);
  });

  test('where nothing is open, nothing is read', () => {
    expect(linesWorthVerifying(block({}), carriedFiles([]))).toEqual([]);
  });

  test('a file that two thresholds ask for has the keys of both', () => {
    const both = carriedFiles([
      { ...FILE, keyIds: new Set([keyId('frank')]) },
      { ...FILE, keyIds: new Set([keyId('erin')]) },
    ]);
    expect(linesWorthVerifying(block({}, { keyId: keyId('erin') }), both)).toHaveLength(2);
  });
});

test('what verifies alike has one identity, in whatever body it is', () => {
  const identity = lineIdentity(LINE);
  expect(lineIdentity({ ...LINE, role: 'docs' } as Countersignature)).toBe(identity);
  const others = [{ keyId: keyId('erin') }, { sig: 'aa' }, { payload: TARGETS.payload }].map((change) =>
    lineIdentity({ ...LINE, ...change }),
  );
  expect(new Set([identity, ...others]).size).toBe(4);
  // A keyid may hold anything: no separator of ours.
  expect(lineIdentity({ ...LINE, keyId: keyId('a","b'), sig: 'c' })).not.toBe(lineIdentity({ ...LINE, keyId: keyId('a'), sig: 'b","c' }));
});
