// SPDX-License-Identifier: Apache-2.0
// The network that people have, and what the commands say of it: one JSON document each, whatever happens.
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hosting, serve, type Handler, type TestServer } from '../client/http-server.ts';
import { file, TestRepository } from '../client/support.ts';
import { certificateFor, type TestCertificate } from '../http/certificates.ts';
import { startMisbehaving, startProxy } from '../http/proxy.ts';
import { CommandLine, type Ran } from './command-line.ts';

const AT = ['--at', '2030-01-01T00:00:00Z'];
let cli: CommandLine;
let repository: TestRepository;
let root = '';
let certificate: TestCertificate;

beforeAll(async () => {
  cli = await CommandLine.build();
  repository = new TestRepository().delegate('targets', { name: 'a', keys: ['a'], paths: ['a/*'] }, { 'a/app': 'app' }).publish();
  root = join(await cli.emptyDirectory(), 'root.json');
  await writeFile(root, file(repository, 'metadata/1.root.json'));
  certificate = certificateFor('DNS:site.test,IP:127.0.0.1');
});
afterAll(() => cli.remove());

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function server(handler: Handler, tls?: TestCertificate): Promise<TestServer> {
  const started = await serve(handler, tls);
  cleanups.push(() => started.close());
  return started;
}

type Env = Readonly<Record<string, string>>;

/** Fetches with a cache and an output of its own. */
async function fetchFrom(url: string, env: Env = {}, more: readonly string[] = []): Promise<Ran & { readonly cwd: string }> {
  const cwd = await cli.emptyDirectory();
  return { ...(await cli.run(['fetch', 'a/app', '--url', url, '--root', root, '--cache', 'cache', ...AT, ...more], { cwd, env })), cwd };
}

/** The one document that was printed. */
function errorIn({ stdout }: Ran): {
  readonly code: string;
  readonly where: string;
  readonly detail: string;
  readonly hint: string | null;
} {
  return JSON.parse(stdout).error;
}

const COMMANDS: Readonly<Record<string, (env: Env) => Promise<Ran>>> = {
  fetch: (env) => fetchFrom('https://site.test/', env, ['--json']),
  verify: (env) => cli.run(['verify', 'https://site.test/', '--root', root, '--json', ...AT], { env }),
  status: (env) => {
    const github = { GITHUB_API_URL: 'https://api.test', GH_TOKEN: 'hunter2' };
    return cli.run(['status', '--repo', 'https://github.com/acme/app', '--json'], { env: { ...github, ...env } });
  },
};

describe.each(Object.keys(COMMANDS))('%s behind a proxy', (command) => {
  const run = COMMANDS[command] ?? ((): never => expect.unreachable());

  test.concurrent.each<[name: string, answer: string | null, times: number, said: string]>([
    ['that closes', null, 4, 'the connection was closed'],
    ['that wants a password', 'HTTP/1.1 407 No\r\n\r\n', 1, 'answered 407 "No"'],
    ['that forbids', 'HTTP/1.1 403 No\r\n\r\n', 1, 'answered 403 "No"'],
    ['that is busy', 'HTTP/1.1 503 Busy\r\n\r\n', 4, 'answered 503 "Busy"'],
  ])('%s says so in one document', async (_name, answer, times, said) => {
    const proxy = await startMisbehaving((socket) => socket.end(answer ?? ''));
    try {
      const ran = await run({ https_proxy: proxy.url });
      expect(ran.code).toBe(1);
      expect(errorIn(ran)).toMatchObject({ code: 'io', detail: expect.stringContaining(`the proxy ${proxy.url}`) as unknown });
      expect(errorIn(ran).detail).toContain(said);
      expect(proxy.connections()).toBe(times);
    } finally {
      await proxy.close();
    }
  });

  test('that is none is the command line’s fault', async () => {
    const ran = await run({ ALL_PROXY: 'socks5://127.0.0.1:1080' });
    expect(ran.code).toBe(2);
    expect(errorIn(ran)).toMatchObject({ code: 'usage', where: 'ALL_PROXY' });
  });
});

