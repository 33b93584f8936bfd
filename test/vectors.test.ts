// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { AttackVector } from './fakes/attack-vector.ts';

const VECTORS = new URL('vectors/', import.meta.url);

const names = readdirSync(VECTORS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort();
const vectors = await Promise.all(
  names.map(async (name) => {
    const module = (await import(`./vectors/${name}/vector.ts`)) as { readonly vector: AttackVector };
    return { name, vector: module.vector };
  }),
);

/** The ids of all `@check` markers. */
const markers = ['tuf', 'client'].flatMap((layer) => {
  const folder = new URL(`../src/${layer}/`, import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) =>
    [...readFileSync(new URL(file, folder), 'utf8').matchAll(/^ *\/\/ @check (\S+)$/gm)].map((match) => match[1] ?? ''),
  );
});

describe.each(vectors)('$name', ({ name, vector }) => {
  test('the twin is accepted', async () => {
    expect(await vector.twin()).toMatchObject({ kind: 'accepted' });
  });

  test(`the attack is refused: ${vector.code}`, async () => {
    expect(await vector.attack()).toMatchObject({ kind: 'refused', refusal: { code: vector.code } });
  });

  test('says where it comes from', () => {
    const readme = new URL(`${name}/README.md`, VECTORS);
    expect(existsSync(readme)).toBe(true);
    expect(readFileSync(readme, 'utf8')).toMatch(/^# .+\n\n(.+\n)+\nOrigin: .+\n$/);
  });
});

describe('checks and vectors', () => {
  const named = vectors.flatMap(({ vector }) => [vector.check, ...vector.through]);

  test('there are some', () => {
    expect(vectors.length).toBeGreaterThan(100);
    expect(markers.length).toBeGreaterThan(100);
  });

  test('each id marks one check', () => {
    expect(markers.filter((id, index) => markers.indexOf(id) !== index)).toEqual([]);
  });

  test('each check has a vector', () => {
    expect(markers.filter((id) => !named.includes(id))).toEqual([]);
  });

  test('each vector names checks that exist', () => {
    expect(named.filter((id) => !markers.includes(id))).toEqual([]);
  });
});
