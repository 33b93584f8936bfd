// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
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

test('a hosted file that somebody made a link of the same length is brought in again', async () => {
  const ground = await (await published()).copy();
  await ground.release('v1/app', 'four');
  const options = { now: day(0), keys: [ONLINE] };
  await publish(await ground.open(options));
  const hosted = async (): Promise<readonly (readonly [string, string])[]> => {
    const { forge } = await ground.open(options);
    const head = (await forge.branches(PUBLISHED_BRANCH)).get(PUBLISHED_BRANCH);
    const tree = head === undefined ? [] : [...(await forge.tree(head))];
    return tree.flatMap(([path, { kind }]) => (path.startsWith('targets/') ? [[path, kind] as const] : []));
  };
  const [[path] = ['']] = await hosted();
  const clone = await mkdtemp(join(ground.directory, 'clone-'));
  const git = (...args: readonly string[]): Buffer =>
    execFileSync('git', ['-C', clone, '-c', 'user.name=mallory', '-c', 'user.email=mallory@example.com', ...args], { stdio: 'pipe' });
  git('clone', '--quiet', '--branch', PUBLISHED_BRANCH, ground.repository, '.');
  await rm(join(clone, path));
  await symlink('/etc', join(clone, path));
  git('add', '--all');
  git('commit', '--quiet', '--message=by hand');
  git('push', '--quiet', 'origin', 'HEAD:refs/heads/by-hand');
  const { forge } = await ground.open(options);
  const heads = await forge.branches('');
  const [before, pushed] = [heads.get(PUBLISHED_BRANCH), heads.get('by-hand')];
  if (before === undefined || pushed === undefined) throw new Error('expected both branches');
  await forge.moveBranch(PUBLISHED_BRANCH, before, pushed, 'fast-forward');
  expect((await hosted()).map(([, kind]) => kind)).toContain('other');
  await publish(await ground.open(options));
  expect((await hosted()).map(([, kind]) => kind)).not.toContain('other');
});
