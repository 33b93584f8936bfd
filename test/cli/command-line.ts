// SPDX-License-Identifier: Apache-2.0
// Runs the command line as people do: the bundle, built from the source as it is now, in a process of its own.
import { execFile, spawn } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { vi } from 'vitest';

// Processes take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const execute = promisify(execFile);
const BUILD = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));

/** What JSON.parse gives: tests say by what they expect which fields there are. */
export type Json = ReturnType<typeof JSON.parse>;

/** How a process ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface TerminalOptions extends RunOptions {
  /** What is typed once some text has appeared, in this order. */
  readonly answers?: readonly { readonly after: string; readonly type: string }[];
  /** Put behind the command in the shell, such as `> file`. */
  readonly redirect?: string;
}

function exited(child: ReturnType<typeof spawn>): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal === null) resolve(code ?? -1);
      else reject(new Error(`ended by ${signal}`));
    });
  });
}

/** Private parts of a PEM key, in the encodings in which one could be printed. */
function secretsOf(pem: string): readonly string[] {
  const seed = Buffer.from(createPrivateKey(pem).export({ format: 'jwk' }).d ?? '', 'base64url');
  const body = pem.split('\n').filter((line) => line !== '' && !line.startsWith('-----'));
  return [...body, seed.toString('hex'), seed.toString('base64'), seed.toString('base64url')];
}

/** The bundle in a directory of its own, and everything that it ever printed. */
export class CommandLine {
  readonly directory: string;
  readonly script: string;
  readonly printed: string[] = [];
  readonly #secrets: string[] = [];

  constructor(directory: string) {
    this.directory = directory;
    this.script = join(directory, 'bundle', 'cli.js');
  }

  static async build(): Promise<CommandLine> {
    const directory = await mkdtemp(join(tmpdir(), 'countersign-cli-'));
    await writeFile(join(directory, 'package.json'), '{"type":"module"}');
    const cli = new CommandLine(directory);
    try {
      await execute(process.execPath, [BUILD, '--out', join(directory, 'bundle')]);
    } catch (error) {
      await cli.remove();
      throw error;
    }
    return cli;
  }

  /** A new empty directory. */
  async emptyDirectory(): Promise<string> {
    return mkdtemp(join(this.directory, 'case-'));
  }

  /** A new ed25519 key in a file. */
  async writeKey(path: string): Promise<{ readonly pem: string; readonly publicText: string }> {
    const pem = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
    await writeFile(path, pem, { mode: 0o600 });
    this.#secrets.push(...secretsOf(pem));
    const raw = createPublicKey(pem).export({ format: 'jwk' }).x ?? '';
    return { pem, publicText: `ed25519:${Buffer.from(raw, 'base64url').toString('hex')}` };
  }

  /** Takes a text among the secrets that must not be printed. */
  watch(secret: string): void {
    this.#secrets.push(secret);
  }

  /** Takes the keys that a command made among the secrets that must not be printed. */
  async watchKeys(directory: string): Promise<void> {
    for (const name of await readdir(directory)) {
      if (name.endsWith('.pem')) this.#secrets.push(...secretsOf(await readFile(join(directory, name), 'utf8')));
    }
  }

  /** The secrets that were printed by anything; must be none. */
  leaked(): readonly string[] {
    const all = this.printed.join('\n');
    return this.#secrets.filter((secret) => all.includes(secret));
  }

  #environment(options: RunOptions): NodeJS.ProcessEnv {
    const home = join(this.directory, 'home');
    return { PATH: process.env['PATH'] ?? '', HOME: home, TERM: 'xterm', XDG_STATE_HOME: join(home, 'state'), ...options.env };
  }

  /** Runs off a terminal. */
  run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    return this.#spawned(process.execPath, [this.script, ...args], options);
  }

  /** Runs what was printed, as somebody who pastes it into a shell. */
  paste(command: string, options: RunOptions = {}): Promise<Ran> {
    return this.#spawned('sh', ['-c', `countersign() { node "$0" "$@"; }\n${command}`, this.script], options);
  }

  async #spawned(program: string, args: readonly string[], options: RunOptions): Promise<Ran> {
    const child = spawn(program, args, {
      cwd: options.cwd ?? this.directory,
      env: this.#environment(options),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const code = await exited(child);
    this.printed.push(stdout, stderr);
    return { code, stdout, stderr };
  }

  /** Runs with a standard output that nobody reads. */
  async runUnread(args: readonly string[], options: RunOptions = {}): Promise<{ readonly code: number; readonly stderr: string }> {
    const child = spawn(process.execPath, [this.script, ...args], {
      cwd: options.cwd ?? this.directory,
      env: this.#environment(options),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    return { code: await exited(child), stderr };
  }

  /** Runs with `--json`, requires success, and gives the one document that was printed. */
  async json(args: readonly string[], options: RunOptions = {}): Promise<Json> {
    const { code, stdout, stderr } = await this.run([...args, '--json'], options);
    if (code !== 0) throw new Error(`${args.join(' ')}: exit code ${String(code)}\n${stdout}${stderr}`);
    return JSON.parse(stdout);
  }

  /** Runs on a terminal of its own, made by util-linux' `script`: what is printed to it, both streams together. */
  async terminal(args: readonly string[], options: TerminalOptions = {}): Promise<{ readonly code: number; readonly screen: string }> {
    const words = [process.execPath, this.script, ...args].map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
    const command = `${words.join(' ')} ${options.redirect ?? ''}`;
    const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      cwd: options.cwd ?? this.directory,
      env: this.#environment(options),
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const answers = [...(options.answers ?? [])];
    let screen = '';
    let read = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text;
      const next = answers[0];
      const at = next === undefined ? -1 : screen.indexOf(next.after, read);
      if (next === undefined || at < 0) return;
      read = at + next.after.length;
      answers.shift();
      child.stdin.write(next.type);
    });
    const code = await exited(child);
    this.printed.push(screen);
    return { code, screen };
  }

  async remove(): Promise<void> {
    await rm(this.directory, { recursive: true });
  }
}

/** Runs git in a directory, as somebody with push rights does. */
export async function git(directory: string, ...args: readonly string[]): Promise<string> {
  const identity = ['-c', 'user.name=Mallory', '-c', 'user.email=mallory@example.org'];
  const { stdout } = await execute('git', [...identity, ...args], { cwd: directory });
  return stdout.trim();
}

/** Writes files below a directory, making what is missing. */
export async function writeFiles(directory: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(directory, name, '..'), { recursive: true });
    await writeFile(join(directory, name), text);
  }
}

/** Copies a directory tree. */
export async function copyTree(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true });
}
