// SPDX-License-Identifier: Apache-2.0
// What becomes of files of targets that were removed or replaced (first-use H9).
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { filesSource, mapSource } from '../../src/client/source.ts';
import { verifyRepository } from '../../src/client/verify-repository.ts';
import { decidePruning } from '../../src/commands/prune-files.ts';
import { publish, type PublishResult } from '../../src/commands/publish.ts';
import { publishText } from '../../src/render/command-text.ts';
import { NO_STYLE } from '../../src/render/style.ts';
import { parseTargetsRoleName } from '../../src/tuf/names.ts';
import { day, makeScratch, ONLINE, published, removeScratch, shared, type Ground } from './support.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });
beforeAll(makeScratch);
afterAll(removeScratch);

/** Two files, of which one was replaced since; nothing of that is published yet. */
const replaced: () => Promise<Ground> = shared(async () => {
  const ground = await (await published()).copy();
  await ground.release('v1/app', 'four');
  await ground.release('v1/other', 'other');
  await publish(await ground.open());
  const { number } = await ground.propose('v1/app', 'better', { existing: 'replace' });
  if (number === null) throw new Error('nothing was proposed');
  await ground.complete(number, ['alice', 'bob']);
  return ground;
});

async function run(ground: Ground, unlisted: 'keep' | 'remove', days = 0): Promise<PublishResult> {
  return publish(await ground.open({ now: day(days), keys: [ONLINE] }), null, null, unlisted);
}

/** The files of targets on the site and on the published branch, without their digests; and what clients find wrong. */
async function served(ground: Ground): Promise<readonly string[]> {
  const { site, forge } = await ground.open();
  const head = (await forge.branches('tuf-published')).get('tuf-published');
  const tree = head === undefined ? new Map() : await forge.tree(head);
  const names = (paths: Iterable<string>): readonly string[] =>
    [...paths]
      .filter((path) => path.startsWith('targets/'))
      .map((path) => path.replace(/[0-9a-f]{64}/, '*'))
      .sort();
  const there = names((await site.list()).keys());
  expect(names(tree.keys())).toEqual(there);
  const report = await verifyRepository(filesSource(site), { time: day(0), targets: 'all' });
  expect([report.problems, report.targetsAbsent]).toEqual([[], []]);
  return there;
}

const [ONE, TWO] = [
  ['targets/*.v1/app', 'targets/*.v1/other'],
  ['targets/v1/*.app', 'targets/v1/*.other'],
];
const LISTED = [...ONE, ...TWO];
const WITH_OLD = ['targets/*.v1/app', ...ONE, 'targets/v1/*.app', ...TWO];

test('they stay, and each publish says how many there are and what takes them away', async () => {
  const ground = await (await replaced()).copy();
  for (const outcome of ['published', 'fresh']) {
    const result = await run(ground, 'keep');
    expect([result.outcome, result.unlisted, result.pruned, result.findings]).toEqual([outcome, 1, 0, []]);
    expect(publishText(result, day(0), NO_STYLE)).toContain(
      '\n  1 file of targets that are listed no more: still served, until `countersign publish --prune` takes them away',
    );
  }
  expect(await served(ground)).toEqual(WITH_OLD);
});

test('one run publishes what takes their place, and takes them away', async () => {
  const ground = await (await replaced()).copy();
  const result = await run(ground, 'remove');
  expect([result.outcome, result.unlisted, result.pruned, result.findings]).toEqual(['published', 0, 1, []]);
  expect(publishText(result, day(0), NO_STYLE)).toContain('\n  1 file of targets that are listed no more: taken away');
  expect(await served(ground)).toEqual(LISTED);
  const again = await run(ground, 'remove');
  expect([again.outcome, again.unlisted, again.pruned, again.site]).toEqual(['fresh', 0, 0, { outcome: 'unchanged', written: 0 }]);
});

test('a later run takes them away, and they come back with what lists them again', async () => {
  const ground = await (await replaced()).copy();
  await run(ground, 'keep');
  expect((await run(ground, 'remove')).pruned).toBe(1);
  const { number } = await ground.propose('v1/app', 'four', { existing: 'replace' });
  await ground.complete(number ?? 0, ['alice', 'bob']);
  expect((await run(ground, 'keep')).unlisted).toBe(1);
  expect(await served(ground)).toEqual(WITH_OLD);
});

test('what a client of the older snapshot may be fetching is there until the newer one is', async () => {
  const ground = await (await replaced()).copy();
  const place = await ground.open();
  const removed: string[] = [];
  const remove = place.site.remove.bind(place.site);
  const read = place.site.read.bind(place.site);
  place.site.remove = async (path) => {
    const timestamp = JSON.parse(new TextDecoder().decode((await read('metadata/timestamp.json', 1e6)) ?? undefined)) as {
      signed: { snapshot?: unknown; meta: Record<string, { version: number }> };
    };
    removed.push(`${path.replace(/[0-9a-f]{64}/, '*')} after snapshot ${String(timestamp.signed.meta['snapshot.json']?.version)}`);
    await remove(path);
  };
  const { snapshot } = await publish(place, null, null, 'remove');
  expect(removed.sort()).toEqual([
    `targets/*.v1/app after snapshot ${String(snapshot)}`,
    `targets/v1/*.app after snapshot ${String(snapshot)}`,
  ]);
});

describe('none is taken away', () => {
  test('of a role that is held back: clients have the version that lists it', async () => {
    const ground = await (await replaced()).copy();
    const place = await ground.open();
    const result = await publish(
      {
        ...place,
        staging: {
          ...place.staging,
          addHints: () => undefined,
          expiredRuns: () => [],
          put: async () => undefined,
          locate: async () => null,
        },
      },
      null,
      null,
      'remove',
    );
    expect([result.unlisted, result.pruned, result.findings.map(({ code }) => code)]).toEqual([0, 0, ['staged-missing']]);
    expect(await served(ground)).toEqual(LISTED);
  });

  test('where the site does not answer', async () => {
    const ground = await (await replaced()).copy();
    await run(ground, 'keep');
    const place = await ground.open();
    const live = { ...mapSource(new Map()), metadata: async () => Promise.reject(new TypeError('unreachable')) };
    await expect(publish({ ...place, live }, null, null, 'remove')).rejects.toThrow();
    expect(await served(ground)).toEqual(WITH_OLD);
  });

  const role = parseTargetsRoleName('releases', 'test');
  test.each([
    ['the site is unknown', 'unknown', new Map()],
    ['the site could not be read', 'unreachable', new Map()],
    ['the site serves nothing', 'absent', new Map()],
    ['nobody has the file of a role that is served', 'served', new Map([[role, 'a'.repeat(64)]])],
    ['the snapshot gives no digest of a role', 'served', new Map([[role, undefined]])],
  ] as const)('where %s, and that is told', (_name, live, listed) => {
    const { files, findings } = decidePruning(live, { base: null, known: new Map() }, listed, ['targets/x']);
    expect([files, findings.map(({ code, where }) => `${code} ${where}`)]).toEqual([[], ['served-unknown targets/x']]);
    expect(decidePruning(live, { base: null, known: new Map() }, listed, []).findings).toEqual([]);
  });
});