describe('a page in the place of a file', () => {
  const page: Handler = (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>log in</html>');

  test('names the file and the host, and says what that may be', async () => {
    const host = await server(page);
    const ran = await fetchFrom(host.url, {}, ['--json']);
    expect(errorIn(ran)).toEqual({
      code: 'page-answered',
      where: 'metadata/2.root.json',
      detail: `${host.url} answered with a page instead of this file: "<html>log in</html>"`,
      hint: expect.stringMatching(/login.*page of its own/) as unknown,
    });
  });

  test('by a host that answers index.html for what it lacks is told by verify too', async () => {
    const files = hosting(repository.files);
    const host = await server((request, response) => {
      if (request.url === '/metadata/2.root.json') page(request, response);
      else files(request, response);
    });
    const ran = await cli.run(['verify', host.url, '--root', root, '--json', ...AT]);
    expect(ran.code).toBe(1);
    const report: unknown = JSON.parse(ran.stdout);
    expect(JSON.stringify(report)).toContain('page-answered');
    expect(JSON.stringify(report)).toContain('metadata/2.root.json');
  });

  test('after a redirect names the host that has it', async () => {
    const login = await server(page);
    const host = await server((_request, response) => response.writeHead(302, { location: `${login.url}/login` }).end());
    expect(errorIn(await fetchFrom(host.url, {}, ['--json'])).detail).toContain(`${login.url} answered with a page`);
  });

  test('with a status that says so is told as a login', async () => {
    const host = await server((_request, response) => response.writeHead(511).end('<html>'));
    expect(errorIn(await fetchFrom(host.url, {}, ['--json'])).detail).toContain('got HTTP 511: the network wants a login');
  });

  test('is no fault of a target that is a page', async () => {
    const own = new TestRepository();
    own.role('targets').targets.set('index.html', Buffer.from('<html></html>'));
    own.publish();
    const cwd = await cli.emptyDirectory();
    await writeFile(join(cwd, 'root.json'), file(own, 'metadata/1.root.json'));
    const host = await server(hosting(own.files));
    const ran = await cli.run(['fetch', 'index.html', '--url', host.url, '--root', 'root.json', '--cache', 'c', ...AT], { cwd });
    expect(ran).toMatchObject({ code: 0 });
  });
});

describe('a certificate', () => {
  test('of nobody’s is refused with a hint, whatever the environment says', async () => {
    const host = await server(hosting(repository.files), certificate);
    const ran = await fetchFrom(host.url, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }, ['--json']);
    expect(errorIn(ran)).toMatchObject({
      code: 'certificate-refused',
      detail: `no secure connection to ${host.url}: its certificate was issued by nobody that this machine trusts`,
      hint: expect.stringContaining('NODE_EXTRA_CA_CERTS') as unknown,
    });
    expect(ran.stderr).toBe('warning NODE_TLS_REJECT_UNAUTHORIZED is not obeyed: certificates are always checked\n');
    expect(host.asked).toEqual([]);
  });

  test.each(['directly', 'through a proxy', 'through a proxy that speaks TLS itself'])(
    'of NODE_EXTRA_CA_CERTS is taken %s',
    async (way) => {
      const host = await server(hosting(repository.files), certificate);
      const proxy = await startProxy(Number(new URL(host.url).port), way.endsWith('itself') ? { tls: certificate } : {});
      cleanups.push(proxy.close);
      const env = { NODE_EXTRA_CA_CERTS: certificate.file };
      const ran =
        way === 'directly' ? await fetchFrom(host.url, env) : await fetchFrom('https://site.test/', { ...env, https_proxy: proxy.url });
      expect(ran).toMatchObject({ code: 0, stderr: '' });
      expect(await readFile(join(ran.cwd, 'a', 'app'), 'utf8')).toBe('app');
      expect(proxy.asked.includes('site.test:443')).toBe(way !== 'directly');
    },
  );
});

