// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publish } from '../../src/commands/publish.ts';
import { parseTimestamp } from '../../src/tuf/online.ts';
import { TIMESTAMP_PATH } from '../../src/tuf/published-tree.ts';
import { day, makeScratch, ONLINE, published, removeScratch } from './support.ts';

beforeAll(makeScratch);
afterAll(removeScratch);

async function timestampOf(ground: Awaited<ReturnType<typeof published>>): Promise<number> {
  const bytes = (await ground.open({ now: day(0) })).site.read(TIMESTAMP_PATH, 1_000_000);
  return parseTimestamp((await bytes) ?? new Uint8Array()).signed.version;
}

test('an expired team role is reported, and never blocks the refresh of the others', async () => {
  const ground = await (await published()).copy();
  const before = await timestampOf(ground);
  const fresh = await publish(await ground.open({ now: day(2), keys: [ONLINE] }));
  expect(fresh.findings).toEqual([]);
  // Releases expire after 90 days, targets and root after a year.
  const late = await publish(await ground.open({ now: day(120), keys: [ONLINE] }));
  expect(late.outcome).toBe('published');
  expect(late.findings.map(({ code }) => code)).toContain('expired');
  expect(await timestampOf(ground)).toBe(before + 2);
});
