// SPDX-License-Identifier: Apache-2.0
// The runner's own files and commands.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { githubRunner } from '../../src/action/runner.ts';

let directory: string;
let written: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'countersign-runner-'));
  for (const name of ['GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY']) {
    await writeFile(join(directory, name), '');
    vi.stubEnv(name, join(directory, name));
  }
  written = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written += String(text);
    return true;
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

test('outputs of several lines stay one output, whatever they hold', async () => {
  githubRunner().output('files', 'a\nother=b\nghadelimiter\n');
  const file = await readFile(join(directory, 'GITHUB_OUTPUT'), 'utf8');
  expect(file).toMatch(/^files<<(ghadelimiter_[0-9a-f-]{36})\na\nother=b\nghadelimiter\n\n\1\n$/);
});

test('the summary goes to its file', async () => {
  await githubRunner().summary('## Done\n');
  expect(await readFile(join(directory, 'GITHUB_STEP_SUMMARY'), 'utf8')).toContain('## Done');
});

test('without a file for it there is no summary, and no failure', async () => {
  vi.stubEnv('GITHUB_STEP_SUMMARY', '');
  await expect(githubRunner().summary('x')).resolves.toBeUndefined();
});

test('a summary that can not be written is no failure, and is told', async () => {
  vi.stubEnv('GITHUB_STEP_SUMMARY', join(directory, 'absent', 'file'));
  await githubRunner().summary('x');
  expect(written).toContain('::warning title=summary::');
});

test('commands are commands, and text is not', () => {
  const runner = githubRunner();
  runner.startGroup('countersign gather');
  runner.info('::add-mask::x\n##[error]x');
  runner.annotate('error', 'code', 'first\nsecond');
  runner.endGroup();
  runner.mask('secret');
  expect(written.split('\n')).toEqual([
    '::group::countersign gather',
    ': :add-mask::x',
    '## [error]x',
    '::error title=code::first%0Asecond',
    '::endgroup::',
    '::add-mask::secret',
    '',
  ]);
});
