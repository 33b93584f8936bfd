// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { createLocalForge, openLocalForge } from '../../../src/forge/local/index.ts';
import type { LocalForge } from '../../../src/forge/local/index.ts';
import type { CommitSha, FileContent } from '../../../src/ports.ts';

/** A new directory that goes away after the test. */
export async function scratch(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'countersign-test-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

/** A new forge, opened as the bot and as alice. */
export async function scratchForge(): Promise<{ readonly dir: string; readonly bot: LocalForge; readonly alice: LocalForge }> {
  const dir = join(await scratch(), 'forge');
  const bot = await createLocalForge(dir);
  return { dir, bot, alice: await openLocalForge(dir, { as: 'alice' }) };
}

/** A commit with the given files upon `parent`'s tree. */
export async function commit(
  forge: LocalForge,
  parent: CommitSha | null,
  files: Readonly<Record<string, string | null>>,
): Promise<CommitSha> {
  const changes = new Map<string, FileContent | null>();
  for (const [path, text] of Object.entries(files)) changes.set(path, text === null ? null : { kind: 'bytes', bytes: Buffer.from(text) });
  return forge.writeCommit({ base: parent, parents: parent === null ? [] : [parent], changes, message: 'test' });
}

/** Branch `tuf` with one file, and a proposal branch with one commit more, as an open pull request of the bot's. */
export async function scratchPull(
  bot: LocalForge,
): Promise<{ readonly base: CommitSha; readonly head: CommitSha; readonly number: number }> {
  const base = await commit(bot, null, { 'metadata/root.json': '{}' });
  await bot.moveBranch('tuf', null, base, 'fast-forward');
  const head = await commit(bot, base, { 'metadata/releases.json': '{}' });
  await bot.moveBranch('sign/releases-v1', null, head, 'fast-forward');
  const { number } = await bot.openPull({ head: 'sign/releases-v1', base: 'tuf', title: 'releases v1', body: 'body' });
  return { base, head, number };
}

/** The codes that calls failed with, and `ok` for those that did not. */
export async function codesOf(calls: readonly Promise<unknown>[]): Promise<readonly unknown[]> {
  const results = await Promise.allSettled(calls);
  return results.map((result) => {
    if (result.status === 'fulfilled') return 'ok';
    const reason: unknown = result.reason;
    expect(reason).toBeInstanceOf(Error);
    return reason instanceof Error && 'code' in reason ? reason.code : reason;
  });
}