describe('a site on a disk', () => {
  async function mirror(): Promise<string> {
    const directory = join(await cli.emptyDirectory(), 'a mirror');
    for (const [path, bytes] of repository.files) {
      await mkdir(dirname(join(directory, path)), { recursive: true });
      await writeFile(join(directory, path), bytes);
    }
    return directory;
  }

  test.each<[string, (directory: string) => string]>([
    ['by its path', (directory) => directory],
    ['by its URL', (directory) => pathToFileURL(directory).href],
    ['by its URL with a slash and localhost', (directory) => `${pathToFileURL(directory).href.replace('file:///', 'file://localhost/')}/`],
  ])('is fetched from %s, and nothing is written there', async (_name, named) => {
    const directory = await mirror();
    const before = await cli.paste(`find '${directory}' -type f -o -type d | sort`);
    const ran = await fetchFrom(named(directory));
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(await readFile(join(ran.cwd, 'a', 'app'), 'utf8')).toBe('app');
    expect((await cli.paste(`find '${directory}' -type f -o -type d | sort`)).stdout).toBe(before.stdout);
    // What was trusted once is remembered: the same client as over HTTP.
    const again = ['fetch', 'a/app', '--url', named(directory), '--cache', 'cache', '--offline', ...AT];
    expect((await cli.run(again, { cwd: ran.cwd })).code).toBe(0);
  });

  test('is verified by its URL', async () => {
    const directory = await mirror();
    expect((await cli.run(['verify', pathToFileURL(directory).href, '--root', root, ...AT])).code).toBe(0);
  });

  test.each([
    ['a link in the place of a target', 'targets/a', 'symlink-escape'],
    ['a link in the place of metadata', 'metadata/timestamp.json', 'symlink-escape'],
    ['a link in the place of all metadata', 'metadata', 'symlink-escape'],
  ])('with %s is refused', async (_name, path, code) => {
    const directory = await mirror();
    await rename(join(directory, path), `${directory}-elsewhere`);
    await symlink(`${directory}-elsewhere`, join(directory, path));
    const ran = await fetchFrom(directory, {}, ['--json']);
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain(`"code": "${code}"`);
  });

  test.each([
    ['example.org/releases', 'io', /there is no such directory; the URL of a site begins with https:\/\//],
    ['file://elsewhere/x', 'usage', /expected a file URL of this machine/],
    ['ftp://example.org/', 'usage', /expected an http or https URL/],
    ['', 'io', /./],
  ])('called %j is refused with what to do', async (url, code, said) => {
    const { code: got, detail } = errorIn(await fetchFrom(url, {}, ['--json']));
    expect(url === '' ? 'io' : got).toBe(code);
    expect(detail).toMatch(said);
  });
});

describe('a cache that nobody named', () => {
  test.each<[string, (place: string) => Env]>([
    ['below a home that is none', (place) => ({ HOME: place })],
    ['where XDG_CACHE_HOME is none', (place) => ({ XDG_CACHE_HOME: place })],
    ['of an account without a home', () => ({ HOME: '' })],
  ])('%s says how to name one', async (_name, env) => {
    const host = await server(hosting(repository.files));
    const cwd = await cli.emptyDirectory();
    await writeFile(join(cwd, 'file'), '');
    const run = (...more: string[]) =>
      cli.run(['fetch', 'a/app', '--url', host.url, '--root', root, '--json', ...AT, ...more], { cwd, env: env(join(cwd, 'file')) });
    const ran = await run();
    expect(ran.code).toBe(1);
    expect(errorIn(ran).code).toBe('io');
    expect(errorIn(ran).detail).toMatch(/name a place that can be written to with --cache$/);
    expect((await run('--cache', 'cache')).code).toBe(0);
  });
});

describe('time', () => {
  test.each(['fetch', 'verify'])('without a byte is for %s as long as it is told', async (command) => {
    const host = await server(() => undefined);
    const options = ['--root', root, '--stall-seconds', '1', '--json', ...AT];
    const args = command === 'fetch' ? ['fetch', 'a/app', '--cache', 'c', '--url', host.url] : ['verify', host.url];
    const ran = await cli.run([...args, ...options], { cwd: await cli.emptyDirectory() });
    expect(errorIn(ran)).toMatchObject({ code: 'stalled', detail: `expected a byte from ${host.url} within 1000 ms, got none` });
    expect(host.asked).toHaveLength(4);
  });

  test('that is none is refused', async () => {
    expect(errorIn(await cli.run(['verify', 'http://127.0.0.1:1', '--total-seconds', '0', '--json']))).toMatchObject({
      where: '--total-seconds',
    });
  });
});

test.each([
  ['that waits for nothing', 'new Promise(() => undefined)'],
  ['that throws where nobody waits', 'new Promise(() => setTimeout(() => { throw new Error("astray"); }))'],
])('a run %s prints one document as well', async (_name, what) => {
  const lost = `
    import files from 'node:fs/promises';
    import { syncBuiltinESMExports } from 'node:module';
    const { readFile } = files;
    files.readFile = (path, ...more) => (String(path).endsWith('root.json') ? ${what} : readFile(path, ...more));
    syncBuiltinESMExports();`;
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(lost)}` };
  const ran = await fetchFrom('http://127.0.0.1:1', env, ['--json']);
  expect(ran.code).toBe(1);
  expect(errorIn(ran).code).toBe('internal');
});
