// SPDX-License-Identifier: Apache-2.0
// The command line verifies a site over HTTP as it does a directory, and asks other clients before it publishes.
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hosting, serve, type TestServer } from '../client/http-server.ts';
import { CommandLine } from './command-line.ts';
import { prepare, type Repository, type Template } from './repository.ts';

let cli: CommandLine;
let template: Template;
let repository: Repository;
let server: TestServer;

async function filesOf(site: string): Promise<ReadonlyMap<string, Uint8Array>> {
  const entries = (await readdir(site, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const paths = entries.map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(
      paths.map(async (path): Promise<[string, Uint8Array]> => [relative(site, path).replaceAll('\\', '/'), await readFile(path)]),
    ),
  );
}

beforeAll(async () => {
  cli = await CommandLine.build();
  template = await prepare(cli);
  repository = await template.copy();
  server = await serve(hosting(await filesOf(repository.path('forge', 'site'))));
});

afterAll(async () => {
  await server.close();
  await cli.remove();
});

describe('verify', () => {
  test('says the same of a URL as of a directory', async () => {
    const root = ['--root', repository.path('forge', 'site', 'metadata', '1.root.json'), '--targets', 'all'];
    const directory = await repository.json('verify', 'forge/site', ...root);
    expect(directory).toMatchObject({ problems: [], targetsChecked: 2, expiring: [] });
    expect(await repository.json('verify', server.url, ...root)).toEqual(directory);
    const parts = ['--metadata-url', `${server.url}/metadata`, '--targets-url', `${server.url}/targets/`];
    expect(await repository.json('verify', ...parts, ...root)).toEqual(directory);
  });

  test('a root that is none is named', async () => {
    await writeFile(repository.path('empty.json'), '');
    const absent = await repository.run('verify', 'forge/site', '--root', 'absent.json');
    expect({ code: absent.code, stderr: absent.stderr }).toEqual({
      code: 1,
      stderr: 'error[io] absent.json: expected a root file, or the sha256 of root v1, but there is no such file or directory\n',
    });
    const empty = await repository.run('verify', 'forge/site', '--root', 'empty.json');
    expect(empty.code).toBe(1);
    expect(empty.stderr).toMatch(/^error\[json-syntax\] empty\.json: /);
  });

  test('a host that lacks something is refused, as a directory is', async () => {
    const files = new Map(await filesOf(repository.path('forge', 'site')));
    files.delete('metadata/1.snapshot.json');
    const lacking = await serve(hosting(files));
    const { code, stdout } = await repository.run('verify', lacking.url, '--json');
    await lacking.close();
    expect({ code, problems: JSON.parse(stdout).problems.map((one: { code: string }) => one.code) }).toEqual({
      code: 1,
      problems: ['not-found'],
    });
  });

  test('a host that does not answer is no verdict', async () => {
    const broken = await serve((_, response) => void response.writeHead(401).end());
    expect(await repository.refusal('verify', `${broken.url}/x`)).toEqual({ exit: 1, code: 'io' });
    await broken.close();
  });

  test('a sample, and a margin', async () => {
    const report = await repository.json('verify', server.url, '--targets', 'sample', '--sample-size', '1', '--margin-days', '30');
    expect(report).toMatchObject({ problems: [], targetsChecked: 1 });
    expect(report.expiring[0]).toEqual({ where: 'timestamp@1', expires: report.timestamp.expires });
    const { stdout, code } = await repository.run('verify', 'forge/site', '--margin-days', '30');
    expect(code).toBe(0);
    expect(stdout).toMatch(/warning timestamp@1: expires \d{4}-.* \(in 6 days\)/);
    expect((await repository.run('verify', 'forge/site')).stdout).not.toContain('timestamp@1: expires');
  });

  test.each([
    ['a URL with a password', ['http://u:p@127.0.0.1/']],
    ['a directory beside a URL', ['forge/site', '--metadata-url', 'http://127.0.0.1/', '--targets-url', 'http://127.0.0.1/']],
    ['one part alone', ['--metadata-url', 'http://127.0.0.1/']],
    ['a sample of nothing', ['forge/site', '--targets', 'sample', '--sample-size', '0']],
    ['a margin that is no number', ['forge/site', '--margin-days', 'soon']],
  ])('%s is a wrong command line', async (_name, args) => {
    expect(await repository.refusal('verify', ...args)).toEqual({ exit: 2, code: 'usage' });
  });
});

describe('publish --replay-with', () => {
  async function unpublished(): Promise<Repository> {
    const one = await template.copy();
    const { number } = await one.proposeDocs({ 'a.txt': 'a' });
    await one.sign(number, 'carol');
    await one.json('gather');
    return one;
  }

  async function program(one: Repository, text: string): Promise<string> {
    await writeFile(one.path('package.json'), '{ "type": "module" }');
    await writeFile(one.path('client.js'), `#!${process.execPath}\n${text}\n`);
    await chmod(one.path('client.js'), 0o755);
    return './client.js';
  }

  /** Another client: our own, in a process of its own, from the same bundle. */
  const another = (): string => `
    import { execFileSync } from 'node:child_process';
    const [metadata, targets, root, dir, target] = process.argv.slice(2);
    const urls = ['--metadata-url', metadata, '--targets-url', targets, '--root', root];
    execFileSync(process.execPath, [${JSON.stringify(cli.script)}, 'fetch', target, ...urls, '--out', dir + '/out', '--cache', dir + '/cache']);
  `;

  test('asks a program with a path from here, and publishes when it agrees', async () => {
    const one = await unpublished();
    expect(await one.json('publish', '--replay-with', await program(one, another()))).toMatchObject({ outcome: 'published' });
  });

  test('publishes nothing when a program refuses', async () => {
    const one = await unpublished();
    const refs = await one.refs();
    const refusing = await program(one, 'console.error("unknown key type"); process.exit(1);');
    const { code, stdout, stderr } = await one.run('publish', '--replay-with', refusing);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/error\[client-refused\] "[^"]*client\.js": .*exit code 1: "unknown key type"/);
    expect(await one.refs()).toBe(refs);
    expect(await one.json('publish')).toMatchObject({ outcome: 'published' });
  });

  test('asks each of several', async () => {
    const one = await unpublished();
    const agreeing = await program(one, another());
    expect(await one.refusal('publish', '--replay-with', agreeing, '--replay-with', './absent')).toEqual({
      exit: 1,
      code: 'client-refused',
    });
    await rm(one.path('client.js'));
    expect(await one.refusal('publish', '--replay-with', agreeing)).toEqual({ exit: 1, code: 'client-refused' });
  });
});
