// SPDX-License-Identifier: Apache-2.0
// What a writer can push to the published branch so that the deployment takes up what is none of it, or nothing at all.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { EXIT } from '../../src/cli/exit-code.ts';
import { FULL, JOBS, seedOf, signedOnGitHub, type GitHubGround, type GitHubStep } from './github-ground.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let ground: GitHubGround;

async function publish(): Promise<GitHubStep> {
  return ground.step(ground.run(), JOBS.publish, { command: 'publish', 'online-key': seedOf('COUNTERSIGN_ONLINE_KEY') });
}

async function needsPublish(): Promise<string | undefined> {
  return (await ground.step(ground.run(), JOBS.gather, { command: 'gather' })).outputs['publish-needed'];
}

async function site(): Promise<readonly string[]> {
  const { code, outputs, runner } = await ground.step(ground.run(), JOBS.site, {
    command: 'site',
    site: await ground.checkout('tuf-published'),
  });
  if (code !== 0) throw new Error(runner.shown);
  return readdir(outputs['site-directory'] ?? '', { recursive: true });
}

async function push(change: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(ground.directory, 'clone-'));
  const git = (...args: readonly string[]): Buffer =>
    execFileSync('git', ['-C', directory, '-c', 'user.name=mallory', '-c', 'user.email=mallory@example.com', ...args], { stdio: 'pipe' });
  git('clone', '--quiet', '--branch', 'tuf-published', ground.fake.gitDirectory(FULL), '.');
  await change(directory);
  git('add', '--all');
  git('commit', '--quiet', '--message=by hand');
  git('push', '--quiet', 'origin', 'HEAD:tuf-published');
}

beforeAll(async () => {
  ground = await signedOnGitHub();
  expect((await publish()).code).toBe(0);
});
afterAll(async () => ground.close());

test('a directory that is a link to one of this machine is not served', async () => {
  expect(await site()).toContain('metadata');
  const home = await mkdtemp(join(ground.directory, 'home-'));
  await mkdir(join(home, 'keys'));
  await writeFile(join(home, 'keys', 'secret'), 'secret');
  await push(async (directory) => symlink(home, join(directory, 'targets')));
  const served = await site();
  await push(async (directory) => rm(join(directory, 'targets')));
  expect(served.filter((path) => path.includes('secret'))).toEqual([]);
});

test.each(['.gitattributes', 'metadata/.gitattributes', 'targets/.gitattributes', 'targets/v1/.gitattributes'])(
  '%s, which changes files as they are checked out, is gone with the next publish, and told once',
  async (path) => {
    expect(await needsPublish()).toBe('false');
    await push(async (directory) => {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), '* text eol=crlf\n');
    });
    expect(await needsPublish()).toBe('true');
    const first = await publish();
    expect([first.code, first.outputs.operation]).toEqual([EXIT.findings, 'published']);
    expect(first.runner.annotations.map(({ title, text }) => `${title} ${text}`).join('\n')).toContain(
      `event-file-unclaimed left out, published: ${path}`,
    );
    expect(await site()).not.toContain(path);
    const second = await publish();
    expect([second.code, second.outputs.operation]).toEqual([0, 'fresh']);
  },
);
