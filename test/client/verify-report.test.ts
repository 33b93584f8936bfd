// SPDX-License-Identifier: Apache-2.0
// What a verification says beside problems: what expires soon, what no client finds, what named clients refuse; and samples.
import { describe, expect, test } from 'vitest';
import { mapSource } from '../../src/client/source.ts';
import { verifyRepository, type VerifyOptions } from '../../src/client/verify-repository.ts';
import { addSeconds } from '../../src/tuf/instant.ts';
import { parseJson, type JsonObject, type JsonValue } from '../../src/tuf/json.ts';
import { asObject, objectField } from '../../src/tuf/fields.ts';
import { jsonObject } from '../../src/tuf/signed-part.ts';
import { file, LATER, NOW, recording, signFile, TestRepository } from './support.ts';

const verify = (repository: TestRepository, options: Partial<VerifyOptions> = {}) =>
  verifyRepository(repository.source(), { time: NOW, targets: 'none', ...options });

const said = async (repository: TestRepository): Promise<readonly string[]> =>
  (await verify(repository)).warnings.flatMap((warning) =>
    warning.kind === 'compatibility' ? [`${warning.where} ${warning.finding.subject}: ${warning.finding.clients.join(' ')}`] : [],
  );

describe('what expires within the margin', () => {
  test.each([
    ['a margin that ends before', LATER - NOW - 1, []],
    ['a margin that ends just then', LATER - NOW, ['timestamp@1', 'root@1', 'snapshot@1', 'targets@1']],
    ['a margin that only the timestamp is in', 60, ['timestamp@1']],
  ])('%s', async (name, marginSeconds, expected) => {
    const repository = new TestRepository();
    if (expected.length > 0) repository.expires.timestamp = addSeconds(NOW, 60);
    const { expiring, problems } = await verify(repository.publish(), { marginSeconds });
    expect(problems).toEqual([]);
    expect({ name, where: expiring.map(({ where }) => where) }).toEqual({ name, where: expected });
  });

  test('what has expired is a problem as well', async () => {
    const repository = new TestRepository();
    repository.expires.root = NOW;
    const report = await verify(repository.publishRoot().publish());
    expect(report.problems.map(({ code }) => code)).toEqual(['expired']);
    expect(report.expiring.map(({ where }) => where)).toEqual(['root@2']);
  });
});

