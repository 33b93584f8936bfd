// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { mapSource } from '../../src/client/source.ts';
import { memoryStore } from '../../src/client/store.ts';
import { bootstrap, refresh } from '../../src/client/updater.ts';
import { verifyRepository } from '../../src/client/verify-repository.ts';
import { parseInstant } from '../../src/tuf/instant.ts';
import { fileAt } from '../fakes/memory-client.ts';
import { addRoot, build, newRepository, NOW, roleFile, setRepositoryId, type RepositoryDraft } from '../fakes/repository-builder.ts';
import { codeOf } from './support.ts';

const time = parseInstant(NOW, 'test');
const OTHER_ID = '00000000-95c2-4d4e-9a59-0c3f4e6d2a10';

function draft(change: (repository: RepositoryDraft) => void = () => undefined): ReadonlyMap<string, Uint8Array> {
  const repository = newRepository();
  change(repository);
  return build(repository);
}

function rebind(repository: RepositoryDraft, role: string, name: string): void {
  const binding = roleFile(repository, role).signed['x-countersign'];
  if (binding !== undefined) binding.role = name;
}

function nextRootElsewhere(repository: RepositoryDraft): void {
  addRoot(repository);
  setRepositoryId(repository, OTHER_ID);
}

describe('a repository whose files name it', () => {
  test('is good', async () => {
    const report = await verifyRepository(mapSource(draft()), { time, targets: 'hosted' });
    expect(report).toMatchObject({
      problems: [],
      targetsChecked: 1,
      targetsAbsent: [expect.stringMatching(/^targets\/[0-9a-f]{64}\.v1\/app\.bin$/)],
    });
    expect(report.roles).toMatchObject([
      { name: 'targets', signers: 2, threshold: 2 },
      { name: 'releases', delegator: 'targets', signers: 2, threshold: 2 },
    ]);
  });

  test.each<[string, (repository: RepositoryDraft) => void, string]>([
    ['targets made for another role', (all) => rebind(all, 'targets', 'releases'), 'targets@1'],
    ['a delegated role made for another role', (all) => rebind(all, 'releases', 'targets'), 'releases@1'],
    ['a role of no repository', (all) => delete roleFile(all, 'releases').signed['x-countersign'], 'releases@1'],
    ['a root of another repository', nextRootElsewhere, 'root@2'],
  ])('is not with %s', async (_, change, where) => {
    const { problems } = await verifyRepository(mapSource(draft(change)), { time, targets: 'none' });
    expect(problems).toEqual([expect.objectContaining({ code: 'binding-mismatch', where })]);
  });

  test('is not taken for another one by a client that has a root', async () => {
    const [mine, other] = [draft(), draft((all) => setRepositoryId(all, OTHER_ID))];
    const store = memoryStore();
    await bootstrap(store, fileAt(mine, 'metadata/1.root.json'), time);
    expect(await codeOf(bootstrap(store, fileAt(other, 'metadata/1.root.json'), time))).toBe('binding-mismatch');
    expect(await codeOf(refresh(mapSource(other), store, { time }))).toBe('binding-mismatch');
  });
});
