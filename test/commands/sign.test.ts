// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeScratch, removeScratch, unsigned, type Ground } from './support.ts';
import { allReviews } from '../fakes/all-reviews.ts';

beforeAll(makeScratch);
afterAll(removeScratch);

async function posts(ground: Ground, number: number): Promise<number> {
  const { forge } = await ground.open();
  return (await allReviews(forge, number)).length + (await forge.comments(number)).length;
}

test('signing what one has signed posts nothing again while that counts, and does once it was taken back', async () => {
  const ground = await (await unsigned()).copy();
  expect((await ground.sign('alice', 2)).carrier).toBe('review');
  const once = await posts(ground, 2);
  expect((await ground.sign('alice', 2)).carrier).toBe('counted');
  expect(await posts(ground, 2)).toBe(once);
  const { forge } = await ground.open({ as: 'alice' });
  const [pull] = (await ground.pulls()).filter(({ number }) => number === 2);
  if (pull === undefined) throw new Error('no event');
  await forge.submitReview(2, { state: 'CHANGES_REQUESTED', body: 'Wait', commitSha: pull.headSha });
  expect((await ground.sign('alice', 2)).carrier).toBe('review');
  expect((await ground.sign('bob', 2)).carrier).toBe('review');
});
