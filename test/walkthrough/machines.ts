// SPDX-License-Identifier: Apache-2.0
// A machine for each person: a home directory with an SSH key, `gh` that knows their token, git, and `countersign`, which is the committed dist/cli.js.
import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { PROJECT, type Project } from '../e2e/project.ts';

const run = promisify(execFile);
const HERE = import.meta.dirname;
const [OWNER = '', NAME = ''] = PROJECT.split('/');

/** Where Pages are for everyone on the machines: the address that GitHub gives them. */
export const PAGES_HOST: string = `${OWNER}.github.io`;

/** What was shown on somebody's terminal. @throws with it when the command fails */
export type Terminal = (login: string, command: string) => Promise<string>;

/** The machines of everyone, and Pages under their real name. */
export class Machines {
  readonly #project: Project;
  readonly #directory: string;
  readonly #pages: Server;
  readonly #port: number;
  #laterMs = 0;

  private constructor(project: Project, directory: string, pages: Server, port: number) {
    this.#project = project;
    this.#directory = directory;
    this.#pages = pages;
    this.#port = port;
  }

  static async begin(project: Project): Promise<Machines> {
    const directory = join(project.directory, 'machines');
    await mkdir(join(directory, 'bin'), { recursive: true });
    const [key, certificate] = [join(directory, 'pages.key'), join(directory, 'pages.pem')];
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', `/CN=${PAGES_HOST}`, '-addext', `subjectAltName=DNS:${PAGES_HOST}`, '-keyout', key, '-out', certificate],
    ]);
    const pages = await servePages(project, await readFile(key), await readFile(certificate));
    const address = pages.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const machines = new Machines(project, directory, pages, address.port);
    const cli = join(project.directory, 'action/dist/cli.js');
    await machines.#program('countersign', `exec '${process.execPath}' '${cli}' "$@"`);
    // All that it is asked for is `gh auth token`.
    await machines.#program('gh', 'test "$*" = "auth token" && cat "$HOME/token"');
    return machines;
  }

  async end(): Promise<void> {
    this.#pages.closeAllConnections();
    await new Promise((resolve) => this.#pages.close(resolve));
  }

  /** A home for somebody, with an SSH key that their account shows. */
  async add(login: string): Promise<void> {
    const home = this.home(login);
    await mkdir(join(home, '.ssh'), { recursive: true, mode: 0o700 });
    await writeFile(join(home, 'token'), this.#project.github.tokenFor(login));
    const key = join(home, '.ssh/id_ed25519');
    await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `${login}@laptop`, '-f', key]);
    const [type, blob] = (await readFile(`${key}.pub`, 'utf8')).split(' ');
    this.#project.github.addKey(login, `${type ?? ''} ${blob ?? ''}`);
    const { serverUrl } = this.#project.github;
    const git = new URL(serverUrl);
    git.hostname = '127.0.0.1';
    const mine = new URL(git);
    [mine.username, mine.password] = ['x-access-token', this.#project.github.tokenFor(login)];
    await writeFile(
      join(home, '.gitconfig'),
      `[user]\n\tname = ${login}\n\temail = ${login}@example.com\n[init]\n\tdefaultBranch = main\n[url "${mine.href}"]\n\tinsteadOf = https://github.com/\n`,
    );
  }

  home(login: string): string {
    return join(this.#directory, login);
  }

  /** What a process needs so that it finds Pages, at the time that it is now. */
  get environment(): ReadonlyMap<string, string> {
    return new Map([
      [
        'NODE_OPTIONS',
        [join(HERE, '../e2e/driver/resolve-localhost.cjs'), join(HERE, 'elsewhere.cjs')].map((one) => `--require=${one}`).join(' '),
      ],
      ['NODE_EXTRA_CA_CERTS', join(this.#directory, 'pages.pem')],
      ['COUNTERSIGN_WALK_HOST', PAGES_HOST],
      ['COUNTERSIGN_WALK_PORT', String(this.#port)],
      ['COUNTERSIGN_WALK_LATER_MS', String(this.#laterMs)],
    ]);
  }

  /** Lets time pass, for people, runners and GitHub. */
  async later(ms: number): Promise<void> {
    this.#laterMs += ms;
    const laterMs = this.#laterMs;
    this.#project.github.setClock(() => Date.now() + laterMs);
    await this.useForRunners();
  }

  /** Has the workflows run on machines like these: act gives the last value of a variable to the steps. */
  async useForRunners(): Promise<void> {
    const act = process.env['COUNTERSIGN_ACT'] ?? process.env['COUNTERSIGN_E2E_ACT'] ?? '';
    const pairs = [...this.environment].map(([name, value]) => `--env '${name}=${value}'`);
    process.env['COUNTERSIGN_ACT'] = act;
    process.env['COUNTERSIGN_E2E_ACT'] = await this.#program(`act-${String(this.#laterMs)}`, `exec '${act}' "$@" ${pairs.join(' ')}`);
  }

  /** Runs a command line on somebody's terminal, where they answer y to what they are asked. */
  readonly terminal: Terminal = async (login, command) => {
    const { github } = this.#project;
    const env = {
      PATH: [join(this.#directory, 'bin'), dirname(process.execPath), process.env['PATH'] ?? ''].join(':'),
      HOME: this.home(login),
      LANG: 'C.UTF-8',
      TERM: 'dumb',
      NO_COLOR: '1',
      GITHUB_API_URL: github.apiUrl,
      GITHUB_GRAPHQL_URL: github.graphqlUrl,
      ...Object.fromEntries(this.environment),
    };
    try {
      const { stdout } = await run('python3', [join(HERE, 'terminal.py'), command], { cwd: this.home(login), env, maxBuffer: 2 ** 26 });
      return this.#shown(login, stdout);
    } catch (error) {
      const said = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
      throw new Error(`${login}: ${command}\n${this.#shown(login, said)}`, { cause: error });
    }
  };

  /** What was on the screen, with the names that people would see. */
  #shown(login: string, text: string): string {
    const { serverUrl } = this.#project.github;
    return text
      .replaceAll(serverUrl, 'https://github.com')
      .replaceAll(serverUrl.replace('github.localhost', '127.0.0.1'), 'https://github.com')
      .replaceAll(this.home(login), '~')
      .replaceAll('\r\n', '\n')
      .split('\n')
      .map(lastWritten)
      .join('\n')
      .trim();
  }

  async #program(name: string, body: string): Promise<string> {
    const path = join(this.#directory, 'bin', name);
    await writeFile(path, `#!/bin/sh\n${body}\n`);
    await chmod(path, 0o755);
    return path;
  }
}

/** What is left of a line that was written over: the last text with something to see. */
function lastWritten(line: string): string {
  const texts = line.split(/\r|\u001b\[\d*G/).map((text) => text.replaceAll(/\u001b(?:\[[0-9;?]*[A-Za-z]|[78])/g, ''));
  return texts.findLast((text) => text.trim() !== '') ?? '';
}

async function servePages(project: Project, key: Buffer, certificate: Buffer): Promise<Server> {
  const server = createServer({ key, cert: certificate }, (request, response) => {
    const path = (request.url ?? '/').replace(`/${NAME}/`, '');
    void fetch(`${project.github.pagesUrl(PROJECT)}${path}`).then(async (answer) => {
      response.writeHead(answer.status, { 'cache-control': 'max-age=600' });
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
