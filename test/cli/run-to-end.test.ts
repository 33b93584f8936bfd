// SPDX-License-Identifier: Apache-2.0
// Both entries as processes: one that has no result never looks as if it had done what it was asked for.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hosting, serve, type TestServer } from '../client/http-server.ts';
import { file, TestRepository } from '../client/support.ts';
import { CommandLine } from './command-line.ts';

let cli: CommandLine;
let root = '';
let good: TestServer;
let other: Server;
const open = new Set<Socket>();

beforeAll(async () => {
  cli = await CommandLine.build();
  const repository = new TestRepository().delegate('targets', { name: 'a', keys: ['a'], paths: ['a/*'] }, { 'a/app': 'app' }).publish();
  root = join(await cli.emptyDirectory(), 'root.json');
  await writeFile(root, file(repository, 'metadata/1.root.json'));
  good = await serve(hosting(repository.files));
  other = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined).on('data', () => socket.write('HTTP/1.1 101 Other\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'));
  });
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  for (const socket of open) socket.destroy();
  other.close();
  await good.close();
  await cli.remove();
});

const site = (which: 'good' | 'other'): string =>
  which === 'good' ? good.url : `http://127.0.0.1:${String((other.address() as AddressInfo).port)}`;

/** Makes the reading of the trusted root one that never ends, and that holds nothing. */
const LOST = `
import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
const { readFile } = files;
files.readFile = (path, ...more) => (String(path).endsWith('root.json') ? new Promise(() => undefined) : readFile(path, ...more));
syncBuiltinESMExports();`;

interface Ended {
  readonly code: number | null;
  readonly printed: string;
}

async function run(
  script: 'cli.js' | 'action.js',
  args: readonly string[],
  given: Readonly<Record<string, string>>,
  lost: boolean,
): Promise<Ended> {
  const home = await cli.emptyDirectory();
  const env = { PATH: process.env['PATH'], HOME: home, GITHUB_WORKSPACE: home, RUNNER_TEMP: home, ...given };
  const flags = lost ? ['--import', `data:text/javascript,${encodeURIComponent(LOST)}`] : [];
  const child = spawn(process.execPath, [...flags, join(cli.directory, 'bundle', script), ...args], {
    env,
    cwd: home,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const timer = setTimeout(() => child.kill('SIGKILL'), 40_000);
  await once(child, 'close');
  clearTimeout(timer);
  return { code: child.exitCode, printed };
}

const AT = ['--at', '2030-01-01T00:00:00Z'];
const fetchWith = (which: 'good' | 'other', lost = false): Promise<Ended> =>
  run('cli.js', ['fetch', 'a/app', '--url', site(which), '--root', root, ...AT], {}, lost);
const verifyWith = (which: 'good' | 'other', lost = false): Promise<Ended> =>
  run('cli.js', ['verify', site(which), '--root', root, ...AT], {}, lost);
const actWith = (which: 'good' | 'other', lost = false): Promise<Ended> => {
  const given = { COUNTERSIGN_COMMAND: 'fetch', COUNTERSIGN_URL: site(which), COUNTERSIGN_ROOT_FILE: root, COUNTERSIGN_TARGETS: 'a/app' };
  return run('action.js', [], given, lost);
};

test.each([
  ['fetch', fetchWith],
  ['verify', verifyWith],
  ['the action', actWith],
])('%s succeeds where a host answers, and nowhere else', async (_name, start) => {
  expect((await start('good')).code).toBe(0);
  expect(await start('other')).toMatchObject({ code: 1, printed: expect.stringMatching(/\bio\b/) as unknown });
  expect(await start('good', true)).toMatchObject({
    code: 1,
    printed: expect.stringContaining('countersign: expected a result') as unknown,
  });
});

test.each<[readonly string[], number, string]>([
  [['--version'], 0, ''],
  [['keygen', '--help'], 0, ''],
  [['nothing'], 2, 'nothing'],
])('%j ends as it always did', async (args, code, said) => {
  const ended = await run('cli.js', args, {}, false);
  expect(ended).toMatchObject({ code, printed: expect.stringContaining(said) as unknown });
  expect(ended.printed).not.toContain('expected a result');
});
