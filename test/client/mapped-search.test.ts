// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { findThroughMap } from '../../src/client/mapped-search.ts';
import { parseRepositoryMap } from '../../src/client/repository-map.ts';
import type { FoundTarget } from '../../src/client/target-selection.ts';
import { parseDelegatedRoleName, parseTargetPath } from '../../src/tuf/names.ts';
import { jsonObject } from '../../src/tuf/signed-part.ts';
import { parseTargetFile } from '../../src/tuf/targets.ts';
import { bytesOf } from './support.ts';

const PATH = parseTargetPath('app', 'test');
const [A, B] = [{ sha256: 'a'.repeat(64) }, { sha512: 'b'.repeat(128) }];

test.each<[string, readonly Record<string, string>[], string]>([
  ['of the first, where all list the same', [A, A, A], 'one'],
  ['of the one that all agree with', [A, { ...A, ...B }, B], 'two'],
])('what is found is the file %s, and the role that lists it', async (_, listed, role) => {
  const names = ['one', 'two', 'three'];
  const found = new Map(
    listed.map((hashes, index): [string, FoundTarget] => {
      const name = names[index] ?? '';
      const raw = jsonObject({ length: 1, hashes: jsonObject(hashes), custom: jsonObject({ from: name }) });
      return [name, { path: PATH, role: parseDelegatedRoleName(name, 'test'), file: parseTargetFile(raw, 'test') }];
    }),
  );
  const mapping = [{ paths: ['*'], repositories: names, threshold: 3, terminating: true }];
  const repositories = Object.fromEntries(names.map((name) => [name, [`https://${name}.test`]]));
  const map = parseRepositoryMap(bytesOf(JSON.stringify({ repositories, mapping })));
  const agreed = await findThroughMap(map, PATH, async (name) => found.get(name) ?? null);
  expect(agreed).toEqual({ target: found.get(role), repositories: names });
});
