// SPDX-License-Identifier: Apache-2.0
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CommandLine, writeFiles } from './command-line.ts';

let cli: CommandLine;

beforeAll(async () => {
  cli = await CommandLine.build();
});

afterAll(async () => {
  await cli.remove();
});

async function publishedPaths(out: string): Promise<readonly string[]> {
  return Object.keys(JSON.parse(await readFile(join(out, 'site', 'metadata', '2.releases.json'), 'utf8')).signed.targets);
}

test('needs nothing, tells a whole event, refuses three attacks, and its last line goes on from there', async () => {
  const place = await cli.emptyDirectory();
  const { code, stdout, stderr } = await cli.run(['demo', '--out', 'out'], { cwd: place });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout.match(/^\d\. .*/gm)).toHaveLength(4);
  expect(stdout.match(/: refused /g)).toHaveLength(3);
  expect((await readdir(join(place, 'out'))).sort()).toEqual(expect.arrayContaining(['countersign.yaml', 'forge', 'keys', 'site']));
  await cli.watchKeys(join(place, 'out', 'keys'));
  expect(cli.leaked()).toEqual([]);
  const next = /\$ node \S+cli\.js (.*)\n$/.exec(stdout)?.[1] ?? '';
  const status = await cli.run(next.split(' '), { cwd: place });
  expect(status.code).toBe(0);
  expect(status.stdout).toContain('releases v2');
  // What was released is the bundle itself.
  expect(await publishedPaths(join(place, 'out'))).toContain('v1/cli.js');
});

test('its last line can be pasted, whatever the directory is called', async () => {
  const place = await cli.emptyDirectory();
  await writeFiles(place, { file: 'file' });
  const { next } = await cli.json(['demo', '--out', "it's new", 'file'], { cwd: place });
  const { code, stdout } = await cli.paste(next, { cwd: place });
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('releases v2') });
});

test('--json is one document and no narration, also for an empty file', async () => {
  const place = await cli.emptyDirectory();
  // An empty file has no byte that could be changed; the attack is on that one all the same.
  await writeFiles(place, { empty: '' });
  const { refused, directory, site, target } = await cli.json(['demo', '--out', 'out', 'empty'], { cwd: place });
  expect({ directory, site, target }).toEqual({ directory: join(place, 'out'), site: join(place, 'out', 'site'), target: 'v1/empty' });
  expect(refused.map(({ refusal }: { refusal: { code: string } }) => refusal.code)).toEqual(['length-mismatch', 'rollback', 'threshold']);
});

describe('refuses, and makes nothing', () => {
  test('a directory that is not empty', async () => {
    const place = await cli.emptyDirectory();
    await writeFiles(place, { 'out/mine.txt': 'mine' });
    const { code, stdout } = await cli.run(['demo', '--out', 'out', '--json'], { cwd: place });
    expect({ code, error: JSON.parse(stdout).error.code }).toEqual({ code: 1, error: 'already-exists' });
    expect(await readdir(join(place, 'out'))).toEqual(['mine.txt']);
  });

  test('a place that can be no directory', async () => {
    const place = await cli.emptyDirectory();
    await writeFiles(place, { file: 'file' });
    await symlink(join(place, 'nowhere', 'at', 'all'), join(place, 'dangling'));
    for (const [args, env] of [
      [['--out', 'file'], {}],
      [['--out', 'file/below'], {}],
      [['--out', 'dangling'], {}],
      [[], { TMPDIR: join(place, 'nowhere') }],
    ] as const) {
      const { code, stderr } = await cli.run(['demo', ...args, 'file'], { cwd: place, env });
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringMatching(
          /^error\[io\] \S+: expected to (?:make the directory|read the directory|make a directory in it), but (?:a file stands|there is no such)[a-z ]+\n$/,
        ),
      });
    }
  });

  test.each([
    ['a file that is not there', ['nothing.txt'], 1, 'io'],
    ['a directory without files', ['empty'], 2, 'usage'],
    ['a name that nobody can carry', ['a:b'], 2, 'file-name'],
  ])('%s', async (_name, files, exit, expected) => {
    const place = await cli.emptyDirectory();
    await mkdir(join(place, 'empty'));
    await writeFile(join(place, 'a:b'), '');
    const { code, stdout } = await cli.run(['demo', '--out', 'out', '--json', ...files], { cwd: place });
    expect({ code, error: JSON.parse(stdout).error.code }).toEqual({ code: exit, error: expected });
    expect(await readdir(place)).not.toContain('out');
  });
});

describe('own files', () => {
  test('of any depth, empty ones and odd names among them', async () => {
    const place = await cli.emptyDirectory();
    const files = {
      'tree/1/2/3/4/deep.txt': 'deep',
      'tree/empty': '',
      'tree/.hidden': 'dot',
      'tree/größe 1+1 (neu).txt': 'ü',
      'tree/1/x.bin': '\0',
    };
    await writeFiles(place, files);
    const { code } = await cli.run(['demo', '--out', 'out', 'tree'], { cwd: place });
    expect(code).toBe(0);
    const expected = Object.keys(files).map((name) => name.replace('tree', 'v1'));
    expect([...(await publishedPaths(join(place, 'out')))].sort()).toEqual(expected.sort());
    const report = await cli.json(['verify', 'out/site', '--targets', 'all'], { cwd: place });
    expect(report).toMatchObject({ problems: [], targetsAbsent: [] });
  });

  test('a thousand', async () => {
    const place = await cli.emptyDirectory();
    const names = Array.from({ length: 1_000 }, (_, index) => `many/${String(index % 10)}/${String(index)}.txt`);
    await writeFiles(place, Object.fromEntries(names.map((name) => [name, name])));
    const { code, stdout } = await cli.run(['demo', '--out', 'out', 'many'], { cwd: place });
    expect(code).toBe(0);
    expect(stdout).toContain('1000 targets');
    expect(stdout.length).toBeLessThan(10_000);
    expect(await publishedPaths(join(place, 'out'))).toHaveLength(1_000);
  });
});