describe('targets that no client finds are told', () => {
  const base = (): TestRepository => new TestRepository().delegate('targets', { name: 'a', keys: ['a'], paths: ['v1/*'] }, { 'v1/x': 'x' });
  const everyone = 'python-tuf tuf-js go-tuf tough rust-tuf php-tuf';

  test.each<[string, (repository: TestRepository) => unknown, readonly string[]]>([
    ['none where all are found', () => undefined, []],
    ['one outside its delegation', (all) => all.role('a').targets.set('v2/x', Buffer.from('x')), [`a@1 v2/x: ${everyone}`]],
    ['one that a role before it lists', (all) => all.role('targets').targets.set('v1/x', Buffer.from('y')), [`a@1 v1/x: ${everyone}`]],
    [
      'one behind a terminating delegation',
      (all) => {
        const [first] = all.role('targets').delegations;
        if (first !== undefined) first.terminating = true;
        all.delegate('targets', { name: 'b', keys: ['b'], paths: ['v1/*'] }, { 'v1/y': 'y' });
      },
      [`b@1 v1/y: ${everyone}`],
    ],
    [
      'one behind a delegation that does not terminate is found',
      (all) => all.delegate('targets', { name: 'b', keys: ['b'], paths: ['v1/*'] }, { 'v1/y': 'y' }),
      [],
    ],
  ])('%s', async (_name, change, expected) => {
    const repository = base();
    change(repository);
    const lines = await said(repository.publish());
    expect(lines.filter((line) => line.endsWith(everyone))).toEqual(expected);
  });

  test('one in the wrong hash bin, and none in the right ones', async () => {
    const binned = (wrong: boolean): TestRepository => {
      const repository = new TestRepository();
      repository.role('targets').bins = { prefix: 'bin', bits: 1, key: 'bins' };
      const placed: readonly [string, readonly string[]][] = wrong
        ? [
            ['bin-0', []],
            ['bin-1', ['one']],
          ]
        : [
            ['bin-0', ['one', 'two']],
            ['bin-1', []],
          ];
      // The sha256 of both begins with a digit below 8: the first half.
      for (const [name, paths] of placed) {
        const targets = new Map(paths.map((path): [string, Uint8Array] => [path, Buffer.from(path)]));
        repository.roles.set(name, { version: 1, signers: ['bins'], targets, delegations: [] });
      }
      return repository.publish();
    };
    expect((await said(binned(false))).filter((line) => line.endsWith(everyone))).toEqual([]);
    expect((await said(binned(true))).filter((line) => line.endsWith(everyone))).toEqual([`bin-1@1 one: ${everyone}`]);
  });

  test('not where warnings are not wanted', async () => {
    const repository = base();
    repository.role('a').targets.set('v2/x', Buffer.from('x'));
    repository.publish();
    expect((await verify(repository, { warnings: 'none' })).warnings).toEqual([]);
    expect((await verify(repository, { warnings: 'all' })).warnings).not.toEqual([]);
  });

  test('of one role no more than 20 are named', async () => {
    const repository = base();
    for (let index = 0; index < 30; index++) repository.role('a').targets.set(`other/${index}`, Buffer.from('x'));
    expect((await said(repository.publish())).filter((line) => line.includes(' other/'))).toHaveLength(20);
  });
});

