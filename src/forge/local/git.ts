// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { devNull } from 'node:os';
import { CountersignError, quote } from '../../tuf/errors.ts';

/** What a git process ended with. */
export interface GitResult {
  /** The exit code; -1 when a signal ended it. */
  readonly status: number;
  readonly stdout: Buffer;
  /** UTF-8, for people only: its wording is no interface of git's. */
  readonly stderr: string;
}

/** A git process under way. */
export interface GitProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** Settles when it has ended; rejects with `git` when it could not be started. */
  readonly ended: Promise<Omit<GitResult, 'stdout'>>;
}

/**
 * The environment for git: that of this process without its `GIT_*` variables, which could point git at another
 * repository, another index or other configuration. Configuration comes from the repository alone. Replace refs are not
 * followed, since they show other bytes than the id asked for names.
 */
export function gitEnvironment(repository: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^GIT_/i.test(name));
  return {
    ...Object.fromEntries(inherited),
    GIT_DIR: repository,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_TERMINAL_PROMPT: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_AUTHOR_NAME: 'countersign',
    GIT_AUTHOR_EMAIL: 'countersign@example.invalid',
    GIT_COMMITTER_NAME: 'countersign',
    GIT_COMMITTER_EMAIL: 'countersign@example.invalid',
    LC_ALL: 'C',
  };
}

/** Starts git on the bare repository `repository`, with pipes to its three streams. */
export function startGit(repository: string, args: readonly string[]): GitProcess {
  const child = spawn('git', args, { env: gitEnvironment(repository), stdio: 'pipe' });
  // A git that ends before it has read everything says why by its exit code; the broken pipe says nothing more.
  child.stdin.on('error', () => child.stdin.destroy());
  const stderr = collect(child.stderr);
  const ended = once(child, 'close').then(
    () => ({ status: child.exitCode ?? -1, stderr: Buffer.concat(stderr).toString('utf8') }),
    (error: unknown) => {
      throw new CountersignError('git', 'git', 'expected to start the git program, got none', { cause: error });
    },
  );
  // Whoever awaits `ended` later still sees its rejection; until then it must not end this process.
  ended.catch(() => child.kill());
  return { child, ended };
}

/**
 * Runs git to its end, whatever the exit code. For commands whose exit codes are documented.
 * @throws `git` when it can't be started
 */
export async function tryGit(repository: string, args: readonly string[]): Promise<GitResult> {
  const { child, ended } = startGit(repository, args);
  const stdout = collect(child.stdout);
  child.stdin.end();
  const end = await ended;
  return { ...end, stdout: Buffer.concat(stdout) };
}

/**
 * Runs git to its end.
 * @returns its output
 * @throws `git` for every exit code but 0
 */
export async function git(repository: string, args: readonly string[]): Promise<Buffer> {
  const result = await tryGit(repository, args);
  if (result.status !== 0) throw gitError(args, result);
  return result.stdout;
}

/** A failed git command as an error; the end of what git said is quoted for people. */
export function gitError(args: readonly string[], end: Omit<GitResult, 'stdout'>): CountersignError {
  const said = quote(end.stderr.trim().slice(-80));
  return new CountersignError('git', `git ${args[0] ?? ''}`, `expected exit code 0, got ${String(end.status)}: ${said}`);
}

/** Fills up until the process has ended. */
export function collect(stream: NodeJS.ReadableStream): readonly Buffer[] {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return chunks;
}
