// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { propose, type ProposeResult } from '../../src/commands/propose.ts';
import type { ProposeInput } from '../../src/commands/propose-input.ts';
import { makeScratch, removeScratch, unsigned, type Ground } from './support.ts';

beforeAll(makeScratch);
afterAll(removeScratch);

async function proposing(ground: Ground, input: Partial<ProposeInput>): Promise<ProposeResult> {
  return propose(await ground.open(), {
    role: 'releases',
    files: [],
    targetPrefix: 'v2/',
    remove: [],
    existing: 'refuse',
    whenOpen: 'queue',
    nextVersion: false,
    custom: null,
    sourceCommit: null,
    hosting: 'site',
    release: null,
    origin: null,
    staging: 'hosted',
    mode: 'apply',
    ...input,
  });
}

test.each([
  ['alone', {}],
  ['beside a path to remove', { remove: ['v1/a'], existing: 'replace' as const }],
])('a build that left no file is no build, %s: nothing is proposed, and no other event named as its own', async (_name, more) => {
  const ground = await (await unsigned()).copy();
  const empty = join(ground.directory, 'empty');
  await mkdir(join(empty, 'below'), { recursive: true });
  const before = await ground.state();
  await expect(proposing(ground, { files: [empty], ...more })).rejects.toMatchObject({ code: 'usage', where: empty });
  expect(await ground.state()).toBe(before);
  await writeFile(join(empty, 'app'), 'built');
  expect(await proposing(ground, { files: [empty] })).toMatchObject({ outcome: 'added', number: 2 });
});