describe('fields that named clients refuse are told', () => {
  const withoutConsistentSnapshot = (signed: Map<string, JsonValue>): void => void signed.delete('consistent_snapshot');

  /** Signs the first root, or the top-level targets in a repository without listed hashes, again with another `signed` part. */
  async function resigned(name: 'root' | 'targets', change: (signed: Map<string, JsonValue>) => void): Promise<readonly string[]> {
    const repository = new TestRepository();
    // What the field says where it is absent.
    repository.consistent = change !== withoutConsistentSnapshot;
    for (const path of repository.files.keys()) repository.files.delete(path);
    repository.versions.root = 0;
    repository.publishRoot();
    repository.listsLengths = false;
    repository.role('targets').targets.set('app', Buffer.from('app'));
    repository.publish();
    const path = `metadata/1.${name}.json`;
    const signed = new Map(objectField(asObject(parseJson(file(repository, path)), '$'), 'signed', '$'));
    change(signed);
    repository.files.set(path, signFile(signed, name === 'root' ? ['root-a', 'root-b'] : ['targets']));
    const report = await verifyRepository(mapSource(repository.files), { time: NOW, targets: 'none' });
    expect(report.problems).toEqual([]);
    return said(repository);
  }

  const target = (entry: JsonObject) => (signed: Map<string, JsonValue>) => void signed.set('targets', new Map([['app', entry]]));
  const hash = 'a'.repeat(64);
  const delegations =
    (fields: object, role: object = {}) =>
    (signed: Map<string, JsonValue>) =>
      void signed.set(
        'delegations',
        jsonObject({
          keys: new Map(),
          roles: [jsonObject({ name: 'x', keyids: ['ab'.repeat(32)], threshold: 1, paths: ['x'], terminating: false, ...role })],
          ...fields,
        }),
      );

  test.each<[string, 'root' | 'targets', (signed: Map<string, JsonValue>) => void, string]>([
    ['a version of the specification', 'root', (signed) => void signed.set('spec_version', '1.0.31'), 'root@1 1.0.31: rust-tuf'],
    ['a root without consistent_snapshot', 'root', withoutConsistentSnapshot, 'root@1 consistent_snapshot: tuf-js tough php-tuf go-tuf'],
    [
      'the role mirrors',
      'root',
      (signed) => {
        const roles = new Map(objectField(signed, 'roles', '$'));
        signed.set('roles', roles.set('mirrors', roles.get('targets') ?? null));
      },
      'root@1 mirrors: python-tuf tough',
    ],
    [
      'a target without sha256',
      'targets',
      target(jsonObject({ length: 3, hashes: jsonObject({ sha512: hash + hash }) })),
      'targets@1 app: tough',
    ],
    [
      'a digest of another kind',
      'targets',
      target(jsonObject({ length: 3, hashes: jsonObject({ sha256: hash, md5: 'ab' }) })),
      'targets@1 app: go-tuf',
    ],
    [
      'an empty custom',
      'targets',
      target(jsonObject({ length: 3, hashes: jsonObject({ sha256: hash }), custom: new Map() })),
      'targets@1 app: tough',
    ],
    ['an empty file', 'targets', target(jsonObject({ length: 0, hashes: jsonObject({ sha256: hash }) })), 'targets@1 app: php-tuf'],
  ])('%s', async (_name, role, change, expected) => {
    const relevant = (lines: readonly string[]): readonly string[] => lines.filter((line) => line === expected);
    const before = await resigned(role, () => undefined);
    expect(relevant(before)).toEqual([]);
    expect(relevant(await resigned(role, change))).toEqual([expected]);
  });

  test.each([
    ['of delegations', delegations({ note: 'x' })],
    ['of a delegated role', delegations({}, { note: 'x' })],
  ])('an unknown field %s', async (_name, change) => {
    const repository = new TestRepository();
    repository.listsLengths = false;
    repository.publish();
    const path = 'metadata/1.targets.json';
    const lines = async (edit: (signed: Map<string, JsonValue>) => void): Promise<readonly string[]> => {
      const signed = new Map(objectField(asObject(parseJson(file(repository, path)), '$'), 'signed', '$'));
      edit(signed);
      const files = new Map(repository.files).set(path, signFile(signed, ['targets']));
      const { warnings } = await verifyRepository(mapSource(files), { time: NOW, targets: 'none' });
      return warnings.flatMap((warning) => (warning.kind === 'compatibility' ? [warning.finding.subject] : []));
    };
    expect(await lines(delegations({}))).not.toContain('note');
    expect(await lines(change)).toContain('note');
  });
});

describe('a sample', () => {
  const many = (): TestRepository => {
    const repository = new TestRepository();
    for (let index = 0; index < 50; index++) repository.role('targets').targets.set(`t${index}`, Buffer.from(String(index)));
    return repository.publish();
  };

  test.each([
    [1, 1],
    [20, 20],
    [50, 50],
    [1000, 50],
  ])('of %d of 50 files hashes %d, each once', async (sample, expected) => {
    const { source, asked } = recording(many().source());
    const report = await verifyRepository(source, { time: NOW, targets: { sample } });
    const read = asked.filter((path) => path.startsWith('targets/'));
    expect(report).toMatchObject({ targetsChecked: expected, problems: [] });
    expect(new Set(read).size).toBe(expected);
    expect(read).toHaveLength(expected);
  });

  test('differs from run to run, and finds what is wrong in it', async () => {
    const repository = many();
    const seen = new Set<string>();
    for (let round = 0; round < 8; round++) {
      const { source, asked } = recording(repository.source());
      await verifyRepository(source, { time: NOW, targets: { sample: 10 } });
      seen.add(asked.filter((path) => path.startsWith('targets/')).join());
    }
    expect(seen.size).toBeGreaterThan(1);
    const path = [...repository.files.keys()].find((name) => name.endsWith('.t7')) ?? '';
    repository.files.set(path, Buffer.from('8'));
    const { problems } = await verify(repository, { targets: { sample: 50 } });
    expect(problems.map(({ code, where }) => `${code} ${where}`)).toEqual([`hash-mismatch ${path}`]);
  });
});
