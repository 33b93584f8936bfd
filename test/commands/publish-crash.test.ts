// SPDX-License-Identifier: Apache-2.0
// Publish, ended at each of its writes: whatever is on the site then, old and new clients see one generation, and the next run completes.
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { publish } from '../../src/commands/publish.ts';
import { killPublish, requireConsistent, requireResumable, watchPublish, type Scenario } from './publish-runs.ts';
import { day, makeScratch, ONLINE, published, removeScratch, shared, signed } from './support.ts';

// Hundreds of runs of git; the machine may be busy.
vi.setConfig({ testTimeout: 60_000 });
beforeAll(makeScratch);
afterAll(removeScratch);

const released = shared(async () => {
  const ground = await (await published()).copy();
  await ground.release('v1/a.txt', 'one');
  return ground;
});

const dueForBoth = shared(async () => {
  const ground = await (await published()).copy();
  for (const days of [5, 10]) await publish(await ground.open({ now: day(days) }));
  return ground;
});

const FIRST: Scenario = { name: 'the first publication', ground: signed, now: day(0), keys: [ONLINE], seamless: true };
const RELEASE: Scenario = { name: 'a release with hosted targets', ground: released, now: day(0), keys: [ONLINE], seamless: true };
const TIMESTAMP: Scenario = { name: 'a new timestamp', ground: published, now: day(1), keys: [ONLINE], seamless: true };
const SNAPSHOT: Scenario = { name: 'a new snapshot and timestamp', ground: dueForBoth, now: day(15), keys: [ONLINE], seamless: true };

test.each([FIRST, RELEASE, TIMESTAMP, SNAPSHOT])('$name: at every moment every client sees one generation', requireConsistent);

test.each([FIRST, RELEASE, TIMESTAMP])('$name: ended at any write, it is completed by the next run', requireResumable);

test('ending after a write leaves what ending before the next does', async () => {
  const { writes } = await watchPublish(await (await released()).copy(), {});
  expect(writes.length).toBeGreaterThan(5);
  for (const { index } of writes.slice(0, 3)) {
    const [after, before] = [await (await released()).copy(), await (await released()).copy()];
    await killPublish(after, {}, { index, when: 'after' });
    await killPublish(before, {}, { index: index + 1, when: 'before' });
    expect(await after.state()).toBe(await before.state());
  }
});
