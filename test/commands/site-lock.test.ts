// SPDX-License-Identifier: Apache-2.0
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { publish } from '../../src/commands/publish.ts';
import { TIMESTAMP_PATH } from '../../src/tuf/published-tree.ts';
import { codeOf } from '../client/support.ts';
import { Faults } from '../fakes/faults.ts';
import { day, makeScratch, NEXT_ONLINE, ONLINE, published, removeScratch, rotateOnline, type Ground } from './support.ts';

vi.setConfig({ testTimeout: 60_000 });
beforeAll(makeScratch);
afterAll(removeScratch);

/** As if its holder had given no sign for 9 s: the lock is taken over then. */
async function age(ground: Ground): Promise<void> {
  const long = new Date(Date.now() - 9_000);
  await utimes(join(ground.directory, 'site-lock.lock'), long, long);
}

/** Publishes, and lets a later run overtake it before it reads the content of its `step`-th file; gives what the site has then. */
async function run(step: number | null) {
  const ground = await (await published()).copy();
  const { site } = await ground.open();
  const timestamp = (): Promise<Uint8Array | null> => site.read(TIMESTAMP_PATH, 10_000);
  const faults = new Faults();
  let [steps, newer] = [0, await timestamp()];
  faults.beforeEach = async ({ name }) => {
    if (!ground.locked || name !== 'blobs' || ++steps !== step) return;
    await age(ground);
    await publish(await ground.open({ now: day(2) }));
    newer = await timestamp();
  };
  const code = await codeOf(ground.open({ now: day(1), faults }).then(publish));
  return { code, steps, newer, held: await timestamp() };
}

test('a run that stands still in the lock of the site until another has taken over puts no older file back', async () => {
  const alone = await run(null);
  expect(alone.code).toBe('none');
  expect(alone.held).not.toEqual(alone.newer);
  // The last thing that is read before the timestamp is written.
  const overtaken = await run(alone.steps);
  expect(overtaken).toEqual({ code: 'locked', steps: alone.steps, newer: overtaken.held, held: overtaken.newer });
  expect(overtaken.held).not.toEqual(alone.held);
});

test('nor does it take the roots of the other away', async () => {
  const ground = await (await published()).copy();
  const faults = new Faults();
  faults.beforeEach = async ({ name }) => {
    if (!ground.locked || name !== 'list') return;
    faults.beforeEach = async () => undefined;
    await ground.complete(await ground.proposeNext(await rotateOnline(), 'without targets'), ['alice', 'bob']);
    await age(ground);
    await publish(await ground.open({ keys: [ONLINE, NEXT_ONLINE] }));
  };
  expect(await codeOf(ground.open({ now: day(1), faults }).then(publish))).toBe('locked');
  const { site } = await ground.open();
  expect((await site.list()).has('metadata/2.root.json')).toBe(true);
});
