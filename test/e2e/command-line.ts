// SPDX-License-Identifier: Apache-2.0
import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/**
 * Runs `dist/cli.js` as somebody whose home is empty.
 * @param directory - the project's, with the action in it
 * @returns what it printed
 */
export async function runCli(directory: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const home = await mkdtemp(join(directory, 'home-'));
  const preload = join(import.meta.dirname, 'driver/resolve-localhost.cjs');
  const { stdout } = await promisify(execFile)(process.execPath, ['--require', preload, join(directory, 'action/dist/cli.js'), ...args], {
    cwd: home,
    env: { PATH: process.env['PATH'] ?? '', HOME: home, NO_COLOR: '1', ...env },
  });
  return stdout;
}
