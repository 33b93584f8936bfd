// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publish } from '../../src/commands/publish.ts';
import { PUBLISHED_BRANCH } from '../../src/event/layout.ts';
import { day, makeScratch, ONLINE, published, removeScratch } from './support.ts';

beforeAll(makeScratch);
afterAll(removeScratch);

const STRAY = 'metadata/2.root.json';
const bytes = new TextEncoder().encode('nobody signed this\n');

test.each(['site', 'branch'] as const)(
  'a root that somebody with write access put into the %s is taken away, and told once',
  async (where) => {
    const ground = await (await published()).copy();
    const options = { now: day(0), keys: [ONLINE] };
    const { site, forge } = await ground.open(options);
    if (where === 'site') {
      await site.write(STRAY, bytes);
    } else {
      const head = (await forge.branches(PUBLISHED_BRANCH)).get(PUBLISHED_BRANCH);
      if (head === undefined) throw new Error('nothing is published');
      const changes = new Map([[STRAY, { kind: 'bytes' as const, bytes }]]);
      const commit = await forge.writeCommit({ base: head, parents: [head], changes, message: 'stray\n' });
      await forge.moveBranch(PUBLISHED_BRANCH, head, commit, 'fast-forward');
    }
    const first = await publish(await ground.open(options));
    expect(first.findings.map(({ code }) => code)).toContain('json-syntax');
    const second = await publish(await ground.open(options));
    expect(second.findings).toEqual([]);
    expect(second.outcome).toBe('fresh');
    expect((await site.list()).has(STRAY)).toBe(false);
  },
);

test('a target that is called as what git reads out of a tree stays where clients ask for it', async () => {
  const ground = await (await published()).copy();
  await ground.release('v1/.gitattributes', '* text eol=crlf\n');
  const options = { now: day(0), keys: [ONLINE] };
  await publish(await ground.open(options));
  const { site } = await ground.open(options);
  expect([...(await site.list()).keys()].filter((path) => path.endsWith('.gitattributes'))).toHaveLength(2);
  const again = await publish(await ground.open(options));
  expect([again.outcome, again.findings]).toEqual(['fresh', []]);
});
