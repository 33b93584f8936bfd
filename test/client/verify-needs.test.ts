// SPDX-License-Identifier: Apache-2.0
// What verify makes of what no client needs, and of what clients will miss.
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/client/limits.ts';
import type { RepositoryReport } from '../../src/client/repository-report.ts';
import { mapSource } from '../../src/client/source.ts';
import { verifyRepository, type VerifyOptions } from '../../src/client/verify-repository.ts';
import { parseInstant } from '../../src/tuf/instant.ts';
import { build, newRepository, roleFile } from '../fakes/repository-builder.ts';
import { bytesOf, file, LATER, BEFORE, NOW, TestRepository } from './support.ts';

type Change = (repository: TestRepository) => unknown;

const codes = ({ problems }: RepositoryReport): string[] => problems.map(({ code, where }) => `${code} ${where}`);
const verify = (repository: TestRepository, options: Partial<VerifyOptions> = {}) =>
  verifyRepository(repository.source(), { time: NOW, targets: 'all', ...options });

const edit =
  (name: string, change: (bytes: Uint8Array) => Uint8Array): Change =>
  ({ files }) =>
    files.set(`metadata/${name}`, change(files.get(`metadata/${name}`) ?? new Uint8Array()));
const remove =
  (path: string): Change =>
  ({ files }) =>
    files.delete(path);
const replace =
  (name: string, by: string): Change =>
  ({ files }) =>
    files.set(`metadata/${name}`, files.get(`metadata/${by}`) ?? new Uint8Array());

/** Three roots, of which the first two have run out. */
function chain(): TestRepository {
  const repository = new TestRepository();
  repository.expires.root = BEFORE;
  repository.keys.root = ['root-b', 'root-c'];
  repository.publishRoot();
  repository.expires.root = LATER;
  repository.publishRoot();
  return repository.publish();
}

describe('roots before the one that is given', () => {
  const from = (repository: TestRepository, version: number) => ({
    anchor: { kind: 'root', bytes: file(repository, `metadata/${String(version)}.root.json`) } as const,
  });
  const unneeded = ({ warnings }: RepositoryReport): readonly string[] =>
    warnings.flatMap((one) => (one.kind === 'unneeded' ? [`${one.code} ${one.where}`] : []));

  test.each<[string, Change, string]>([
    ['with a date that is not read', edit('1.root.json', withFraction), 'expires-invalid $.signed.expires'],
    ['altered', edit('1.root.json', withOtherDate), 'threshold root@1'],
    ['missing', remove('metadata/1.root.json'), 'not-found metadata/1.root.json'],
    ['that do not lead to it', replace('2.root.json', '1.root.json'), 'mix-and-match metadata/2.root.json'],
    ['too large', edit('1.root.json', () => new Uint8Array(DEFAULT_LIMITS.maxRootBytes + 1)), 'too-large metadata/1.root.json'],
  ])('%s are a warning for clients that begin with it, and a problem for others', async (_, change, expected) => {
    const repository = chain();
    const given = from(repository, 3);
    change(repository);
    const report = await verify(repository, given);
    expect(codes(report)).toEqual([]);
    expect(unneeded(report).map((text) => text.split(' ')[0])).toEqual([expected.split(' ')[0]]);
    expect(codes(await verify(repository)).length).toBeGreaterThan(0);
    expect(codes(await verify(repository, { ...given, unneeded: 'problem' })).length).toBeGreaterThan(0);
  });

  test('one that does not lead to it is a warning too', async () => {
    const [repository, other] = [chain(), new TestRepository()];
    const given = from(repository, 3);
    other.keys.root = ['root-x'];
    other.versions.root = 1;
    other.publishRoot();
    repository.files.set('metadata/2.root.json', file(other, 'metadata/2.root.json'));
    const report = await verify(repository, given);
    expect(codes(report)).toEqual([]);
    expect(unneeded(report)).toEqual(['threshold root@3']);
  });

  test('the given one and those behind it are problems as before', async () => {
    const repository = chain();
    const given = from(repository, 2);
    edit('3.root.json', (bytes) => bytes.subarray(1))(repository);
    const report = await verify(repository, given);
    expect(codes(report).length).toBeGreaterThan(0);
    expect(unneeded(report)).toEqual([]);
  });

  function withOtherDate(bytes: Uint8Array): Uint8Array {
    return bytesOf(new TextDecoder().decode(bytes).replace(/("expires": ?")\d{4}/, '$12031'));
  }

  function withFraction(bytes: Uint8Array): Uint8Array {
    return bytesOf(new TextDecoder().decode(bytes).replace(/("expires": ?"[^"]+)Z"/, '$1.5Z"'));
  }
});

describe('a target that is signed to be in the site', () => {
  const signed = (hosting: string) => {
    const repository = newRepository();
    roleFile(repository, 'releases').beforeSigning = ({ targets }) => {
      for (const target of Object.values(targets)) target['custom'] = { 'x-countersign': { hosting } };
    };
    return new Map(build(repository));
  };
  const check = async (files: ReadonlyMap<string, Uint8Array>, targets: VerifyOptions['targets']) => {
    const report = await verifyRepository(mapSource(files), { time: parseInstant('2030-01-01T00:00:00Z', 'test'), targets });
    return [...new Set(report.problems.map(({ code }) => code))];
  };
  const without = (files: Map<string, Uint8Array>): Map<string, Uint8Array> =>
    new Map([...files].filter(([path]) => !path.startsWith('targets/')));
  const everywhere = (files: Map<string, Uint8Array>): Map<string, Uint8Array> => {
    for (const [path, bytes] of files) {
      const [, directory = '', digest = '', name = ''] = /^targets\/(.*\/)([0-9a-f]{64})\.([^/]*)$/.exec(path) ?? [];
      if (digest !== '') files.set(`targets/${digest}.${directory}${name}`, bytes);
    }
    return files;
  };

  test.each<[string, string, VerifyOptions['targets'], string[]]>([
    ['site', 'there', 'hosted', []],
    ['site', 'gone', 'hosted', ['not-found']],
    ['site', 'gone', { sample: 10 }, ['not-found']],
    ['site', 'gone', 'all', ['not-found']],
    ['site', 'gone', 'none', []],
    ['release', 'gone', 'hosted', []],
    ['elsewhere', 'gone', 'hosted', []],
  ])('%s, and is %s, with targets %j: %j', async (hosting, where, targets, expected) => {
    const files = signed(hosting);
    expect(await check(where === 'there' ? everywhere(files) : without(files), targets)).toEqual(expected);
  });
});
